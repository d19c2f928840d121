//! What the tests share: a knowledge base to fill and to ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Batch, Catalog, NewDataSource, NewKnowledgeBase, Outcome, OutcomeKind};
use corpus::{
    Chunk, ChunkId, ChunkingStrategy, ContentHash, CustomSource, DataDeletionPolicy, DataSourceId,
    DocumentId, DocumentKey, Embedder, IndexSpec, IndexedChunk, InferenceParameters,
    KnowledgeBaseId, Metadata, Parent, Place, Purpose, Revision, Selector, SourceConfiguration,
    SourceLocation, Span, Synchronisation, VectorStore,
};
use fixtures::clock::ManualClock;
use fixtures::embedder::FakeEmbedder;
use fixtures::generator::FakeGenerator;
use fixtures::models::FixedModels;
use fixtures::vector_store::MemoryVectorStore;
use retrieve::{
    Answer, AnswerRequest, RetrieveError, RetrieveQuery, Retrieved, Retriever, SearchType,
};
use serde_json::json;

const OWNER: &str = "worker";

/// A knowledge base with one data source, and whatever answers from it.
pub(crate) struct World {
    _directory: tempfile::TempDir,
    pub(crate) catalog: Catalog,
    pub(crate) store: Arc<MemoryVectorStore>,
    pub(crate) embedder: Arc<FakeEmbedder>,
    pub(crate) generator: Arc<FakeGenerator>,
    pub(crate) retriever: Retriever,
    pub(crate) kb: KnowledgeBaseId,
    pub(crate) ds: DataSourceId,
}

impl World {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let path = directory.path().join("catalog.sqlite");
        let catalog = Catalog::open(&path, Arc::clone(&clock) as _).await.unwrap();
        let store = Arc::new(MemoryVectorStore::default());
        let embedder = Arc::new(FakeEmbedder::new());
        let generator = Arc::new(FakeGenerator::default());
        let models = FixedModels {
            embedder: Arc::clone(&embedder) as _,
            generator: Arc::clone(&generator) as _,
        };
        let retriever =
            Retriever::new(catalog.clone(), Arc::clone(&store) as _, Arc::new(models), clock);
        let model = embedder.model();
        let kb = knowledge_base(&catalog, "main", model.fingerprint()).await;
        store.create_index(IndexSpec { index: kb, dimensions: model.dimensions }).await.unwrap();
        let ds = data_source(&catalog, kb, "first").await;
        Self { _directory: directory, catalog, store, embedder, generator, retriever, kb, ds }
    }

    pub(crate) async fn data_source(&self, name: &str) -> DataSourceId {
        data_source(&self.catalog, self.kb, name).await
    }

    /// Writes a revision beside the live one: each text is a chunk.
    pub(crate) async fn write(&self, ds: DataSourceId, key: &str, texts: &[String]) -> Revision {
        let document = (DocumentKey::new(key), location(key));
        let begun = self.catalog.begin_revisions(OWNER, self.kb, ds, &[document]).await;
        let revision = begun.unwrap()[0];
        let mut chunks = Vec::new();
        let mut start = 0;
        for texts in texts.chunks(self.embedder.model().max_batch) {
            let embeddings = self.embedder.embed(texts, Purpose::Document).await.unwrap();
            for (text, embedding) in texts.iter().zip(embeddings) {
                let end = start + text.chars().count() as u64;
                chunks.push(IndexedChunk {
                    chunk: Chunk::new(
                        u32::try_from(chunks.len()).unwrap(),
                        text.clone(),
                        Place { span: Span { start, end }, ..Place::default() },
                    ),
                    document: DocumentId::of(ds, &DocumentKey::new(key)),
                    revision,
                    data_source: ds,
                    attributes: Metadata::new(),
                    metadata: Metadata::new(),
                    vector: embedding.vector,
                });
                start = end;
            }
        }
        self.store.upsert(self.kb, chunks).await.unwrap();
        self.store.flush(self.kb).await.unwrap();
        revision
    }

    /// Ingests a document: each text is a parent, cut into its sentences.
    pub(crate) async fn index_families(&self, key: &str, texts: &[&str]) {
        let sentences = |text: &&str| -> Vec<String> {
            text.split_inclusive(". ").map(|sentence| sentence.trim().to_owned()).collect()
        };
        let revision = {
            let children: Vec<String> = texts.iter().flat_map(sentences).collect();
            self.write(self.ds, key, &children).await
        };
        let document = DocumentId::of(self.ds, &DocumentKey::new(key));
        let mut first = 0;
        for text in texts {
            let count = u32::try_from(sentences(text).len()).unwrap();
            let ids: Vec<_> = (first..first + count)
                .map(|ordinal| ChunkId::of(document, revision, ordinal))
                .collect();
            let stored = self.store.fetch(self.kb, &ids).await.unwrap();
            let chunks = stored.into_iter().map(|stored| {
                let mut chunk = stored.chunk;
                let parent = Chunk::new(first, *text, chunk.place.clone());
                chunk.parent = Some(if chunk.ordinal == first {
                    Parent::Carried(Box::new(parent))
                } else {
                    Parent::With(first)
                });
                IndexedChunk {
                    chunk,
                    document,
                    revision,
                    data_source: self.ds,
                    attributes: Metadata::new(),
                    metadata: Metadata::new(),
                    vector: stored.vector,
                }
            });
            self.store.upsert(self.kb, chunks.collect()).await.unwrap();
            first += count;
        }
        self.record(self.ds, key, revision).await;
    }

    /// Makes a revision live, in the place of the one before.
    pub(crate) async fn record(&self, ds: DataSourceId, key: &str, revision: Revision) {
        let outcome = Outcome {
            key: DocumentKey::new(key),
            location: location(key),
            submission: None,
            sidecar: false,
            access: None,
            what: OutcomeKind::Indexed {
                revision,
                chunk_count: 1,
                content_hash: ContentHash([u8::try_from(revision.0 % 256).unwrap(); 32]),
                change_key: None,
                metadata: Metadata::new(),
                recipe: None,
                partial: None,
                note: None,
                likeness: None,
            },
        };
        let batch = Batch {
            job: None,
            knowledge_base_id: self.kb,
            data_source_id: ds,
            outcomes: vec![outcome],
        };
        self.catalog.record(batch).await.unwrap();
    }

    /// Ingests a document of the first data source: each text is a chunk.
    pub(crate) async fn index(&self, key: &str, texts: &[&str]) -> Revision {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let revision = self.write(self.ds, key, &texts).await;
        self.record(self.ds, key, revision).await;
        revision
    }

    /// Removes what was replaced from the index, as the worker does.
    pub(crate) async fn sweep(&self) {
        let garbage = self.catalog.garbage(self.kb, 100).await.unwrap();
        for row in &garbage {
            let selector = Selector::Revision(row.document, row.revision);
            self.store.delete(row.knowledge_base_id, selector).await.unwrap();
        }
        self.catalog.forget_garbage(&garbage).await.unwrap();
    }

    pub(crate) async fn search(
        &self,
        text: &str,
        search_type: SearchType,
    ) -> Result<Vec<Retrieved>, RetrieveError> {
        let query = RetrieveQuery { search_type: Some(search_type), ..query(text) };
        self.retriever.retrieve(self.kb, query).await
    }

    /// The texts that a question finds, best first.
    pub(crate) async fn found(&self, text: &str, search_type: SearchType) -> Vec<String> {
        let found = self.search(text, search_type).await.unwrap();
        found.into_iter().map(|retrieved| retrieved.chunk.text).collect()
    }

    pub(crate) async fn ask(
        &self,
        question: &str,
        session: Option<&str>,
    ) -> Result<Answer, RetrieveError> {
        self.retriever
            .answer(AnswerRequest {
                session_id: session.map(str::to_owned),
                ..request(self.kb, question)
            })
            .await
    }
}

