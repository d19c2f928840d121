//! A library: everything in it once, and what changed from then on.
//!
//! Graph lists changes page by page. What a page tells is told first; where it was read to is
//! remembered after that, with what the page said of folders. So a run that is killed reads its
//! last page again, and nothing of it is lost.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use corpus::{ConnectorError, DocumentKey, SourceEvent, StateEntry};

use super::graph::Graph;
use super::item;
use super::rights::Rights;
use super::site::Site;
use super::state::{Cursor, DriveRow, ItemRow, Kind, child_key, drive_key, item_key};
use super::wire::{Collection, Drive, Item};
use crate::api::{ApiError, Refusal};
use crate::events::{Events, Told};
use crate::memory::{Memory, forget, remember};
use crate::object_filters::ObjectFilters;

/// How often a run begins a library from the beginning because Graph asks for that.
const RESTARTS: u32 = 3;

/// A library that is being read.
#[derive(Debug)]
pub(super) struct Library<'a> {
    pub(super) graph: &'a Arc<Graph>,
    pub(super) filters: &'a ObjectFilters,
    pub(super) memory: &'a Memory,
    pub(super) events: &'a Events,
    pub(super) site: &'a Site,
    pub(super) drive: &'a Drive,
    pub(super) rights: Rights,
}

/// What a page says of folders, which takes effect on what is in them.
#[derive(Debug, Default)]
struct Upheaval {
    removed: Vec<String>,
    changed: Vec<(String, ItemRow)>,
}

