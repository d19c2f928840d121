//! A record as a document: a small text of Markdown, or the bytes of a file.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use corpus::{
    Access, Body, ChangeKey, Content, DocumentKey, Metadata, MetadataValue, ReadError,
    SourceDocument, SourceEvent, SourceLocation, SourceMetadata,
};
use serde_json::Value;

use super::org::{Field, Org, Record};
use super::rich_text;
use super::soql::{Id, Moment, Place};
use super::target::{FileFields, Target};
use crate::hash;
use crate::written::Written;

/// Fields that are a record's title, best first. The object's name field comes after them.
const TITLES: [&str; 2] = ["Title", "Subject"];

/// The longest value that stands in a line with others.
const LINE: usize = 200;

/// Media types of files by their ending, which is what the org keeps.
const MEDIA_TYPES: [(&str, &str); 11] = [
    ("csv", "text/csv"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("pdf", "application/pdf"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("snote", "text/html"),
    ("txt", "text/plain"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
];

/// A record, its title and where it stands in the order of changes.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) place: Place,
    /// The id that outlives a new version.
    pub(super) id: Id,
    pub(super) title: String,
    record: Record,
}

impl Found {
    /// What a record is; none where it lacks what every record has.
    pub(super) fn new(target: &Target, record: Record) -> Option<Self> {
        let text = |field: &str| record.get(field).and_then(Value::as_str);
        let place = Place {
            changed: Moment::new(text("SystemModstamp")?).ok()?,
            id: Id::new(text("Id")?).ok()?,
        };
        let id = Id::new(text(target.id_field)?).ok()?;
        let titles = TITLES.iter().copied().chain(target.name_field.as_deref());
        let title = titles.filter_map(text).map(str::trim).find(|title| !title.is_empty());
        let title =
            title.map_or_else(|| format!("{} {}", target.label, id.as_str()), str::to_owned);
        Some(Self { place, id, title, record })
    }

    /// Tells of it.
    pub(super) fn event(&self, org: &Arc<Org>, host: &str, target: &Target) -> SourceEvent {
        let metadata = self.metadata(target);
        let language = target.language.as_deref();
        let query = language.map(|language| format!("?language={language}")).unwrap_or_default();
        let location =
            SourceLocation::Salesforce { url: format!("{host}/{}{query}", self.id.as_str()) };
        let (content, size, media_type, tag): (Arc<dyn Content>, _, _, _) =
            if let Some(file) = target.file {
                let content = FileContent {
                    org: Arc::clone(org),
                    object: target.object.as_str().to_owned(),
                    id: self.place.id.as_str().to_owned(),
                    field: file.body,
                };
                let size = self.record.get(file.size).and_then(Value::as_u64);
                let tag = hash::of(&self.place.changed);
                (Arc::new(content), size, self.media_type(file), tag)
            } else {
                let bytes = Bytes::from(self.markdown(target));
                let (size, tag) = (bytes.len() as u64, hash::of_bytes(&bytes));
                (Arc::new(Written(bytes)), Some(size), Some("text/markdown".to_owned()), tag)
            };
        let described = hash::of(&metadata);
        SourceEvent::Upsert(SourceDocument {
            key: key(target, self.id.as_str()),
            location,
            change_key: Some(ChangeKey { content: tag, metadata: Some(described) }),
            size,
            media_type,
            metadata: SourceMetadata::Inline(metadata),
            // What sharing rules come to is not told by the API.
            access: Some(Access { all_of: vec![Vec::new()], denied: Vec::new() }),
            content,
        })
    }

    fn metadata(&self, target: &Target) -> Metadata {
        let mut metadata = Metadata::new();
        let mut set = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                metadata.insert(name.to_owned(), MetadataValue::String(value.to_owned()));
            }
        };
        let text = |field: &str| self.record.get(field).and_then(Value::as_str);
        set("object", Some(target.object.as_str()));
        set("title", Some(&self.title));
        set("language", target.language.as_deref());
        set("created_at", text("CreatedDate"));
        set("modified_at", text("LastModifiedDate"));
        metadata
    }

    fn media_type(&self, file: FileFields) -> Option<String> {
        let told = self.record.get(file.kind).and_then(Value::as_str)?.to_lowercase();
        if told.contains('/') {
            return Some(told);
        }
        let known = MEDIA_TYPES.iter().find(|(ending, _)| *ending == told);
        known.map(|(_, media_type)| (*media_type).to_owned())
    }

    /// The title, a line for each short value, a section for each long one.
    fn markdown(&self, target: &Target) -> String {
        let mut lines = format!("# {}\n\n", one_line(&self.title));
        let mut sections = String::new();
        for field in &target.shown {
            let Some(value) = value(field, &self.record) else { continue };
            if TITLES.contains(&field.name.as_str()) || value == self.title {
                continue;
            }
            let label = one_line(&field.label);
            if value.len() <= LINE && !value.contains('\n') {
                lines.extend(["- ", &label, ": ", &value, "\n"]);
            } else {
                sections.extend(["\n## ", &label, "\n\n", &value, "\n"]);
            }
        }
        lines + &sections
    }
}

