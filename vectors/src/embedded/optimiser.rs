//! The thread that builds graphs, one at a time, while the service goes on.
//!
//! It is a thread of its own and not a task: an optimisation takes minutes and cannot be told to
//! stop, so the process must be able to leave without it. Killed at any point, it leaves an index
//! that opens in good order.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use corpus::{KnowledgeBaseId, VectorStoreError};

use super::directory::failed;
use super::pool::Pool;

/// How long an index is left alone after an optimisation failed, for want of space mostly.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_mins(10);

/// The thread, and what it is asked to do.
#[derive(Debug)]
pub(crate) struct Optimiser {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Each index once.
    waiting: VecDeque<KnowledgeBaseId>,
    failed: HashMap<KnowledgeBaseId, Instant>,
    running: bool,
    stopping: bool,
}

impl Optimiser {
    /// Starts the thread.
    pub(crate) fn start(pool: Arc<Pool>) -> Result<Self, VectorStoreError> {
        let shared = Arc::new(Shared::default());
        let worker = Arc::clone(&shared);
        let root = pool.root().path().to_owned();
        let thread = std::thread::Builder::new()
            .name("optimise".to_owned())
            .spawn(move || worker.run(&pool))
            .map_err(failed(&root))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Has an index optimised in its turn, if it is not waiting already.
    pub(crate) fn enqueue(&self, index: KnowledgeBaseId) {
        let mut state = self.shared.lock();
        let failed = state.failed.get(&index);
        let paused = failed.is_some_and(|failed| failed.elapsed() < PAUSE_AFTER_FAILURE);
        if !state.stopping && !paused && !state.waiting.contains(&index) {
            state.waiting.push_back(index);
            self.shared.changed.notify_all();
        }
    }

    /// Whether an optimisation is under way.
    pub(crate) fn is_running(&self) -> bool {
        self.shared.lock().running
    }

    /// Whether the thread does its work.
    pub(crate) fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Begins no further optimisation.
    pub(crate) fn stop(&self) {
        let mut state = self.shared.lock();
        state.stopping = true;
        state.waiting.clear();
        self.shared.changed.notify_all();
    }
}

impl Drop for Optimiser {
    /// Waits for the thread where it is idle; one that is at work ends by itself.
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take()
            && !self.is_running()
            && thread.join().is_err()
        {
            tracing::warn!("the optimiser's thread panicked");
        }
    }
}

impl Shared {
    fn run(&self, pool: &Arc<Pool>) {
        while let Some(index) = self.next() {
            // An index may be gone, or in order, by the time its turn comes.
            let outcome = pool.lease(index).and_then(|shard| {
                if shard.is_due(pool.config()) { shard.optimise() } else { Ok(()) }
            });
            let mut state = self.lock();
            match outcome {
                Ok(()) | Err(VectorStoreError::NoIndex { .. }) => {
                    state.failed.remove(&index);
                }
                Err(error) => {
                    state.failed.insert(index, Instant::now());
                    tracing::warn!(knowledge_base.id = %index, %error, "optimise failed");
                }
            }
            state.running = false;
            drop(state);
            self.changed.notify_all();
        }
    }

    /// Waits for an index that is to be optimised; none when there shall be no more.
    fn next(&self) -> Option<KnowledgeBaseId> {
        let mut state = self.lock();
        loop {
            if state.stopping {
                return None;
            }
            if let Some(index) = state.waiting.pop_front() {
                state.running = true;
                return Some(index);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
