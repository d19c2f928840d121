//! A catalog, triggers in a hurry, and sources that change when the test says so.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use catalog::{Catalog, DataSourceUpdate, JobQuery, NewDataSource, NewJob, NewKnowledgeBase};
use corpus::{
    ChunkingStrategy, Connector, ConnectorError, Connectors, Content, CustomSource,
    DataDeletionPolicy, DataSource, IngestionJob, IngestionJobId, IngestionJobStatus,
    KnowledgeBaseId, S3Object, Sidecar, SourceConfiguration, SourceEvent, SourceState,
    Synchronisation,
};
use fixtures::clock::ManualClock;
use futures::stream::{self, BoxStream, StreamExt};
use ingest::{TriggerPace, Triggers};
use serde_json::json;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The longest that a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// Long enough to tell one from the other, short enough not to be waited for.
const PACE: TriggerPace = TriggerPace {
    interval: Duration::from_millis(10),
    quiet: Duration::from_millis(30),
    distance: Duration::from_millis(30),
    pause: Duration::from_millis(10),
};

pub(crate) struct World {
    pub(crate) catalog: Catalog,
    pub(crate) clock: Arc<ManualClock>,
    knowledge_base: KnowledgeBaseId,
    sources: Arc<Sources>,
    _directory: tempfile::TempDir,
}

/// Sources by the names of their data sources.
#[derive(Debug, Default)]
struct Sources {
    listened: Mutex<HashMap<String, Listened>>,
    looks: AtomicUsize,
}

#[derive(Debug, Default)]
struct Listened {
    times: usize,
    hints: Option<Sender<Result<(), ConnectorError>>>,
}

#[derive(Debug)]
struct Source {
    name: String,
    sources: Arc<Sources>,
}

#[derive(Debug)]
struct Factory(Arc<Sources>);

impl Connectors for Factory {
    fn connector(&self, of: &DataSource) -> Result<Arc<dyn Connector>, ConnectorError> {
        Ok(Arc::new(Source { name: of.name.clone(), sources: Arc::clone(&self.0) }))
    }

    fn object(&self, _object: &S3Object) -> Result<Arc<dyn Content>, ConnectorError> {
        Err(ConnectorError::Unavailable { reason: "not here".to_owned() })
    }

    fn sidecar(&self, _object: &S3Object) -> Result<Arc<dyn Sidecar>, ConnectorError> {
        Err(ConnectorError::Unavailable { reason: "not here".to_owned() })
    }
}

#[async_trait]
impl Connector for Source {
    async fn check(&self) -> Result<(), ConnectorError> {
        Ok(())
    }

    fn enumerate(
        &self,
        _state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        stream::empty().boxed()
    }

