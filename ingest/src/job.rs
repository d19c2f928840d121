//! One ingestion job: enumerate the source, skip what is unchanged, send the rest through the
//! pipeline, and remove what the source has no longer (`unseen.rs`).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Outcome, OutcomeKind};
use corpus::{
    Connector, ConnectorError, DeletionProtection, Document, DocumentKey, DocumentStatus,
    IngestionJob, IngestionJobStatus, SourceDocument, SourceEvent, SourceLocation, SourceMetadata,
};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use crate::config::IngestConfig;
use crate::document::{Fault, Run, Task};
use crate::pipeline::Pipeline;
use crate::told::Told;

/// Events that are compared with the catalog in one question.
const EVENTS: usize = 256;

/// How long a source may take to answer the first probes.
const CHECK_PATIENCE: Duration = Duration::from_mins(2);

/// How long a source may take from one event to the next: a crawler may wait for its turn.
pub(crate) const LISTING_PATIENCE: Duration = Duration::from_mins(10);

/// How a job ended, and what there is to say.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) status: IngestionJobStatus,
    pub(crate) reasons: Vec<String>,
}

impl Ending {
    pub(crate) fn failed(reason: String) -> Self {
        Self { status: IngestionJobStatus::Failed, reasons: vec![reason] }
    }

    pub(crate) fn stopped() -> Self {
        Self { status: IngestionJobStatus::Stopped, reasons: Vec::new() }
    }
}

/// What enumeration came to.
enum Enumeration {
    /// The source was seen whole.
    Whole,
    /// The stream ended without saying that it was whole: nothing is removed.
    Partial,
    /// The source cannot be enumerated.
    Broken(ConnectorError),
}

/// How much of the source was seen.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Seen {
    /// Everything that the source has, what is left out included.
    all: u64,
    /// What may be ingested.
    pub(crate) documents: u64,
}

/// A job under way.
#[derive(Debug)]
pub(crate) struct JobRun<'a> {
    pub(crate) job: &'a IngestionJob,
    pub(crate) run: Arc<Run>,
    pub(crate) connector: Arc<dyn Connector>,
    pub(crate) protection: DeletionProtection,
    pub(crate) stop: CancellationToken,
}

