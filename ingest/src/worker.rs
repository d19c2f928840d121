//! The worker: claims what the catalog says is to be done and does it. Jobs of different data
//! sources run side by side, and so do the pushed documents of different knowledge bases; a fault
//! of one keeps no other.
//!
//! Invariant: everything to do is a row in the catalog, so a worker that dies at any moment
//! leaves nothing but rows to be taken up again.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catalog::{Catalog, CatalogError};
use corpus::{
    Connectors, DataSource, IndexSpec, IngestionJob, IngestionJobStatus, KnowledgeBase, ModelError,
    Models, VectorStore,
};
use futures::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::IngestConfig;
use crate::direct;
use crate::document::{Fault, Run};
use crate::duplicates;
use crate::extractor::Extractor;
use crate::job::{Ending, JobRun};
use crate::lanes::{Lane, Lanes};
use crate::language_model::Used;
use crate::parsers::Parsers;
use crate::pipeline::Pipeline;
use crate::recorder::{Recorder, sweep};
use crate::removal;
use crate::retry::Pace;
use crate::{situate, transcribe};

/// How long the worker sleeps at most when nothing calls it.
const IDLE: Duration = Duration::from_secs(2);

/// How often a running job asks whether it is to stop.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// How often it renews its lease: each time is a write to the disk.
const RENEWAL: Duration = Duration::from_secs(10);

/// How long work that met a fault is left alone.
const AFTER_FAULT: Duration = Duration::from_secs(5);

/// How often garbage that could not be removed at once is tried again.
const SWEEP_INTERVAL: Duration = Duration::from_mins(1);

/// The most knowledge bases whose pushed documents are ingested at a time.
const DIRECT_LANES: usize = 8;

/// The most removals at a time.
const REMOVAL_LANES: usize = 4;

/// The most pages that language models look at at a time: their pictures are some megabytes each.
const PICTURES: usize = 16;

/// Ingests.
#[derive(Debug, Clone)]
pub struct Worker {
    pub(crate) catalog: Catalog,
    pub(crate) vectors: Arc<dyn VectorStore>,
    pub(crate) models: Arc<dyn Models>,
    pub(crate) connectors: Arc<dyn Connectors>,
    pub(crate) config: IngestConfig,
    /// Names this process in leases and revisions under way.
    pub(crate) owner: String,
    memory: Arc<Semaphore>,
    extractor: Extractor,
    parsers: Parsers,
    /// Room for pictures of pages.
    pictures: Arc<Semaphore>,
    /// The pace of each embedding model, by its fingerprint.
    model_paces: Arc<Mutex<HashMap<String, Arc<Pace>>>>,
    store_pace: Arc<Pace>,
}

