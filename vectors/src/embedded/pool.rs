//! The indexes that are open. Each is open once at most, and no more than a set number are; the
//! one that was longest unused makes room for another, and one in use is never closed.
//!
//! Everything here blocks. The lock is held only to look and to note; an index is opened and
//! closed outside it, while its slot says that nobody may touch it.

use std::collections::HashMap;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use corpus::{IndexSpec, KnowledgeBaseId, VectorStoreError};

use super::directory::Root;
use super::shard::{Shard, panic_message};
use crate::config::EdgeConfig;
use crate::lexical::Lexical;

/// The indexes that are open.
#[derive(Debug)]
pub(crate) struct Pool {
    root: Root,
    config: EdgeConfig,
    lexical: Arc<Lexical>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    slots: HashMap<KnowledgeBaseId, Slot>,
    /// Counts uses, to tell which came first.
    uses: u64,
    closed: bool,
}

#[derive(Debug)]
enum Slot {
    /// Being made, opened, closed or removed.
    Busy,
    Open {
        shard: Arc<Shard>,
        users: usize,
        last_use: u64,
    },
    /// Has no name any more, and goes with its last user.
    Withdrawn {
        shard: Arc<Shard>,
        users: usize,
    },
}

/// The use of an open index.
#[derive(Debug)]
pub(crate) struct Lease {
    pool: Arc<Pool>,
    index: KnowledgeBaseId,
    shard: Option<Arc<Shard>>,
    fresh: bool,
}

impl Deref for Lease {
    type Target = Shard;

    #[expect(clippy::expect_used, reason = "only Drop takes the shard out")]
    fn deref(&self) -> &Shard {
        self.shard.as_ref().expect("a lease holds its shard")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(shard) = self.shard.take()
            && std::thread::panicking()
        {
            shard.retire();
        }
        self.pool.give_back(self.index);
    }
}

impl Lease {
    /// Whether the index was opened for this use.
    pub(crate) fn is_fresh(&self) -> bool {
        self.fresh
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.close(|| false);
    }
}

impl Pool {
    /// A pool over the indexes of a root.
    pub(crate) fn new(root: Root, config: EdgeConfig, lexical: Lexical) -> Self {
        let lexical = Arc::new(lexical);
        Self { root, config, lexical, state: Mutex::default(), changed: Condvar::new() }
    }

    /// How the engine is to behave.
    pub(crate) fn config(&self) -> &EdgeConfig {
        &self.config
    }

    /// The directories of the indexes.
    pub(crate) fn root(&self) -> &Root {
        &self.root
    }

    /// Makes an index, if it is not there.
    pub(crate) fn create(&self, spec: IndexSpec) -> Result<(), VectorStoreError> {
        let mut state = self.lock()?;
        loop {
            match state.slots.get(&spec.index) {
                Some(Slot::Open { .. }) => return Ok(()),
                Some(_) => state = self.wait(state)?,
                None if self.root.has(spec.index) => return Ok(()),
                None => break,
            }
        }
        state.slots.insert(spec.index, Slot::Busy);
        drop(state);
        let created = unpanicked(|| Shard::create(&self.root, spec, &self.config));
        self.clear(spec.index);
        created
    }

    /// Removes an index, if it is there. Whoever uses it just now may see errors.
    pub(crate) fn remove(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        let mut state = self.lock()?;
        while matches!(state.slots.get(&index), Some(Slot::Busy)) {
            state = self.wait(state)?;
        }
        let idle = match state.slots.remove(&index) {
            Some(Slot::Open { shard, users, .. } | Slot::Withdrawn { shard, users })
                if users > 0 =>
            {
                state.slots.insert(index, Slot::Withdrawn { shard, users });
                // Within the lock, or the last user could be done before there is anything to
                // remove.
                return self.root.withdraw(index);
            }
            Some(Slot::Open { shard, .. } | Slot::Withdrawn { shard, .. }) => Some(shard),
            Some(Slot::Busy) | None => None,
        };
        state.slots.insert(index, Slot::Busy);
        drop(state);
        if let Some(shard) = idle {
            close(index, shard);
        }
        let removed = self.root.withdraw(index).and_then(|()| self.root.remove(index));
        self.clear(index);
        removed
    }

    /// Opens an index, or takes it where it is open.
    pub(crate) fn lease(
        self: &Arc<Self>,
        index: KnowledgeBaseId,
    ) -> Result<Lease, VectorStoreError> {
        let mut state = self.lock()?;
        loop {
            state.uses += 1;
            let now = state.uses;
            let room = state.slots.len() < self.config.open_indexes.get().max(2);
            match state.slots.get_mut(&index) {
                Some(Slot::Open { shard, users, last_use }) => {
                    *users += 1;
                    *last_use = now;
                    return Ok(self.leased(index, Arc::clone(shard), false));
                }
                Some(Slot::Withdrawn { .. }) => return Err(VectorStoreError::NoIndex { index }),
                Some(Slot::Busy) => state = self.wait(state)?,
                None if room => break,
                None => state = self.make_room(state)?,
            }
        }
        state.slots.insert(index, Slot::Busy);
        drop(state);
        let lexical = Arc::clone(&self.lexical);
        match unpanicked(|| Shard::open(&self.root, index, &self.config, lexical)) {
            Ok(shard) => {
                let shard = Arc::new(shard);
                let mut state = self.lock_even_closed();
                let last_use = state.uses;
                let slot = Slot::Open { shard: Arc::clone(&shard), users: 1, last_use };
                state.slots.insert(index, slot);
                self.changed.notify_all();
                Ok(self.leased(index, shard, true))
            }
            Err(error) => {
                self.clear(index);
                Err(error)
            }
        }
    }

