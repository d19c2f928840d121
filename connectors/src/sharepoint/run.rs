//! One run: the sites one by one, then what is left of sites and libraries that are there no
//! longer.

use std::collections::HashSet;
use std::sync::Arc;

use corpus::{ConnectorError, DocumentKey, SourceEvent};

use super::SharePoint;
use super::item;
use super::library::Library;
use super::page_list::{Pages, forget_pages};
use super::rights::Rights;
use super::site::{Scope, Site, SiteUrl};
use super::state::{DriveRow, ItemRow, Kind, SCHEMA, SiteRow, drive_key, item_key, site_key};
use super::wire::Drive;
use crate::api::ApiError;
use crate::epoch;
use crate::events::{Events, Told};
use crate::memory::{Memory, forget};

/// A run and what it has seen.
#[derive(Debug)]
pub(super) struct Run {
    sharepoint: Arc<SharePoint>,
    memory: Memory,
    events: Events,
    /// Failures of sites, libraries and lists of pages.
    failed: HashSet<DocumentKey>,
    /// Sites that were seen whole, by their URLs.
    sites: HashSet<String>,
    drives: HashSet<String>,
    told: Told,
}

impl Run {
    pub(super) fn new(sharepoint: Arc<SharePoint>, memory: Memory, events: Events) -> Self {
        Self {
            sharepoint,
            memory,
            events,
            failed: HashSet::new(),
            sites: HashSet::new(),
            drives: HashSet::new(),
            told: Told::All,
        }
    }

    pub(super) async fn run(mut self) -> Result<(), ConnectorError> {
        let fingerprint = &self.sharepoint.fingerprint;
        let epoch = epoch::current(&self.memory, &self.events, SCHEMA, fingerprint).await?;
        let sharepoint = Arc::clone(&self.sharepoint);
        let mut refused = None;
        for site in &sharepoint.sites {
            match self.site(site, epoch).await {
                Ok(()) => {}
                Err(ApiError::Source(error)) => return Err(error),
                Err(ApiError::Refused(refusal)) => {
                    let reason = Scope::Site.reason(&site.url, &refusal);
                    refused.get_or_insert(ConnectorError::Denied { reason });
                    self.fail(Scope::Site, &site.url, &refusal).await;
                }
            }
        }
        if self.sites.is_empty()
            && self.drives.is_empty()
            && let Some(error) = refused
        {
            return Err(error);
        }
        self.drop_stale_drives().await?;
        self.drop_stale_sites().await?;
        self.clear_failures().await?;
        if self.told == Told::All && self.failed.is_empty() {
            self.events.tell(SourceEvent::Complete).await;
        }
        Ok(())
    }

    async fn site(&mut self, url: &SiteUrl, epoch: u64) -> Result<(), ApiError> {
        let sharepoint = Arc::clone(&self.sharepoint);
        let graph = &sharepoint.graph;
        let site = url.find(graph).await?;
        let mut list = graph.url(["v1.0", "sites", &site.id, "drives"]);
        list.query_pairs_mut().append_pair("$select", "id,name,webUrl,driveType");
        let drives: Vec<Drive> = graph.all(list).await?;
        for drive in &drives {
            self.drives.insert(drive.id.clone());
            self.library(&site, drive, epoch).await?;
        }
        self.sites.insert(site.url.clone());
        if url.is_personal() {
            return Ok(());
        }
        let pages = Pages {
            graph,
            filters: &sharepoint.filters,
            memory: &self.memory,
            events: &self.events,
            site: &site,
        };
        match pages.read().await {
            Err(ApiError::Refused(refusal)) => self.fail(Scope::Pages, &site.url, &refusal).await,
            other => other?,
        }
        Ok(())
    }

