//! One ingestion job: enumerate the source, skip what is unchanged (many documents at once where it
//! is listed in order, `segments.rs`), send the rest through the pipeline, and remove what the source
//! has no longer (`gone.rs`).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Gone, Outcome, OutcomeKind};
use corpus::{
    Connector, ConnectorError, DeletionProtection, Document, DocumentKey, DocumentStatus,
    IngestionJob, IngestionJobStatus, SourceDocument, SourceEvent, SourceLocation, SourceMetadata,
};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use crate::config::IngestConfig;
use crate::document::{Fault, Run, Task};
use crate::pipeline::Pipeline;
use crate::run_state::RunState;
use crate::segments::{Segments, Unseen};

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
    /// The stream ended without saying that it was whole: what was not told of stays.
    Partial,
    /// The source cannot be enumerated.
    Broken(ConnectorError),
}

/// What a connector tells.
type Told = Result<SourceEvent, ConnectorError>;

/// A listing under way.
struct Listing<'a> {
    state: &'a RunState,
    segments: &'a mut Segments,
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
        let mut listed = 0;
        let enumeration = self.enumerate(pipeline, &mut listed).await?;
        let run = &self.run;
        run.ask(|| run.catalog.set_documents_listed(self.job.id, listed)).await?;
        pipeline.drain().await?;
        let reasons = match enumeration {
            Enumeration::Broken(error) => {
                if !error.is_transient() {
                    self.take_back(pipeline).await?;
                }
                return Ok(Ending::failed(error.to_string()));
            }
            Enumeration::Partial => self.remove_gone(pipeline, Gone::Absent).await?,
            Enumeration::Whole => self.remove_gone(pipeline, Gone::Unseen(self.job.id)).await?,
        };
        self.take_back(pipeline).await?;
        Ok(Ending { status: IngestionJobStatus::Complete, reasons })
    }

    /// Takes what the source tells; counts what it has, left out or not.
    async fn enumerate(
        &self,
        pipeline: &mut Pipeline,
        listed: &mut u64,
    ) -> Result<Enumeration, Fault> {
        let run = &self.run;
        let state = Arc::new(RunState::new(run.catalog.source_state(run.data_source)));
        let mut events = self.connector.enumerate(Arc::clone(&state) as _).ready_chunks(EVENTS);
        let mut segments = Segments::new(run.data_source, pipeline.seer());
        let ending = loop {
            let next = answered(LISTING_PATIENCE, async { Ok(events.next().await) });
            let group = tokio::select! {
                biased;
                Some(unseen) = segments.next() => {
                    self.take_unseen(pipeline, unseen?).await?;
                    continue;
                }
                group = next, if !segments.is_full() => group,
            };
            let mut group = match group {
                Ok(Some(group)) => group,
                Ok(None) => break Enumeration::Partial,
                Err(error) => break Enumeration::Broken(error),
            };
            *listed += group.iter().flatten().filter(|event| is_there(event)).count() as u64;
            if self.connector.lists_in_order() {
                group = segments.take_from(group);
            }
            let listing = Listing { state: &state, segments: &mut segments };
            if let Some(ending) = self.take_group(pipeline, group, listing).await? {
                break ending;
            }
        };
        self.end_segments(pipeline, &mut segments).await?;
        Ok(ending)
    }

    /// Takes events one by one; tells how the enumeration ended, if it did.
    async fn take_group(
        &self,
        pipeline: &mut Pipeline,
        group: Vec<Told>,
        listing: Listing<'_>,
    ) -> Result<Option<Enumeration>, Fault> {
        if group.iter().any(|event| matches!(event, Ok(SourceEvent::Absent(_)))) {
            // What was told of before, and is on its way, was there before the listing.
            self.end_segments(pipeline, listing.segments).await?;
            pipeline.drain().await?;
        }
        let mut known = self.known(&keys(&group)).await?;
        for event in group {
            match event {
                Ok(SourceEvent::Complete) => return Ok(Some(Enumeration::Whole)),
                Ok(SourceEvent::Checkpoint(entries)) => {
                    self.end_segments(pipeline, listing.segments).await?;
                    listing.state.tell(&entries);
                    pipeline.checkpoint(entries).await?;
                }
                Ok(event) => self.take(pipeline, event, &mut known).await?,
                Err(error) => return Ok(Some(Enumeration::Broken(error))),
            }
        }
        Ok(None)
    }

    /// Takes everything of the listing that was held back to be compared.
    async fn end_segments(
        &self,
        pipeline: &mut Pipeline,
        segments: &mut Segments,
    ) -> Result<(), Fault> {
        segments.end();
        while let Some(unseen) = segments.next().await {
            self.take_unseen(pipeline, unseen?).await?;
        }
        Ok(())
    }

    /// Takes the documents of a segment one by one, if it has not been seen.
    async fn take_unseen(
        &self,
        pipeline: &mut Pipeline,
        unseen: Option<Unseen>,
    ) -> Result<(), Fault> {
        let Some(Unseen { documents, segment }) = unseen else { return Ok(()) };
        let keys: Vec<_> = documents.iter().map(|document| document.key.clone()).collect();
        let mut known = self.known(&keys).await?;
        for document in documents {
            self.take(pipeline, SourceEvent::Upsert(document), &mut known).await?;
        }
        pipeline.keep(segment).await
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
            SourceEvent::Delete(key) => note(pipeline, known, key, OutcomeKind::Deleted).await,
            SourceEvent::Absent(key) => note(pipeline, known, key, OutcomeKind::Absent).await,
            SourceEvent::Seen(key) => note(pipeline, known, key, OutcomeKind::Seen).await,
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

/// Whether an event is about something that the source has, left out or not.
fn is_there(event: &SourceEvent) -> bool {
    match event {
        SourceEvent::Upsert(_)
        | SourceEvent::Seen(_)
        | SourceEvent::Failure { .. }
        | SourceEvent::Ignored { .. } => true,
        SourceEvent::Delete(_)
        | SourceEvent::Absent(_)
        | SourceEvent::Checkpoint(_)
        | SourceEvent::Complete => false,
    }
}

/// Notes what became of a document, if there is one.
async fn note(
    pipeline: &mut Pipeline,
    known: &mut HashMap<DocumentKey, Document>,
    key: DocumentKey,
    what: OutcomeKind,
) -> Result<(), Fault> {
    match known.remove(&key) {
        Some(document) => pipeline.note(outcome(key, document.location, what)).await,
        None => Ok(()),
    }
}

/// The documents that some events are about.
fn keys(events: &[Told]) -> Vec<DocumentKey> {
    let key = |event: &Told| match event.as_ref().ok()? {
        SourceEvent::Upsert(document) => Some(document.key.clone()),
        SourceEvent::Delete(key) | SourceEvent::Absent(key) | SourceEvent::Seen(key) => {
            Some(key.clone())
        }
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
