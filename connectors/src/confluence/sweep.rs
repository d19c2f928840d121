//! One enumeration: every space, every page with its version, what is on the pages, and what has
//! become of the rest. No body is read.
//!
//! A sweep needs no clock and no search index: it finds what changed, moved, was labelled or
//! restricted, by comparing. It ends with [`SourceEvent::Complete`]; before that, each page that is
//! known and was not listed is asked for by its id, for a listing by offset shifts while pages go.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use corpus::{
    ConfluenceHosting, ConnectorError, DocumentKey, SourceEvent, SourceLocation, SourceState,
    StateEntry,
};
use futures::FutureExt;
use futures::stream::{self, StreamExt};

use super::document::{Place, document, key, page_of, title};
use super::fault::Fault;
use super::rights::{Restricted, Rights};
use super::tree::{Tree, downwards};
use super::wiki::{CALLS, Kind, Whereabouts, Wiki};
use super::wire::{Entry, Space};
use crate::events::Events;
use crate::object_filters::ObjectFilters;

/// What is remembered: the keys of a space's documents, a line each.
const STATE: &str = "space/";

/// Spaces that are loaded from the state at once.
const LOADED: usize = 32;

/// An enumeration under way.
#[derive(Debug)]
pub(super) struct Sweep {
    pub(super) wiki: Arc<Wiki>,
    pub(super) filters: Arc<ObjectFilters>,
    pub(super) state: Arc<dyn SourceState>,
    pub(super) events: Events,
    pub(super) found: Found,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The keys that were told of.
    told: HashSet<String>,
    /// The same by the id of their space, to be remembered.
    by_space: BTreeMap<String, Vec<String>>,
    /// Spaces of which not everything could be listed: what is known of them stays.
    kept: HashSet<String>,
    /// Pages and blog posts, for what is on them, by their ids.
    places: HashMap<String, Arc<Place>>,
}

impl Sweep {
    /// Tells of everything.
    pub(super) async fn run(mut self) -> Result<(), ConnectorError> {
        let spaces = self.wiki.spaces().await?;
        let admitted: Vec<Arc<Space>> = spaces
            .into_iter()
            .filter(|space| self.filters.admit("Space", &[&space.key, &space.name]))
            .map(Arc::new)
            .collect();
        for space in &admitted {
            self.found.by_space.entry(space.id.clone()).or_default();
            match self.space(space).boxed().await {
                Ok(()) => {}
                Err(fault @ (Fault::Forbidden | Fault::NotFound)) => {
                    let reason = format!(
                        "the space cannot be listed; what is known of it stays as it is: {fault}"
                    );
                    self.space_failed(space, reason).await;
                }
                Err(fault) => return Err(fault.into()),
            }
        }
        if self.wiki.hosting == ConfluenceHosting::Cloud {
            for kind in [Kind::FooterComment, Kind::InlineComment, Kind::Attachment] {
                self.everywhere(kind).await?;
            }
        }
        let known = self.known().await?;
        for space in &admitted {
            if let Some(keys) = known.get(&space.id) {
                self.unseen(space, keys).await?;
            }
        }
        let remembered = self.entries(&known);
        self.events.checkpoint(remembered).await;
        self.events.tell(SourceEvent::Complete).await;
        Ok(())
    }

    /// The pages and blog posts of a space, each after what is above it.
    async fn space(&mut self, space: &Arc<Space>) -> Result<(), Fault> {
        let mut rights = Rights::of_space(&self.wiki, space).await?;
        let mut labels = match self.wiki.hosting {
            ConfluenceHosting::Cloud => self.wiki.labels(space).await?,
            ConfluenceHosting::DataCenter => HashMap::new(),
        };
        for kind in [Kind::Page, Kind::Blog] {
            let entries = self.contents(space, kind).await?;
            let mut tree = Tree::of(&entries);
            let wiki = Arc::clone(&self.wiki);
            let mut restricted = stream::iter(downwards(entries))
                .map(move |entry| asked(Arc::clone(&wiki), entry).boxed())
                .buffered(CALLS);
            while let Some((restricted, entry)) = restricted.next().await {
                rights.learn(&entry.id, restricted?);
                let above = tree.above(&self.wiki, &entry.id).await?;
                for node in &above {
                    if !rights.knows(&node.id) {
                        rights.learn(&node.id, Restricted::of(&self.wiki, &node.id).await?);
                    }
                }
                let chain = above.iter().map(|node| node.id.as_str()).chain([entry.id.as_str()]);
                let access = rights.access(chain);
                let path = above.into_iter().rev().map(|node| node.title);
                let place = Place {
                    id: entry.id.clone(),
                    title: entry.title.clone(),
                    space: Arc::clone(space),
                    path: path.filter(|title| !title.is_empty()).collect(),
                    labels: labels.remove(&entry.id).unwrap_or_else(|| own_labels(&entry)),
                    access,
                };
                self.page(kind, &entry, Arc::new(place)).await?;
            }
        }
        Ok(())
    }