    /// Closes every index as soon as nobody uses it; gives up on `patient` growing false. Says
    /// whether all are closed.
    pub(crate) fn close(&self, patient: impl Fn() -> bool) -> bool {
        let mut state = self.lock_even_closed();
        state.closed = true;
        loop {
            let idle = state.slots.iter().find_map(|(index, slot)| match slot {
                Slot::Open { users: 0, .. } => Some(*index),
                _ => None,
            });
            if let Some(index) = idle {
                state = self.close_idle(state, index);
            } else if state.slots.is_empty() {
                return true;
            } else if patient() {
                let wait = self.changed.wait_timeout(state, std::time::Duration::from_millis(50));
                state = wait.unwrap_or_else(PoisonError::into_inner).0;
            } else {
                break;
            }
        }
        // Whatever still runs, what was written shall last.
        let open: Vec<_> = state
            .slots
            .values()
            .filter_map(|slot| match slot {
                Slot::Open { shard, .. } => Some(Arc::clone(shard)),
                _ => None,
            })
            .collect();
        drop(state);
        for shard in open {
            if let Err(error) = shard.flush() {
                tracing::warn!(%error, "a chunk index was not flushed");
            }
        }
        false
    }

    /// Has an index look as it does while it opens.
    #[cfg(test)]
    pub(crate) fn occupy(&self, index: KnowledgeBaseId) {
        self.lock_even_closed().slots.insert(index, Slot::Busy);
    }

    /// Ends what [`Self::occupy`] began.
    #[cfg(test)]
    pub(crate) fn vacate(&self, index: KnowledgeBaseId) {
        self.clear(index);
    }

    fn leased(self: &Arc<Self>, index: KnowledgeBaseId, shard: Arc<Shard>, fresh: bool) -> Lease {
        Lease { pool: Arc::clone(self), index, shard: Some(shard), fresh }
    }

    /// Ends a use.
    fn give_back(&self, index: KnowledgeBaseId) {
        let mut state = self.lock_even_closed();
        match state.slots.get_mut(&index) {
            Some(Slot::Open { shard, users, .. }) => {
                *users -= 1;
                if *users == 0 && shard.is_retired() {
                    state = self.close_idle(state, index);
                }
            }
            Some(Slot::Withdrawn { users, .. }) => {
                *users -= 1;
                if *users == 0 {
                    state = self.close_idle(state, index);
                }
            }
            Some(Slot::Busy) | None => {}
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Closes the index that was longest unused, or waits until one is.
    fn make_room<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
    ) -> Result<MutexGuard<'a, State>, VectorStoreError> {
        let idle = state.slots.iter().filter_map(|(index, slot)| match slot {
            Slot::Open { users: 0, last_use, .. } => Some((*last_use, *index)),
            _ => None,
        });
        match idle.min() {
            Some((_, index)) => Ok(self.close_idle(state, index)),
            None => self.wait(state),
        }
    }

    /// Closes an index that nobody uses, and removes what is left of a withdrawn one.
    fn close_idle<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        index: KnowledgeBaseId,
    ) -> MutexGuard<'a, State> {
        let slot = state.slots.insert(index, Slot::Busy);
        drop(state);
        match slot {
            Some(Slot::Open { shard, .. }) => close(index, shard),
            Some(Slot::Withdrawn { shard, .. }) => {
                close(index, shard);
                if let Err(error) = self.root.remove(index) {
                    tracing::warn!(knowledge_base.id = %index, %error, "an index left files behind");
                }
            }
            Some(Slot::Busy) | None => {}
        }
        self.clear(index);
        self.lock_even_closed()
    }

    /// Empties a slot that was busy.
    fn clear(&self, index: KnowledgeBaseId) {
        self.lock_even_closed().slots.remove(&index);
        self.changed.notify_all();
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
    ) -> Result<MutexGuard<'a, State>, VectorStoreError> {
        let state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        refuse_closed(state)
    }

    fn lock(&self) -> Result<MutexGuard<'_, State>, VectorStoreError> {
        refuse_closed(self.lock_even_closed())
    }

    fn lock_even_closed(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse_closed(state: MutexGuard<'_, State>) -> Result<MutexGuard<'_, State>, VectorStoreError> {
    if state.closed {
        return Err(VectorStoreError::Unavailable {
            reason: "the chunk index is closed; the service is stopping".to_owned(),
        });
    }
    Ok(state)
}

/// Makes an error of a panic, so that no slot stays busy for ever.
fn unpanicked<T>(
    work: impl FnOnce() -> Result<T, VectorStoreError>,
) -> Result<T, VectorStoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(VectorStoreError::Failed { reason: panic_message(panic.as_ref()) })
    })
}

/// Closes an index of which this is the last handle.
fn close(index: KnowledgeBaseId, shard: Arc<Shard>) {
    let closed = Arc::into_inner(shard).map_or(Ok(()), Shard::close);
    if let Err(error) = closed {
        tracing::warn!(knowledge_base.id = %index, %error, "a chunk index was not closed cleanly");
    }
}
