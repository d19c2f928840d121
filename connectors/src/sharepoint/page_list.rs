//! The list of a site's pages: what is there, and what is there no longer.

use std::collections::HashSet;
use std::sync::Arc;

use corpus::{
    ChangeKey, ConnectorError, DocumentKey, Metadata, SourceDocument, SourceEvent, SourceLocation,
    SourceMetadata, StateEntry,
};
use reqwest::header::HeaderMap;

use super::graph::Graph;
use super::item::{describe, set};
use super::page::PageContent;
use super::site::Site;
use super::state::{SiteRow, page_key, site_key};
use super::wire::{Collection, Page};
use crate::api::ApiError;
use crate::events::Events;
use crate::memory::{Memory, forget, remember};
use crate::object_filters::ObjectFilters;

/// The fields of a page that are listed; never its contents.
const FIELDS: &str = "id,name,title,description,webUrl,eTag,createdDateTime,lastModifiedDateTime,\
                      createdBy,lastModifiedBy,publishingState";

/// The pages of a site.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    pub(super) graph: &'a Arc<Graph>,
    pub(super) filters: &'a ObjectFilters,
    pub(super) memory: &'a Memory,
    pub(super) events: &'a Events,
    pub(super) site: &'a Site,
}

impl Pages<'_> {
    /// Tells of all pages, and of those that are gone.
    pub(super) async fn read(&self) -> Result<(), ApiError> {
        let path = ["v1.0", "sites", &self.site.id, "pages", "microsoft.graph.sitePage"];
        let mut url = self.graph.url(path);
        url.query_pairs_mut().append_pair("$select", FIELDS);
        let mut next = Some(url);
        let mut seen = HashSet::new();
        while let Some(url) = next {
            let list: Collection<Page> = self.graph.json(&url, &HeaderMap::new()).await?;
            let mut entries =
                vec![remember(site_key(&self.site.id), &SiteRow { url: self.site.url.clone() })?];
            for page in list.value {
                if self.filters.admit("Page", &[page.title.as_deref().unwrap_or_default()]) {
                    entries.push(StateEntry {
                        key: page_key(&self.site.id, &page.id),
                        value: Some(Vec::new()),
                    });
                    seen.insert(page.id.clone());
                    self.events.tell(self.event(page)).await;
                }
            }
            self.events.checkpoint(entries).await;
            next = list.next_link.map(|link| self.graph.admit(&link)).transpose()?;
        }
        Ok(forget_pages(self.memory, self.events, &self.site.id, &seen).await?)
    }

    fn event(&self, page: Page) -> SourceEvent {
        let key = key(&self.site.id, &page.id);
        let location = page.web_url.clone().unwrap_or_else(|| self.site.url.clone());
        let location = SourceLocation::SharePoint { url: location };
        let level = page.publishing_state.as_ref().and_then(|state| state.level.as_deref());
        if level.is_some_and(|level| level != "published") {
            let reason = "the page is not published: publish it in SharePoint".to_owned();
            return SourceEvent::Ignored { key, location, reason };
        }
        let mut metadata = Metadata::new();
        set(&mut metadata, "title", page.title.as_deref());
        describe(
            &mut metadata,
            self.site,
            page.created_by.as_ref(),
            page.last_modified_by.as_ref(),
        );
        set(&mut metadata, "created_at", page.created_date_time.as_deref());
        set(&mut metadata, "modified_at", page.last_modified_date_time.as_deref());
        let changed = (&page.e_tag, &page.last_modified_date_time);
        let change_key = page.e_tag.is_some().then(|| ChangeKey {
            content: crate::hash::of(&changed),
            metadata: Some(crate::hash::of(&(location.uri(), &metadata))),
        });
        SourceEvent::Upsert(SourceDocument {
            key,
            location,
            change_key,
            size: None,
            media_type: Some("text/html; charset=utf-8".to_owned()),
            metadata: SourceMetadata::Inline(metadata),
            // Graph tells no permissions of pages.
            access: Some(super::access::unknown()),
            content: Arc::new(PageContent {
                graph: Arc::clone(self.graph),
                site: self.site.id.clone(),
                page: page.id,
            }),
        })
    }
}

fn key(site: &str, page: &str) -> DocumentKey {
    DocumentKey::new(format!("page/{site}/{page}"))
}

/// Tells of the pages of a site that are not among `seen`.
pub(super) async fn forget_pages(
    memory: &Memory,
    events: &Events,
    site: &str,
    seen: &HashSet<String>,
) -> Result<(), ConnectorError> {
    let prefix = page_key(site, "");
    let mut after: Option<String> = None;
    loop {
        let found = memory.scan(&prefix, after.as_deref()).await?;
        let Some((last, _)) = found.last() else { return Ok(()) };
        after = Some(last.clone());
        let mut entries = Vec::new();
        for (page, _) in found.into_iter().filter(|(page, _)| !seen.contains(page)) {
            events.tell(SourceEvent::Absent(key(site, &page))).await;
            entries.push(forget(page_key(site, &page)));
        }
        events.checkpoint(entries).await;
    }
}
