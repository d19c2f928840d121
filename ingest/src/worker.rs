//! The worker: claims what the catalog says is to be done and does it. Jobs of different data
//! sources run side by side; pushed documents and removals have a lane each.
//!
//! Invariant: everything to do is a row in the catalog, so a worker that dies at any moment
//! leaves nothing but rows to be taken up again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, CatalogError};
use corpus::{
    Connectors, DataSource, DataSourceId, IndexSpec, IngestionJob, IngestionJobStatus,
    KnowledgeBase, KnowledgeBaseId, Models, VectorStore,
};
use tokio::sync::Semaphore;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::config::IngestConfig;
use crate::direct;
use crate::document::{Fault, Run};
use crate::job::{Ending, JobRun};
use crate::pipeline::Pipeline;
use crate::recorder::{Recorder, sweep};
use crate::removal;
use crate::retry::Pace;

/// How long the worker sleeps at most when nothing calls it.
const IDLE: Duration = Duration::from_secs(2);

/// How often a running job asks whether it is to stop, and renews its lease.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// How long work that met a fault is left alone.
const AFTER_FAULT: Duration = Duration::from_secs(5);

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
    parsers: Arc<Semaphore>,
}

/// What a task of the worker is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Job(KnowledgeBaseId, DataSourceId),
    Direct,
    Removal,
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
    pub fn new(
        catalog: Catalog,
        vectors: Arc<dyn VectorStore>,
        models: Arc<dyn Models>,
        connectors: Arc<dyn Connectors>,
        config: IngestConfig,
        owner: String,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let kilobytes = config.memory_mb.max(1).saturating_mul(1_000);
        Self {
            memory: Arc::new(Semaphore::new(kilobytes as usize)),
            parsers: Arc::new(Semaphore::new(cores)),
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
    pub async fn run(self, soft: CancellationToken, hard: CancellationToken) {
        tokio::select! {
            () = self.work(&soft) => {}
            () = hard.cancelled() => tracing::warn!("ingestion was cut short; it resumes at the next start"),
        }
    }

    async fn work(&self, soft: &CancellationToken) {
        self.take_over().await;
        let mut tasks = JoinSet::new();
        let mut lanes: HashMap<Id, Lane> = HashMap::new();
        while !soft.is_cancelled() {
            if let Err(error) = self.dispatch(&mut tasks, &mut lanes, soft).await {
                tracing::error!("ingestion cannot read the catalog: {error}");
            }
            tokio::select! {
                () = soft.cancelled() => {}
                () = self.catalog.work() => {}
                () = tokio::time::sleep(IDLE) => {}
                Some(ended) = tasks.join_next_with_id() => forget(&mut lanes, ended),
            }
        }
        while let Some(ended) = tasks.join_next_with_id().await {
            forget(&mut lanes, ended);
        }
        if let Err(error) = self.catalog.release_leases().await {
            tracing::warn!("leases could not be released: {error}");
        }
    }

    /// Clears away what a process that died has left.
    async fn take_over(&self) {
        let result = async {
            self.catalog.take_over().await?;
            sweep(&self.catalog, &self.vectors).await
        };
        if let Err(error) = result.await {
            tracing::error!("what an earlier process left could not be cleared away: {error}");
        }
    }

    async fn dispatch(
        &self,
        tasks: &mut JoinSet<()>,
        lanes: &mut HashMap<Id, Lane>,
        soft: &CancellationToken,
    ) -> Result<(), CatalogError> {
        let busy = |lanes: &HashMap<Id, Lane>, lane| lanes.values().any(|other| *other == lane);
        let jobs = lanes.values().filter(|lane| matches!(lane, Lane::Job(..))).count();
        for _ in jobs..self.config.jobs.max(1) {
            let Some(job) = self.catalog.claim_job(&self.owner, IngestConfig::LEASE).await? else {
                break;
            };
            let lane = Lane::Job(job.knowledge_base_id, job.data_source_id);
            let (worker, soft) = (self.clone(), soft.clone());
            let handle = tasks.spawn(async move { worker.run_job(job, soft).await });
            lanes.insert(handle.id(), lane);
        }
        if !busy(lanes, Lane::Direct)
            && !self.catalog.waiting_submissions(None, 1).await?.is_empty()
        {
            let (worker, soft) = (self.clone(), soft.clone());
            let handle = tasks.spawn(async move {
                if let Err(error) = direct::drain(&worker, &soft).await {
                    tracing::error!("pushed documents cannot be ingested: {error}");
                    pause(&soft).await;
                }
            });
            lanes.insert(handle.id(), Lane::Direct);
        }
        if !busy(lanes, Lane::Removal) {
            let running: Vec<_> = lanes
                .values()
                .filter_map(|lane| match lane {
                    Lane::Job(knowledge_base, data_source) => Some((*knowledge_base, *data_source)),
                    Lane::Direct | Lane::Removal => None,
                })
                .collect();
            let removals = removal::pending(&self.catalog, &running).await?;
            if !removals.is_empty() {
                let (worker, soft) = (self.clone(), soft.clone());
                let handle = tasks.spawn(async move {
                    if let Err(error) = removal::carry_out(&worker, removals).await {
                        tracing::error!("a removal failed and is tried again: {error}");
                        pause(&soft).await;
                    }
                });
                lanes.insert(handle.id(), Lane::Removal);
            }
        }
        Ok(())
    }

    async fn run_job(&self, job: IngestionJob, soft: CancellationToken) {
        tracing::info!(job.id = %job.id, data_source.id = %job.data_source_id, "ingestion job runs");
        let stop = soft.child_token();
        let owner = format!("{}/{}", self.owner, job.id);
        let ending = tokio::select! {
            ending = self.attempt(&job, &owner, &stop) => ending,
            () = self.heartbeat(&job, &stop) => {
                tracing::error!(job.id = %job.id, "the lease of the job was lost; it is left to its new owner");
                return;
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

    async fn attempt(
        &self,
        job: &IngestionJob,
        owner: &str,
        stop: &CancellationToken,
    ) -> Result<Ending, Fault> {
        let knowledge_base = self.catalog.knowledge_base(job.knowledge_base_id).await?;
        let data_source =
            self.catalog.data_source(job.knowledge_base_id, job.data_source_id).await?;
        let connector = match self.connectors.connector(&data_source) {
            Ok(connector) => connector,
            Err(error) => return Ok(Ending::failed(error.to_string())),
        };
        let run = match self.prepare(&knowledge_base, &data_source, owner).await {
            Ok(run) => run,
            Err(Obstacle::Reason(reason)) => return Ok(Ending::failed(reason)),
            Err(Obstacle::Fault(fault)) => return Err(fault),
        };
        let pipeline = self.pipeline(&run, Some(job.id));
        let result = JobRun { job, run, connector, stop: stop.clone() }.run(pipeline).await;
        // What was begun and given up is garbage now.
        self.catalog.abandon(owner).await?;
        sweep(&self.catalog, &self.vectors).await?;
        result
    }

    /// Everything that the documents of a run share.
    pub(crate) async fn prepare(
        &self,
        knowledge_base: &KnowledgeBase,
        data_source: &DataSource,
        owner: &str,
    ) -> Result<Arc<Run>, Obstacle> {
        let reason = |error: corpus::ModelError| Obstacle::Reason(error.to_string());
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
        Pace::default()
            .run(self.config.attempts, || self.vectors.create_index(spec))
            .await
            .map_err(Fault::Store)?;
        Ok(Arc::new(Run {
            owner: owner.to_owned(),
            knowledge_base: knowledge_base.id,
            data_source: data_source.id,
            chunking: data_source.chunking,
            catalog: self.catalog.clone(),
            vectors: Arc::clone(&self.vectors),
            embedder,
            config: self.config.clone(),
            memory: Arc::clone(&self.memory),
            parsers: Arc::clone(&self.parsers),
            model_pace: Pace::default(),
            store_pace: Pace::default(),
        }))
    }

    /// The pipeline of a run.
    pub(crate) fn pipeline(&self, run: &Arc<Run>, job: Option<corpus::IngestionJobId>) -> Pipeline {
        let recorder = Recorder {
            catalog: self.catalog.clone(),
            vectors: Arc::clone(&self.vectors),
            job,
            knowledge_base: run.knowledge_base,
            data_source: run.data_source,
            attempts: self.config.attempts,
        };
        Pipeline::start(Arc::clone(run), recorder)
    }

    /// Renews the lease of a job for as long as it is polled, and passes on the request to stop.
    /// Returns when the lease is lost.
    async fn heartbeat(&self, job: &IngestionJob, stop: &CancellationToken) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            match self.catalog.renew_lease(job.id, &self.owner, IngestConfig::LEASE).await {
                Ok(IngestionJobStatus::Stopping) => stop.cancel(),
                Ok(_) => {}
                Err(error) if error.is_transient() => {
                    tracing::warn!(job.id = %job.id, "the lease of the job could not be renewed: {error}");
                }
                Err(_lost) => return,
            }
        }
    }
}

async fn pause(soft: &CancellationToken) {
    tokio::select! {
        () = soft.cancelled() => {}
        () = tokio::time::sleep(AFTER_FAULT) => {}
    }
}

fn forget(lanes: &mut HashMap<Id, Lane>, ended: Result<(Id, ()), tokio::task::JoinError>) {
    let id = match ended {
        Ok((id, ())) => id,
        Err(error) => {
            tracing::error!("a task of the worker failed: {error}");
            error.id()
        }
    };
    lanes.remove(&id);
}
