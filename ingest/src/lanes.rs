//! What the worker is at: a task for each lane, at most one task in a lane.

use std::collections::HashMap;
use std::future::Future;

use corpus::{DataSourceId, IngestionJobId, KnowledgeBaseId};
use tokio::task::{Id, JoinSet};

use crate::removal::Removal;

/// What a task of the worker is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A job of a data source.
    Job(KnowledgeBaseId, DataSourceId, IngestionJobId),
    /// Documents that were pushed to a knowledge base.
    Direct(KnowledgeBaseId),
    /// The removal of a knowledge base, or of a data source in it.
    Removal(KnowledgeBaseId),
    /// Garbage that was left.
    Sweep,
}

impl Lane {
    pub(crate) fn is_job(self) -> bool {
        matches!(self, Self::Job(..))
    }

    pub(crate) fn is_direct(self) -> bool {
        matches!(self, Self::Direct(_))
    }

    pub(crate) fn is_removal(self) -> bool {
        matches!(self, Self::Removal(_))
    }

    /// Whether its task may write what `removal` is about to remove.
    fn is_at(self, removal: &Removal) -> bool {
        match (self, removal) {
            (Self::Job(id, ..), Removal::KnowledgeBase(removed)) => id == *removed,
            (Self::Job(_, id, _), Removal::DataSource(removed)) => id == removed.id,
            (Self::Direct(id) | Self::Removal(id), removal) => id == removal.knowledge_base(),
            (Self::Sweep, _) => false,
        }
    }
}

/// The tasks that run.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    tasks: JoinSet<()>,
    lanes: HashMap<Id, Lane>,
}

impl Lanes {
    /// Starts a task in a lane.
    pub(crate) fn open(&mut self, lane: Lane, work: impl Future<Output = ()> + Send + 'static) {
        if !self.has(lane) {
            let handle = self.tasks.spawn(work);
            self.lanes.insert(handle.id(), lane);
        }
    }

    /// Whether a task runs in the lane.
    pub(crate) fn has(&self, lane: Lane) -> bool {
        self.lanes.values().any(|other| *other == lane)
    }

    /// How many tasks run in lanes of a kind.
    pub(crate) fn count(&self, kind: impl Fn(Lane) -> bool) -> usize {
        self.lanes.values().filter(|lane| kind(**lane)).count()
    }

    /// Whether some task may write what is to be removed, or removes from the same index.
    pub(crate) fn are_at(&self, removal: &Removal) -> bool {
        self.lanes.values().any(|lane| lane.is_at(removal))
    }

    /// Waits for the end of a task; the lane of one that panicked. None where no task runs.
    pub(crate) async fn next_end(&mut self) -> Option<Option<Lane>> {
        let ended = self.tasks.join_next_with_id().await?;
        let (id, panicked) = match &ended {
            Ok((id, ())) => (*id, false),
            Err(error) => {
                tracing::error!("a task of the worker failed: {error}");
                (error.id(), true)
            }
        };
        let lane = self.lanes.remove(&id);
        Some(lane.filter(|_| panicked))
    }
}
