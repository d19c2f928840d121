//! A data source: where documents of a knowledge base come from, and how they are cut.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::id::{DataSourceId, KnowledgeBaseId};
use crate::reading::Reading;
use crate::schedule::Schedule;
use crate::source::SourceConfiguration;

/// A data source as the catalog keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataSource {
    /// Its id.
    pub id: DataSourceId,
    /// The knowledge base that it feeds.
    pub knowledge_base_id: KnowledgeBaseId,
    /// Its name, unique within the knowledge base.
    pub name: String,
    /// What it is, in its owner's words.
    pub description: Option<String>,
    /// `dataSourceConfiguration` as the client sent it, echoed exactly.
    pub configuration: serde_json::Value,
    /// `vectorIngestionConfiguration` as the client sent it, echoed exactly.
    pub vector_ingestion_configuration: Option<serde_json::Value>,
    /// `serverSideEncryptionConfiguration` as the client sent it, echoed exactly.
    pub encryption_configuration: Option<serde_json::Value>,
    /// What [`Self::configuration`] means.
    pub source: SourceConfiguration,
    /// When and how it is synchronised.
    #[serde(default)]
    pub synchronisation: Synchronisation,
    /// How documents are cut into chunks.
    pub chunking: ChunkingStrategy,
    /// What language models do while documents are read.
    #[serde(default)]
    pub reading: Reading,
    /// What becomes of the chunks when the data source is deleted.
    pub data_deletion_policy: DataDeletionPolicy,
    /// Where it is in its life.
    pub status: DataSourceStatus,
    /// Why it failed, where it did.
    pub failure_reasons: Vec<String>,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    pub updated_at: OffsetDateTime,
}

/// When a data source is synchronised by itself, and what it may lose by that.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Synchronisation {
    /// When jobs start by themselves; none: when somebody starts them.
    pub schedule: Option<Schedule>,
    /// How much a job may remove because it was not seen.
    pub deletion_protection: DeletionProtection,
}

/// How much of a data source a job may remove because a listing did not have it. What a source says
/// was deleted is always removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DeletionProtection {
    /// Everything, unless twenty documents or more were there and none is left.
    #[default]
    Standard,
    /// At most so many percent of the documents, 0 to 100.
    AtMost(u8),
    /// Everything.
    Off,
}

/// How documents are cut. Sizes are in the embedding model's own tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChunkingStrategy {
    /// About 300 tokens, or the model's window where that is smaller, on sentence bounds.
    Default,
    /// At most so many tokens, each chunk beginning with the end of the one before.
    FixedSize {
        /// 1 to 8192.
        max_tokens: u32,
        /// 1 to 99 percent of `max_tokens`.
        overlap_percentage: u32,
    },
    /// Children are searched, and the parents that they were cut from are returned.
    Hierarchical {
        /// Tokens of a parent at most, 1 to 8192.
        parent_tokens: u32,
        /// Tokens of a child at most, 1 to 8192.
        child_tokens: u32,
        /// Tokens of a child that the one before it ends with.
        overlap_tokens: u32,
    },
    /// Cut where the meaning turns: where the embeddings of sentences that follow each other differ
    /// most.
    Semantic {
        /// 1 to 8192.
        max_tokens: u32,
        /// Sentences on each side that a sentence is embedded with, 0 or 1.
        buffer_size: u32,
        /// 50 to 99: of a hundred places between sentences, so many are no bounds.
        breakpoint_percentile: u32,
    },
    /// A document is one chunk.
    None,
}

/// What becomes of chunks when their data source or knowledge base is deleted.
///
/// On AWS this decides what stays in a store of the customer's own. Here the index is nobody
/// else's, and chunks of what is deleted never answer: they are removed in both cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataDeletionPolicy {
    /// They are to be removed.
    Delete,
    /// They need not be removed.
    Retain,
}

/// Bedrock's states of a data source, as far as this service has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataSourceStatus {
    /// Can be ingested from.
    Available,
    /// Is being removed; its documents are no longer returned.
    Deleting,
    /// Could not be removed; the reasons say why.
    DeleteUnsuccessful,
}
