//! What the tests share: a catalog in a directory of its own, and short ways to fill it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use catalog::{
    Batch, Catalog, CatalogError, NewContent, NewDataSource, NewDocument, NewJob, NewKnowledgeBase,
    NewMetadata, Outcome, OutcomeKind,
};
use corpus::{
    ChangeKey, ChunkingStrategy, ContentHash, CustomSource, DataDeletionPolicy, DataSource,
    DataSourceId, Document, DocumentId, DocumentKey, IngestionJob, IngestionJobId, JobStatistics,
    KnowledgeBase, KnowledgeBaseId, Metadata, MetadataValue, Revision, SourceConfiguration,
    SourceLocation, Synchronisation,
};
use fixtures::clock::ManualClock;
use serde_json::json;

/// The owner in tests that need one.
pub(crate) const OWNER: &str = "worker";

/// A lease that no test outlives unless it means to.
pub(crate) const LEASE: Duration = Duration::from_mins(1);

/// A catalog with one knowledge base and one data source.
pub(crate) struct Fixture {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) catalog: Catalog,
    pub(crate) kb: KnowledgeBaseId,
    pub(crate) ds: DataSourceId,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let catalog = open(&directory, &clock).await;
        let kb = catalog.create_knowledge_base(knowledge_base("main")).await.unwrap().id;
        let ds = catalog.create_data_source(data_source(kb, "files")).await.unwrap().id;
        Self { directory, clock, catalog, kb, ds }
    }

    pub(crate) fn path(&self) -> PathBuf {
        path(&self.directory)
    }

    /// Opens the file anew, as after a crash: nothing of the old catalog is closed before.
    pub(crate) async fn reopen(&mut self) {
        self.catalog = open(&self.directory, &self.clock).await;
    }

    pub(crate) async fn start_job(&self) -> IngestionJob {
        self.catalog.start_job(job(self.kb, self.ds)).await.unwrap()
    }

    /// A job that this test's worker is at.
    pub(crate) async fn running_job(&self) -> IngestionJobId {
        let id = self.start_job().await.id;
        assert_eq!(self.catalog.claim_job(OWNER, LEASE).await.unwrap().unwrap().id, id);
        id
    }

    pub(crate) async fn begin(&self, key: &str) -> Revision {
        let documents = [(DocumentKey::new(key), location(key))];
        self.catalog.begin_revisions(OWNER, self.kb, self.ds, &documents).await.unwrap()[0]
    }

    pub(crate) async fn record(&self, job: Option<IngestionJobId>, outcomes: Vec<Outcome>) {
        self.try_record(job, outcomes).await.unwrap();
    }

    pub(crate) async fn try_record(
        &self,
        job: Option<IngestionJobId>,
        outcomes: Vec<Outcome>,
    ) -> Result<(), CatalogError> {
        let (knowledge_base_id, data_source_id) = (self.kb, self.ds);
        self.catalog.record(Batch { job, knowledge_base_id, data_source_id, outcomes }).await
    }

    /// Begins a revision and makes it live.
    pub(crate) async fn index(&self, job: Option<IngestionJobId>, key: &str) -> Revision {
        let revision = self.begin(key).await;
        self.record(job, vec![outcome(key, indexed(revision))]).await;
        revision
    }

    /// Submits a document for ingestion.
    pub(crate) async fn push(&self, key: &str) {
        let document = NewDocument {
            key: DocumentKey::new(key),
            location: location(key),
            content: NewContent::Inline(b"pushed".to_vec()),
            media_type: None,
            metadata: NewMetadata::Inline(Metadata::new()),
        };
        let pushed = self.catalog.ingest_documents(self.kb, self.ds, vec![document], None).await;
        assert_eq!(pushed.unwrap().len(), 1);
    }

    /// Submits a document for removal.
    pub(crate) async fn remove(&self, key: &str) {
        let keys = [DocumentKey::new(key)];
        let removed = self.catalog.delete_documents(self.kb, self.ds, &keys, None).await;
        assert_eq!(removed.unwrap().len(), 1);
    }

    pub(crate) async fn document(&self, key: &str) -> Option<Document> {
        let key = DocumentKey::new(key);
        let found = self.catalog.documents_by_key(self.ds, std::slice::from_ref(&key)).await;
        found.unwrap().remove(&key)
    }

    pub(crate) async fn statistics(&self, job: IngestionJobId) -> JobStatistics {
        self.job(job).await.statistics
    }

    pub(crate) async fn job(&self, job: IngestionJobId) -> IngestionJob {
        self.catalog.job(self.kb, self.ds, job).await.unwrap()
    }

    pub(crate) fn id(&self, key: &str) -> DocumentId {
        DocumentId::of(self.ds, &DocumentKey::new(key))
    }

    /// Whether retrieval may return the document.
    pub(crate) async fn is_live(&self, key: &str) -> bool {
        let id = self.id(key);
        self.catalog.live(self.kb, &[id]).await.unwrap().contains_key(&id)
    }

    /// The garbage of these documents, which is all there is: key and revision.
    pub(crate) async fn garbage(&self, keys: &[&str]) -> Vec<(String, u32)> {
        let garbage = self.catalog.garbage(self.kb, 100).await.unwrap();
        let mut found = Vec::new();
        for key in keys {
            for row in garbage.iter().filter(|row| row.document == self.id(key)) {
                found.push(((*key).to_owned(), row.revision.0));
            }
        }
        assert_eq!(found.len(), garbage.len(), "garbage of other documents: {garbage:?}");
        found
    }
}

