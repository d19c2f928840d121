//! Listening to one source: hints that come close together lead to one job, which begins a moment
//! after the first.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, CatalogError};
use corpus::{ConnectorError, Connectors, DataSource};
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use tokio::time::sleep;

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
                    tracing::debug!(data_source.id = %id, "the source stopped telling of changes");
                }
                Err(error) => {
                    tracing::warn!(data_source.id = %id, "changes of the source are not noticed at present: {error}");
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(self.pace.pause * LONGEST_PAUSE);
        }
    }

    /// Returns when the source tells no more, and why. The next hint is asked for only once the job
    /// of the last is a row: a source may keep what it told until then.
    async fn listen(
        &self,
        mut changes: Changes,
        pause: &mut Duration,
    ) -> Result<(), ConnectorError> {
        while let Some(hint) = changes.next().await {
            hint?;
            *pause = self.pace.pause;
            sleep(self.pace.quiet).await;
            self.start().await;
            // What is told by now happened before the job looks.
            while let Some(hint) = changes.next().now_or_never() {
                match hint {
                    Some(hint) => hint?,
                    None => return Ok(()),
                }
            }
            sleep(self.pace.distance).await;
        }
        Ok(())
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
