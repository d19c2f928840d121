//! What starts jobs without being asked: the schedules of data sources, and sources that tell that
//! they changed.
//!
//! Invariant: every job goes through [`Catalog::start_job`], so that a data source never has two.

mod listen;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::{AvailableDataSource, Catalog, CatalogError, NewJob};
use corpus::{Connectors, DataSource, DataSourceId};
use time::OffsetDateTime;
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use listen::Listener;

/// How patient triggers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TriggerPace {
    /// How often schedules and data sources are looked at.
    pub interval: Duration,
    /// How long after a change the job begins: what changes together is read together.
    pub quiet: Duration,
    /// The least time from one job that a change started to the next, and from one try to start
    /// it to the next.
    pub distance: Duration,
    /// How long a source that cannot be listened to is left alone; twice as long each time, up to
    /// 64 times.
    pub pause: Duration,
}

impl Default for TriggerPace {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(2),
            quiet: Duration::from_secs(2),
            distance: Duration::from_secs(5),
            pause: Duration::from_secs(5),
        }
    }
}

/// Starts jobs by itself.
#[derive(Debug, Clone)]
pub struct Triggers {
    catalog: Catalog,
    connectors: Arc<dyn Connectors>,
    pace: TriggerPace,
}

/// The data sources that are listened to.
#[derive(Debug, Default)]
struct Listeners {
    by_source: HashMap<DataSourceId, (OffsetDateTime, AbortHandle)>,
    /// Aborts all of them when it is dropped.
    tasks: JoinSet<()>,
}

impl Triggers {
    /// Triggers for everything in the catalog. Nothing is started yet.
    pub fn new(catalog: Catalog, connectors: Arc<dyn Connectors>, pace: TriggerPace) -> Self {
        Self { catalog, connectors, pace }
    }

    /// Starts jobs until `soft` is cancelled.
    pub async fn run(self, soft: CancellationToken) {
        let mut listeners = Listeners::default();
        while !soft.is_cancelled() {
            if let Err(error) = self.start_due().await {
                tracing::warn!("what the schedules say cannot be read: {error}");
            }
            if let Err(error) = self.follow(&mut listeners).await {
                tracing::warn!("which sources are to be listened to cannot be read: {error}");
            }
            tokio::select! {
                () = soft.cancelled() => {}
                () = tokio::time::sleep(self.pace.interval) => {}
            }
        }
    }

    /// Starts what is due. A data source with a job that runs waits for its next moment.
    async fn start_due(&self) -> Result<(), CatalogError> {
        for due in self.catalog.due_data_sources().await? {
            match self.catalog.start_job(job(&due, "Started by the schedule")).await {
                Ok(job) => {
                    tracing::info!(data_source.id = %due.id, job.id = %job.id, "the schedule starts a job");
                }
                Err(CatalogError::Conflict { reason }) => {
                    tracing::info!(data_source.id = %due.id, "the schedule starts no job: {reason}");
                }
                Err(CatalogError::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            }
            self.catalog.await_next_sync(due.knowledge_base_id, due.id).await?;
        }
        Ok(())
    }

    /// Listens to every data source that is available, in its present configuration.
    async fn follow(&self, listeners: &mut Listeners) -> Result<(), CatalogError> {
        while let Some(ended) = listeners.tasks.try_join_next() {
            if let Err(error) = ended
                && error.is_panic()
            {
                tracing::error!("a listener met an internal error and is gone: {error}");
            }
        }
        let available = self.catalog.available_data_sources().await?;
        listeners.keep(&available);
        for one in available {
            if listeners.by_source.contains_key(&one.id) {
                continue;
            }
            let data_source = match self.catalog.data_source(one.knowledge_base_id, one.id).await {
                Err(CatalogError::NotFound { .. }) => continue,
                data_source => data_source?,
            };
            let updated_at = data_source.updated_at;
            let listener = Listener {
                catalog: self.catalog.clone(),
                connectors: Arc::clone(&self.connectors),
                data_source,
                pace: self.pace,
            };
            let handle = listeners.tasks.spawn(listener.run());
            listeners.by_source.insert(one.id, (updated_at, handle));
        }
        Ok(())
    }
}

impl Listeners {
    /// Ends those whose data source is gone or has changed.
    fn keep(&mut self, available: &[AvailableDataSource]) {
        let current: HashMap<_, _> = available.iter().map(|one| (one.id, one.updated_at)).collect();
        self.by_source.retain(|id, (updated_at, handle)| {
            let keep = current.get(id) == Some(updated_at);
            if !keep {
                handle.abort();
            }
            keep
        });
    }
}

fn job(of: &DataSource, description: &str) -> NewJob {
    NewJob {
        knowledge_base_id: of.knowledge_base_id,
        data_source_id: of.id,
        description: Some(description.to_owned()),
        accepts_deletions: false,
        client_token: None,
    }
}