impl JobRun<'_> {
    /// Runs the job until it ends or is stopped.
    pub(crate) async fn run(self, pipeline: &mut Pipeline) -> Result<Ending, Fault> {
        let ending = tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            ending = self.ingest(pipeline) => Some(ending?),
        };
        if let Some(ending) = ending {
            return Ok(ending);
        }
        pipeline.stop(IngestConfig::STOP_GRACE).await?;
        Ok(Ending::stopped())
    }

    async fn ingest(&self, pipeline: &mut Pipeline) -> Result<Ending, Fault> {
        let check = self.connector.check();
        if let Err(error) = answered(CHECK_PATIENCE, check).await {
            return Ok(Ending::failed(error.to_string()));
        }
        self.count_before().await?;
        self.prepare_comparison().await?;
        let mut seen = Seen::default();
        let enumeration = self.enumerate(pipeline, &mut seen).await?;
        let run = &self.run;
        run.ask(|| run.catalog.set_documents_listed(self.job.id, seen.all)).await?;
        pipeline.drain().await?;
        let reasons = match enumeration {
            Enumeration::Broken(error) => {
                if !error.is_transient() {
                    self.take_back(pipeline).await?;
                }
                return Ok(Ending::failed(error.to_string()));
            }
            Enumeration::Partial => Vec::new(),
            Enumeration::Whole => self.remove_unseen(pipeline, seen).await?,
        };
        self.take_back(pipeline).await?;
        Ok(Ending { status: IngestionJobStatus::Complete, reasons })
    }

    async fn enumerate(
        &self,
        pipeline: &mut Pipeline,
        seen: &mut Seen,
    ) -> Result<Enumeration, Fault> {
        let run = &self.run;
        let state = Arc::new(Told::new(run.catalog.source_state(run.data_source)));
        let mut events = self.connector.enumerate(Arc::clone(&state) as _).ready_chunks(EVENTS);
        loop {
            let group = answered(LISTING_PATIENCE, async { Ok(events.next().await) }).await;
            let group = match group {
                Ok(Some(group)) => group,
                Ok(None) => return Ok(Enumeration::Partial),
                Err(error) => return Ok(Enumeration::Broken(error)),
            };
            let mut known = self.known(&keys(&group)).await?;
            for event in group {
                match event {
                    Ok(SourceEvent::Complete) => return Ok(Enumeration::Whole),
                    Ok(SourceEvent::Checkpoint(entries)) => {
                        state.tell(&entries);
                        pipeline.checkpoint(entries).await?;
                    }
                    Ok(event) => {
                        seen.count(&event);
                        self.take(pipeline, event, &mut known).await?;
                    }
                    Err(error) => return Ok(Enumeration::Broken(error)),
                }
            }
        }
    }

    /// What the catalog knows of some documents.
    pub(crate) async fn known(
        &self,
        keys: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, Document>, Fault> {
        let run = &self.run;
        run.ask(|| run.catalog.documents_by_key(run.data_source, keys)).await
    }

    pub(crate) async fn take(
        &self,
        pipeline: &mut Pipeline,
        event: SourceEvent,
        known: &mut HashMap<DocumentKey, Document>,
    ) -> Result<(), Fault> {
        match event {
            SourceEvent::Upsert(document) => {
                let known = known.remove(&document.key);
                if let Some(what) = unchanged(&document, known.as_ref()) {
                    let sidecar = matches!(document.metadata, SourceMetadata::Sidecar(_));
                    let access = document.access;
                    let outcome = outcome(document.key, document.location, what);
                    return pipeline.note(Outcome { sidecar, access, ..outcome }).await;
                }
                pipeline.push(Task { document, submission: None, known }).await
            }
            SourceEvent::Delete(key) => match known.remove(&key) {
                Some(document) => {
                    pipeline.note(outcome(key, document.location, OutcomeKind::Deleted)).await
                }
                None => Ok(()),
            },
            SourceEvent::Seen(key) => match known.remove(&key) {
                Some(document) => {
                    pipeline.note(outcome(key, document.location, OutcomeKind::Seen)).await
                }
                None => Ok(()),
            },
            SourceEvent::Failure { key, location, reason } => {
                tracing::info!(data_source.id = %self.run.data_source, document.key = %key, "document failed: {reason}");
                pipeline.note(outcome(key, location, OutcomeKind::Failed { reason })).await
            }
            SourceEvent::Ignored { key, location, reason } => {
                let what = OutcomeKind::Ignored { reason, change_key: None };
                pipeline.note(outcome(key, location, what)).await
            }
            SourceEvent::Checkpoint(_) | SourceEvent::Complete => Ok(()),
        }
    }
}

impl Seen {
    fn count(&mut self, event: &SourceEvent) {
        self.all += u64::from(!matches!(event, SourceEvent::Delete(_)));
        let may_be_ingested = matches!(
            event,
            SourceEvent::Upsert(_) | SourceEvent::Seen(_) | SourceEvent::Failure { .. }
        );
        self.documents += u64::from(may_be_ingested);
    }
}

/// The documents that some events are about.
fn keys(events: &[Result<SourceEvent, ConnectorError>]) -> Vec<DocumentKey> {
    let key = |event: &Result<SourceEvent, ConnectorError>| match event.as_ref().ok()? {
        SourceEvent::Upsert(document) => Some(document.key.clone()),
        SourceEvent::Delete(key) | SourceEvent::Seen(key) => Some(key.clone()),
        _ => None,
    };
    events.iter().filter_map(key).collect()
}

/// What a source answers, if it does so in time.
pub(crate) async fn answered<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, ConnectorError>>,
) -> Result<T, ConnectorError> {
    tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| {
        let seconds = patience.as_secs();
        Err(ConnectorError::Unavailable { reason: format!("nothing came for {seconds} s") })
    })
}

/// What becomes of a document that need not be read, by its change key; none if it must be.
fn unchanged(document: &SourceDocument, known: Option<&Document>) -> Option<OutcomeKind> {
    let known = known?;
    let change_key = document.change_key.clone();
    if change_key.is_none() || known.change_key != change_key {
        return None;
    }
    // What was left out stays so, unless the catalog has found out better since it was asked.
    let is_settled = matches!(
        known.status,
        DocumentStatus::Indexed | DocumentStatus::PartiallyIndexed | DocumentStatus::Ignored
    );
    is_settled.then_some(OutcomeKind::Unchanged { change_key })
}

/// What became of a document that needed no work.
pub(crate) fn outcome(key: DocumentKey, location: SourceLocation, what: OutcomeKind) -> Outcome {
    Outcome { key, location, submission: None, sidecar: false, access: None, what }
}
