//! Makes outcomes durable in groups: first the index is flushed, then the catalog's transaction
//! makes the new revisions live, then what they replaced is removed from the index.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Batch, Catalog, Garbage, Outcome, OutcomeKind, Segment};
use corpus::{
    DataSourceId, IngestionJobId, KnowledgeBaseId, Selector, StateEntry, VectorStore,
    VectorStoreError,
};

use crate::document::Fault;
use crate::retry::{CatalogFailure, Pace};

/// The most outcomes of one transaction.
pub(crate) const GROUP: usize = 256;

/// Garbage that is removed in one go.
const SWEEP: usize = 256;

/// Records the outcomes of one run.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) catalog: Catalog,
    pub(crate) vectors: Arc<dyn VectorStore>,
    pub(crate) job: Option<IngestionJobId>,
    pub(crate) knowledge_base: KnowledgeBaseId,
    pub(crate) data_source: DataSourceId,
    pub(crate) patience: Duration,
}

impl Recorder {
    /// Returns when the outcomes are durable.
    pub(crate) async fn record(&self, outcomes: Vec<Outcome>) -> Result<(), Fault> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let wrote = outcomes.iter().any(|outcome| {
            matches!(outcome.what, OutcomeKind::Indexed { .. } | OutcomeKind::Redescribed { .. })
        });
        let leaves_garbage =
            outcomes.iter().any(|outcome| !matches!(outcome.what, OutcomeKind::Unchanged { .. }));
        if wrote {
            Pace::default().run(self.patience, || self.vectors.flush(self.knowledge_base)).await?;
        }
        let documents = outcomes.len();
        let batch = Batch {
            job: self.job,
            knowledge_base_id: self.knowledge_base,
            data_source_id: self.data_source,
            outcomes,
        };
        let record = || async { self.catalog.record(batch.clone()).await.map_err(CatalogFailure) };
        Pace::default().run(self.patience, record).await?;
        tracing::debug!(data_source.id = %self.data_source, documents, "recorded");
        if leaves_garbage {
            sweep(&self.catalog, &self.vectors, self.knowledge_base).await;
        }
        Ok(())
    }

    /// Keeps segments of a listing whose documents are recorded.
    pub(crate) async fn keep(&self, segments: &[Segment]) -> Result<(), Fault> {
        let Some(job) = self.job.filter(|_| !segments.is_empty()) else { return Ok(()) };
        let keep = || async {
            let kept = self.catalog.keep_segments(job, self.data_source, segments).await;
            kept.map_err(CatalogFailure)
        };
        Ok(Pace::default().run(self.patience, keep).await?)
    }

    /// Saves what the connector remembers.
    pub(crate) async fn remember(&self, entries: &[StateEntry]) -> Result<(), Fault> {
        let save = || async {
            self.catalog.save_state(self.data_source, entries).await.map_err(CatalogFailure)
        };
        Ok(Pace::default().run(self.patience, save).await?)
    }
}

/// Removes from the index of a knowledge base the chunks of revisions that are not live and not
/// being written. What cannot be removed now stays noted as garbage, for the next sweep: nothing
/// answers from it, so no job fails for it.
pub(crate) async fn sweep(
    catalog: &Catalog,
    vectors: &Arc<dyn VectorStore>,
    knowledge_base: KnowledgeBaseId,
) {
    if let Err(error) = try_sweep(catalog, vectors, knowledge_base).await {
        tracing::warn!(knowledge_base.id = %knowledge_base, "revisions that are not live cannot be removed now: {error}");
    }
}

async fn try_sweep(
    catalog: &Catalog,
    vectors: &Arc<dyn VectorStore>,
    knowledge_base: KnowledgeBaseId,
) -> Result<(), Fault> {
    loop {
        let garbage = catalog.garbage(knowledge_base, SWEEP).await?;
        if garbage.is_empty() {
            return Ok(());
        }
        for row in &garbage {
            remove(vectors, row).await?;
        }
        absent_is_fine(vectors.flush(knowledge_base).await)?;
        catalog.forget_garbage(&garbage).await?;
        tracing::debug!(revisions = garbage.len(), "removed revisions that are not live");
    }
}

async fn remove(vectors: &Arc<dyn VectorStore>, row: &Garbage) -> Result<(), VectorStoreError> {
    let selector = Selector::Revision(row.document, row.revision);
    absent_is_fine(vectors.delete(row.knowledge_base_id, selector).await)
}

/// An index that is gone has no garbage.
fn absent_is_fine(result: Result<(), VectorStoreError>) -> Result<(), VectorStoreError> {
    match result {
        Err(VectorStoreError::NoIndex { .. }) => Ok(()),
        result => result,
    }
}
