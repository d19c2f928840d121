//! An ingestion job: one synchronisation of one data source.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::id::{DataSourceId, IngestionJobId, KnowledgeBaseId};

/// An ingestion job as the catalog keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestionJob {
    /// Its id.
    pub id: IngestionJobId,
    /// The knowledge base that it feeds.
    pub knowledge_base_id: KnowledgeBaseId,
    /// The data source that it reads.
    pub data_source_id: DataSourceId,
    /// Its starter's words.
    pub description: Option<String>,
    /// Where it is in its life.
    pub status: IngestionJobStatus,
    /// Documents in the source, once the enumeration is complete.
    pub documents_listed: Option<u64>,
    /// What it has done so far.
    pub statistics: JobStatistics,
    /// What it asked of language models, once it is over.
    #[serde(default)]
    pub model_use: ModelUse,
    /// Whether its starter has agreed to what it removes, however much that is.
    #[serde(default)]
    pub accepts_deletions: bool,
    /// Why it, or some of its documents, failed.
    pub failure_reasons: Vec<String>,
    /// When it was started.
    pub started_at: OffsetDateTime,
    /// When it last made progress.
    pub updated_at: OffsetDateTime,
}

/// Bedrock's states of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum IngestionJobStatus {
    /// Accepted, waiting for a worker.
    Starting,
    /// A worker is at it.
    InProgress,
    /// Done; single documents may have failed.
    Complete,
    /// Given up; the reasons say why.
    Failed,
    /// Asked to stop.
    Stopping,
    /// Stopped; what was done stays.
    Stopped,
}

impl IngestionJobStatus {
    /// Whether nothing will change any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Stopped)
    }
}

/// What a job has done, by Bedrock's definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JobStatistics {
    /// Source documents seen: new, changed and unchanged ones, failed and skipped ones too.
    pub documents_scanned: u64,
    /// Sidecar files seen.
    pub metadata_documents_scanned: u64,
    /// New documents indexed.
    pub new_documents_indexed: u64,
    /// Changed documents indexed anew.
    pub modified_documents_indexed: u64,
    /// Sidecar files that were added, changed or removed.
    pub metadata_documents_modified: u64,
    /// Documents removed because the source has them no longer.
    pub documents_deleted: u64,
    /// Documents that could not be ingested.
    pub documents_failed: u64,
    /// Documents deliberately left out (kinds that are not read).
    pub documents_skipped: u64,
    /// Chunks written; an extension of Bedrock's statistics.
    pub chunks_indexed: u64,
}

/// What was asked of language models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelUse {
    /// Calls that were answered.
    pub calls: u64,
    /// Tokens of what was asked, as the provider counts them.
    pub input_tokens: u64,
    /// Tokens of the answers.
    pub output_tokens: u64,
}
