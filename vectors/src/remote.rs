//! The chunk index on a Qdrant server or cluster: a collection per knowledge base.
//!
//! Points are those of the embedded index, BM25 vectors included, so that the two answer alike and
//! nothing depends on what the server can embed.

mod wire;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use corpus::{
    ChunkId, IndexSpec, IndexedChunk, KnowledgeBaseId, SearchHit, SearchInput, SearchQuery,
    Selector, StoredChunk, VectorStore, VectorStoreError,
};
use qdrant_client::qdrant::with_payload_selector::SelectorOptions;
use qdrant_client::qdrant::{
    CountPoints, DeletePoints, GetPoints, PayloadExcludeSelector, PointStruct,
    PointsOperationResponse, Query, QueryPoints, UpdateStatus, UpsertPoints, VectorInput,
    WithPayloadSelector,
};
use qdrant_client::{Qdrant, QdrantError};
use secrecy::ExposeSecret;
use tonic::Code;

use crate::condition::Condition;
use crate::config::QdrantConfig;
use crate::lexical::Lexical;
use crate::payload::{DENSE, LEXICAL, NUMBERS, TERMS};

/// How long it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Calls that write chunks, delete many or make a collection may take so many times as long.
const PATIENCE: u32 = 4;
/// Chunks in one call: well under a megabyte.
const WRITTEN_AT_ONCE: usize = 64;
/// Hits asked for beyond the limit; see the embedded index.
const TIES: usize = 16;

/// The chunk index on a Qdrant server or cluster.
pub struct QdrantStore {
    client: Qdrant,
    config: QdrantConfig,
    lexical: Arc<Lexical>,
    /// Dimensions of the collections that were asked for. They never change.
    dimensions: Mutex<HashMap<KnowledgeBaseId, u32>>,
}

impl fmt::Debug for QdrantStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QdrantStore").field("config", &self.config).finish_non_exhaustive()
    }
}

impl QdrantStore {
    /// A client of a server; it connects when it is first asked for something.
    pub fn new(config: &QdrantConfig) -> Result<Self, VectorStoreError> {
        let mut builder = Qdrant::from_url(&config.url)
            .timeout(config.timeout() * PATIENCE)
            .connect_timeout(CONNECT_TIMEOUT)
            .keep_alive_while_idle()
            // It would print to standard output.
            .skip_compatibility_check();
        if let Some(key) = &config.api_key {
            builder = builder.api_key(key.expose_secret());
        }
        let client = builder.build().map_err(|error| VectorStoreError::Failed {
            reason: format!("{error}; check the url of the vector store"),
        })?;
        Ok(Self {
            client,
            config: config.clone(),
            lexical: Arc::new(Lexical::new()?),
            dimensions: Mutex::default(),
        })
    }

    fn collection(&self, index: KnowledgeBaseId) -> String {
        format!("{}{index}", self.config.collection_prefix)
    }

    /// Waits for an answer, but not for ever.
    async fn ask<T>(
        &self,
        index: Option<KnowledgeBaseId>,
        times: u32,
        call: impl Future<Output = Result<T, QdrantError>> + Send,
    ) -> Result<T, VectorStoreError> {
        let deadline = self.config.timeout() * times;
        match tokio::time::timeout(deadline, call).await {
            Ok(answer) => answer.map_err(|error| failed(index, error)),
            Err(_) => Err(VectorStoreError::Unavailable {
                reason: format!("no answer within {} seconds", deadline.as_secs()),
            }),
        }
    }

    /// Waits until the server has carried out a change.
    async fn change(
        &self,
        index: KnowledgeBaseId,
        call: impl Future<Output = Result<PointsOperationResponse, QdrantError>> + Send,
    ) -> Result<(), VectorStoreError> {
        let answer = self.ask(Some(index), PATIENCE, call).await?;
        let status = answer.result.map(|result| result.status);
        if status == Some(UpdateStatus::Completed.into()) {
            return Ok(());
        }
        Err(VectorStoreError::Unavailable {
            reason: "the server took a change and did not carry it out in time".to_owned(),
        })
    }

