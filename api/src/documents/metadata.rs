//! The attributes of pushed documents.

use catalog::NewMetadata;
use corpus::{Metadata, MetadataValue};
use serde::Deserialize;
use serde_json::Value;

use super::object::WireObject;
use crate::error::ApiError;
use crate::members::{absent, only};

/// Names that begin so are the server's own.
const RESERVED: [&str; 2] = ["x-amz-bedrock", "x-outcrop"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAttribute {
    key: String,
    value: WireValue,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireValue {
    #[serde(rename = "type")]
    kind: String,
    boolean_value: Option<bool>,
    number_value: Option<f64>,
    string_value: Option<String>,
    string_list_value: Option<Vec<String>>,
}

/// The attributes that a `DocumentMetadata` object gives, or where they are.
pub(crate) fn read(at: &str, metadata: &Value) -> Result<NewMetadata, ApiError> {
    // Passing over an access list would show the document to people whom it shuts out.
    absent(metadata, at, &["accessControlList"])?;
    let members = ["inlineAttributes", "s3Location"];
    if metadata["type"] == "S3_LOCATION" {
        only(metadata, at, "S3_LOCATION", &members, Some("s3Location"))?;
        let at = format!("{at}.s3Location");
        let object = WireObject::deserialize(&metadata["s3Location"])
            .map_err(|error| ApiError::field(&at, format!("cannot be read: {error}")))?;
        return Ok(NewMetadata::Object(object.read(&at)?));
    }
    only(metadata, at, "IN_LINE_ATTRIBUTE", &members, Some("inlineAttributes"))?;
    attributes(at, metadata).map(NewMetadata::Inline)
}

fn attributes(at: &str, metadata: &Value) -> Result<Metadata, ApiError> {
    let at = format!("{at}.inlineAttributes");
    let attributes = Vec::<WireAttribute>::deserialize(&metadata["inlineAttributes"])
        .map_err(|error| ApiError::field(&at, format!("cannot be read: {error}")))?;
    let mut result = Metadata::new();
    for (position, WireAttribute { key, value }) in attributes.into_iter().enumerate() {
        let at = format!("{at}.{}.member", position + 1);
        if RESERVED.iter().any(|prefix| key.starts_with(prefix)) {
            let message = "names that begin so are reserved: choose another";
            return Err(ApiError::field(&format!("{at}.key"), message));
        }
        let value = value.read().ok_or_else(|| {
            ApiError::field(
                &format!("{at}.value"),
                "must have the member of its type, and no other",
            )
        })?;
        if result.insert(key, value).is_some() {
            return Err(ApiError::field(&format!("{at}.key"), "occurs twice"));
        }
    }
    Ok(result)
}

impl WireValue {
    /// The value, where the member that the type names is there, and no other.
    fn read(self) -> Option<MetadataValue> {
        let Self { kind, boolean_value, number_value, string_value, string_list_value } = self;
        match (kind.as_str(), boolean_value, number_value, string_value, string_list_value) {
            ("BOOLEAN", Some(value), None, None, None) => Some(MetadataValue::Boolean(value)),
            ("NUMBER", None, Some(value), None, None) => Some(MetadataValue::Number(value)),
            ("STRING", None, None, Some(value), None) => Some(MetadataValue::String(value)),
            ("STRING_LIST", None, None, None, Some(value)) => {
                Some(MetadataValue::StringList(value))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(attributes: &Value, expect: Result<Value, &str>) {
        let metadata = json!({"type": "IN_LINE_ATTRIBUTE", "inlineAttributes": attributes});
        match (read("metadata", &metadata), expect) {
            (Ok(NewMetadata::Inline(read)), Ok(expect)) => assert_eq!(json!(read), expect),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (other, expect) => assert_eq!(format!("{other:?}"), format!("{expect:?}")),
        }
    }

    #[test]
    fn attributes_are_read_by_their_type() {
        check(
            &json!([
                {"key": "b", "value": {"type": "BOOLEAN", "booleanValue": true}},
                {"key": "l", "value": {"type": "STRING_LIST", "stringListValue": ["x"]}},
                {"key": "n", "value": {"type": "NUMBER", "numberValue": 2}},
                {"key": "s", "value": {"type": "STRING", "stringValue": "x"}},
            ]),
            Ok(json!({"b": true, "l": ["x"], "n": 2.0, "s": "x"})),
        );
        let text = json!({"type": "STRING", "stringValue": "x"});
        check(&json!([{"key": "s", "value": {"type": "STRING"}}]), Err("1.member.value"));
        check(
            &json!([{"key": "s", "value":
                {"type": "STRING", "stringValue": "", "numberValue": 1}}]),
            Err("no other"),
        );
        check(&json!([{"key": "s", "value": text}, {"key": "s", "value": text}]), Err("twice"));
        check(&json!([{"key": "x-amz-bedrock-kb-x", "value": text}]), Err("reserved"));
        check(&Value::Null, Err("needs it"));
    }

    #[test]
    fn metadata_in_s3_is_named() {
        let metadata = json!({"type": "S3_LOCATION", "s3Location": {"uri": "s3://b/k.json"}});
        let Ok(NewMetadata::Object(object)) = read("metadata", &metadata) else { unreachable!() };
        assert_eq!((object.bucket.as_str(), object.key.as_str()), ("b", "k.json"));
        let access = json!({"type": "IN_LINE_ATTRIBUTE", "accessControlList": []});
        for (metadata, part) in [
            (json!({"type": "S3_LOCATION"}), "needs it"),
            (json!({"type": "S3_LOCATION", "s3Location": {"uri": "b"}}), "s3://bucket/key"),
            (access, "not yet"),
        ] {
            let refused = read("metadata", &metadata);
            assert!(refused.is_err_and(|e| e.to_string().contains(part)), "{metadata}");
        }
    }
}
