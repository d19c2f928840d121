//! A small world for the worker: everything real that is cheap, and a source to play with.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test file uses its own part of this module"
)]

mod pushing;
mod source;
mod store;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, DataSourceUpdate, NewDataSource, NewJob, NewKnowledgeBase, Page};
use corpus::{
    ChunkingStrategy, CustomSource, DataDeletionPolicy, DataSource, DataSourceId,
    DeletionProtection, Document, DocumentKey, DocumentStatus, Embedder, Generator, IndexSpec,
    IndexedChunk, IngestionJob, IngestionJobId, IngestionJobStatus, KnowledgeBase, Reading,
    SourceConfiguration, Synchronisation, VectorStore, WebScope, WebSource,
};
use fixtures::clock::ManualClock;
use fixtures::embedder::FakeEmbedder;
use fixtures::generator::FakeGenerator;
use fixtures::models::FixedModels;
use ingest::{Extractor, IngestConfig, Isolation, Worker};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

#[allow(unused_imports, reason = "as above")]
pub(crate) use self::source::Behaviour;
use self::source::{OneSource, Source};
use self::store::Store;

/// The longest that a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(10);

/// A running worker and what it works on.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) catalog: Catalog,
    pub(crate) vectors: Arc<Store>,
    pub(crate) embedder: Arc<FakeEmbedder>,
    pub(crate) source: Arc<Source>,
    pub(crate) knowledge_base: KnowledgeBase,
    pub(crate) data_source: DataSource,
    models: FixedModels,
    worker: JoinSet<()>,
    soft: CancellationToken,
    generation: usize,
    _directory: tempfile::TempDir,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::of(SourceConfiguration::Custom(CustomSource {}), ChunkingStrategy::Default).await
    }

    /// A world whose documents are cut in another way.
    pub(crate) async fn chunked(chunking: ChunkingStrategy) -> Self {
        Self::of(SourceConfiguration::Custom(CustomSource {}), chunking).await
    }

    /// A world whose source passes for a web site.
    pub(crate) async fn of_pages(keep_duplicates: bool) -> Self {
        let source = SourceConfiguration::Web(WebSource {
            seed_urls: vec!["https://a.example/".to_owned()],
            scope: WebScope::HostOnly,
            inclusion_filters: Vec::new(),
            exclusion_filters: Vec::new(),
            rate_limit: 300,
            max_pages: 25_000,
            user_agent_suffix: None,
            user_agent_header: None,
            render: false,
            keep_duplicates,
        });
        Self::of(source, ChunkingStrategy::Default).await
    }

    /// A world whose data source is read with the help of this language model.
    pub(crate) async fn of_reading(reading: Reading, generator: Arc<dyn Generator>) -> Self {
        let source = SourceConfiguration::Custom(CustomSource {});
        Self::with(source, ChunkingStrategy::Default, reading, generator).await
    }

    async fn of(source: SourceConfiguration, chunking: ChunkingStrategy) -> Self {
        let generator = Arc::new(FakeGenerator::default());
        Self::with(source, chunking, Reading::default(), generator).await
    }

    async fn with(
        source: SourceConfiguration,
        chunking: ChunkingStrategy,
        reading: Reading,
        generator: Arc<dyn Generator>,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let catalog = Catalog::open(&directory.path().join("catalog.db"), clock).await.unwrap();
        let embedder = Arc::new(FakeEmbedder::new());
        let model = embedder.model().clone();
        let (knowledge_base, data_source) =
            resources(&catalog, "first", model.fingerprint(), source, (chunking, reading)).await;
        let vectors = Arc::new(Store::default());
        let spec = IndexSpec { index: knowledge_base.id, dimensions: model.dimensions };
        vectors.create_index(spec).await.unwrap();
        let models =
            FixedModels { embedder: Arc::clone(&embedder) as Arc<dyn Embedder>, generator };
        let mut world = Self {
            catalog,
            vectors,
            embedder,
            source: Arc::new(Source::default()),
            knowledge_base,
            data_source,
            models,
            worker: JoinSet::new(),
            soft: CancellationToken::new(),
            generation: 0,
            _directory: directory,
        };
        world.start_worker();
        world
    }

    pub(crate) fn start_worker(&mut self) {
        self.generation += 1;
        self.soft = CancellationToken::new();
        let config = IngestConfig {
            max_document_mb: NonZero::new(1).unwrap(),
            read_timeout_seconds: NonZero::new(1).unwrap(),
            ..IngestConfig::default()
        };
        let extractor = Extractor::new(Isolation::Threads, config.bounds());
        let worker = Worker::new(
            self.catalog.clone(),
            Arc::clone(&self.vectors) as Arc<dyn VectorStore>,
            Arc::new(self.models.clone()),
            Arc::new(OneSource(Arc::clone(&self.source))),
            config,
            extractor,
            format!("test-{}", self.generation),
        );
        self.worker.spawn(worker.run(self.soft.clone(), CancellationToken::new()));
    }

    pub(crate) async fn stop_worker(&mut self) {
        self.soft.cancel();
        while self.worker.join_next().await.is_some() {}
    }

    /// Ends the worker as a crash does.
    pub(crate) async fn kill_worker(&mut self) {
        self.worker.shutdown().await;
    }

    /// From now on, workers that are started find this model behind every id.
    pub(crate) fn route_to(&mut self, embedder: FakeEmbedder) {
        self.models.embedder = Arc::new(embedder);
    }

    pub(crate) async fn begin_sync(&self) -> IngestionJob {
        self.catalog.start_job(self.new_job()).await.unwrap()
    }

    fn new_job(&self) -> NewJob {
        NewJob {
            knowledge_base_id: self.knowledge_base.id,
            data_source_id: self.data_source.id,
            description: None,
            accepts_deletions: false,
            client_token: None,
        }
    }

    /// A job whose starter agrees to what it removes.
    pub(crate) async fn sync_accepting_deletions(&self) -> IngestionJob {
        let new = NewJob { accepts_deletions: true, ..self.new_job() };
        let job = self.catalog.start_job(new).await.unwrap();
        self.ended(job.id).await
    }

    /// From now on jobs may remove so much.
    pub(crate) async fn protect(&self, deletion_protection: DeletionProtection) {
        let update = DataSourceUpdate {
            name: self.data_source.name.clone(),
            description: None,
            configuration: self.data_source.configuration.clone(),
            vector_ingestion_configuration: None,
            source: self.data_source.source.clone(),
            synchronisation: Synchronisation { schedule: None, deletion_protection },
            data_deletion_policy: None,
            encryption_configuration: None,
        };
        let (knowledge_base, data_source) = (self.knowledge_base.id, self.data_source.id);
        self.catalog.update_data_source(knowledge_base, data_source, update).await.unwrap();
    }

    /// What the source remembered under a name.
    pub(crate) async fn remembered(&self, name: &str) -> Option<Vec<u8>> {
        self.catalog.source_state(self.data_source.id).load(name).await.unwrap()
    }

    /// All chunks in the index: stale ones too.
    pub(crate) fn chunks(&self) -> Vec<IndexedChunk> {
        self.vectors.memory.chunks(self.knowledge_base.id)
    }

    pub(crate) async fn sync(&self) -> IngestionJob {
        let job = self.begin_sync().await;
        self.ended(job.id).await
    }

    pub(crate) async fn job(&self, id: IngestionJobId) -> IngestionJob {
        self.catalog.job(self.knowledge_base.id, self.data_source.id, id).await.unwrap()
    }

    /// The job once it has ended.
    pub(crate) async fn ended(&self, id: IngestionJobId) -> IngestionJob {
        let poll = async {
            loop {
                let job = self.job(id).await;
                if job.status.is_final() {
                    return job;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll).await.unwrap()
    }

    /// Waits until the worker has taken the job up.
    pub(crate) async fn until_running(&self, id: IngestionJobId) {
        let poll = async {
            while self.job(id).await.status == IngestionJobStatus::Starting {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll).await.unwrap();
    }

    /// Waits until the job writes to the index, which is held up, or is over.
    pub(crate) async fn until_held_or_over(&self, id: IngestionJobId) {
        let poll = async {
            while self.vectors.held() == 0 && !self.job(id).await.status.is_final() {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll).await.unwrap();
    }

    /// Waits until something holds.
    pub(crate) async fn until(&self, holds: impl Fn() -> bool) {
        let poll = async {
            while !holds() {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll).await.unwrap();
    }

    pub(crate) async fn document(&self, key: &str) -> Option<Document> {
        let key = DocumentKey::new(key);
        let mut found = self
            .catalog
            .documents_by_key(self.data_source.id, std::slice::from_ref(&key))
            .await
            .unwrap();
        found.remove(&key)
    }

    /// All documents of the data source.
    pub(crate) async fn documents(&self) -> Vec<Document> {
        let page = Page { limit: 1_000, after: None };
        let (knowledge_base, data_source) = (self.knowledge_base.id, self.data_source.id);
        self.catalog.documents(knowledge_base, data_source, page).await.unwrap().items
    }

    /// Waits until nothing that was pushed waits.
    pub(crate) async fn until_settled(&self) {
        let poll = async {
            loop {
                let waits = |document: &Document| {
                    use DocumentStatus::{Deleting, InProgress, Pending};
                    matches!(document.status, Pending | InProgress | Deleting)
                };
                if !self.documents().await.iter().any(waits) {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll).await.unwrap();
    }

    pub(crate) async fn until_indexed(&self, key: &str, chunks: u64) {
        let poll = async {
            loop {
                if let Some(document) = self.document(key).await
                    && document.status == DocumentStatus::Indexed
                    && document.chunk_count == chunks
                {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll).await.unwrap();
    }

    pub(crate) async fn until_gone(&self, data_source: DataSourceId) {
        let poll = async {
            while self.catalog.data_source(self.knowledge_base.id, data_source).await.is_ok() {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll).await.unwrap();
    }

    /// The texts of all chunks in the index, sorted: stale ones too.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut texts: Vec<_> = self
            .vectors
            .memory
            .chunks(self.knowledge_base.id)
            .into_iter()
            .map(|chunk| chunk.chunk.text)
            .collect();
        texts.sort();
        texts
    }

    /// Another knowledge base with a data source.
    pub(crate) async fn another(&self, name: &str) -> (KnowledgeBase, DataSource) {
        let source = SourceConfiguration::Custom(CustomSource {});
        let model = self.knowledge_base.index_model.clone();
        let how = (ChunkingStrategy::Default, Reading::default());
        resources(&self.catalog, name, model, source, how).await
    }
}

/// A knowledge base and a data source in it.
async fn resources(
    catalog: &Catalog,
    name: &str,
    index_model: String,
    source: SourceConfiguration,
    (chunking, reading): (ChunkingStrategy, Reading),
) -> (KnowledgeBase, DataSource) {
    let knowledge_base = catalog
        .create_knowledge_base(NewKnowledgeBase {
            name: name.to_owned(),
            description: None,
            role_arn: "arn:aws:iam::000000000000:role/r".to_owned(),
            configuration: serde_json::json!({}),
            storage_configuration: None,
            embedding_model_arn: "amazon.titan-embed-text-v1".to_owned(),
            index_model,
            tags: BTreeMap::new(),
            client_token: None,
        })
        .await
        .unwrap();
    let data_source = catalog
        .create_data_source(NewDataSource {
            knowledge_base_id: knowledge_base.id,
            name: "ds".to_owned(),
            description: None,
            configuration: serde_json::json!({"type": "CUSTOM"}),
            vector_ingestion_configuration: None,
            encryption_configuration: None,
            source,
            synchronisation: Synchronisation::default(),
            chunking,
            reading,
            data_deletion_policy: DataDeletionPolicy::Retain,
            client_token: None,
        })
        .await
        .unwrap();
    (knowledge_base, data_source)
}