/// What begins the keys of a target's documents.
pub(super) fn prefix(target: &Target) -> String {
    format!("{}/", target.scope())
}

/// The key of a document.
pub(super) fn key(target: &Target, id: &str) -> DocumentKey {
    DocumentKey::new(format!("{}{id}", prefix(target)))
}

/// The words of a field; none where it is empty.
fn value(field: &Field, record: &Record) -> Option<String> {
    let value = match record.get(&field.name)? {
        Value::String(text) if field.html_formatted => rich_text::markdown(text),
        Value::String(text) if field.kind == "multipicklist" => text.replace(';', ", "),
        Value::String(text) => text.replace("\r\n", "\n"),
        Value::Number(number) => number.to_string(),
        Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The bytes of a file, got when asked for.
#[derive(Debug)]
struct FileContent {
    org: Arc<Org>,
    object: String,
    id: String,
    field: &'static str,
}

#[async_trait]
impl Content for FileContent {
    async fn open(&self) -> Result<Body, ReadError> {
        self.org.open(&self.object, &self.id, self.field).await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use serde_json::json;

    use super::*;

    fn target() -> Target {
        let description = json!({
            "name": "Case", "label": "Case", "queryable": true, "replicateable": true,
            "fields": [
                {"name": "Id", "label": "Case ID", "type": "id"},
                {"name": "CaseNumber", "label": "Case Number", "type": "string", "nameField": true},
                {"name": "Subject", "label": "Subject", "type": "string"},
                {"name": "Topics__c", "label": "Topics", "type": "multipicklist"},
                {"name": "Amount__c", "label": "Amount", "type": "currency"},
                {"name": "Answer__c", "label": "Answer", "type": "textarea", "htmlFormatted": true},
                {"name": "IsClosed", "label": "Closed", "type": "boolean"},
                {"name": "SystemModstamp", "label": "System Modstamp", "type": "datetime"},
            ],
        });
        let description = serde_json::from_value(description).unwrap();
        Target::of(&description).unwrap().remove(0)
    }

    #[test]
    fn a_record_is_a_title_lines_and_sections() {
        let record = json!({
            "Id": "500000000000001AAA", "SystemModstamp": "2026-01-02T03:04:05.000+0000",
            "CaseNumber": "00001026", "Subject": "The  pump\nleaks", "Topics__c": "water;pumps",
            "Amount__c": 12.5, "Answer__c": "<p>Tighten it.</p><p>Then wait.</p>", "IsClosed": true,
        });
        let target = target();
        let found = Found::new(&target, record.as_object().unwrap().clone()).unwrap();
        assert_eq!(
            found.markdown(&target),
            "# The pump leaks\n\n- Case Number: 00001026\n- Topics: water, pumps\n- Amount: 12.5\n\n\
             ## Answer\n\nTighten it.\n\nThen wait.\n"
        );
    }

    #[test]
    fn a_record_without_id_or_moment_is_none() {
        let record = json!({"Id": "nonsense", "SystemModstamp": "2026-01-02T03:04:05.000+0000"});
        assert!(Found::new(&target(), record.as_object().unwrap().clone()).is_none());
    }
}