pub(crate) fn query(text: &str) -> RetrieveQuery {
    RetrieveQuery { text: text.to_owned(), number_of_results: 5, search_type: None, filter: None }
}

pub(crate) fn request(kb: KnowledgeBaseId, question: &str) -> AnswerRequest {
    AnswerRequest {
        knowledge_base_id: kb,
        model_arn: "generator".to_owned(),
        session_id: None,
        configuration: "{}".to_owned(),
        query: query(question),
        prompt_template: None,
        inference: InferenceParameters::default(),
    }
}

pub(crate) async fn knowledge_base(
    catalog: &Catalog,
    name: &str,
    index_model: String,
) -> KnowledgeBaseId {
    let new = NewKnowledgeBase {
        name: name.to_owned(),
        description: None,
        role_arn: "arn:aws:iam::123456789012:role/kb".to_owned(),
        configuration: json!({"type": "VECTOR"}),
        storage_configuration: None,
        embedding_model_arn: "embedder".to_owned(),
        index_model,
        tags: BTreeMap::new(),
        client_token: None,
    };
    catalog.create_knowledge_base(new).await.unwrap().id
}

async fn data_source(catalog: &Catalog, kb: KnowledgeBaseId, name: &str) -> DataSourceId {
    let new = NewDataSource {
        knowledge_base_id: kb,
        name: name.to_owned(),
        description: None,
        configuration: json!({"type": "CUSTOM"}),
        vector_ingestion_configuration: None,
        encryption_configuration: None,
        source: SourceConfiguration::Custom(CustomSource {}),
        synchronisation: Synchronisation::default(),
        chunking: ChunkingStrategy::FixedSize { max_tokens: 300, overlap_percentage: 20 },
        reading: corpus::Reading::default(),
        data_deletion_policy: DataDeletionPolicy::Delete,
        client_token: None,
    };
    catalog.create_data_source(new).await.unwrap().id
}

fn location(key: &str) -> SourceLocation {
    SourceLocation::Custom { id: key.to_owned() }
}