    async fn library(&mut self, site: &Site, drive: &Drive, epoch: u64) -> Result<(), ApiError> {
        let sharepoint = Arc::clone(&self.sharepoint);
        let mut library = Library {
            graph: &sharepoint.graph,
            filters: &sharepoint.filters,
            memory: &self.memory,
            events: &self.events,
            site,
            drive,
            rights: Rights::new(&sharepoint.graph, &self.memory, &site.id, &drive.id),
        };
        match library.read(epoch).await {
            Ok(Told::All) => {}
            Ok(Told::Some) => self.told = Told::Some,
            Err(ApiError::Refused(refusal)) => {
                let url = drive.web_url.as_deref().unwrap_or(&drive.id);
                self.fail(Scope::Library, url, &refusal).await;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn fail(&mut self, scope: Scope, url: &str, refusal: &crate::api::Refusal) {
        self.failed.insert(scope.key(url));
        self.events.tell(scope.failure(url, refusal)).await;
    }

    /// Whether nothing of a site that the state knows is there any longer.
    fn is_gone(&self, site: &str) -> bool {
        self.sites.contains(site) || !self.sharepoint.sites.iter().any(|known| known.url == site)
    }

    /// Tells of the files of libraries that are there no longer.
    async fn drop_stale_drives(&self) -> Result<(), ConnectorError> {
        let mut after: Option<String> = None;
        loop {
            let found = self.memory.scan(&drive_key(""), after.as_deref()).await?;
            let Some((last, _)) = found.last() else { return Ok(()) };
            after = Some(last.clone());
            for (drive, value) in found {
                let row: Option<DriveRow> = serde_json::from_slice(&value).ok();
                let is_gone = row.is_none_or(|row| self.is_gone(&row.site));
                if is_gone && !self.drives.contains(&drive) {
                    self.drop_drive(&drive).await?;
                }
            }
        }
    }

    async fn drop_drive(&self, drive: &str) -> Result<(), ConnectorError> {
        let prefix = item_key(drive, "");
        loop {
            let found = self.memory.scan(&prefix, None).await?;
            if found.is_empty() {
                break;
            }
            let mut entries = Vec::new();
            for (id, value) in found {
                let row: Option<ItemRow> = serde_json::from_slice(&value).ok();
                if row.is_none_or(|row| row.kind == Kind::File) {
                    self.events.tell(SourceEvent::Absent(item::key(drive, &id))).await;
                }
                entries.push(forget(item_key(drive, &id)));
            }
            self.events.checkpoint(entries).await;
        }
        let prefix = format!("child/{drive}/");
        loop {
            let found = self.memory.scan(&prefix, None).await?;
            if found.is_empty() {
                break;
            }
            let entries = found.into_iter().map(|(rest, _)| forget(format!("{prefix}{rest}")));
            self.events.checkpoint(entries.collect()).await;
        }
        self.events.checkpoint(vec![forget(drive_key(drive))]).await;
        Ok(())
    }

    /// Tells of the pages of sites that are configured no longer.
    async fn drop_stale_sites(&self) -> Result<(), ConnectorError> {
        let mut after: Option<String> = None;
        loop {
            let found = self.memory.scan(&site_key(""), after.as_deref()).await?;
            let Some((last, _)) = found.last() else { return Ok(()) };
            after = Some(last.clone());
            for (site, value) in found {
                let row: Option<SiteRow> = serde_json::from_slice(&value).ok();
                let is_known = row
                    .is_some_and(|row| self.sharepoint.sites.iter().any(|url| url.url == row.url));
                if !is_known {
                    forget_pages(&self.memory, &self.events, &site, &HashSet::new()).await?;
                    self.events.checkpoint(vec![forget(site_key(&site))]).await;
                }
            }
        }
    }

    /// Takes back the failures of sites and libraries that are read again.
    async fn clear_failures(&self) -> Result<(), ConnectorError> {
        for scope in Scope::ALL {
            let mut after = scope.key("");
            'scope: loop {
                let found = self.memory.unsettled(Some(&after)).await?;
                let Some(last) = found.last() else { break };
                after = last.clone();
                for key in found {
                    if !key.as_str().starts_with(scope.prefix()) {
                        break 'scope;
                    }
                    if !self.failed.contains(&key) {
                        self.events.tell(SourceEvent::Delete(key)).await;
                    }
                }
            }
        }
        Ok(())
    }
}
