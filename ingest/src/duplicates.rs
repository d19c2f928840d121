//! Documents that say nothing of their own: where they are looked for, and how they come back when
//! what stood for them is gone.

use std::collections::HashSet;

use corpus::{DataSource, DocumentKey, SourceConfiguration, SourceEvent};
use futures::StreamExt;

use crate::document::Fault;
use crate::job::{JobRun, LISTING_PATIENCE, answered};
use crate::pipeline::Pipeline;

/// Documents that are read again together.
const DUE: usize = 256;

/// Whether duplicates are left out: among pages of web sites, unless their owner keeps them. What
/// stands elsewhere twice was put there twice.
pub(crate) fn is_compared(data_source: &DataSource) -> bool {
    matches!(&data_source.source, SourceConfiguration::Web(source) if !source.keep_duplicates)
}

impl JobRun<'_> {
    /// Readies what is known for being compared, or for being compared no longer.
    pub(crate) async fn prepare_comparison(&self) -> Result<(), Fault> {
        let run = &self.run;
        if run.is_compared {
            run.ask(|| run.catalog.compare_documents(run.data_source)).await
        } else {
            run.ask(|| run.catalog.keep_duplicates(run.data_source)).await
        }
    }

    /// Reads documents again whose original went: each once, for as long as that leads to others.
    /// What the source cannot give now stays due, and the next job reads it.
    pub(crate) async fn take_back(&self, pipeline: &mut Pipeline) -> Result<(), Fault> {
        if !self.run.is_compared {
            return Ok(());
        }
        let mut asked = HashSet::new();
        loop {
            let before = asked.len();
            let mut after = None;
            while let Some(keys) = self.due(after.as_ref()).await? {
                after = keys.last().cloned();
                let new: Vec<_> =
                    keys.into_iter().filter(|key| asked.insert(key.clone())).collect();
                self.read_again(pipeline, new).await?;
            }
            pipeline.drain().await?;
            if asked.len() == before {
                return Ok(());
            }
        }
    }

    /// Some documents that are due; none behind the last.
    async fn due(&self, after: Option<&DocumentKey>) -> Result<Option<Vec<DocumentKey>>, Fault> {
        let run = &self.run;
        let keys = run.ask(|| run.catalog.due_again(run.data_source, after, DUE)).await?;
        Ok((!keys.is_empty()).then_some(keys))
    }

    async fn read_again(
        &self,
        pipeline: &mut Pipeline,
        keys: Vec<DocumentKey>,
    ) -> Result<(), Fault> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut known = self.known(&keys).await?;
        let mut events = self.connector.again(keys);
        loop {
            let event = answered(LISTING_PATIENCE, async { events.next().await.transpose() }).await;
            match event {
                Ok(Some(event @ (SourceEvent::Upsert(_) | SourceEvent::Failure { .. }))) => {
                    self.take(pipeline, event, &mut known).await?;
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(()),
                Err(error) => {
                    tracing::warn!(job.id = %self.job.id, "documents that are due are left to the next job: {error}");
                    return Ok(());
                }
            }
        }
    }
}