pub(crate) fn path(directory: &tempfile::TempDir) -> PathBuf {
    directory.path().join("catalog.sqlite")
}

pub(crate) async fn open(directory: &tempfile::TempDir, clock: &Arc<ManualClock>) -> Catalog {
    let clock = Arc::clone(clock);
    Catalog::open(&path(directory), clock).await.unwrap()
}

pub(crate) fn knowledge_base(name: &str) -> NewKnowledgeBase {
    NewKnowledgeBase {
        name: name.to_owned(),
        description: Some("for tests".to_owned()),
        role_arn: "arn:aws:iam::123456789012:role/kb".to_owned(),
        configuration: json!({"type": "VECTOR", "scale": 0.1}),
        storage_configuration: Some(json!({"type": "OPENSEARCH_SERVERLESS"})),
        embedding_model_arn: "amazon.titan-embed-text-v1".to_owned(),
        index_model: "all-MiniLM-L6-v2/384".to_owned(),
        tags: BTreeMap::from([("team".to_owned(), "docs".to_owned())]),
        client_token: None,
    }
}

pub(crate) fn data_source(kb: KnowledgeBaseId, name: &str) -> NewDataSource {
    NewDataSource {
        knowledge_base_id: kb,
        name: name.to_owned(),
        description: None,
        configuration: json!({"type": "CUSTOM"}),
        vector_ingestion_configuration: None,
        encryption_configuration: Some(json!({"kmsKeyArn": "arn"})),
        source: SourceConfiguration::Custom(CustomSource {}),
        synchronisation: Synchronisation::default(),
        chunking: ChunkingStrategy::FixedSize { max_tokens: 300, overlap_percentage: 20 },
        reading: corpus::Reading::default(),
        data_deletion_policy: DataDeletionPolicy::Delete,
        client_token: None,
    }
}

pub(crate) fn job(kb: KnowledgeBaseId, ds: DataSourceId) -> NewJob {
    NewJob {
        knowledge_base_id: kb,
        data_source_id: ds,
        description: None,
        accepts_deletions: false,
        client_token: None,
    }
}

pub(crate) fn location(key: &str) -> SourceLocation {
    SourceLocation::Custom { id: format!("file:///data/{key}") }
}

pub(crate) fn outcome(key: &str, what: OutcomeKind) -> Outcome {
    let (key, location) = (DocumentKey::new(key), location(key));
    Outcome { key, location, submission: None, sidecar: false, access: None, what }
}

pub(crate) fn indexed(revision: Revision) -> OutcomeKind {
    indexed_with(revision, Metadata::new())
}

pub(crate) fn indexed_with(revision: Revision, metadata: Metadata) -> OutcomeKind {
    OutcomeKind::Indexed {
        revision,
        chunk_count: 3,
        content_hash: ContentHash::of(b"content"),
        change_key: Some(ChangeKey::of_content("size=7")),
        metadata,
        recipe: None,
        partial: None,
        note: None,
        likeness: None,
    }
}

/// Indexed, but for what the reason says.
pub(crate) fn partial(revision: Revision, loss: &str) -> OutcomeKind {
    OutcomeKind::Indexed {
        revision,
        chunk_count: 3,
        content_hash: ContentHash::of(b"content"),
        change_key: None,
        metadata: Metadata::new(),
        recipe: None,
        partial: Some(loss.to_owned()),
        note: None,
        likeness: None,
    }
}

pub(crate) fn failed(reason: &str) -> OutcomeKind {
    OutcomeKind::Failed { reason: reason.to_owned() }
}

pub(crate) fn ignored(reason: &str) -> OutcomeKind {
    OutcomeKind::Ignored { reason: reason.to_owned(), change_key: None }
}

pub(crate) fn unchanged() -> OutcomeKind {
    OutcomeKind::Unchanged { change_key: Some(ChangeKey::of_content("size=7")) }
}

pub(crate) fn metadata(value: &str) -> Metadata {
    Metadata::from([("topic".to_owned(), MetadataValue::String(value.to_owned()))])
}

pub(crate) fn names(items: &[DataSource]) -> Vec<&str> {
    items.iter().map(|item| item.name.as_str()).collect()
}

pub(crate) fn kb_names(items: &[KnowledgeBase]) -> Vec<&str> {
    items.iter().map(|item| item.name.as_str()).collect()
}

pub(crate) fn is_not_found<T>(result: &Result<T, CatalogError>, expect: &str) -> bool {
    matches!(result, Err(CatalogError::NotFound { what, .. }) if *what == expect)
}

pub(crate) fn is_conflict<T>(result: &Result<T, CatalogError>) -> bool {
    matches!(result, Err(CatalogError::Conflict { .. }))
}
