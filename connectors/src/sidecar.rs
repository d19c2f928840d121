//! Sidecars: `<file>.metadata.json` with attributes of the file beside it, in the two forms that
//! Bedrock reads from S3, and with the structure of a table.
//!
//! ```json
//! {"metadataAttributes": {"topic": "law", "year": 2024, "draft": false, "tags": ["a", "b"]}}
//! {"metadataAttributes": {"topic": {"value": {"type": "STRING", "stringValue": "law"}}}}
//! ```

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{
    Content, Metadata, MetadataValue, ReadError, RecordStructure, Sidecar, SidecarContents,
    SidecarError,
};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::Value;

/// What the name of a sidecar has behind that of its file.
pub(crate) const SUFFIX: &str = ".metadata.json";

/// The most bytes of a sidecar, by Bedrock's limits.
pub(crate) const BYTES: u64 = 10 * 1024;

/// A sidecar whose bytes are read as content is.
#[derive(Debug)]
pub(crate) struct ContentSidecar {
    pub(crate) name: String,
    pub(crate) content: Arc<dyn Content>,
}

#[async_trait]
impl Sidecar for ContentSidecar {
    async fn read(&self) -> Result<SidecarContents, SidecarError> {
        let mut bytes = Vec::new();
        let mut body = self.content.open().await.map_err(|error| self.vanished(error))?;
        while let Some(piece) = body.next().await {
            bytes.extend_from_slice(&piece.map_err(|error| self.vanished(error))?);
            // What is too long is refused for that; the rest of it is not read.
            if bytes.len() as u64 > BYTES {
                break;
            }
        }
        let name = self.name.clone();
        parse(&bytes).map_err(|reason| SidecarError::Invalid { name, reason })
    }
}