    fn changes(&self) -> Option<BoxStream<'static, Result<(), ConnectorError>>> {
        self.sources.looks.fetch_add(1, Ordering::SeqCst);
        if self.name == "silent" || self.name == "scheduled" {
            return None;
        }
        let (hints, receiver): (_, Receiver<_>) = channel(64);
        let mut listened = self.sources.listened.lock().unwrap();
        let one = listened.entry(self.name.clone()).or_default();
        one.times += 1;
        one.hints = Some(hints);
        let hints = stream::unfold(receiver, async |mut receiver| {
            let hint = receiver.recv().await?;
            Some((hint, receiver))
        });
        Some(hints.boxed())
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let path = directory.path().join("catalog.sqlite");
        let catalog = Catalog::open(&path, Arc::<ManualClock>::clone(&clock)).await.unwrap();
        let new = NewKnowledgeBase {
            name: "main".to_owned(),
            description: None,
            role_arn: "arn:aws:iam::123456789012:role/kb".to_owned(),
            configuration: json!({}),
            storage_configuration: None,
            embedding_model_arn: "fake".to_owned(),
            index_model: "fake".to_owned(),
            tags: std::collections::BTreeMap::new(),
            client_token: None,
        };
        let knowledge_base = catalog.create_knowledge_base(new).await.unwrap().id;
        let sources = Arc::default();
        Self { catalog, clock, knowledge_base, sources, _directory: directory }
    }

    /// Runs the triggers for as long as the result is kept.
    pub(crate) fn run(&self) -> JoinSet<()> {
        let connectors = Arc::new(Factory(Arc::clone(&self.sources)));
        let triggers = Triggers::new(self.catalog.clone(), connectors, PACE);
        let mut running = JoinSet::new();
        running.spawn(triggers.run(CancellationToken::new()));
        running
    }

    pub(crate) async fn create(&self, name: &str, schedule: Option<&str>) -> DataSource {
        let schedule = schedule.map(|schedule| schedule.parse().unwrap());
        let new = NewDataSource {
            knowledge_base_id: self.knowledge_base,
            name: name.to_owned(),
            description: None,
            configuration: json!({"type": "CUSTOM"}),
            vector_ingestion_configuration: None,
            encryption_configuration: None,
            source: SourceConfiguration::Custom(CustomSource {}),
            synchronisation: Synchronisation { schedule, ..Synchronisation::default() },
            chunking: ChunkingStrategy::Default,
            reading: corpus::Reading::default(),
            data_deletion_policy: DataDeletionPolicy::Delete,
            client_token: None,
        };
        self.catalog.create_data_source(new).await.unwrap()
    }

    pub(crate) async fn rename(&self, of: &DataSource, name: &str) {
        // A change is told by its moment.
        self.clock.advance(Duration::from_secs(1));
        let update = DataSourceUpdate {
            name: name.to_owned(),
            description: None,
            configuration: of.configuration.clone(),
            vector_ingestion_configuration: None,
            source: of.source.clone(),
            synchronisation: of.synchronisation.clone(),
            data_deletion_policy: None,
            encryption_configuration: None,
        };
        self.catalog.update_data_source(of.knowledge_base_id, of.id, update).await.unwrap();
    }

    pub(crate) async fn start_job(&self, of: &DataSource) -> IngestionJobId {
        let new = NewJob {
            knowledge_base_id: of.knowledge_base_id,
            data_source_id: of.id,
            description: None,
            accepts_deletions: false,
            client_token: None,
        };
        self.catalog.start_job(new).await.unwrap().id
    }

    pub(crate) async fn finish(&self, job: IngestionJobId) {
        self.catalog.finish_job(job, IngestionJobStatus::Complete, &[]).await.unwrap();
    }

    /// The jobs of a data source, the newest first.
    pub(crate) async fn jobs(&self, of: &DataSource) -> Vec<IngestionJob> {
        let query = JobQuery::default();
        self.catalog.jobs(of.knowledge_base_id, of.id, query).await.unwrap().items
    }

    pub(crate) async fn until_jobs(&self, of: &DataSource, count: usize) -> Vec<IngestionJob> {
        until(async || {
            let jobs = self.jobs(of).await;
            (jobs.len() == count).then_some(jobs)
        })
        .await
    }

    /// Tells that a source changed.
    pub(crate) async fn hint(&self, name: &str) {
        self.hints(name).unwrap().send(Ok(())).await.unwrap();
    }

    /// Lets a source end its hints with an error.
    pub(crate) async fn fail(&self, name: &str) {
        let error = ConnectorError::Unavailable { reason: "the line is cut".to_owned() };
        self.hints(name).unwrap().send(Err(error)).await.unwrap();
    }

    fn hints(&self, name: &str) -> Option<Sender<Result<(), ConnectorError>>> {
        self.sources.listened.lock().unwrap().get(name)?.hints.clone()
    }

    /// Waits until a source is listened to for the so-manieth time.
    pub(crate) async fn until_listened(&self, name: &str, times: usize) {
        let listened = || self.sources.listened.lock().unwrap().get(name).map(|one| one.times);
        until(async || (listened() == Some(times)).then_some(())).await;
    }

    /// Waits until nobody listens to a source any longer.
    pub(crate) async fn until_deaf(&self, name: &str) {
        until(async || self.hints(name)?.is_closed().then_some(())).await;
    }

    /// Waits until the triggers have looked at everything twice: a source that did not tell
    /// anything is made for them to ask.
    pub(crate) async fn looked_twice(&self) {
        for _ in 0..2 {
            let before = self.sources.looks.load(Ordering::SeqCst);
            let name = format!("probe-{before}");
            self.create(&name, None).await;
            until(async || (self.sources.looks.load(Ordering::SeqCst) > before).then_some(()))
                .await;
        }
        tokio::time::sleep(PACE.quiet + 2 * PACE.distance).await;
    }
}

async fn until<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "not in time");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
