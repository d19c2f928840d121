//! The operations on ingestion jobs, and how a job looks on the wire.

pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod start;
pub(crate) mod stop;

use corpus::{
    DataSourceId, IngestionJob, IngestionJobId, IngestionJobStatus, JobStatistics, KnowledgeBaseId,
    ModelUse,
};
use serde::Serialize;
use time::OffsetDateTime;

/// A response that holds one job.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    ingestion_job: WireJob,
}

impl From<IngestionJob> for Response {
    fn from(from: IngestionJob) -> Self {
        Self { ingestion_job: from.into() }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireJob {
    #[serde(flatten)]
    summary: WireSummary,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failure_reasons: Vec<String>,
}

impl From<IngestionJob> for WireJob {
    fn from(mut from: IngestionJob) -> Self {
        Self { failure_reasons: std::mem::take(&mut from.failure_reasons), summary: from.into() }
    }
}

/// A job without its failure reasons, as lists have it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireSummary {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    ingestion_job_id: IngestionJobId,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    status: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    /// When all of its text can be found: here the end of a job that is complete.
    #[serde(skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    text_ready_at: Option<OffsetDateTime>,
    statistics: WireStatistics,
    outcrop: Progress,
}

impl From<IngestionJob> for WireSummary {
    fn from(from: IngestionJob) -> Self {
        Self {
            knowledge_base_id: from.knowledge_base_id,
            data_source_id: from.data_source_id,
            ingestion_job_id: from.id,
            description: from.description,
            status: status(from.status),
            started_at: from.started_at,
            updated_at: from.updated_at,
            text_ready_at: (from.status == IngestionJobStatus::Complete).then_some(from.updated_at),
            statistics: from.statistics.into(),
            outcrop: Progress {
                documents_listed: from.documents_listed,
                chunks_indexed: from.statistics.chunks_indexed,
                model_use: Some(from.model_use).filter(|used| used.calls > 0).map(WireUse::from),
            },
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "these are the names on the wire")]
struct WireStatistics {
    number_of_documents_scanned: u64,
    number_of_metadata_documents_scanned: u64,
    number_of_new_documents_indexed: u64,
    number_of_modified_documents_indexed: u64,
    number_of_metadata_documents_modified: u64,
    number_of_documents_deleted: u64,
    number_of_documents_failed: u64,
    number_of_documents_skipped: u64,
}

impl From<JobStatistics> for WireStatistics {
    fn from(from: JobStatistics) -> Self {
        Self {
            number_of_documents_scanned: from.documents_scanned,
            number_of_metadata_documents_scanned: from.metadata_documents_scanned,
            number_of_new_documents_indexed: from.new_documents_indexed,
            number_of_modified_documents_indexed: from.modified_documents_indexed,
            number_of_metadata_documents_modified: from.metadata_documents_modified,
            number_of_documents_deleted: from.documents_deleted,
            number_of_documents_failed: from.documents_failed,
            number_of_documents_skipped: from.documents_skipped,
        }
    }
}

/// What Bedrock's statistics lack for a progress bar; an extension.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    #[serde(skip_serializing_if = "Option::is_none")]
    documents_listed: Option<u64>,
    chunks_indexed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_use: Option<WireUse>,
}

/// What was asked of language models.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireUse {
    calls: u64,
    input_tokens: u64,
    output_tokens: u64,
}

impl From<ModelUse> for WireUse {
    fn from(from: ModelUse) -> Self {
        let ModelUse { calls, input_tokens, output_tokens } = from;
        Self { calls, input_tokens, output_tokens }
    }
}

/// A status as Bedrock spells it.
pub(crate) fn status(status: IngestionJobStatus) -> &'static str {
    match status {
        IngestionJobStatus::Starting => "STARTING",
        IngestionJobStatus::InProgress => "IN_PROGRESS",
        IngestionJobStatus::Complete => "COMPLETE",
        IngestionJobStatus::Failed => "FAILED",
        IngestionJobStatus::Stopping => "STOPPING",
        IngestionJobStatus::Stopped => "STOPPED",
    }
}
