//! Documents of what is listed: keys, change keys and attributes.
//!
//! The key is the id, which survives renaming and moving. The version and the title decide whether
//! content is read; everything else that is told of it is in its attributes, so that a move, a new
//! label or a renamed space describes it anew without reading it.
//!
//! Attributes: `title`, `object_type` (as in filters), `space_key`, `space_name`, `path` (titles of
//! the pages above it, from the root), `labels`, `modified_at`; of comments and attachments
//! `parent_id` and `parent_title`.

use std::fmt::Write;
use std::sync::Arc;

use corpus::{
    Access, ChangeKey, Content, DocumentKey, Metadata, MetadataValue, SourceDocument,
    SourceLocation, SourceMetadata,
};
use sha2::{Digest, Sha256};

use super::content::{File, Text};
use super::wiki::{Kind, Wiki};
use super::wire::{Entry, Space};

/// Media types that say nothing.
const SILENT: [&str; 3] = ["", "application/octet-stream", "binary/octet-stream"];

/// A page or blog post, for what is on it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) space: Arc<Space>,
    /// The titles above it, from the root.
    pub(super) path: Vec<String>,
    pub(super) labels: Vec<String>,
    pub(super) access: Access,
}

impl Kind {
    /// Its type in filters and attributes.
    pub(super) fn object_type(self) -> &'static str {
        match self {
            Self::Page => "Page",
            Self::Blog => "Blog",
            Self::FooterComment | Self::InlineComment => "Comment",
            Self::Attachment => "Attachment",
        }
    }
}

/// The key of something.
pub(super) fn key(kind: Kind, id: &str) -> DocumentKey {
    let prefix = match kind {
        Kind::Page => "page",
        Kind::Blog => "blog",
        Kind::FooterComment | Kind::InlineComment => "comment",
        Kind::Attachment => "attachment",
    };
    DocumentKey::new(format!("{prefix}/{id}"))
}

/// The page or blog post that a key means.
pub(super) fn page_of(key: &str) -> Option<(Kind, &str)> {
    match key.split_once('/')? {
        ("page", id) => Some((Kind::Page, id)),
        ("blog", id) => Some((Kind::Blog, id)),
        _ => None,
    }
}

/// What an entry is called, as filters see it.
pub(super) fn title(kind: Kind, entry: &Entry, place: &Place) -> String {
    match kind {
        Kind::FooterComment | Kind::InlineComment => format!("Re: {}", place.title),
        _ => entry.title.clone(),
    }
}

/// The document of an entry at its place: the page itself, or what is on it.
pub(super) fn document(
    wiki: &Arc<Wiki>,
    kind: Kind,
    entry: &Entry,
    place: &Place,
) -> SourceDocument {
    let title = title(kind, entry, place);
    let url = wiki.client.site.page(entry.links.webui.as_deref(), page_id(kind, entry, place));
    let metadata = metadata(kind, &title, entry, place);
    let version = entry.version.as_ref().map_or(0, |version| version.number);
    let extensions = entry.extensions.as_ref();
    let media_type = match kind {
        Kind::Attachment => {
            let said = entry.media_type.clone();
            media_type(said.or_else(|| extensions?.media_type.clone()), &title)
        }
        _ => Some("text/markdown".to_owned()),
    };
    let content: Arc<dyn Content> = match kind {
        Kind::Attachment => Arc::new(File {
            wiki: Arc::clone(wiki),
            page: place.id.clone(),
            id: entry.id.clone(),
            link: entry.links.download.clone(),
            media_type: media_type.clone(),
        }),
        _ => Arc::new(Text {
            wiki: Arc::clone(wiki),
            kind,
            id: entry.id.clone(),
            title: title.clone(),
        }),
    };
    SourceDocument {
        key: key(kind, &entry.id),
        change_key: Some(ChangeKey {
            content: format!("{version}:{title}"),
            metadata: Some(digest(&metadata, &url)),
        }),
        location: SourceLocation::Confluence { url },
        size: entry.file_size.or_else(|| extensions?.file_size),
        media_type,
        metadata: SourceMetadata::Inline(metadata),
        access: Some(place.access.clone()),
        content,
    }
}

/// The id of the page on which a reader finds something.
fn page_id<'a>(kind: Kind, entry: &'a Entry, place: &'a Place) -> &'a str {
    match kind {
        Kind::Page | Kind::Blog => &entry.id,
        _ => &place.id,
    }
}

fn metadata(kind: Kind, title: &str, entry: &Entry, place: &Place) -> Metadata {
    let text = |value: &str| MetadataValue::String(value.to_owned());
    let mut metadata = Metadata::new();
    let mut set = |name: &str, value| metadata.insert(name.to_owned(), value);
    set("title", text(title));
    set("object_type", text(kind.object_type()));
    set("space_key", text(&place.space.key));
    if !place.space.name.is_empty() {
        set("space_name", text(&place.space.name));
    }
    let is_child = !matches!(kind, Kind::Page | Kind::Blog);
    let mut path = place.path.clone();
    if is_child {
        path.push(place.title.clone());
        set("parent_id", text(&place.id));
        set("parent_title", text(&place.title));
    }
    if !path.is_empty() {
        set("path", text(&path.join(" / ")));
    }
    if !is_child && !place.labels.is_empty() {
        set("labels", MetadataValue::StringList(place.labels.clone()));
    }
    if let Some(moment) = entry.version.as_ref().and_then(|version| version.created_at.as_deref()) {
        set("modified_at", text(moment));
    }
    metadata
}

fn digest(metadata: &Metadata, url: &str) -> String {
    let mut hash = Sha256::new();
    for (name, value) in metadata {
        hash.update(format!("{name}={}\n", value.to_json()));
    }
    hash.update(url);
    hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// The media type of a file; by its name, where what is said of it says nothing.
fn media_type(said: Option<String>, name: &str) -> Option<String> {
    let said = said.filter(|said| !SILENT.contains(&said.as_str()));
    said.or_else(|| {
        let (_, extension) = name.rsplit_once('.')?;
        let by_name = match extension.to_ascii_lowercase().as_str() {
            "pdf" => "application/pdf",
            "md" | "markdown" => "text/markdown",
            "html" | "htm" => "text/html",
            "txt" | "log" => "text/plain",
            "csv" => "text/csv",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _ => return None,
        };
        Some(by_name.to_owned())
    })
}
