//! Pushed documents (direct ingestion): takes a knowledge base's waiting submissions through the
//! same pipeline as jobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use catalog::{
    Batch, Catalog, CatalogError, NewMetadata, Outcome, OutcomeKind, Waiting, WaitingContent,
    WaitingKind,
};
use corpus::{
    Body, ConnectorError, Content, DataSourceId, KnowledgeBase, KnowledgeBaseId, ReadError,
    SourceDocument, SourceMetadata,
};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use crate::config::IngestConfig;
use crate::document::{Fault, Task};
use crate::pipeline::Pipeline;
use crate::worker::{Obstacle, Worker};

/// Submissions that are taken up together.
const GROUP: usize = 64;

/// Takes up the oldest submissions of a knowledge base.
pub(crate) async fn ingest_waiting(
    worker: &Worker,
    id: KnowledgeBaseId,
    soft: &CancellationToken,
) -> Result<(), Fault> {
    let knowledge_base = match worker.catalog.knowledge_base(id).await {
        // Deleted meanwhile: its submissions go with it.
        Err(CatalogError::NotFound { .. }) => return Ok(()),
        knowledge_base => knowledge_base?,
    };
    let mut groups: BTreeMap<DataSourceId, Vec<Waiting>> = BTreeMap::new();
    for waiting in worker.catalog.waiting_submissions(id, GROUP).await? {
        groups.entry(waiting.data_source_id).or_default().push(waiting);
    }
    for (data_source, group) in groups {
        match ingest(worker, &knowledge_base, data_source, group, soft).await {
            Err(Fault::Catalog(CatalogError::NotFound { .. } | CatalogError::Conflict { .. })) => {
                tracing::info!(data_source.id = %data_source, "a data source was removed while documents were pushed to it");
            }
            result => result?,
        }
    }
    Ok(())
}

async fn ingest(
    worker: &Worker,
    knowledge_base: &KnowledgeBase,
    data_source: DataSourceId,
    group: Vec<Waiting>,
    soft: &CancellationToken,
) -> Result<(), Fault> {
    let data_source = worker.catalog.data_source(knowledge_base.id, data_source).await?;
    let owner = format!("{}/direct/{}", worker.owner, knowledge_base.id);
    let run = match worker.prepare(knowledge_base, &data_source, &owner).await {
        Ok(run) => run,
        Err(Obstacle::Reason(reason)) => return refuse(worker, &group, &reason).await,
        Err(Obstacle::Fault(fault)) => return refuse_or_wait(worker, &group, fault).await,
    };
    let mut pipeline = worker.pipeline(&run, None);
    let result = tokio::select! {
        biased;
        () = soft.cancelled() => None,
        result = push_all(worker, &mut pipeline, data_source.id, group.clone()) => {
            Some(result)
        }
    };
    let result = match result {
        Some(result) => result,
        None => pipeline.stop(IngestConfig::STOP_GRACE).await,
    };
    pipeline.end().await?;
    match result {
        Ok(()) => Ok(()),
        Err(fault) => refuse_or_wait(worker, &group, fault).await,
    }
}

/// Returns when all of the group is done.
async fn push_all(
    worker: &Worker,
    pipeline: &mut Pipeline,
    data_source: DataSourceId,
    group: Vec<Waiting>,
) -> Result<(), Fault> {
    let keys: Vec<_> = group.iter().map(|waiting| waiting.key.clone()).collect();
    let mut known = worker.catalog.documents_by_key(data_source, &keys).await?;
    for Waiting { sequence, key, location, kind, .. } in group {
        let done = |key, location, what| {
            let submission = Some(sequence);
            Outcome { key, location, submission, sidecar: false, access: None, what }
        };
        match kind {
            WaitingKind::Ingest { content, media_type, metadata } => {
                let known = known.remove(&key);
                match opened(worker, sequence, content, metadata) {
                    Ok(Opened { size, content, metadata }) => {
                        let document = SourceDocument {
                            key,
                            location,
                            change_key: None,
                            size,
                            media_type,
                            metadata,
                            access: None,
                            content,
                        };
                        pipeline.push(Task { document, submission: Some(sequence), known }).await?;
                    }
                    Err(error) => {
                        let what = OutcomeKind::Failed { reason: error.to_string() };
                        pipeline.note(done(key, location, what)).await?;
                    }
                }
            }
            WaitingKind::Delete => {
                pipeline.note(done(key, location, OutcomeKind::Deleted)).await?;
            }
        }
    }
    pipeline.drain().await
}