/// Why a data source cannot be ingested from.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Obstacle {
    #[error("{0}")]
    Reason(String),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Worker {
    /// A worker; `owner` must differ from that of every other process, past ones included.
    /// Documents are read by `extractor`.
    pub fn new(
        catalog: Catalog,
        vectors: Arc<dyn VectorStore>,
        models: Arc<dyn Models>,
        connectors: Arc<dyn Connectors>,
        config: IngestConfig,
        extractor: Extractor,
        owner: String,
    ) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            memory: Arc::new(Semaphore::new(config.memory_kilobytes() as usize)),
            extractor,
            parsers: Parsers::new(processors),
            pictures: Arc::new(Semaphore::new(PICTURES)),
            model_paces: Arc::default(),
            store_pace: Arc::default(),
            catalog,
            vectors,
            models,
            connectors,
            config,
            owner,
        }
    }

    /// Works until `soft` is cancelled, then ends what is under way: jobs are left to be resumed.
    /// Cancelling `hard` drops everything at once, which loses nothing either.
    ///
    /// The future is boxed, so that all of ingestion is compiled in this crate, and not again in each
    /// program and test that runs it.
    pub fn run(self, soft: CancellationToken, hard: CancellationToken) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            tokio::select! {
                () = self.work(&soft) => {}
                () = hard.cancelled() => {
                    tracing::warn!("ingestion was cut short; it resumes at the next start");
                }
            }
        })
    }

    async fn work(&self, soft: &CancellationToken) {
        if let Err(error) = self.catalog.take_over().await {
            tracing::error!("what an earlier process left could not be taken over: {error}");
        }
        let mut lanes = Lanes::default();
        let mut swept: Option<Instant> = None;
        while !soft.is_cancelled() {
            if swept.is_none_or(|swept| swept.elapsed() >= SWEEP_INTERVAL) {
                swept = Some(Instant::now());
                lanes.open(Lane::Sweep, self.clone().sweep_all());
            }
            if let Err(error) = self.dispatch(&mut lanes, soft).await {
                tracing::error!("ingestion cannot read the catalog: {error}");
            }
            tokio::select! {
                () = soft.cancelled() => {}
                () = self.catalog.work() => {}
                () = tokio::time::sleep(IDLE) => {}
                Some(panicked) = lanes.next_end() => self.after_panic(panicked).await,
            }
        }
        while let Some(panicked) = lanes.next_end().await {
            self.after_panic(panicked).await;
        }
        if let Err(error) = self.catalog.release_leases().await {
            tracing::warn!("leases could not be released: {error}");
        }
    }

    async fn dispatch(
        &self,
        lanes: &mut Lanes,
        soft: &CancellationToken,
    ) -> Result<(), CatalogError> {
        let removals = removal::pending(&self.catalog).await?;
        for id in self.catalog.knowledge_bases_that_wait().await? {
            // A removal goes first, lest new pushes keep it waiting for ever.
            let removal = removals.iter().any(|removal| removal.knowledge_base() == id);
            let lane = Lane::Direct(id);
            if !removal && !lanes.has(lane) && lanes.count(Lane::is_direct) < DIRECT_LANES {
                let (worker, stop) = (self.clone(), soft.clone());
                let work = async move { direct::ingest_waiting(&worker, id, &stop).await };
                lanes.open(lane, left_alone_after_fault("pushed documents", soft.clone(), work));
            }
        }
        for removal in removals {
            let lane = Lane::Removal(removal.knowledge_base());
            if !lanes.are_at(&removal) && lanes.count(Lane::is_removal) < REMOVAL_LANES {
                let worker = self.clone();
                let work = async move { removal::carry_out(&worker, &removal).await };
                lanes.open(lane, left_alone_after_fault("a removal", soft.clone(), work));
            }
        }
        for _ in lanes.count(Lane::is_job)..self.config.jobs.get() {
            let Some(job) = self.catalog.claim_job(&self.owner, IngestConfig::LEASE).await? else {
                break;
            };
            let lane = Lane::Job(job.knowledge_base_id, job.data_source_id, job.id);
            // A clock that jumped may have let the lease of a job run out that runs here.
            if !lanes.has(lane) {
                lanes.open(lane, self.clone().run_job(job, soft.clone()));
            }
        }
        Ok(())
    }

    /// A defect of ours must not be met again and again.
    async fn after_panic(&self, lane: Option<Lane>) {
        let Some(Lane::Job(_, _, job)) = lane else { return };
        let reasons = ["an internal error ended the job; please report it with the log".to_owned()];
        if let Err(error) = self.catalog.finish_job(job, IngestionJobStatus::Failed, &reasons).await
        {
            tracing::error!(job.id = %job, "the end of the job cannot be recorded: {error}");
        }
    }

    async fn sweep_all(self) {
        match self.catalog.knowledge_bases_with_garbage().await {
            Ok(ids) => {
                for id in ids {
                    sweep(&self.catalog, &self.vectors, id).await;
                }
            }
            Err(error) => tracing::warn!("garbage cannot be read from the catalog: {error}"),
        }
    }

    async fn run_job(self, job: IngestionJob, soft: CancellationToken) {
        tracing::info!(job.id = %job.id, data_source.id = %job.data_source_id, "ingestion job runs");
        let stop = soft.child_token();
        let ending = {
            let attempt = self.attempt(&job, &stop);
            tokio::pin!(attempt);
            tokio::select! {
                ending = &mut attempt => ending,
                () = self.heartbeat(&job, &stop) => {
                    tracing::error!(job.id = %job.id, "the lease of the job was lost; it is left to its new owner");
                    stop.cancel();
                    if let Err(fault) = attempt.await {
                        tracing::warn!(job.id = %job.id, "the job was not given up in good order: {fault}");
                    }
                    return;
                }
            }
        };
        let ending = match ending {
            // Stopped by the server's own end, not by a client: to be resumed.
            Ok(Ending { status: IngestionJobStatus::Stopped, .. }) if soft.is_cancelled() => {
                tracing::info!(job.id = %job.id, "ingestion job pauses; it resumes at the next start");
                return;
            }
            Ok(ending) => ending,
            Err(fault) => Ending::failed(fault.to_string()),
        };
        tracing::info!(job.id = %job.id, status = ?ending.status, "ingestion job ends");
        let Ending { status, reasons } = ending;
        if let Err(error) = self.catalog.finish_job(job.id, status, &reasons).await {
            tracing::error!(job.id = %job.id, "the end of the job cannot be recorded: {error}");
        }
    }

    async fn attempt(&self, job: &IngestionJob, stop: &CancellationToken) -> Result<Ending, Fault> {
        if job.status == IngestionJobStatus::Stopping {
            return Ok(Ending::stopped());
        }
        let owner = format!("{}/{}", self.owner, job.id);
        let knowledge_base = self.catalog.knowledge_base(job.knowledge_base_id).await?;
        let data_source =
            self.catalog.data_source(job.knowledge_base_id, job.data_source_id).await?;
        let connector = match self.connectors.connector(&data_source) {
            Ok(connector) => connector,
            Err(error) => return Ok(Ending::failed(error.to_string())),
        };
        let prepared = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(Ending::stopped()),
            prepared = self.prepare(&knowledge_base, &data_source, &owner) => prepared,
        };
        let run = match prepared {
            Ok(run) => run,
            Err(Obstacle::Reason(reason)) => return Ok(Ending::failed(reason)),
            Err(Obstacle::Fault(fault)) => return Err(fault),
        };
        let mut pipeline = self.pipeline(&run, Some(job.id));
        let protection = data_source.synchronisation.deletion_protection;
        let used = Arc::clone(&run.used);
        let job_run = JobRun { job, run, connector, protection, stop: stop.clone() };
        let result = job_run.run(&mut pipeline).await;
        pipeline.end().await?;
        self.account(job, used.total()).await?;
        result
    }

    /// Everything that the documents of a run share.
    pub(crate) async fn prepare(
        &self,
        knowledge_base: &KnowledgeBase,
        data_source: &DataSource,
        owner: &str,
    ) -> Result<Arc<Run>, Obstacle> {
        let reason = |error: ModelError| Obstacle::Reason(error.to_string());
        let arn = &knowledge_base.embedding_model_arn;
        let embedder = self.models.embedder(arn).map_err(reason)?;
        let model = embedder.model();
        if !model.has_fingerprint(&knowledge_base.index_model) {
            return Err(Obstacle::Reason(format!(
                "the knowledge base is indexed with {}, and the configuration now routes '{arn}' \
                 to {}; restore the route, or create a new knowledge base",
                knowledge_base.index_model,
                model.fingerprint()
            )));
        }
        let spec = IndexSpec { index: knowledge_base.id, dimensions: model.dimensions };
        self.store_pace
            .run(self.config.patience(), || self.vectors.create_index(spec))
            .await
            .map_err(Fault::Store)?;
        let used = Arc::<Used>::default();
        let reading = &data_source.reading;
        let language_model = |task: &Option<_>, instructions: &str| {
            self.language_model(task.as_ref(), instructions, &used).map_err(reason)
        };
        Ok(Arc::new(Run {
            reading: reading.clone(),
            transcriber: language_model(&reading.transcription, transcribe::INSTRUCTIONS)?,
            situater: language_model(&reading.situating, situate::INSTRUCTIONS)?,
            used: Arc::clone(&used),
            pictures: Arc::clone(&self.pictures),
            owner: owner.to_owned(),
            knowledge_base: knowledge_base.id,
            data_source: data_source.id,
            chunking: data_source.chunking,
            is_compared: duplicates::is_compared(data_source),
            catalog: self.catalog.clone(),
            vectors: Arc::clone(&self.vectors),
            embedder,
            config: self.config.clone(),
            memory: Arc::clone(&self.memory),
            extractor: self.extractor.clone(),
            parsers: self.parsers.clone(),
            model_pace: self.model_pace(&knowledge_base.index_model),
            store_pace: Arc::clone(&self.store_pace),
            writes: TaskTracker::new(),
        }))
    }

    pub(crate) fn model_pace(&self, fingerprint: &str) -> Arc<Pace> {
        let mut paces = self.model_paces.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(paces.entry(fingerprint.to_owned()).or_default())
    }

    /// The pipeline of a run.
    pub(crate) fn pipeline(&self, run: &Arc<Run>, job: Option<corpus::IngestionJobId>) -> Pipeline {
        let recorder = Recorder {
            catalog: self.catalog.clone(),
            vectors: Arc::clone(&self.vectors),
            job,
            knowledge_base: run.knowledge_base,
            data_source: run.data_source,
            patience: self.config.patience(),
        };
        Pipeline::start(Arc::clone(run), recorder)
    }

    /// Renews the lease of a job for as long as it is polled, and passes on the request to stop.
    /// Returns when the lease is lost.
    async fn heartbeat(&self, job: &IngestionJob, stop: &CancellationToken) {
        let mut renewed = Instant::now();
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let status = if renewed.elapsed() < RENEWAL {
                let current =
                    self.catalog.job(job.knowledge_base_id, job.data_source_id, job.id).await;
                current.map(|job| job.status)
            } else {
                renewed = Instant::now();
                self.catalog.renew_lease(job.id, &self.owner, IngestConfig::LEASE).await
            };
            match status {
                Ok(IngestionJobStatus::Stopping) => stop.cancel(),
                Ok(_) => {}
                Err(error) if error.is_transient() => {
                    tracing::warn!(job.id = %job.id, "the state of the job cannot be read: {error}");
                }
                Err(_lost) => return,
            }
        }
    }
}

/// Does some work; after a fault its lane stays taken for a while.
async fn left_alone_after_fault(
    what: &'static str,
    soft: CancellationToken,
    work: impl Future<Output = Result<(), Fault>>,
) {
    if let Err(fault) = work.await {
        tracing::error!("{what} met a fault and will be tried again: {fault}");
        tokio::select! {
            () = soft.cancelled() => {}
            () = tokio::time::sleep(AFTER_FAULT) => {}
        }
    }
}
