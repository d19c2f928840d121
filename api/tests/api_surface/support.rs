//! A server in process, and what tests ask of it.

use std::sync::Arc;

use api::{ApiState, Identity, Limits, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use catalog::{Batch, Catalog, Outcome, OutcomeKind, SecretKey};
use corpus::{
    Chunk, Connector, ConnectorError, Connectors, Content, ContentHash, DataSource, DocumentId,
    DocumentKey, Embedder, IndexSpec, IndexedChunk, Metadata, Models, Place, Purpose, S3Object,
    Sidecar, SourceEvent, SourceLocation, SourceState, Span, VectorStore,
};
use fixtures::clock::ManualClock;
use fixtures::embedder::FakeEmbedder;
use fixtures::generator::FakeGenerator;
use fixtures::models::FixedModels;
use fixtures::vector_store::MemoryVectorStore;
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use retrieve::Retriever;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

/// The role that every knowledge base of the tests names.
const ROLE: &str = "arn:aws:iam::123456789012:role/r";

/// A server and what is behind it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) state: ApiState,
    pub(crate) vectors: Arc<MemoryVectorStore>,
    pub(crate) embedder: Arc<FakeEmbedder>,
    pub(crate) generator: Arc<FakeGenerator>,
    router: Router,
    _directory: TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// The exception's name, or the empty text.
    pub(crate) fn error(&self) -> &str {
        self.headers.get("x-amzn-errortype").map_or("", |value| value.to_str().unwrap())
    }

    /// The exception's message.
    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }
}

impl Server {
    /// A server with an empty catalog.
    pub(crate) async fn new() -> Self {
        Self::with_limits(Limits::default()).await
    }

