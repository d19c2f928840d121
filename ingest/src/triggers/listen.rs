//! Listening to one source: hints that come close together lead to one job, which begins when the
//! source is quiet again.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, CatalogError};
use corpus::{ConnectorError, Connectors, DataSource};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::time::{Instant, sleep, timeout_at};

use super::{TriggerPace, job};

/// How many times the first pause is the longest one.
const LONGEST_PAUSE: u32 = 64;

/// Listens to a data source.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) catalog: Catalog,
    pub(super) connectors: Arc<dyn Connectors>,
    pub(super) data_source: DataSource,
    pub(super) pace: TriggerPace,
}

type Changes = BoxStream<'static, Result<(), ConnectorError>>;

impl Listener {
    /// Runs until it is aborted; returns at once where the source does not tell of changes.
    pub(super) async fn run(self) {
        let mut pause = self.pace.pause;
        loop {
            let end = match self.connectors.connector(&self.data_source) {
                Ok(connector) => match connector.changes() {
                    Some(changes) => self.listen(changes, &mut pause).await,
                    None => return,
                },
                Err(error) => Err(error),
            };
            let id = self.data_source.id;
            match end {
                Ok(()) => {
                    tracing::debug!(data_source.id = %id, "the source stopped telling of changes")
                }
                Err(error) => {
                    tracing::warn!(data_source.id = %id, "changes of the source are not noticed at present: {error}");
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(self.pace.pause * LONGEST_PAUSE);
        }
    }

    /// Returns when the source tells no more, and why.
    async fn listen(
        &self,
        mut changes: Changes,
        pause: &mut Duration,
    ) -> Result<(), ConnectorError> {
        while let Some(hint) = changes.next().await {
            hint?;
            *pause = self.pace.pause;
            let end = self.settled(&mut changes).await;
            self.start().await;
            if let Some(end) = end {
                return end;
            }
            sleep(self.pace.distance).await;
        }
        Ok(())
    }

    /// Waits until hints stop coming, within reason; the end of the stream, if that is why.
    async fn settled(&self, changes: &mut Changes) -> Option<Result<(), ConnectorError>> {
        let latest = Instant::now() + self.pace.longest;
        loop {
            let quiet = (Instant::now() + self.pace.quiet).min(latest);
            match timeout_at(quiet, changes.next()).await {
                Err(_) => return None,
                Ok(Some(Ok(()))) if Instant::now() >= latest => return None,
                Ok(Some(Ok(()))) => {}
                Ok(Some(Err(error))) => return Some(Err(error)),
                Ok(None) => return Some(Ok(())),
            }
        }
    }

    /// Starts a job. One that runs may have passed what changed, so it is waited for.
    async fn start(&self) {
        let id = self.data_source.id;
        loop {
            match self.catalog.start_job(job(&self.data_source, "Started by a change")).await {
                Ok(job) => {
                    tracing::info!(data_source.id = %id, job.id = %job.id, "a change starts a job");
                    return;
                }
                Err(CatalogError::NotFound { .. }) => return,
                Err(CatalogError::Conflict { .. }) => {}
                Err(error) => {
                    tracing::warn!(data_source.id = %id, "a change cannot start a job: {error}");
                }
            }
            sleep(self.pace.distance).await;
        }
    }
}
