//! Pushed documents (direct ingestion): drains the catalog's queue of submissions through the
//! same pipeline as jobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use catalog::{CatalogError, Outcome, OutcomeKind, Submission, SubmissionKind};
use corpus::{Body, Content, DataSourceId, KnowledgeBaseId, ReadError};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use crate::document::{Fault, Task};
use crate::recorder::sweep;
use crate::worker::{Obstacle, Worker};

/// Submissions that are taken up together.
const GROUP: usize = 64;

/// Works until no submission waits.
pub(crate) async fn drain(worker: &Worker, soft: &CancellationToken) -> Result<(), Fault> {
    while !soft.is_cancelled() {
        let waiting = worker.catalog.waiting_submissions(None, GROUP).await?;
        if waiting.is_empty() {
            break;
        }
        let mut groups: BTreeMap<(KnowledgeBaseId, DataSourceId), Vec<Submission>> =
            BTreeMap::new();
        for submission in waiting {
            let key = (submission.knowledge_base_id, submission.data_source_id);
            groups.entry(key).or_default().push(submission);
        }
        for ((knowledge_base, data_source), group) in groups {
            match ingest(worker, knowledge_base, data_source, group).await {
                // Deleted meanwhile: its submissions go with it.
                Err(Fault::Catalog(CatalogError::NotFound { .. })) => {}
                result => result?,
            }
        }
    }
    Ok(())
}

async fn ingest(
    worker: &Worker,
    knowledge_base: KnowledgeBaseId,
    data_source: DataSourceId,
    group: Vec<Submission>,
) -> Result<(), Fault> {
    let knowledge_base = worker.catalog.knowledge_base(knowledge_base).await?;
    let data_source = worker.catalog.data_source(knowledge_base.id, data_source).await?;
    let owner = format!("{}/direct", worker.owner);
    let run = match worker.prepare(&knowledge_base, &data_source, &owner).await {
        Ok(run) => Ok(run),
        Err(Obstacle::Reason(reason)) => Err(reason),
        Err(Obstacle::Fault(fault)) => return Err(fault),
    };
    let keys: Vec<_> = group.iter().map(|submission| submission.key.clone()).collect();
    let mut known = worker.catalog.documents_by_key(data_source.id, &keys).await?;
    let run = match run {
        Ok(run) => run,
        Err(reason) => return refuse(worker, group, reason).await,
    };
    let mut pipeline = worker.pipeline(&run, None);
    for submission in group {
        match submission.kind {
            SubmissionKind::Ingest { bytes, media_type, metadata } => {
                let task = Task {
                    known: known.remove(&submission.key),
                    key: submission.key,
                    location: submission.location,
                    size: Some(bytes.len() as u64),
                    content: Arc::new(Pushed(bytes.into())),
                    media_type,
                    metadata,
                    change_key: None,
                    sidecar: false,
                    submission: Some(submission.sequence),
                };
                pipeline.push(task).await?;
            }
            SubmissionKind::Delete => {
                let outcome = Outcome {
                    key: submission.key,
                    location: submission.location,
                    submission: Some(submission.sequence),
                    sidecar: false,
                    what: OutcomeKind::Deleted,
                };
                pipeline.note(outcome).await?;
            }
        }
    }
    let result = pipeline.drain().await;
    worker.catalog.abandon(&owner).await?;
    sweep(&worker.catalog, &worker.vectors).await?;
    result
}

/// Fails the submissions of a knowledge base that cannot be ingested into.
async fn refuse(worker: &Worker, group: Vec<Submission>, reason: String) -> Result<(), Fault> {
    let Some(first) = group.first() else { return Ok(()) };
    let (knowledge_base_id, data_source_id) = (first.knowledge_base_id, first.data_source_id);
    let outcomes = group
        .into_iter()
        .map(|submission| Outcome {
            key: submission.key,
            location: submission.location,
            submission: Some(submission.sequence),
            sidecar: false,
            what: match submission.kind {
                SubmissionKind::Ingest { .. } => OutcomeKind::Failed { reason: reason.clone() },
                SubmissionKind::Delete => OutcomeKind::Deleted,
            },
        })
        .collect();
    let batch = catalog::Batch { job: None, knowledge_base_id, data_source_id, outcomes };
    worker.catalog.record(batch).await?;
    Ok(())
}

/// Bytes that came with the request.
#[derive(Debug)]
struct Pushed(Bytes);

#[async_trait]
impl Content for Pushed {
    async fn open(&self) -> Result<Body, ReadError> {
        let bytes = self.0.clone();
        Ok(futures::stream::once(async move { Ok(bytes) }).boxed())
    }
}