    /// A server with an empty catalog and other bounds.
    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("catalog.sqlite");
        let clock = Arc::new(ManualClock::default());
        let catalog = Catalog::open(&file, Arc::<ManualClock>::clone(&clock)).await.unwrap();
        let vectors = Arc::new(MemoryVectorStore::default());
        let embedder = Arc::new(FakeEmbedder::new());
        let generator = Arc::new(FakeGenerator::default());
        let models = Arc::new(FixedModels {
            embedder: Arc::<FakeEmbedder>::clone(&embedder),
            generator: Arc::<FakeGenerator>::clone(&generator),
        });
        let index: Arc<dyn VectorStore> = Arc::<MemoryVectorStore>::clone(&vectors);
        let retriever = Retriever::new(
            catalog.clone(),
            Arc::clone(&index),
            Arc::<FixedModels>::clone(&models),
            clock,
        );
        let secrets = catalog.secrets(SecretKey::new([7; 32]));
        let state = ApiState {
            secrets,
            catalog,
            retriever,
            vectors: index,
            models,
            connectors: Arc::new(FakeConnectors),
            identity: Identity::default(),
            limits,
        };
        let router = router(state.clone());
        Self { state, vectors, embedder, generator, router, _directory: directory }
    }

    /// Puts other models behind new knowledge bases.
    pub(crate) fn use_models(&mut self, models: Arc<dyn Models>) {
        self.state.models = models;
        self.router = router(self.state.clone());
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| String::from_utf8(bytes.to_vec()).unwrap().into());
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// Sends JSON, and checks that the answer has a request id.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Reply {
        let body = Body::from(body.to_string());
        let reply =
            self.send(Request::builder().method(method).uri(path).body(body).unwrap()).await;
        assert_eq!(reply.headers["x-amzn-requestid"].len(), 36);
        reply
    }

    /// Creates a knowledge base and returns its id.
    pub(crate) async fn knowledge_base(&self, name: &str) -> String {
        let reply = self.call(Method::PUT, "/knowledgebases/", knowledge_base(name)).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{reply:?}");
        reply.body["knowledgeBase"]["knowledgeBaseId"].as_str().unwrap().to_owned()
    }

    /// Creates a data source for direct ingestion and returns its path.
    pub(crate) async fn data_source(&self, knowledge_base: &str) -> String {
        let path = format!("/knowledgebases/{knowledge_base}/datasources");
        let body = json!({"name": "ds", "dataSourceConfiguration": {"type": "CUSTOM"}});
        let reply = self.call(Method::PUT, &path, body).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        format!("{path}/{}", reply.body["dataSource"]["dataSourceId"].as_str().unwrap())
    }

    /// Makes a document of one chunk live, as the worker would.
    pub(crate) async fn index(&self, source: &str, key: &str, text: &str, metadata: Metadata) {
        let mut parts = source.split('/').skip(2).step_by(2);
        let knowledge_base = parts.next().unwrap().parse().unwrap();
        let data_source = parts.next().unwrap().parse().unwrap();
        let key = DocumentKey::new(key);
        let location = SourceLocation::Custom { id: key.as_str().to_owned() };
        let begun = [(key.clone(), location.clone())];
        let catalog = &self.state.catalog;
        let revision =
            catalog.begin_revisions("test", knowledge_base, data_source, &begun).await.unwrap()[0];
        let dimensions = self.embedder.model().dimensions;
        self.vectors.create_index(IndexSpec { index: knowledge_base, dimensions }).await.unwrap();
        let embedded = self.embedder.embed(&[text.to_owned()], Purpose::Document).await.unwrap();
        let end = text.chars().count() as u64;
        let place = Place {
            span: Span { start: 0, end },
            page: Some(3),
            headings: vec!["H".to_owned()],
            ..Place::default()
        };
        let chunk = IndexedChunk {
            chunk: Chunk::new(0, text, place),
            document: DocumentId::of(data_source, &key),
            revision,
            data_source,
            attributes: Metadata::new(),
            metadata: metadata.clone(),
            vector: embedded[0].vector.clone(),
        };
        self.vectors.upsert(knowledge_base, vec![chunk]).await.unwrap();
        let what = OutcomeKind::Indexed {
            revision,
            chunk_count: 1,
            content_hash: ContentHash::of(text.as_bytes()),
            change_key: None,
            metadata,
            recipe: None,
            partial: None,
            note: None,
            likeness: None,
        };
        let outcome =
            Outcome { key, location, submission: None, sidecar: false, access: None, what };
        let batch = Batch {
            job: None,
            knowledge_base_id: knowledge_base,
            data_source_id: data_source,
            outcomes: vec![outcome],
        };
        catalog.record(batch).await.unwrap();
    }
}

/// The body of a valid `CreateKnowledgeBase`.
pub(crate) fn knowledge_base(name: &str) -> Value {
    json!({
        "name": name,
        "roleArn": ROLE,
        "knowledgeBaseConfiguration": {
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": "amazon.titan-embed-text-v1"},
        },
    })
}

/// Finds every folder but those whose path has `missing` in it.
#[derive(Debug)]
struct FakeConnectors;

#[derive(Debug)]
struct FakeConnector {
    missing: bool,
}

impl Connectors for FakeConnectors {
    fn connector(&self, data_source: &DataSource) -> Result<Arc<dyn Connector>, ConnectorError> {
        let missing = data_source.configuration.to_string().contains("missing");
        Ok(Arc::new(FakeConnector { missing }))
    }

    fn object(&self, _object: &S3Object) -> Result<Arc<dyn Content>, ConnectorError> {
        Err(ConnectorError::Misconfigured { reason: "there are no objects here".to_owned() })
    }

    fn sidecar(&self, _object: &S3Object) -> Result<Arc<dyn Sidecar>, ConnectorError> {
        Err(ConnectorError::Misconfigured { reason: "there are no objects here".to_owned() })
    }
}

#[async_trait::async_trait]
impl Connector for FakeConnector {
    async fn check(&self) -> Result<(), ConnectorError> {
        if self.missing {
            let reason = "the folder is missing: create it".to_owned();
            return Err(ConnectorError::Misconfigured { reason });
        }
        Ok(())
    }

    fn enumerate(
        &self,
        _state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        stream::once(async { Ok(SourceEvent::Complete) }).boxed()
    }
}