    /// The entries of a space's listing; what breaks it is told of.
    async fn contents(&mut self, space: &Space, kind: Kind) -> Result<Vec<Entry>, Fault> {
        let mut listing = self.wiki.contents(space, kind).await?;
        let mut entries = Vec::new();
        while let Some(some) = listing.next(&self.wiki.client).await? {
            entries.extend(some);
        }
        for place in listing.broken {
            let kinds = if kind == Kind::Blog { "blog posts" } else { "pages" };
            let reason = format!(
                "Confluence fails (5xx) on entry {place} of the {kinds} of space {}: open and save \
                 that page, or ask the administrator to repair it",
                space.key
            );
            let key = DocumentKey::new(format!("space/{}/{kinds}/{place}", space.key));
            let location = self.place_of(space);
            self.events.tell(SourceEvent::Failure { key, location, reason }).await;
        }
        Ok(entries)
    }

    /// A page or blog post, and on Data Center what is on it.
    async fn page(&mut self, kind: Kind, entry: &Entry, place: Arc<Place>) -> Result<(), Fault> {
        if !self.filters.admit(kind.object_type(), &[&entry.title]) {
            return Ok(());
        }
        self.tell(kind, entry, &place).await;
        match self.wiki.hosting {
            ConfluenceHosting::Cloud => {
                self.found.places.insert(place.id.clone(), place);
            }
            ConfluenceHosting::DataCenter => {
                for kind in [Kind::FooterComment, Kind::Attachment] {
                    match self.wiki.of_page(&place.id, kind).await {
                        Ok(entries) => {
                            for entry in entries {
                                self.child(kind, &entry, &place).await;
                            }
                        }
                        Err(fault) if is_of_page(&fault) => {
                            self.page_failed(kind, &place, fault.to_string()).await;
                        }
                        Err(fault) => return Err(fault),
                    }
                }
            }
        }
        Ok(())
    }

    /// All comments or attachments of the site, on Cloud: those on pages that were told of.
    async fn everywhere(&mut self, kind: Kind) -> Result<(), Fault> {
        let mut listing = self.wiki.everywhere(kind).await?;
        while let Some(entries) = listing.next(&self.wiki.client).await? {
            for entry in entries {
                let page = entry.page_id.as_ref().or(entry.blog_post_id.as_ref());
                let place = page.and_then(|page| self.found.places.get(page)).map(Arc::clone);
                if let Some(place) = place {
                    self.child(kind, &entry, &place).await;
                }
            }
        }
        Ok(())
    }

    async fn child(&mut self, kind: Kind, entry: &Entry, place: &Place) {
        let is_current = entry.status.as_deref().is_none_or(|status| status == "current");
        let title = title(kind, entry, place);
        if is_current && self.filters.admit(kind.object_type(), &[&title]) {
            self.tell(kind, entry, place).await;
        }
    }

    /// What is known of a space and was not told of: gone, or not.
    async fn unseen(&mut self, space: &Space, keys: &[String]) -> Result<(), Fault> {
        let unseen: Vec<String> =
            keys.iter().filter(|key| !self.found.told.contains(*key)).cloned().collect();
        if !self.found.kept.contains(&space.id) {
            for key in &unseen {
                if let Some((kind, id)) = page_of(key) {
                    self.missing(space, key, kind, id).boxed().await?;
                }
            }
        }
        if self.found.kept.contains(&space.id) {
            for key in unseen {
                if self.remember(&key, &space.id) {
                    self.events.tell(SourceEvent::Seen(DocumentKey::new(key))).await;
                }
            }
        }
        Ok(())
    }

