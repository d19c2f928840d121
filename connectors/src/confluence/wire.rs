//! What Confluence's APIs answer, as far as it is used. One shape serves both APIs where they
//! differ in few members; ids are texts in one and numbers in the other.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A page of a listing.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Batch<T> {
    pub(super) results: Vec<T>,
    #[serde(rename = "_links", default)]
    pub(super) links: Links,
}

/// Where to go on.
#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Links {
    pub(super) next: Option<String>,
    pub(super) webui: Option<String>,
    pub(super) download: Option<String>,
}

/// Something that is listed.
pub(super) trait Listed {
    /// What tells it from the others of its listing.
    fn id(&self) -> &str;
}

/// A space.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Space {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    pub(super) key: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(rename = "_links", default)]
    pub(super) links: Links,
}

/// A page, blog post, comment or attachment.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(default)]
    pub(super) title: String,
    pub(super) status: Option<String>,
    pub(super) version: Option<Version>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(super) parent_id: Option<String>,
    pub(super) parent_type: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(super) space_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(super) page_id: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(super) blog_post_id: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) file_size: Option<u64>,
    #[serde(rename = "_links", default)]
    pub(super) links: Links,
    /// On Data Center: from the space's root down to the parent.
    #[serde(default)]
    pub(super) ancestors: Vec<Ancestor>,
    /// On Data Center.
    pub(super) space: Option<Space>,
    /// On Data Center.
    pub(super) metadata: Option<EntryMetadata>,
    /// On Data Center, of attachments.
    pub(super) extensions: Option<Extensions>,
    pub(super) body: Option<Bodies>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Version {
    pub(super) number: u64,
    /// When, on Cloud and on Data Center.
    #[serde(alias = "when")]
    pub(super) created_at: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Ancestor {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(default)]
    pub(super) title: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct EntryMetadata {
    pub(super) labels: Option<Batch<Label>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extensions {
    pub(super) media_type: Option<String>,
    pub(super) file_size: Option<u64>,
}

/// A body in one of its forms.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Bodies {
    pub(super) storage: Option<Value>,
    pub(super) view: Option<Value>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Label {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    pub(super) name: String,
}

/// Whom a page or what is above it is restricted to.
#[derive(Debug, Deserialize)]
pub(super) struct Restriction {
    pub(super) restrictions: Subjects,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Subjects {
    pub(super) user: Option<Batch<Subject>>,
    pub(super) group: Option<Batch<Subject>>,
}

/// Somebody.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Subject {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) account_id: Option<String>,
    pub(super) user_key: Option<String>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) public_name: Option<String>,
}

/// Who may do something in a space: Cloud says `principal` and `key`, Data Center `subject` and
/// `operationKey`.
#[derive(Debug, Deserialize)]
pub(super) struct Permission {
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub(super) id: String,
    #[serde(alias = "subject")]
    pub(super) principal: Option<Subject>,
    pub(super) operation: Operation,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    #[serde(alias = "operationKey")]
    pub(super) key: String,
    pub(super) target_type: String,
}

impl Permission {
    /// Whether it is the permission to see the space.
    pub(super) fn is_to_read(&self) -> bool {
        self.operation.key == "read" && self.operation.target_type == "space"
    }
}

impl Bodies {
    /// The body in the storage format, or else as it is shown.
    pub(super) fn value(&self) -> Option<&str> {
        let storage = self.storage.as_ref().and_then(|form| form.get("value")?.as_str());
        storage.or_else(|| self.view.as_ref().and_then(|form| form.get("value")?.as_str()))
    }
}

impl Listed for Space {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Entry {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Label {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Listed for Permission {
    fn id(&self) -> &str {
        &self.id
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_text(deserializer)?.ok_or_else(|| serde::de::Error::custom("an id is missing"))
}

fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(optional_text(deserializer)?.unwrap_or_default())
}

fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}
