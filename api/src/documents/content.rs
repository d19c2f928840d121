//! The content of pushed documents.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::{NewContent, NewDocument, NewMetadata};
use corpus::{DataSource, DocumentKey, Metadata, S3Source, SourceConfiguration, SourceLocation};
use serde::Deserialize;
use serde_json::Value;

use super::identifier::WireId;
use super::metadata;
use super::object::WireObject;
use crate::error::ApiError;
use crate::members::only;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireDocument {
    content: Value,
    metadata: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCustom {
    custom_document_identifier: WireId,
    source_type: String,
    inline_content: Option<WireInline>,
    s3_location: Option<WireObject>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireS3 {
    s3_location: WireObject,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireInline {
    #[serde(rename = "type")]
    kind: String,
    byte_content: Option<WireBytes>,
    text_content: Option<WireText>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBytes {
    mime_type: String,
    data: String,
}

#[derive(Debug, Deserialize)]
struct WireText {
    data: String,
}

impl WireDocument {
    /// What is to be ingested into a data source.
    pub(crate) fn read(self, at: &str, data_source: &DataSource) -> Result<NewDocument, ApiError> {
        let metadata = match &self.metadata {
            Some(metadata) => metadata::read(&format!("{at}.metadata"), metadata)?,
            None => NewMetadata::Inline(Metadata::new()),
        };
        let content = self.content;
        let at_content = format!("{at}.content");
        let kind = content["dataSourceType"].as_str().unwrap_or_default();
        let member = match kind {
            "CUSTOM" => "custom",
            _ => "s3",
        };
        only(&content, &at_content, kind, &["custom", "s3"], Some(member))?;
        let new = match (&data_source.source, kind) {
            (SourceConfiguration::Custom(_), "CUSTOM") => {
                custom(&content["custom"], &format!("{at_content}.custom"), metadata)?
            }
            (SourceConfiguration::S3(source), "S3") => {
                object(&content["s3"], &format!("{at_content}.s3"), source, metadata)?
            }
            (source, kind) => {
                let wanted = match source {
                    SourceConfiguration::S3(_) => "S3",
                    _ => "CUSTOM",
                };
                return Err(ApiError::field(
                    &format!("{at_content}.dataSourceType"),
                    format!("is {kind}, and the data source is of type {wanted}: use {wanted}"),
                ));
            }
        };
        match (&new.content, &new.metadata, &data_source.source) {
            (NewContent::Inline(_), NewMetadata::Object(_), _) => Err(ApiError::field(
                &format!("{at}.metadata.type"),
                "inline content takes inline metadata: use IN_LINE_ATTRIBUTE",
            )),
            (_, NewMetadata::Inline(_), SourceConfiguration::S3(_)) if self.metadata.is_some() => {
                Err(ApiError::field(
                    &format!("{at}.metadata.type"),
                    "a data source of type S3 takes metadata in S3: use S3_LOCATION",
                ))
            }
            _ => Ok(new),
        }
    }
}

/// A document under an id that the client chose, with content that came along or is in S3.
fn custom(custom: &Value, at: &str, metadata: NewMetadata) -> Result<NewDocument, ApiError> {
    let custom = read::<WireCustom>(custom, at)?;
    let id = custom.custom_document_identifier.id;
    let lacking = |member: &str, kind| {
        ApiError::field(&format!("{at}.{member}"), format!("{kind} needs it, and no other content"))
    };
    let (content, media_type) = match (custom.source_type.as_str(), custom.inline_content) {
        ("IN_LINE", Some(inline)) if custom.s3_location.is_none() => {
            let (bytes, media_type) = inline.bytes(&format!("{at}.inlineContent"))?;
            (NewContent::Inline(bytes), Some(media_type))
        }
        ("IN_LINE", _) => return Err(lacking("inlineContent", "IN_LINE")),
        (_, None) if let Some(object) = custom.s3_location => {
            (NewContent::Object(object.read(&format!("{at}.s3Location"))?), None)
        }
        _ => return Err(lacking("s3Location", "S3_LOCATION")),
    };
    let key = DocumentKey::new(id.clone());
    Ok(NewDocument { key, location: SourceLocation::Custom { id }, content, media_type, metadata })
}

/// A document of a data source that reads a bucket.
fn object(
    object: &Value,
    at: &str,
    source: &S3Source,
    metadata: NewMetadata,
) -> Result<NewDocument, ApiError> {
    let location = read::<WireS3>(object, at)?.s3_location;
    let uri = location.uri.clone();
    let mut object = location.read(&format!("{at}.s3Location"))?;
    if object.bucket != source.bucket {
        return Err(ApiError::field(
            &format!("{at}.s3Location.uri"),
            format!("the data source reads the bucket {}, and no other", source.bucket),
        ));
    }
    object.expected_owner.clone_from(&source.expected_owner);
    Ok(NewDocument {
        key: DocumentKey::new(object.key.clone()),
        location: SourceLocation::S3 { uri },
        content: NewContent::Object(object),
        media_type: None,
        metadata,
    })
}

fn read<'a, T: Deserialize<'a>>(value: &'a Value, at: &str) -> Result<T, ApiError> {
    T::deserialize(value).map_err(|error| ApiError::field(at, format!("cannot be read: {error}")))
}

impl WireInline {
    /// The bytes and their media type.
    fn bytes(self, at: &str) -> Result<(Vec<u8>, String), ApiError> {
        match (self.kind.as_str(), self.byte_content, self.text_content) {
            ("TEXT", None, Some(text)) => Ok((text.data.into_bytes(), "text/plain".to_owned())),
            ("BYTE", Some(content), None) => {
                let bytes = STANDARD.decode(&content.data).map_err(|error| {
                    ApiError::field(&format!("{at}.byteContent.data"), format!("{error}"))
                })?;
                Ok((bytes, content.mime_type))
            }
            (kind, ..) => {
                let member = if kind == "TEXT" { "textContent" } else { "byteContent" };
                let message = format!("type {kind} needs {member}, and no other content");
                Err(ApiError::field(at, message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use corpus::CustomSource;
    use fixtures::connector::data_source;
    use serde_json::json;

    use super::*;

    fn pushed() -> DataSource {
        data_source(SourceConfiguration::Custom(CustomSource {}))
    }

    fn bucket() -> DataSource {
        data_source(SourceConfiguration::S3(S3Source {
            bucket: "b".to_owned(),
            prefix: None,
            expected_owner: Some("123456789012".to_owned()),
            event_queue_url: None,
        }))
    }

    /// What a document is in the end: its content in words.
    fn check(data_source: &DataSource, document: &Value, expect: Result<&str, &str>) {
        let read = WireDocument::deserialize(document)
            .map_err(|error| ApiError::validation(error.to_string()))
            .and_then(|document| document.read("documents.1.member", data_source));
        let read = read.map(|new| match new.content {
            NewContent::Inline(bytes) => {
                format!("{bytes:?} {}", new.media_type.unwrap_or_default())
            }
            NewContent::Object(object) => format!(
                "{} at {} in {} of {}",
                object.key,
                new.location.uri(),
                object.bucket,
                object.expected_owner.unwrap_or_default()
            ),
        });
        match (read, expect) {
            (Ok(read), Ok(expect)) => assert_eq!(read, expect),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (other, expect) => assert_eq!(format!("{other:?}"), format!("{expect:?}")),
        }
    }

    fn custom(source_type: &str, member: &str, content: &Value) -> Value {
        let custom = json!({"customDocumentIdentifier": {"id": "a"}, "sourceType": source_type,
            member: content});
        json!({"content": {"dataSourceType": "CUSTOM", "custom": custom}})
    }

    #[test]
    fn inline_content_is_read_or_refused() {
        let check = |content: &Value, expect| {
            check(&pushed(), &custom("IN_LINE", "inlineContent", content), expect);
        };
        let text = json!({"data": "é"});
        let bytes = json!({"data": "AAE=", "mimeType": "application/pdf"});
        check(&json!({"type": "TEXT", "textContent": text}), Ok("[195, 169] text/plain"));
        check(&json!({"type": "BYTE", "byteContent": bytes}), Ok("[0, 1] application/pdf"));
        let bad = json!({"data": "%", "mimeType": "a/b"});
        check(&json!({"type": "BYTE", "byteContent": bad}), Err("byteContent.data"));
        check(&json!({"type": "TEXT"}), Err("needs textContent"));
        check(
            &json!({"type": "BYTE", "textContent": text, "byteContent": bytes}),
            Err("needs byteContent, and no other"),
        );
        check(&Value::Null, Err("IN_LINE needs it"));
    }

    #[test]
    fn content_in_s3_is_named_or_refused() {
        let place = json!({"uri": "s3://b/x/y z.pdf", "bucketOwnerAccountId": "210987654321"});
        let found = Ok("x/y z.pdf at a in b of 210987654321");
        check(&pushed(), &custom("S3_LOCATION", "s3Location", &place), found);
        check(&pushed(), &custom("S3", "s3Location", &place), found);
        check(&pushed(), &custom("S3", "inlineContent", &Value::Null), Err("s3Location"));
        check(&pushed(), &custom("IN_LINE", "s3Location", &place), Err("IN_LINE needs it"));
        let bad = json!({"uri": "s3://b"});
        check(&pushed(), &custom("S3_LOCATION", "s3Location", &bad), Err("s3://bucket/key"));

        let object = |uri: &str| json!({"content": {"dataSourceType": "S3", "s3": {"s3Location": {"uri": uri}}}});
        check(&bucket(), &object("s3://b/k"), Ok("k at s3://b/k in b of 123456789012"));
        check(&bucket(), &object("s3://c/k"), Err("reads the bucket b"));
        check(&pushed(), &object("s3://b/k"), Err("is S3, and the data source is of type CUSTOM"));
        let inline = custom("S3_LOCATION", "s3Location", &place);
        check(&bucket(), &inline, Err("is CUSTOM, and the data source is of type S3"));
        check(&pushed(), &json!({"content": {"dataSourceType": "CUSTOM"}}), Err("CUSTOM needs it"));
    }

    #[test]
    fn metadata_is_where_content_is() {
        let in_s3 = json!({"type": "S3_LOCATION", "s3Location": {"uri": "s3://b/k.json"}});
        let attribute = json!({"key": "k", "value": {"type": "BOOLEAN", "booleanValue": true}});
        let inline = json!({"type": "IN_LINE_ATTRIBUTE", "inlineAttributes": [attribute]});
        let text = json!({"type": "TEXT", "textContent": {"data": "a"}});
        let mut document = custom("IN_LINE", "inlineContent", &text);
        document["metadata"] = in_s3.clone();
        check(&pushed(), &document, Err("use IN_LINE_ATTRIBUTE"));
        let place = json!({"uri": "s3://b/k"});
        let mut document = custom("S3_LOCATION", "s3Location", &place);
        for metadata in [&in_s3, &inline] {
            document["metadata"] = metadata.clone();
            check(&pushed(), &document, Ok("k at a in b of "));
        }
        let mut document = json!({"content":
            {"dataSourceType": "S3", "s3": {"s3Location": {"uri": "s3://b/k"}}}});
        document["metadata"] = inline;
        check(&bucket(), &document, Err("use S3_LOCATION"));
        document["metadata"] = in_s3;
        check(&bucket(), &document, Ok("k at s3://b/k in b of 123456789012"));
    }
}
