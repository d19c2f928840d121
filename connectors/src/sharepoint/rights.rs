//! Who may read what in a library, with as few questions as can be.
//!
//! Graph marks the items that have permissions of their own (`shared`). Only those, and the
//! library's root, are asked for; all else inherits from the folder above.

use std::collections::HashMap;
use std::sync::Arc;

use corpus::{Access, ConnectorError};

use super::access;
use super::graph::Graph;
use super::state::{ItemRow, item_key};
use super::wire::Item;
use crate::api::ApiError;
use crate::memory::Memory;

/// The most folders between the root and an item that are gone through: SharePoint's paths have
/// at most 400 characters.
const DEPTH: usize = 200;

/// The rights in one library during one run.
#[derive(Debug)]
pub(super) struct Rights {
    graph: Arc<Graph>,
    memory: Memory,
    site: String,
    drive: String,
    /// What folders give to what is in them.
    known: HashMap<String, Access>,
    /// Whether the app may ask; it is not asked for again where it may not.
    answer: Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Expected,
    Refused,
}

impl Rights {
    pub(super) fn new(graph: &Arc<Graph>, memory: &Memory, site: &str, drive: &str) -> Self {
        Self {
            graph: Arc::clone(graph),
            memory: memory.clone(),
            site: site.to_owned(),
            drive: drive.to_owned(),
            known: HashMap::new(),
            answer: Answer::Expected,
        }
    }

    /// Forgets what was derived: some folders have changed.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// The item's own permissions; none where it inherits them.
    pub(super) async fn own(&mut self, item: &Item) -> Result<Option<Access>, ConnectorError> {
        if item.shared.is_none() && item.shared_changed.is_none() && item.root.is_none() {
            return Ok(None);
        }
        Ok(Some(self.ask(&item.id).await?))
    }

    /// Who may read an item, with folders as `fresh` has them or, if it has them not, as they are
    /// remembered.
    pub(super) async fn of(
        &mut self,
        item: &Item,
        fresh: &HashMap<String, ItemRow>,
    ) -> Result<Access, ConnectorError> {
        if let Some(own) = self.own(item).await? {
            return Ok(own);
        }
        let parent = item.parent_reference.as_ref().and_then(|parent| parent.id.clone());
        let Some(parent) = parent else { return self.ask(&item.id).await };
        if let Some(known) = self.known.get(&parent) {
            return Ok(known.clone());
        }
        let inherited = match self.inherited(&parent, fresh).await? {
            Some(access) => access,
            // Nothing is known of the folders above: Graph knows.
            None => self.ask(&parent).await?,
        };
        self.known.insert(parent, inherited.clone());
        Ok(inherited)
    }

    async fn inherited(
        &self,
        folder: &str,
        fresh: &HashMap<String, ItemRow>,
    ) -> Result<Option<Access>, ConnectorError> {
        let mut at = folder.to_owned();
        for _ in 0..DEPTH {
            let row = match fresh.get(&at) {
                Some(row) => Some(row.clone()),
                None => self.memory.load::<ItemRow>(&item_key(&self.drive, &at)).await?,
            };
            let Some(row) = row else { return Ok(None) };
            if row.access.is_some() {
                return Ok(row.access);
            }
            let Some(parent) = row.parent else { return Ok(None) };
            at = parent;
        }
        Ok(None)
    }

    async fn ask(&mut self, item: &str) -> Result<Access, ConnectorError> {
        if self.answer == Answer::Refused {
            return Ok(access::unknown());
        }
        match self.graph.permissions(&self.drive, item).await {
            Ok(permissions) => Ok(access::of(&self.site, &permissions)),
            Err(ApiError::Source(error)) => Err(error),
            Err(ApiError::Refused(refusal)) => {
                if refusal.status == 403 {
                    self.answer = Answer::Refused;
                    tracing::warn!(
                        sharepoint.drive = self.drive,
                        "the app may not read permissions ({refusal}): documents are kept as ones \
                         that nobody may read, where questions go by access"
                    );
                }
                Ok(access::unknown())
            }
        }
    }
}
