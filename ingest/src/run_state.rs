//! What a connector remembers, with what it has told in this run: checkpoints are saved when all
//! that precedes them is recorded, and a connector reads what it told without waiting for that.
//!
//! Kept are the checkpoints that may not be saved yet: no more than the pipeline lets wait.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use corpus::{DocumentKey, SourceState, StateEntry, StateError};

use crate::pipeline::CHECKPOINTS;

/// The state of a data source as a run sees it.
#[derive(Debug)]
pub(crate) struct RunState {
    saved: Arc<dyn SourceState>,
    /// The entries of checkpoints, oldest first.
    told: Mutex<VecDeque<Vec<StateEntry>>>,
}

impl RunState {
    pub(crate) fn new(saved: Arc<dyn SourceState>) -> Self {
        Self { saved, told: Mutex::default() }
    }

    /// Takes in a checkpoint, before the pipeline does. Where as many as may wait came after one,
    /// it is saved.
    pub(crate) fn tell(&self, entries: &[StateEntry]) {
        let mut told = self.lock();
        told.push_back(entries.to_vec());
        // The new one may not have its place in the pipeline yet.
        if told.len() > CHECKPOINTS + 1 {
            told.pop_front();
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Vec<StateEntry>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SourceState for RunState {
    async fn load(&self, key: &str) -> Result<Option<Vec<u8>>, StateError> {
        let last = self.lock().iter().flatten().rfind(|entry| entry.key == key).cloned();
        match last {
            Some(entry) => Ok(entry.value),
            None => self.saved.load(key).await,
        }
    }

    async fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, StateError> {
        let mut after = after.map(str::to_owned);
        // What was told may hide all of a page: then the next one is looked at.
        loop {
            let saved = self.saved.scan(prefix, after.as_deref(), limit).await?;
            let is_last = saved.len() < limit;
            // Behind a whole page there may be more that is saved, so nothing behind it is told.
            let end = saved.last().map(|(key, _)| key.clone()).filter(|_| !is_last);
            let mut found: BTreeMap<String, Vec<u8>> = saved.into_iter().collect();
            for StateEntry { key, value } in self.lock().iter().flatten() {
                let is_asked = key.starts_with(prefix)
                    && after.as_ref().is_none_or(|after| key > after)
                    && end.as_ref().is_none_or(|end| key <= end);
                match value {
                    Some(value) if is_asked => drop(found.insert(key.clone(), value.clone())),
                    None if is_asked => drop(found.remove(key)),
                    _ => {}
                }
            }
            match end {
                Some(end) if found.is_empty() => after = Some(end),
                _ => return Ok(found.into_iter().take(limit).collect()),
            }
        }
    }

    async fn unsettled(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<DocumentKey>, StateError> {
        self.saved.unsettled(after, limit).await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use fixtures::connector::MemoryState;
    use proptest::prelude::*;

    use super::*;

    fn entries(changes: &[(u8, Option<u8>)]) -> Vec<StateEntry> {
        let entry = |(key, value): &(u8, Option<u8>)| StateEntry {
            key: format!("{}/{}", if key % 2 == 0 { "a" } else { "b" }, key),
            value: value.map(|value| vec![value]),
        };
        changes.iter().map(entry).collect()
    }

    async fn all(state: &dyn SourceState, prefix: &str, limit: usize) -> Vec<(String, Vec<u8>)> {
        let (mut found, mut after) = (Vec::new(), None::<String>);
        loop {
            let some = state.scan(prefix, after.as_deref(), limit).await.unwrap();
            assert!(some.len() <= limit);
            let Some((last, _)) = some.last() else { return found };
            after = Some(last.clone());
            found.extend(some);
        }
    }

    fn changes() -> impl Strategy<Value = Vec<(u8, Option<u8>)>> {
        proptest::collection::vec((0..20_u8, proptest::option::of(any::<u8>())), 0..30)
    }

    proptest! {
        /// It is as if what was told had been saved.
        #[test]
        fn what_was_told_is_read(saved in changes(), told in changes(), limit in 1..6_usize) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let memory = Arc::new(MemoryState::default());
                memory.save(&entries(&saved));
                let state = RunState::new(Arc::clone(&memory) as _);
                state.tell(&entries(&told));
                let expect = MemoryState::default();
                expect.save(&entries(&saved));
                expect.save(&entries(&told));
                for prefix in ["", "a/", "b/1", "c"] {
                    let (found, expect) =
                        (all(&state, prefix, limit).await, all(&expect, prefix, limit).await);
                    assert_eq!(found, expect, "{prefix}");
                }
                for entry in entries(&told) {
                    let found = state.load(&entry.key).await.unwrap();
                    assert_eq!(found, expect.load(&entry.key).await.unwrap());
                }
            });
        }
    }
}
