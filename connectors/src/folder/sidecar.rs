//! Sidecars: `<file>.metadata.json` with attributes of the file beside it, in the two forms that
//! Bedrock reads from S3.
//!
//! ```json
//! {"metadataAttributes": {"topic": "law", "year": 2024, "draft": false, "tags": ["a", "b"]}}
//! {"metadataAttributes": {"topic": {"value": {"type": "STRING", "stringValue": "law"}}}}
//! ```

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use corpus::{Metadata, MetadataValue};
use serde_json::Value;

use super::content;
use super::stamp;

/// The most bytes of a sidecar, by Bedrock's limits.
const BYTES: u64 = 10 * 1024;

/// A sidecar that was read.
#[derive(Debug, PartialEq)]
pub(super) struct Sidecar {
    pub(super) metadata: Metadata,
    /// What changes when it does.
    pub(super) stamp: String,
}

/// Reads a sidecar; none where there is none. The error says what is wrong with it.
pub(super) fn read(path: &Path) -> Result<Option<Sidecar>, String> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    if !metadata.is_file() {
        return Err("is no regular file: replace it by one".to_owned());
    }
    // Taken before reading: a change in between is seen by the next job.
    let stamp = stamp(&metadata);
    let mut bytes = Vec::new();
    let opened = content::open_plain(path);
    match opened.and_then(|file| file.take(BYTES + 1).read_to_end(&mut bytes)) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    }
    if bytes.len() as u64 > BYTES {
        return Err(format!("is longer than {BYTES} bytes: shorten it"));
    }
    Ok(Some(Sidecar { metadata: parse(&bytes)?, stamp }))
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot be read ({error}): give the server's user the right to read it")
}

/// The attributes in a sidecar.
fn parse(bytes: &[u8]) -> Result<Metadata, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let json: Value =
        serde_json::from_slice(bytes).map_err(|error| format!("is no valid JSON: {error}"))?;
    let attributes = json
        .get("metadataAttributes")
        .and_then(Value::as_object)
        .ok_or("has no object \"metadataAttributes\"")?;
    attributes
        .iter()
        .map(|(key, value)| {
            let value = attribute(value)
                .map_err(|reason| format!("gives the attribute \"{key}\" {reason}"))?;
            Ok((key.clone(), value))
        })
        .collect()
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
            assert_eq!(parse(json.as_bytes()).as_ref(), Ok(expect), "{json}");
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
}
