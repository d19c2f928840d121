//! What a message in a queue says: S3's own notifications, those that come by a topic of SNS, and
//! EventBridge's.

use serde::Deserialize;

use super::listing::decoded;

/// What a message is to a data source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// Something in its part of the bucket was written, removed or restored.
    Change,
    /// It is about something else.
    Other,
    /// It cannot be understood.
    Strange,
}

/// All three kinds in one: which members there are, tells which it is.
#[derive(Deserialize)]
struct Message {
    /// By SNS: the message that was published.
    #[serde(rename = "Message")]
    message: Option<String>,
    /// By S3.
    #[serde(rename = "Records")]
    records: Option<Vec<Record>>,
    /// By S3, when notifications are set up.
    #[serde(rename = "Event")]
    event: Option<String>,
    /// By EventBridge.
    detail: Option<Place>,
}

#[derive(Deserialize)]
struct Record {
    s3: Option<Place>,
}

#[derive(Deserialize)]
struct Place {
    bucket: Named,
    object: Key,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

/// Understands a message for the part of a bucket under a prefix.
pub(super) fn understand(body: &str, bucket: &str, prefix: Option<&str>) -> Notice {
    let Ok(message) = serde_json::from_str::<Message>(body) else { return Notice::Strange };
    if let Some(published) = &message.message {
        // SNS puts nothing of its own into what it carries.
        let inner = serde_json::from_str::<Message>(published);
        return inner.map_or(Notice::Strange, |inner| about(&inner, bucket, prefix));
    }
    about(&message, bucket, prefix)
}

fn about(message: &Message, bucket: &str, prefix: Option<&str>) -> Notice {
    let is_ours = |place: &Place, key: &str| {
        place.bucket.name == bucket && prefix.is_none_or(|prefix| key.starts_with(prefix))
    };
    let ours = match message {
        Message { records: Some(records), .. } => {
            // S3 writes keys as forms do, EventBridge as they are.
            let places = records.iter().filter_map(|record| record.s3.as_ref());
            places.into_iter().any(|place| is_ours(place, &decoded(&place.object.key)))
        }
        Message { detail: Some(place), .. } => is_ours(place, &place.object.key),
        Message { event: Some(event), .. } if event == "s3:TestEvent" => false,
        _ => return Notice::Strange,
    };
    if ours { Notice::Change } else { Notice::Other }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_of_three_kinds_are_understood() {
        let check = |body: String, expect: Notice| {
            assert_eq!(understand(&body, "books", Some("new shelf/")), expect, "{body}");
        };
        let record = |bucket: &str, key: &str| {
            json!({"Records": [{
                "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": bucket}, "object": {"key": key, "sequencer": "0a"}},
            }]})
        };
        let event = |key: &str| {
            json!({"source": "aws.s3", "detail-type": "Object Deleted",
                "detail": {"bucket": {"name": "books"}, "object": {"key": key}}})
        };
        check(record("books", "new+shelf/a%2Bb.md").to_string(), Notice::Change);
        check(record("books", "new%20shelf%2Fa.md").to_string(), Notice::Change);
        check(record("books", "old/a.md").to_string(), Notice::Other);
        check(record("films", "new+shelf/a.md").to_string(), Notice::Other);
        check(event("new shelf/a.md").to_string(), Notice::Change);
        check(event("new+shelf/a.md").to_string(), Notice::Other);
        check(json!({"Event": "s3:TestEvent", "Bucket": "books"}).to_string(), Notice::Other);
        let inner = record("books", "new+shelf/a.md").to_string();
        check(json!({"Type": "Notification", "Message": inner}).to_string(), Notice::Change);
        check(json!({"Type": "Notification", "Message": "hello"}).to_string(), Notice::Strange);
        check(json!({"hello": "world"}).to_string(), Notice::Strange);
        check("hello".to_owned(), Notice::Strange);
    }
}
