//! The content of pushed documents.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::NewDocument;
use corpus::{DocumentKey, Metadata, SourceLocation};
use serde::Deserialize;
use serde_json::Value;

use super::identifier::WireId;
use super::metadata::attributes;
use crate::error::ApiError;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireDocument {
    content: WireContent,
    metadata: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireContent {
    data_source_type: String,
    custom: Option<WireCustom>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCustom {
    custom_document_identifier: WireId,
    source_type: String,
    inline_content: Option<WireInline>,
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
    /// What is to be ingested.
    pub(crate) fn read(self, at: &str) -> Result<NewDocument, ApiError> {
        let metadata = match &self.metadata {
            Some(metadata) => attributes(&format!("{at}.metadata"), metadata)?,
            None => Metadata::new(),
        };
        let at = format!("{at}.content");
        if self.content.data_source_type != "CUSTOM" {
            return Err(ApiError::field(
                &format!("{at}.dataSourceType"),
                "documents in S3 are not yet supported by this server: use CUSTOM",
            ));
        }
        let custom = self.content.custom;
        let custom =
            custom.ok_or_else(|| ApiError::field(&format!("{at}.custom"), "CUSTOM needs it"))?;
        let at = format!("{at}.custom");
        if custom.source_type != "IN_LINE" {
            return Err(ApiError::field(
                &format!("{at}.sourceType"),
                "content in S3 is not yet supported by this server: use IN_LINE",
            ));
        }
        let inline = custom.inline_content;
        let inline = inline
            .ok_or_else(|| ApiError::field(&format!("{at}.inlineContent"), "IN_LINE needs it"))?;
        let (bytes, media_type) = inline.bytes(&format!("{at}.inlineContent"))?;
        let id = custom.custom_document_identifier.id;
        Ok(NewDocument {
            key: DocumentKey::new(id.clone()),
            location: SourceLocation::Custom { id },
            bytes,
            media_type: Some(media_type),
            metadata,
        })
    }
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
    use serde_json::json;

    use super::*;

    fn check(custom: &Value, expect: Result<(&[u8], &str), &str>) {
        let document = json!({"content": {"dataSourceType": "CUSTOM", "custom": custom}});
        let read = WireDocument::deserialize(document)
            .map_err(|error| ApiError::validation(error.to_string()))
            .and_then(|document| document.read("documents.1.member"));
        match (read, expect) {
            (Ok(NewDocument { bytes, media_type, .. }), Ok((expect, kind))) => {
                assert_eq!((bytes.as_slice(), media_type.as_deref()), (expect, Some(kind)));
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (other, expect) => assert_eq!(format!("{other:?}"), format!("{expect:?}")),
        }
    }

    #[test]
    fn content_is_read_or_refused() {
        let inline = |inline: Value| {
            json!({"customDocumentIdentifier": {"id": "a"}, "sourceType": "IN_LINE",
                "inlineContent": inline})
        };
        let text = json!({"data": "é"});
        let bytes = json!({"data": "AAE=", "mimeType": "application/pdf"});
        check(
            &inline(json!({"type": "TEXT", "textContent": text})),
            Ok(("é".as_bytes(), "text/plain")),
        );
        check(
            &inline(json!({"type": "BYTE", "byteContent": bytes})),
            Ok((&[0, 1], "application/pdf")),
        );
        check(
            &inline(json!({"type": "BYTE", "byteContent": {"data": "%", "mimeType": "a/b"}})),
            Err("byteContent.data"),
        );
        check(&inline(json!({"type": "TEXT"})), Err("needs textContent"));
        check(
            &inline(json!({"type": "BYTE", "textContent": text, "byteContent": bytes})),
            Err("needs byteContent, and no other"),
        );
        check(&inline(Value::Null), Err("IN_LINE needs it"));
        let in_s3 = json!({"customDocumentIdentifier": {"id": "a"}, "sourceType": "S3_LOCATION"});
        check(&in_s3, Err("use IN_LINE"));
        check(&Value::Null, Err("CUSTOM needs it"));
    }
}