    /// Refuses vectors of another length than the index's.
    async fn check_dimensions(
        &self,
        index: KnowledgeBaseId,
        lengths: impl Iterator<Item = usize> + Send,
    ) -> Result<(), VectorStoreError> {
        let expected = self.index_dimensions(index).await?;
        for actual in lengths {
            if actual != expected as usize {
                return Err(VectorStoreError::WrongDimensions { expected, actual });
            }
        }
        Ok(())
    }

    async fn index_dimensions(&self, index: KnowledgeBaseId) -> Result<u32, VectorStoreError> {
        let known = self.known_dimensions(|known| known.get(&index).copied());
        if let Some(dimensions) = known {
            return Ok(dimensions);
        }
        let info = self.client.collection_info(self.collection(index));
        let info = self.ask(Some(index), 1, info).await?;
        let dimensions = wire::dimensions(info).ok_or_else(|| VectorStoreError::Failed {
            reason: format!("collection {} is none of this service", self.collection(index)),
        })?;
        self.known_dimensions(|known| known.insert(index, dimensions));
        Ok(dimensions)
    }

    fn known_dimensions<T>(&self, work: impl FnOnce(&mut HashMap<KnowledgeBaseId, u32>) -> T) -> T {
        work(&mut self.dimensions.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the points of chunks, on a thread that may be busy.
    async fn points(
        &self,
        chunks: Vec<IndexedChunk>,
    ) -> Result<Vec<PointStruct>, VectorStoreError> {
        let lexical = Arc::clone(&self.lexical);
        let points = tokio::task::spawn_blocking(move || {
            chunks.into_iter().map(|chunk| wire::point(chunk, &lexical)).collect()
        });
        points.await.map_err(|error| VectorStoreError::Failed { reason: error.to_string() })?
    }
}

#[async_trait]
impl VectorStore for QdrantStore {
    async fn create_index(&self, spec: IndexSpec) -> Result<(), VectorStoreError> {
        let collection = self.collection(spec.index);
        let exists = self.client.collection_exists(&collection);
        if !self.ask(None, 1, exists).await? {
            let create = wire::collection(&collection, spec.dimensions, self.config.replicas);
            let created = Box::pin(self.client.create_collection(create));
            match self.ask(None, PATIENCE, created).await {
                // Somebody else was faster.
                Err(VectorStoreError::Failed { reason }) if reason.contains("already exists") => {}
                outcome => drop(outcome?),
            }
        }
        // Also where the collection was there: its maker may have died before this.
        for field_index in wire::payload_indexes(&collection) {
            self.change(spec.index, self.client.create_field_index(field_index)).await?;
        }
        Ok(())
    }

    async fn delete_index(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        self.known_dimensions(|known| known.remove(&index));
        match self
            .ask(Some(index), PATIENCE, self.client.delete_collection(self.collection(index)))
            .await
        {
            Ok(_) | Err(VectorStoreError::NoIndex { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn upsert(
        &self,
        index: KnowledgeBaseId,
        chunks: Vec<IndexedChunk>,
    ) -> Result<(), VectorStoreError> {
        self.check_dimensions(index, chunks.iter().map(|chunk| chunk.vector.len())).await?;
        let mut points = self.points(chunks).await?;
        while !points.is_empty() {
            let later = points.split_off(points.len().min(WRITTEN_AT_ONCE));
            let request = UpsertPoints {
                collection_name: self.collection(index),
                wait: Some(true),
                points: std::mem::replace(&mut points, later),
                ..UpsertPoints::default()
            };
            self.change(index, self.client.upsert_points(request)).await?;
        }
        Ok(())
    }

    async fn delete(
        &self,
        index: KnowledgeBaseId,
        selector: Selector,
    ) -> Result<(), VectorStoreError> {
        let request = DeletePoints {
            collection_name: self.collection(index),
            wait: Some(true),
            points: Some(wire::selector(Condition::of_selector(selector).as_ref())),
            ..DeletePoints::default()
        };
        self.change(index, self.client.delete_points(request)).await
    }

    /// Every change was carried out when it was acknowledged; how safely it is kept, and on how
    /// many nodes, is the server's to decide. This only asks whether the index is there.
    async fn flush(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        let exists = self.client.collection_exists(self.collection(index));
        if self.ask(Some(index), 1, exists).await? {
            Ok(())
        } else {
            Err(VectorStoreError::NoIndex { index })
        }
    }

    async fn search(
        &self,
        index: KnowledgeBaseId,
        query: SearchQuery,
    ) -> Result<Vec<SearchHit>, VectorStoreError> {
        let length = match &query.input {
            SearchInput::Dense(vector) => Some(vector.len()),
            SearchInput::Lexical(_) => None,
        };
        self.check_dimensions(index, length.into_iter()).await?;
        let (using, vector) = match query.input {
            SearchInput::Dense(vector) => (DENSE, VectorInput::new_dense(vector)),
            SearchInput::Lexical(text) => {
                let words = self.lexical.query(&text);
                if words.indices.is_empty() {
                    return Ok(Vec::new());
                }
                (LEXICAL, VectorInput::new_sparse(words.indices, words.values))
            }
        };
        let condition = Condition::of_search(query.data_sources.as_deref(), query.filter.as_ref())?;
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let request = QueryPoints {
            collection_name: self.collection(index),
            query: Some(Query::new_nearest(vector)),
            using: Some(using.to_owned()),
            filter: condition.as_ref().map(wire::filter),
            limit: Some(query.limit.saturating_add(TIES) as u64),
            with_payload: Some(without_filters()),
            ..QueryPoints::default()
        };
        let answer = self.ask(Some(index), 1, Box::pin(self.client.query(request))).await?;
        let mut hits = Vec::with_capacity(answer.result.len());
        for point in answer.result {
            if using == DENSE || point.score > 0.0 {
                hits.push(wire::hit(point)?);
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        hits.truncate(query.limit);
        Ok(hits)
    }

    async fn fetch(
        &self,
        index: KnowledgeBaseId,
        ids: &[ChunkId],
    ) -> Result<Vec<StoredChunk>, VectorStoreError> {
        let request = GetPoints {
            collection_name: self.collection(index),
            ids: ids.iter().copied().map(wire::point_id).collect(),
            with_payload: Some(without_filters()),
            with_vectors: Some(vec![DENSE].into()),
            ..GetPoints::default()
        };
        let answer = self.ask(Some(index), PATIENCE, self.client.get_points(request)).await?;
        answer.result.into_iter().map(wire::stored).collect()
    }

    async fn count(
        &self,
        index: KnowledgeBaseId,
        selector: Selector,
    ) -> Result<u64, VectorStoreError> {
        let request = CountPoints {
            collection_name: self.collection(index),
            filter: Condition::of_selector(selector).as_ref().map(wire::filter),
            exact: Some(true),
            ..CountPoints::default()
        };
        let answer = self.ask(Some(index), 1, self.client.count(request)).await?;
        answer.result.map(|result| result.count).ok_or_else(|| VectorStoreError::Failed {
            reason: "the server counted and did not say how many".to_owned(),
        })
    }

    async fn ping(&self) -> Result<(), VectorStoreError> {
        self.ask(None, 1, self.client.health_check()).await.map(drop)
    }
}

/// Asks for a payload without what only filters read.
fn without_filters() -> WithPayloadSelector {
    let unread = PayloadExcludeSelector { fields: vec![TERMS.to_owned(), NUMBERS.to_owned()] };
    SelectorOptions::Exclude(unread).into()
}

/// What an error of the client is to a caller.
fn failed(index: Option<KnowledgeBaseId>, error: QdrantError) -> VectorStoreError {
    let status = match error {
        QdrantError::ResponseError { status }
        | QdrantError::ResourceExhaustedError { status, .. } => status,
        error @ QdrantError::Io(_) => {
            return VectorStoreError::Unavailable { reason: error.to_string() };
        }
        error => return VectorStoreError::Failed { reason: error.to_string() },
    };
    let reason = status.message().to_owned();
    match (status.code(), index) {
        (Code::NotFound, Some(index)) => VectorStoreError::NoIndex { index },
        (Code::Unauthenticated | Code::PermissionDenied, _) => VectorStoreError::Failed {
            reason: format!("{reason}; check the api_key of the vector store"),
        },
        // The client calls it internal when it cannot connect, and so does a server of which a
        // node is down.
        (
            Code::Internal
            | Code::Unavailable
            | Code::Unknown
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::ResourceExhausted,
            _,
        ) => VectorStoreError::Unavailable { reason },
        _ => VectorStoreError::Failed { reason },
    }
}
