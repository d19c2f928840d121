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
//!   beside them ([`Clock`], [`SourceState`], [`Secrets`], [`Models`], [`Connectors`]). Each has a
//!   contract suite in `fixtures` that every implementation runs.

mod access;
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
mod reading;
mod schedule;
mod source;

mod connector;
mod embedder;
mod generator;
mod secret;
mod source_document;
mod source_state;
mod transient;
mod vector_store;

pub use access::{Access, Principal, PrincipalKind};
pub use attributes::{DATA_SOURCE_ID, MODALITY, PAGE, SOURCE_URI, add_reserved_attributes};
pub use chunk::{Chunk, ChunkId, Parent, Place, SourcePlace, Span};
pub use clock::Clock;
pub use connector::{Connector, ConnectorError, Connectors, S3Object, SourceEvent};
pub use data_source::{
    ChunkingStrategy, DataDeletionPolicy, DataSource, DataSourceStatus, DeletionProtection,
    Synchronisation,
};
pub use document::{
    ContentHash, Document, DocumentId, DocumentKey, DocumentStatus, Revision, SourceLocation,
};
pub use embedder::{EmbedError, Embedder, Embedding, Purpose};
pub use filter::{Filter, FilterError, Operand, Operator};
pub use generator::{
    GenerateError, Generation, GenerationRequest, Generator, Image, ImageFormat,
    InferenceParameters, Message, Passage, Role, StopReason, Usage,
};
pub use id::{DataSourceId, IngestionJobId, InvalidId, KnowledgeBaseId, ResourceId, ResourceKind};
pub use job::{IngestionJob, IngestionJobStatus, JobStatistics, ModelUse};
pub use knowledge_base::{KnowledgeBase, KnowledgeBaseStatus};
pub use metadata::{Metadata, MetadataValue};
pub use model::{EmbeddingModel, ModelError, Models, language_model};
pub use reading::{ModelTask, Reading};
pub use schedule::{Schedule, ScheduleError};
pub use secret::{Secret, SecretError, SecretFields, Secrets};
pub use source::{
    ConfluenceAuthentication, ConfluenceHosting, ConfluenceSource, CustomSource, FolderSource,
    ObjectFilter, S3Source, SalesforceSource, SharePointAuthentication, SharePointSource,
    SourceConfiguration, WebScope, WebSource,
};
pub use source_document::{
    Body, ChangeKey, Content, ReadError, RecordStructure, Sidecar, SidecarContents, SidecarError,
    SourceDocument, SourceMetadata,
};
pub use source_state::{SourceState, StateEntry, StateError};
pub use transient::Retryable;
pub use vector_store::{
    IndexSpec, IndexedChunk, SearchHit, SearchInput, SearchQuery, Selector, StoredChunk,
    VectorStore, VectorStoreError,
};