/// What is known of a document that waits, without reading it.
struct Opened {
    size: Option<u64>,
    content: Arc<dyn Content>,
    metadata: SourceMetadata,
}

/// Finds what a submission is about.
fn opened(
    worker: &Worker,
    sequence: i64,
    content: WaitingContent,
    metadata: NewMetadata,
) -> Result<Opened, ConnectorError> {
    let (size, content): (_, Arc<dyn Content>) = match content {
        WaitingContent::Kept { size } => {
            (Some(size), Arc::new(Pushed { catalog: worker.catalog.clone(), sequence }))
        }
        WaitingContent::Object(object) => (None, worker.connectors.object(&object)?),
    };
    let metadata = match metadata {
        NewMetadata::Inline(metadata) => SourceMetadata::Inline(metadata),
        NewMetadata::Object(object) => SourceMetadata::Sidecar(worker.connectors.sidecar(&object)?),
    };
    Ok(Opened { size, content, metadata })
}

/// Leaves the submissions for a later try, unless it would meet the same fault.
async fn refuse_or_wait(worker: &Worker, group: &[Waiting], fault: Fault) -> Result<(), Fault> {
    match fault {
        Fault::Store(_) | Fault::Model(_) if !fault.is_transient() => {
            refuse(worker, group, &fault.to_string()).await
        }
        fault => Err(fault),
    }
}

/// Fails submissions that cannot be ingested. Those that are done already are not touched: only
/// what still waits is recorded.
async fn refuse(worker: &Worker, group: &[Waiting], reason: &str) -> Result<(), Fault> {
    let Some(first) = group.first() else { return Ok(()) };
    let (knowledge_base_id, data_source_id) = (first.knowledge_base_id, first.data_source_id);
    let waiting = worker.catalog.waiting_submissions(knowledge_base_id, GROUP).await?;
    let outcomes = waiting
        .into_iter()
        .filter(|waiting| group.iter().any(|other| other.sequence == waiting.sequence))
        .map(|waiting| Outcome {
            key: waiting.key,
            location: waiting.location,
            submission: Some(waiting.sequence),
            sidecar: false,
            access: None,
            what: match waiting.kind {
                WaitingKind::Ingest { .. } => OutcomeKind::Failed { reason: reason.to_owned() },
                WaitingKind::Delete => OutcomeKind::Deleted,
            },
        })
        .collect();
    let batch = Batch { job: None, knowledge_base_id, data_source_id, outcomes };
    worker.catalog.record(batch).await?;
    Ok(())
}

/// Bytes that came with a request and wait in the catalog; they are loaded when it is their turn.
#[derive(Debug)]
struct Pushed {
    catalog: Catalog,
    sequence: i64,
}

#[async_trait]
impl Content for Pushed {
    async fn open(&self) -> Result<Body, ReadError> {
        match self.catalog.submitted_content(self.sequence).await {
            Ok(Some(bytes)) => {
                let bytes = Bytes::from(bytes);
                Ok(futures::stream::once(async move { Ok(bytes) }).boxed())
            }
            // Replaced by a later submission, which says what becomes of the document.
            Ok(None) => Err(ReadError::Vanished),
            Err(error) => Err(ReadError::Interrupted { reason: error.to_string() }),
        }
    }
}