impl Library<'_> {
    /// Reads what there is to read.
    pub(super) async fn read(&mut self, epoch: u64) -> Result<Told, ApiError> {
        let known: Option<DriveRow> = self.memory.load(&drive_key(&self.drive.id)).await?;
        let generation = known.as_ref().map_or(0, |row| row.generation);
        let mut told = Told::Some;
        let mut at = match known {
            Some(row) if row.epoch == epoch => row,
            _ => {
                told = Told::All;
                self.beginning(epoch, generation + 1, None)?
            }
        };
        if matches!(at.cursor, Cursor::Changes(_)) {
            self.retell_unsettled(&at).await?;
        }
        let mut restarts = 0;
        loop {
            let link = match &at.cursor {
                Cursor::All(link) | Cursor::Changes(link) => link,
                Cursor::Sweep(link) => {
                    let link = link.clone();
                    self.sweep(at.generation).await?;
                    at.cursor = Cursor::Changes(link);
                    self.events.checkpoint(vec![self.remember(&at)?]).await;
                    return Ok(told);
                }
            };
            let url = self.graph.admit(link)?;
            let page = match self.graph.changes(&url).await {
                Err(ApiError::Refused(refusal)) if is_resync(&refusal) && restarts < RESTARTS => {
                    restarts += 1;
                    told = Told::All;
                    at = self.beginning(epoch, at.generation + 1, refusal.location.as_deref())?;
                    continue;
                }
                page => page?,
            };
            let is_over = page.next_link.is_none() && matches!(at.cursor, Cursor::Changes(_));
            at.cursor = self.after(&at.cursor, &page)?;
            self.take(page.value, &at).await?;
            if is_over {
                return Ok(told);
            }
        }
    }

    /// Where a reading of everything begins: where Graph says, or at its plain list.
    fn beginning(
        &self,
        epoch: u64,
        generation: u64,
        location: Option<&str>,
    ) -> Result<DriveRow, ConnectorError> {
        let link = match location {
            Some(location) => self.graph.admit(location)?.into(),
            None => self.graph.delta(&self.drive.id).into(),
        };
        Ok(DriveRow { site: self.site.url.clone(), epoch, generation, cursor: Cursor::All(link) })
    }

    /// Where to go on after a page. A link that leads elsewhere is not even remembered.
    fn after(&self, cursor: &Cursor, page: &Collection<Item>) -> Result<Cursor, ConnectorError> {
        let (next, delta) = (page.next_link.as_ref(), page.delta_link.as_ref());
        let link = next.or(delta).ok_or_else(|| ConnectorError::Unavailable {
            reason: "a list of changes has no link to go on with".to_owned(),
        })?;
        self.graph.admit(link)?;
        Ok(match cursor {
            Cursor::All(_) if next.is_some() => Cursor::All(link.clone()),
            Cursor::All(_) | Cursor::Sweep(_) => Cursor::Sweep(link.clone()),
            Cursor::Changes(_) => Cursor::Changes(link.clone()),
        })
    }

    fn remember(&self, row: &DriveRow) -> Result<StateEntry, ConnectorError> {
        remember(drive_key(&self.drive.id), row)
    }

    /// Tells what a page says, and remembers where to go on.
    async fn take(&mut self, page: Vec<Item>, next: &DriveRow) -> Result<(), ApiError> {
        let items = last_of_each(page);
        let mut entries = Vec::new();
        let mut upheaval = Upheaval::default();
        let mut fresh = HashMap::new();
        self.rights.forget();
        for item in &items {
            self.take_one(item, next, &mut fresh, &mut entries, &mut upheaval).await?;
        }
        let mut last = Vec::new();
        if !(upheaval.removed.is_empty() && upheaval.changed.is_empty()) {
            // What the page says is remembered first: what moved out of a folder stays.
            self.events.checkpoint(std::mem::take(&mut entries)).await;
            let told: HashSet<&str> = items.iter().map(|item| item.id.as_str()).collect();
            for folder in &upheaval.removed {
                self.remove_below(folder, &mut last).await?;
                last.extend(self.forgotten(folder).await?);
            }
            for (folder, row) in &upheaval.changed {
                self.retell_below(folder, &told, &fresh).await?;
                last.extend(self.remembered(folder, row).await?);
            }
        }
        entries.append(&mut last);
        entries.push(self.remember(next)?);
        self.events.checkpoint(entries).await;
        Ok(())
    }

    async fn take_one(
        &mut self,
        item: &Item,
        next: &DriveRow,
        fresh: &mut HashMap<String, ItemRow>,
        entries: &mut Vec<StateEntry>,
        upheaval: &mut Upheaval,
    ) -> Result<(), ApiError> {
        let drive = &self.drive.id;
        let known: Option<ItemRow> = self.memory.load(&item_key(drive, &item.id)).await?;
        if item.deleted.is_some() {
            if known.is_some_and(|row| row.kind == Kind::Folder) {
                upheaval.removed.push(item.id.clone());
            } else {
                self.events.tell(SourceEvent::Delete(item::key(drive, &item.id))).await;
                entries.extend(self.forgotten(&item.id).await?);
            }
            return Ok(());
        }
        if item.folder.is_none() && item.root.is_none() {
            entries.extend(self.tell(item, next.generation, fresh).await?);
            return Ok(());
        }
        let row = ItemRow {
            kind: Kind::Folder,
            generation: next.generation,
            parent: parent_of(item),
            name: item.name.clone(),
            access: self.rights.own(item).await?,
        };
        fresh.insert(item.id.clone(), row.clone());
        if known.is_some_and(|known| !known.is_same_place(&row)) {
            upheaval.changed.push((item.id.clone(), row));
        } else {
            entries.extend(self.remembered(&item.id, &row).await?);
        }
        Ok(())
    }

    /// Tells of something that is no folder; returns what to remember of it.
    async fn tell(
        &mut self,
        item: &Item,
        generation: u64,
        fresh: &HashMap<String, ItemRow>,
    ) -> Result<Vec<StateEntry>, ApiError> {
        if !self.filters.admit("File", &[item.name.as_deref().unwrap_or_default()]) {
            let forgotten = self.forgotten(&item.id).await?;
            if !forgotten.is_empty() {
                self.events.tell(SourceEvent::Absent(item::key(&self.drive.id, &item.id))).await;
            }
            return Ok(forgotten);
        }
        let access = self.rights.of(item, fresh).await?;
        self.events.tell(item::event(self.graph, self.site, self.drive, item, access)).await;
        let row = ItemRow {
            kind: Kind::File,
            generation,
            parent: parent_of(item),
            name: None,
            access: None,
        };
        Ok(self.remembered(&item.id, &row).await?)
    }

    /// What to remember of an item.
    async fn remembered(
        &self,
        item: &str,
        row: &ItemRow,
    ) -> Result<Vec<StateEntry>, ConnectorError> {
        let drive = &self.drive.id;
        let known: Option<ItemRow> = self.memory.load(&item_key(drive, item)).await?;
        let former = known.and_then(|known| known.parent);
        let mut entries = vec![remember(item_key(drive, item), row)?];
        if former != row.parent {
            entries.extend(former.map(|former| forget(child_key(drive, &former, item))));
        }
        if let Some(parent) = &row.parent {
            entries
                .push(StateEntry { key: child_key(drive, parent, item), value: Some(Vec::new()) });
        }
        Ok(entries)
    }

    /// What to forget with an item; nothing where it is not known.
    pub(super) async fn forgotten(&self, item: &str) -> Result<Vec<StateEntry>, ConnectorError> {
        let drive = &self.drive.id;
        let known: Option<ItemRow> = self.memory.load(&item_key(drive, item)).await?;
        let Some(known) = known else { return Ok(Vec::new()) };
        let child = known.parent.map(|parent| forget(child_key(drive, &parent, item)));
        Ok(child.into_iter().chain([forget(item_key(drive, item))]).collect())
    }

    /// Looks at an item again and tells of it.
    pub(super) async fn retell(
        &mut self,
        id: &str,
        generation: u64,
        fresh: &HashMap<String, ItemRow>,
    ) -> Result<Vec<StateEntry>, ApiError> {
        match self.graph.item(&self.drive.id, id).await {
            Ok(item) => self.tell(&item, generation, fresh).await,
            Err(ApiError::Refused(refusal)) if matches!(refusal.status, 404 | 410) => {
                self.events.tell(SourceEvent::Delete(item::key(&self.drive.id, id))).await;
                Ok(self.forgotten(id).await?)
            }
            // It may be locked, or kept from the app: it stays as it is.
            Err(ApiError::Refused(refusal)) => {
                tracing::info!(sharepoint.item = id, "the item cannot be looked at: {refusal}");
                self.events.tell(SourceEvent::Seen(item::key(&self.drive.id, id))).await;
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    /// Tells again of files that could not be ingested, although they did not change.
    async fn retell_unsettled(&mut self, at: &DriveRow) -> Result<(), ApiError> {
        let prefix = item::prefix(&self.drive.id);
        let mut after = DocumentKey::new(prefix.clone());
        loop {
            let found = self.memory.unsettled(Some(&after)).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = last.clone();
            let mut entries = Vec::new();
            for key in &found {
                let Some(id) = key.as_str().strip_prefix(&prefix) else {
                    self.events.checkpoint(entries).await;
                    return Ok(());
                };
                entries.extend(self.retell(id, at.generation, &HashMap::new()).await?);
            }
            self.events.checkpoint(entries).await;
        }
    }

    /// Tells what a reading of everything did not find.
    async fn sweep(&self, generation: u64) -> Result<(), ConnectorError> {
        let prefix = item_key(&self.drive.id, "");
        let mut after: Option<String> = None;
        loop {
            let found = self.memory.scan(&prefix, after.as_deref()).await?;
            let Some((last, _)) = found.last() else { return Ok(()) };
            after = Some(last.clone());
            let mut entries = Vec::new();
            for (id, value) in found {
                let row: Option<ItemRow> = serde_json::from_slice(&value).ok();
                if row.as_ref().is_some_and(|row| row.generation == generation) {
                    continue;
                }
                if row.is_none_or(|row| row.kind == Kind::File) {
                    self.events.tell(SourceEvent::Absent(item::key(&self.drive.id, &id))).await;
                }
                entries.extend(self.forgotten(&id).await?);
            }
            self.events.checkpoint(entries).await;
        }
    }
}

/// Whether Graph asks to read everything anew.
fn is_resync(refusal: &Refusal) -> bool {
    refusal.status == 410 || refusal.code.starts_with("resync")
}

/// A page without what a later part of it corrects.
fn last_of_each(page: Vec<Item>) -> Vec<Item> {
    let mut seen = HashSet::new();
    let mut items: Vec<Item> =
        page.into_iter().rev().filter(|item| seen.insert(item.id.clone())).collect();
    items.reverse();
    items
}

fn parent_of(item: &Item) -> Option<String> {
    item.parent_reference.as_ref().and_then(|parent| parent.id.clone())
}
