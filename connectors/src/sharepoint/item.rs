//! A file of a library as a document.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{
    Access, Body, ChangeKey, Content, DocumentKey, Metadata, MetadataValue, ReadError,
    SourceDocument, SourceEvent, SourceLocation, SourceMetadata,
};

use super::graph::Graph;
use super::site::Site;
use super::wire::{Drive, IdentitySet, Item};

/// Media types by the ending of a name, where Graph tells none that says anything.
const MEDIA_TYPES: [(&str, &str); 4] = [
    (".md", "text/markdown"),
    (".markdown", "text/markdown"),
    (".htm", "text/html"),
    (".html", "text/html"),
];

/// What begins the keys of a library's files.
pub(super) fn prefix(drive: &str) -> String {
    format!("file/{drive}/")
}

/// The key of a file: its id, which outlives renaming and moving within the library.
pub(super) fn key(drive: &str, item: &str) -> DocumentKey {
    DocumentKey::new(format!("{}{item}", prefix(drive)))
}

/// The content of a file, got when asked for.
#[derive(Debug)]
struct FileContent {
    graph: Arc<Graph>,
    drive: String,
    item: String,
}

#[async_trait]
impl Content for FileContent {
    async fn open(&self) -> Result<Body, ReadError> {
        self.graph.open(&self.drive, &self.item).await
    }
}

/// Tells of something in a library that is no folder.
pub(super) fn event(
    graph: &Arc<Graph>,
    site: &Site,
    drive: &Drive,
    item: &Item,
    access: Access,
) -> SourceEvent {
    let key = key(&drive.id, &item.id);
    let url = item.web_url.clone().or_else(|| drive.web_url.clone());
    let location = SourceLocation::SharePoint { url: url.unwrap_or_else(|| site.url.clone()) };
    if let Some(reason) = unread(item) {
        return SourceEvent::Ignored { key, location, reason: reason.to_owned() };
    }
    let metadata = metadata(site, drive, item);
    SourceEvent::Upsert(SourceDocument {
        change_key: change_key(item, &location, &metadata),
        size: item.size,
        media_type: media_type(item),
        metadata: SourceMetadata::Inline(metadata),
        access: Some(access),
        content: Arc::new(FileContent {
            graph: Arc::clone(graph),
            drive: drive.id.clone(),
            item: item.id.clone(),
        }),
        key,
        location,
    })
}

/// Why something is deliberately not read.
fn unread(item: &Item) -> Option<&'static str> {
    if item.malware.is_some() {
        Some("Microsoft found malware in it: have its owner remove it")
    } else if item.package.is_some() {
        Some("it is a package of files, as OneNote's notebooks are, which are not read")
    } else if item.remote.is_some() {
        Some("it is a shortcut to another library: add a data source for that library's site")
    } else if item.file.is_none() {
        Some("it is neither a file nor a folder")
    } else {
        None
    }
}

/// The `cTag` changes with the bytes; what else is told of a file changes without them.
fn change_key(item: &Item, location: &SourceLocation, metadata: &Metadata) -> Option<ChangeKey> {
    let content = item.c_tag.clone().or_else(|| item.e_tag.clone())?;
    Some(ChangeKey { content, metadata: Some(crate::hash::of(&(location.uri(), metadata))) })
}

fn media_type(item: &Item) -> Option<String> {
    let told = item.file.as_ref().and_then(|file| file.mime_type.clone());
    let told =
        told.filter(|told| !matches!(told.as_str(), "application/octet-stream" | "text/plain"));
    let name = item.name.as_deref().unwrap_or_default().to_lowercase();
    let by_ending = || MEDIA_TYPES.iter().find(|(ending, _)| name.ends_with(ending));
    let plain = || item.file.as_ref().and_then(|file| file.mime_type.clone());
    told.or_else(|| by_ending().map(|(_, kind)| (*kind).to_owned())).or_else(plain)
}

fn metadata(site: &Site, drive: &Drive, item: &Item) -> Metadata {
    let mut metadata = Metadata::new();
    set(&mut metadata, "file_name", item.name.as_deref());
    set(&mut metadata, "library", drive.name.as_deref());
    describe(&mut metadata, site, item.created_by.as_ref(), item.last_modified_by.as_ref());
    set(&mut metadata, "created_at", item.created_date_time.as_deref());
    set(&mut metadata, "modified_at", item.last_modified_date_time.as_deref());
    metadata
}

/// Sets what files and pages have in common.
pub(super) fn describe(
    metadata: &mut Metadata,
    site: &Site,
    created_by: Option<&IdentitySet>,
    modified_by: Option<&IdentitySet>,
) {
    let name = |who: Option<&IdentitySet>| who?.user.as_ref()?.display_name.clone();
    set(metadata, "site", site.name.as_deref());
    set(metadata, "author", name(created_by).as_deref());
    set(metadata, "last_editor", name(modified_by).as_deref());
}

/// Sets an attribute that is there and says something.
pub(super) fn set(metadata: &mut Metadata, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        metadata.insert(name.to_owned(), MetadataValue::String(value.to_owned()));
    }
}
