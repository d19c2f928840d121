//! What Microsoft Graph answers, as far as it is read.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// A page of a collection.
#[derive(Debug, Deserialize)]
pub(super) struct Collection<T> {
    pub(super) value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    pub(super) next_link: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    pub(super) delta_link: Option<String>,
}

/// A site.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Site {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
}

/// A document library.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Drive {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) web_url: Option<String>,
}

/// A file, a folder, or another thing in a library. The facets say what it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) web_url: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) c_tag: Option<String>,
    pub(super) e_tag: Option<String>,
    pub(super) created_date_time: Option<String>,
    pub(super) last_modified_date_time: Option<String>,
    pub(super) created_by: Option<IdentitySet>,
    pub(super) last_modified_by: Option<IdentitySet>,
    pub(super) parent_reference: Option<ParentReference>,
    pub(super) file: Option<FileFacet>,
    pub(super) folder: Option<IgnoredAny>,
    pub(super) root: Option<IgnoredAny>,
    pub(super) deleted: Option<IgnoredAny>,
    pub(super) package: Option<IgnoredAny>,
    #[serde(rename = "remoteItem")]
    pub(super) remote: Option<IgnoredAny>,
    pub(super) malware: Option<IgnoredAny>,
    /// Permissions of its own, with `Prefer: hierarchicalsharing`.
    pub(super) shared: Option<IgnoredAny>,
    #[serde(rename = "@microsoft.graph.sharedChanged")]
    pub(super) shared_changed: Option<Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ParentReference {
    pub(super) id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileFacet {
    pub(super) mime_type: Option<String>,
}

/// A page of a site.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) web_url: Option<String>,
    pub(super) e_tag: Option<String>,
    pub(super) created_date_time: Option<String>,
    pub(super) last_modified_date_time: Option<String>,
    pub(super) created_by: Option<IdentitySet>,
    pub(super) last_modified_by: Option<IdentitySet>,
    pub(super) publishing_state: Option<PublishingState>,
    pub(super) canvas_layout: Option<CanvasLayout>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PublishingState {
    pub(super) level: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CanvasLayout {
    #[serde(default)]
    pub(super) horizontal_sections: Vec<HorizontalSection>,
    pub(super) vertical_section: Option<Column>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HorizontalSection {
    #[serde(default)]
    pub(super) columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Column {
    #[serde(default)]
    pub(super) webparts: Vec<WebPart>,
}

/// A part of a page: a text, or a standard part with data.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebPart {
    pub(super) inner_html: Option<String>,
    pub(super) data: Option<WebPartData>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebPartData {
    pub(super) server_processed_content: Option<ProcessedContent>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProcessedContent {
    #[serde(default)]
    pub(super) html_strings: Vec<KeyValue>,
    #[serde(default)]
    pub(super) searchable_plain_texts: Vec<KeyValue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyValue {
    pub(super) value: Option<String>,
}

/// What somebody may do with an item.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Permission {
    #[serde(default)]
    pub(super) roles: Vec<String>,
    pub(super) link: Option<SharingLink>,
    pub(super) granted_to_v2: Option<IdentitySet>,
    #[serde(default)]
    pub(super) granted_to_identities_v2: Vec<IdentitySet>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SharingLink {
    pub(super) scope: Option<String>,
}

/// Somebody, in several ways at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IdentitySet {
    pub(super) user: Option<Identity>,
    pub(super) group: Option<Identity>,
    pub(super) site_user: Option<Identity>,
    pub(super) site_group: Option<Identity>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    pub(super) id: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) login_name: Option<String>,
}