impl ContentSidecar {
    /// A sidecar that is gone is no document that is.
    fn vanished(&self, error: ReadError) -> ReadError {
        match error {
            ReadError::Vanished => ReadError::Interrupted {
                reason: format!("its sidecar {} vanished; the next sync does without", self.name),
            },
            other => other,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireStructure {
    #[serde(rename = "type")]
    kind: String,
    record_based_structure_metadata: Option<WireRecords>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRecords {
    content_fields: Vec<WireField>,
    #[serde(default)]
    metadata_fields_specification: WireFields,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireFields {
    fields_to_include: Vec<WireField>,
    fields_to_exclude: Vec<WireField>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireField {
    field_name: String,
}

/// What a sidecar says. The error says what is wrong with it.
pub(crate) fn parse(bytes: &[u8]) -> Result<SidecarContents, String> {
    if bytes.len() as u64 > BYTES {
        return Err(format!("is longer than {BYTES} bytes: shorten it"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let json: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("is no valid JSON: {error}"))?;
    let attributes = json
        .get("metadataAttributes")
        .and_then(Value::as_object)
        .ok_or("has no object \"metadataAttributes\"")?;
    let mut metadata = Metadata::new();
    let mut for_embedding = Vec::new();
    for (key, value) in attributes {
        let given =
            attribute(value).map_err(|reason| format!("gives the attribute \"{key}\" {reason}"))?;
        metadata.insert(key.clone(), given);
        if value.get("includeForEmbedding") == Some(&Value::Bool(true)) {
            for_embedding.push(key.clone());
        }
    }
    let records = json.get("documentStructureConfiguration").map(records).transpose()?;
    Ok(SidecarContents { metadata, for_embedding, records })
}

fn records(json: &Value) -> Result<RecordStructure, String> {
    const NAME: &str = "documentStructureConfiguration";
    const TYPE: &str = "RECORD_BASED_STRUCTURE_METADATA";
    let structure = WireStructure::deserialize(json)
        .map_err(|error| format!("has a {NAME} that cannot be read: {error}"))?;
    if structure.kind != TYPE {
        return Err(format!("has a {NAME} of type \"{}\"; there is {TYPE}", structure.kind));
    }
    let records = structure
        .record_based_structure_metadata
        .ok_or_else(|| format!("has a {NAME} without \"recordBasedStructureMetadata\""))?;
    let names = |fields: Vec<WireField>| fields.into_iter().map(|field| field.field_name).collect();
    let mut content: Vec<String> = names(records.content_fields);
    let (Some(content_field), true) = (content.pop(), content.is_empty()) else {
        return Err(format!("has a {NAME} that does not name exactly one content field"));
    };
    let fields = records.metadata_fields_specification;
    Ok(RecordStructure {
        content_field,
        fields_to_include: names(fields.fields_to_include),
        fields_to_exclude: names(fields.fields_to_exclude),
    })
}

fn attribute(json: &Value) -> Result<MetadataValue, String> {
    let Value::Object(typed) = json else {
        return MetadataValue::from_json(json)
            .ok_or_else(|| "a value that is no text, number, truth or list of texts".to_owned());
    };
    let value = typed.get("value").ok_or("an object without \"value\"")?;
    let kind = value.get("type").and_then(Value::as_str).ok_or("a value without \"type\"")?;
    let member = match kind {
        "STRING" => "stringValue",
        "NUMBER" => "numberValue",
        "BOOLEAN" => "booleanValue",
        "STRING_LIST" => "stringListValue",
        _ => {
            return Err(format!(
                "the type \"{kind}\"; there are STRING, NUMBER, BOOLEAN and STRING_LIST"
            ));
        }
    };
    let given = value.get(member).and_then(MetadataValue::from_json);
    let fits = matches!(
        (&given, kind),
        (Some(MetadataValue::String(_)), "STRING")
            | (Some(MetadataValue::Number(_)), "NUMBER")
            | (Some(MetadataValue::Boolean(_)), "BOOLEAN")
            | (Some(MetadataValue::StringList(_)), "STRING_LIST")
    );
    given.filter(|_| fits).ok_or_else(|| format!("the type {kind} without a fitting \"{member}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(pairs: &[(&str, MetadataValue)]) -> Metadata {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
    }

    #[test]
    fn both_forms_are_read() {
        let all = metadata(&[
            ("b", MetadataValue::Boolean(true)),
            ("l", MetadataValue::StringList(vec!["a".to_owned(), "b".to_owned()])),
            ("n", MetadataValue::Number(3.5)),
            ("s", MetadataValue::String("v".to_owned())),
        ]);
        let check = |json: &str, expect: &Metadata| {
            let metadata = parse(json.as_bytes()).map(|contents| contents.metadata);
            assert_eq!(metadata.as_ref(), Ok(expect), "{json}");
        };
        check(r#"{"metadataAttributes": {"s": "v", "n": 3.5, "b": true, "l": ["a", "b"]}}"#, &all);
        check(
            r#"{"metadataAttributes": {
                "s": {"value": {"type": "STRING", "stringValue": "v"}, "includeForEmbedding": true},
                "n": {"value": {"type": "NUMBER", "numberValue": 3.5}},
                "b": {"value": {"type": "BOOLEAN", "booleanValue": true}},
                "l": ["a", "b"]}}"#,
            &all,
        );
        check("\u{feff}{\"metadataAttributes\": {}}", &Metadata::new());
        check(
            r#"{"metadataAttributes": {"l": {"value":
                {"type": "STRING_LIST", "stringListValue": []}}}, "more": 1}"#,
            &metadata(&[("l", MetadataValue::StringList(Vec::new()))]),
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |json: &str, expect: &str| {
            let error = parse(json.as_bytes()).err().unwrap_or_default();
            assert!(error.contains(expect), "{json}: {error}");
        };
        check("", "is no valid JSON");
        check("{", "line 1 column 1");
        check("[]", "no object \"metadataAttributes\"");
        check(r#"{"metadataAttributes": 1}"#, "no object \"metadataAttributes\"");
        check(r#"{"metadataAttributes": {"k": null}}"#, "\"k\" a value that is no text");
        check(r#"{"metadataAttributes": {"k": [1]}}"#, "list of texts");
        check(r#"{"metadataAttributes": {"k": {}}}"#, "without \"value\"");
        check(r#"{"metadataAttributes": {"k": {"value": {}}}}"#, "without \"type\"");
        check(r#"{"metadataAttributes": {"k": {"value": {"type": "DATE"}}}}"#, "\"DATE\"");
        check(
            r#"{"metadataAttributes": {"k": {"value": {"type": "NUMBER", "stringValue": "1"}}}}"#,
            "NUMBER without a fitting \"numberValue\"",
        );
        check(
            r#"{"metadataAttributes": {"k": {"value": {"type": "NUMBER", "numberValue": "1"}}}}"#,
            "NUMBER without a fitting \"numberValue\"",
        );
        check("{\"metadataAttributes\": {\"k\": \"\u{ff}", "is no valid JSON");
    }

    #[test]
    fn what_is_embedded_is_told() {
        let contents = parse(
            br#"{"metadataAttributes": {
                "a": {"value": {"type": "STRING", "stringValue": "v"}, "includeForEmbedding": true},
                "b": {"value": {"type": "STRING", "stringValue": "v"}, "includeForEmbedding": false},
                "c": "v"}}"#,
        );
        assert_eq!(contents.unwrap_or_default().for_embedding, ["a"]);
    }

    #[test]
    fn the_structure_of_a_table_is_told() {
        let structure = |structure: &str| {
            let json = format!(
                r#"{{"metadataAttributes": {{}}, "documentStructureConfiguration": {structure}}}"#
            );
            parse(json.as_bytes()).map(|contents| contents.records)
        };
        let records = structure(
            r#"{"type": "RECORD_BASED_STRUCTURE_METADATA", "recordBasedStructureMetadata": {
                "contentFields": [{"fieldName": "text"}],
                "metadataFieldsSpecification": {"fieldsToInclude": [{"fieldName": "year"}],
                    "fieldsToExclude": [{"fieldName": "id"}]}}}"#,
        );
        let expect = RecordStructure {
            content_field: "text".to_owned(),
            fields_to_include: vec!["year".to_owned()],
            fields_to_exclude: vec!["id".to_owned()],
        };
        assert_eq!(records, Ok(Some(expect)));
        let check = |json: &str, expect: &str| {
            let error = structure(json).err().unwrap_or_default();
            assert!(error.contains(expect), "{json}: {error}");
        };
        check(r#"{"type": "OTHER"}"#, "type");
        check(
            r#"{"type": "RECORD_BASED_STRUCTURE_METADATA", "recordBasedStructureMetadata": {
                "contentFields": [{"fieldName": "a"}, {"fieldName": "b"}]}}"#,
            "exactly one",
        );
    }
}
