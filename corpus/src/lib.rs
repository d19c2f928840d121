//! The vocabulary of Outcrop and the ports between its parts.
//!
//! Everything here is plain data or a trait: no I/O, no framework, no other crate of ours. Names
//! are Amazon Bedrock Knowledge Bases' own where it has one, and the field's standard terms
//! elsewhere.
//!
//! Two halves:
//!
//! * the **vocabulary**: [`KnowledgeBase`], [`DataSource`], [`Document`], [`Chunk`], [`Filter`],
//!   [`IngestionJob`] and what they are made of;
//! * the **ports**: [`Connector`], [`VectorStore`], [`Embedder`], [`Generator`] and the small ones
//!   beside them ([`Clock`], [`SourceState`], [`Models`], [`Connectors`]). Each has a contract
//!   suite in `fixtures` that every implementation runs.

mod attributes;
mod chunk;
mod clock;
mod data_source;
mod document;
mod filter;
mod id;
mod job;
mod knowledge_base;
mod metadata;
mod model;

mod connector;
mod embedder;
mod generator;
mod transient;
mod vector_store;

pub use attributes::{DATA_SOURCE_ID, MODALITY, PAGE, SOURCE_URI, add_reserved_attributes};
pub use chunk::{Chunk, ChunkId, Place, Span};
pub use clock::Clock;
pub use connector::{
    Body, Connector, ConnectorError, Connectors, Content, ReadError, SourceDocument, SourceEvent,
    SourceMetadata, SourceState, StateEntry, StateError,
};
pub use data_source::{
    ChunkingStrategy, CustomSource, DataDeletionPolicy, DataSource, DataSourceStatus, FolderSource,
    SourceConfiguration,
};
pub use document::{
    ContentHash, Document, DocumentId, DocumentKey, DocumentStatus, Revision, SourceLocation,
};
pub use embedder::{EmbedError, Embedder, Embedding, Purpose};
pub use filter::{Filter, FilterError, Operand, Operator};
pub use generator::{
    GenerateError, Generation, GenerationRequest, Generator, InferenceParameters, Message, Passage,
    Role, StopReason, Usage,
};
pub use id::{DataSourceId, IngestionJobId, InvalidId, KnowledgeBaseId, ResourceId, ResourceKind};
pub use job::{IngestionJob, IngestionJobStatus, JobStatistics};
pub use knowledge_base::{KnowledgeBase, KnowledgeBaseStatus};
pub use metadata::{Metadata, MetadataValue};
pub use model::{EmbeddingModel, ModelError, Models};
pub use transient::Retryable;
pub use vector_store::{
    IndexSpec, IndexedChunk, SearchHit, SearchInput, SearchQuery, Selector, VectorStore,
    VectorStoreError,
};
