//! What is in a folder that was deleted, renamed or moved, or whose rights changed: Graph lists the
//! folder only, and what is in it follows from the state.

use std::collections::{HashMap, HashSet};

use corpus::{ConnectorError, SourceEvent, StateEntry};

use super::item;
use super::library::Library;
use super::state::{ItemRow, Kind, child_key, item_key};
use crate::api::ApiError;

impl Library<'_> {
    /// The items directly in a folder.
    async fn children(&self, folder: &str) -> Result<Vec<(String, ItemRow)>, ConnectorError> {
        let prefix = child_key(&self.drive.id, folder, "");
        let mut children = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let found = self.memory.scan(&prefix, after.as_deref()).await?;
            let Some((last, _)) = found.last() else { return Ok(children) };
            after = Some(last.clone());
            for (child, _) in found {
                let row: Option<ItemRow> =
                    self.memory.load(&item_key(&self.drive.id, &child)).await?;
                // It may have moved since.
                let row = row.filter(|row| row.parent.as_deref() == Some(folder));
                children.extend(row.map(|row| (child, row)));
            }
        }
    }

    /// Removes what is in a folder that was removed.
    pub(super) async fn remove_below(
        &self,
        folder: &str,
        entries: &mut Vec<StateEntry>,
    ) -> Result<(), ConnectorError> {
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for (child, row) in self.children(&folder).await? {
                entries.extend(self.forgotten(&child).await?);
                match row.kind {
                    Kind::Folder => folders.push(child),
                    Kind::File => {
                        let key = item::key(&self.drive.id, &child);
                        self.events.tell(SourceEvent::Delete(key)).await;
                    }
                }
            }
        }
        Ok(())
    }

    /// Tells again of what is in a folder that was renamed or moved, or whose rights changed:
    /// Graph lists the folder only.
    pub(super) async fn retell_below(
        &mut self,
        folder: &str,
        told: &HashSet<&str>,
        fresh: &HashMap<String, ItemRow>,
    ) -> Result<(), ApiError> {
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for (child, row) in self.children(&folder).await? {
                match row.kind {
                    Kind::Folder => folders.push(child),
                    Kind::File if told.contains(child.as_str()) => {}
                    Kind::File => {
                        let entries = self.retell(&child, row.generation, fresh).await?;
                        self.events.checkpoint(entries).await;
                    }
                }
            }
        }
        Ok(())
    }
}