    /// A page that is known and was not listed.
    async fn missing(
        &mut self,
        space: &Space,
        key: &str,
        kind: Kind,
        id: &str,
    ) -> Result<(), Fault> {
        let location = SourceLocation::Confluence { url: self.wiki.client.site.page(None, id) };
        match self.wiki.whereabouts(kind, id).await? {
            Whereabouts::Gone => {}
            Whereabouts::There { space: at } => {
                let is_ours = at.is_none_or(|at| self.found.by_space.contains_key(&at));
                // It moved during the sweep, or the listing shifted: then more may be missing.
                if is_ours {
                    self.found.kept.insert(space.id.clone());
                }
            }
            Whereabouts::Hidden => {
                self.remember(key, &space.id);
                let reason = "the crawler's account may not view it any longer (403), so it was \
                              removed: give the account the right to view it, if it is to be found"
                    .to_owned();
                let key = DocumentKey::new(key);
                self.events.tell(SourceEvent::Ignored { key, location, reason }).await;
            }
            Whereabouts::Unknown(reason) => {
                self.found.kept.insert(space.id.clone());
                self.remember(key, &space.id);
                let key = DocumentKey::new(key);
                self.events.tell(SourceEvent::Failure { key, location, reason }).await;
            }
        }
        Ok(())
    }

    async fn space_failed(&mut self, space: &Space, reason: String) {
        self.found.kept.insert(space.id.clone());
        let key = DocumentKey::new(format!("space/{}", space.key));
        let location = self.place_of(space);
        self.events.tell(SourceEvent::Failure { key, location, reason }).await;
    }

    async fn page_failed(&mut self, kind: Kind, place: &Place, fault: String) {
        self.found.kept.insert(place.space.id.clone());
        let what = if kind == Kind::Attachment { "attachments" } else { "comments" };
        let key = DocumentKey::new(format!("page/{}/{what}", place.id));
        let url = self.wiki.client.site.page(None, &place.id);
        let reason = fault + "; its " + what + " cannot be listed, and stay as they are";
        let location = SourceLocation::Confluence { url };
        self.events.tell(SourceEvent::Failure { key, location, reason }).await;
    }

    async fn tell(&mut self, kind: Kind, entry: &Entry, place: &Place) {
        // Something that moves during the sweep may be listed twice.
        if self.remember(key(kind, &entry.id).as_str(), &place.space.id) {
            let document = document(&self.wiki, kind, entry, place);
            self.events.tell(SourceEvent::Upsert(document)).await;
        }
    }

    /// Notes a key; false where it was told of before.
    fn remember(&mut self, key: &str, space: &str) -> bool {
        let is_new = self.found.told.insert(key.to_owned());
        if is_new {
            self.found.by_space.entry(space.to_owned()).or_default().push(key.to_owned());
        }
        is_new
    }

    /// What the last sweeps remembered, by the ids of spaces.
    async fn known(&self) -> Result<BTreeMap<String, Vec<String>>, ConnectorError> {
        let mut known = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let some = self.state.scan(STATE, after.as_deref(), LOADED).await;
            let some = some.map_err(ConnectorError::State)?;
            let Some((last, _)) = some.last() else { return Ok(known) };
            after = Some(last.clone());
            for (name, value) in some {
                let keys = String::from_utf8_lossy(&value);
                let space = name.strip_prefix(STATE).unwrap_or_default().to_owned();
                known.insert(space, keys.lines().map(str::to_owned).collect());
            }
        }
    }

    /// What is to be remembered; spaces that are no longer ours are forgotten.
    fn entries(&self, known: &BTreeMap<String, Vec<String>>) -> Vec<StateEntry> {
        let gone = known.keys().filter(|space| !self.found.by_space.contains_key(*space));
        let gone = gone.map(|space| StateEntry { key: format!("{STATE}{space}"), value: None });
        let found = self.found.by_space.iter().map(|(space, keys)| StateEntry {
            key: format!("{STATE}{space}"),
            value: Some(keys.join("\n").into_bytes()),
        });
        gone.chain(found).collect()
    }

    fn place_of(&self, space: &Space) -> SourceLocation {
        let url = self.wiki.client.site.page(space.links.webui.as_deref(), &space.id);
        SourceLocation::Confluence { url }
    }
}

/// An entry with what it says of its readers.
async fn asked(wiki: Arc<Wiki>, entry: Entry) -> (Result<Restricted, Fault>, Entry) {
    (Restricted::of(&wiki, &entry.id).await, entry)
}

/// Whether a fault is of one page, not of the site.
fn is_of_page(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Forbidden | Fault::NotFound | Fault::Refused { .. } | Fault::Server { .. }
    )
}

/// The labels that Data Center lists with a page.
fn own_labels(entry: &Entry) -> Vec<String> {
    let labels = entry.metadata.as_ref().and_then(|metadata| metadata.labels.as_ref());
    let mut names: Vec<String> =
        labels.iter().flat_map(|labels| &labels.results).map(|label| label.name.clone()).collect();
    names.sort_unstable();
    names
}
