//! The pages of a bucket's listing.

use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::EncodingType;
use corpus::ConnectorError;
use futures::stream::{self, BoxStream, StreamExt};
use percent_encoding::percent_decode_str;

use super::bucket::Bucket;
use super::entry::Entry;
use super::fault;

/// The pages of a listing of all keys with a prefix. A page may be empty although others follow.
pub(super) fn pages(
    bucket: Arc<Bucket>,
    prefix: Option<String>,
) -> BoxStream<'static, Result<Vec<Entry>, ConnectorError>> {
    let begin = Place { bucket, prefix, token: None };
    stream::try_unfold(Some(begin), |place| async {
        match place {
            Some(place) => place.turn().await.map(Some),
            None => Ok(None),
        }
    })
    .boxed()
}

/// Where in a listing one is.
#[derive(Debug)]
struct Place {
    bucket: Arc<Bucket>,
    prefix: Option<String>,
    token: Option<String>,
}

impl Place {
    /// The page here, and the place of the next one, if there is one.
    async fn turn(mut self) -> Result<(Vec<Entry>, Option<Self>), ConnectorError> {
        let page = self.bucket.list(self.prefix.as_deref(), self.token.as_deref(), None).await;
        let page = page.map_err(|fault| fault::of_bucket(&self.bucket, &fault))?;
        let entries = entries(&page, SystemTime::now());
        if !page.is_truncated().unwrap_or(false) {
            return Ok((entries, None));
        }
        let next = page.next_continuation_token.filter(|next| self.token.as_ref() != Some(next));
        if next.is_none() {
            let reason = format!(
                "s3:ListBucket on {}: the server does not say how its listing goes on",
                self.bucket
            );
            return Err(ConnectorError::Unavailable { reason });
        }
        self.token = next;
        Ok((entries, Some(self)))
    }
}

fn entries(page: &ListObjectsV2Output, now: SystemTime) -> Vec<Entry> {
    // A server that ignores the question for an encoding does not claim one either.
    let encoded = page.encoding_type() == Some(&EncodingType::Url);
    let entry = |object| {
        let key = aws_sdk_s3::types::Object::key(object)?;
        let key = if encoded { decoded(key) } else { key.to_owned() };
        Entry::of(key, object, now)
    };
    page.contents().iter().filter_map(entry).collect()
}

/// A key of a listing, in which a space is a plus sign.
pub(super) fn decoded(key: &str) -> String {
    percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_decoded_as_they_were_encoded() {
        for (encoded, key) in [
            ("plain/key.md", "plain/key.md"),
            ("a+b%2Bc%20d", "a b+c d"),
            ("%C3%BC/%F0%9F%AA%A8%01", "ü/\u{1faa8}\u{1}"),
            ("100%2525", "100%25"),
            ("a%2Fb", "a/b"),
        ] {
            assert_eq!(decoded(encoded), key);
        }
    }
}
