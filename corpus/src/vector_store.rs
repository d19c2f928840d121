//! Port: the chunk index.
//!
//! Every chunk is written with its dense vector and with the lexical (BM25) vector that the store
//! makes of its text, so that lexical and hybrid search need no second indexing. The store knows
//! revisions only as numbers: which one is live, the catalog says.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::chunk::{Chunk, ChunkId};
use crate::document::{DocumentId, Revision};
use crate::filter::Filter;
use crate::id::{DataSourceId, KnowledgeBaseId};
use crate::metadata::Metadata;

/// Keeps the chunks of knowledge bases, one index for each, and searches them.
#[async_trait]
pub trait VectorStore: Send + Sync + Debug {
    /// Makes the index of a knowledge base; does nothing where it is there.
    async fn create_index(&self, spec: IndexSpec) -> Result<(), VectorStoreError>;

    /// Removes the index of a knowledge base; does nothing where there is none.
    async fn delete_index(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError>;

    /// Writes chunks; those of the same id are replaced. Found by searches that begin afterwards.
    async fn upsert(
        &self,
        index: KnowledgeBaseId,
        chunks: Vec<IndexedChunk>,
    ) -> Result<(), VectorStoreError>;

    /// Removes chunks; none of them is found by searches that begin afterwards.
    async fn delete(
        &self,
        index: KnowledgeBaseId,
        selector: Selector,
    ) -> Result<(), VectorStoreError>;

    /// Returns when everything written or removed before would survive a power loss.
    async fn flush(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError>;

    /// The best chunks, best first; those of equal score by their id.
    async fn search(
        &self,
        index: KnowledgeBaseId,
        query: SearchQuery,
    ) -> Result<Vec<SearchHit>, VectorStoreError>;

    /// Those of these chunks that there are, in any order, with their vectors: what is needed to
    /// write them again under another revision.
    async fn fetch(
        &self,
        index: KnowledgeBaseId,
        ids: &[ChunkId],
    ) -> Result<Vec<StoredChunk>, VectorStoreError>;

    /// How many chunks there are, exactly.
    async fn count(
        &self,
        index: KnowledgeBaseId,
        selector: Selector,
    ) -> Result<u64, VectorStoreError>;

    /// A cheap question that only a store in good order answers.
    async fn ping(&self) -> Result<(), VectorStoreError>;
}

/// What an index is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexSpec {
    /// Whose chunks it holds.
    pub index: KnowledgeBaseId,
    /// Length of its dense vectors, compared by cosine.
    pub dimensions: u32,
}

/// A chunk with what it is found by.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexedChunk {
    /// The chunk.
    pub chunk: Chunk,
    /// The document that it is a piece of.
    pub document: DocumentId,
    /// The revision of the document that it is a piece of.
    pub revision: Revision,
    /// The data source that the document came from.
    pub data_source: DataSourceId,
    /// What it has besides its document's attributes, as a row of a table does. Comes back with
    /// the chunk; a document's attributes do not.
    pub attributes: Metadata,
    /// Everything that filters look at, [`Self::attributes`] included. Does not come back.
    pub metadata: Metadata,
    /// Its embedding, of the index's dimensions.
    pub vector: Vec<f32>,
}

impl IndexedChunk {
    /// Its key in the index.
    pub fn id(&self) -> ChunkId {
        ChunkId::of(self.document, self.revision, self.chunk.ordinal)
    }
}

/// A chunk as the index keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredChunk {
    /// Its key in the index.
    pub id: ChunkId,
    /// The chunk.
    pub chunk: Chunk,
    /// See [`IndexedChunk::attributes`].
    pub attributes: Metadata,
    /// Its embedding. Its length may not be what it was, for only its direction counts.
    pub vector: Vec<f32>,
}

/// Names some chunks of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// All of them.
    All,
    /// Those of one data source.
    DataSource(DataSourceId),
    /// Those of all revisions of one document.
    Document(DocumentId),
    /// Those of one revision of one document.
    Revision(DocumentId, Revision),
}

/// What to look for.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchQuery {
    /// What the chunks are compared with.
    pub input: SearchInput,
    /// The data sources whose chunks are looked at; all where none are named.
    pub data_sources: Option<Vec<DataSourceId>>,
    /// What their documents' metadata must satisfy.
    pub filter: Option<Filter>,
    /// The most hits.
    pub limit: usize,
}

/// What chunks are compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum SearchInput {
    /// A vector; the score is the cosine, −1 to 1.
    Dense(Vec<f32>),
    /// A text; the score is BM25's, from 0, without bound. Chunks that share no term with it are
    /// no hits.
    Lexical(String),
}

/// A chunk that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// Its key in the index.
    pub id: ChunkId,
    /// The chunk.
    pub chunk: Chunk,
    /// The document that it is a piece of.
    pub document: DocumentId,
    /// The revision of the document that it is a piece of.
    pub revision: Revision,
    /// See [`IndexedChunk::attributes`].
    pub attributes: Metadata,
    /// How well it fits; see [`SearchInput`].
    pub score: f32,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum VectorStoreError {
    /// The index is not there.
    #[error("knowledge base {index} has no index")]
    NoIndex {
        /// The index.
        index: KnowledgeBaseId,
    },
    /// A vector of another length than the index's.
    #[error("a vector has {actual} dimensions where the index has {expected}")]
    WrongDimensions {
        /// The index's.
        expected: u32,
        /// The vector's.
        actual: usize,
    },
    /// A filter operator that this store's index does not answer.
    #[error("the filter operator {operator} is not supported by this vector store")]
    UnsupportedFilter {
        /// The operator as the API spells it.
        operator: &'static str,
    },
    /// The store does not answer, or failed for a reason that may pass.
    #[error("the vector store cannot be reached: {reason}")]
    Unavailable {
        /// What was seen.
        reason: String,
    },
    /// The store failed, and would again.
    #[error("the vector store failed: {reason}")]
    Failed {
        /// What was seen.
        reason: String,
    },
}

impl VectorStoreError {
    /// Whether another try may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
