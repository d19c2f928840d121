//! `GET /outcrop/status`: what the server holds and does, for people and for the command line.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use catalog::{DataSourceSummary, KnowledgeBaseSummary, Page};
use corpus::{DataSourceId, KnowledgeBaseId};
use serde::Serialize;
use time::OffsetDateTime;

use crate::error::ApiError;
use crate::ingestion_jobs::WireSummary;
use crate::state::ApiState;
use crate::{data_sources, documents, knowledge_bases};

/// Knowledge bases that are read from the catalog at once.
const PAGE: u32 = 100;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    version: &'static str,
    knowledge_bases: Vec<KnowledgeBaseStatus>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct KnowledgeBaseStatus {
    knowledge_base_id: KnowledgeBaseId,
    name: String,
    status: &'static str,
    /// The embedding model of the index.
    index_model: String,
    /// Chunks of live revisions.
    chunks: u64,
    /// Chunks in the index: while documents are replaced or removed, more than are live.
    indexed_chunks: u64,
    data_sources: Vec<DataSourceStatus>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DataSourceStatus {
    data_source_id: DataSourceId,
    name: String,
    status: &'static str,
    chunks: u64,
    /// Number of documents by their status.
    documents: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_ingestion_job: Option<WireSummary>,
    /// When its schedule starts the next one.
    #[serde(skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    next_ingestion_job_at: Option<OffsetDateTime>,
}

/// What there is.
pub(crate) async fn status(State(state): State<ApiState>) -> Response {
    match read(&state).await {
        Ok(status) => Json(status).into_response(),
        Err(error) => error.into_response(None),
    }
}

async fn read(state: &ApiState) -> Result<Status, ApiError> {
    let mut knowledge_bases = Vec::new();
    let mut after = None;
    loop {
        let page = state.catalog.knowledge_bases(Page { limit: PAGE, after }).await?;
        for knowledge_base in page.items {
            let summary = state.catalog.summary(knowledge_base.id).await?;
            let indexed_chunks = state.retriever.indexed_chunks(knowledge_base.id).await?;
            knowledge_bases.push(KnowledgeBaseStatus::new(summary, indexed_chunks));
        }
        after = page.next;
        if after.is_none() {
            return Ok(Status { version: env!("CARGO_PKG_VERSION"), knowledge_bases });
        }
    }
}

impl KnowledgeBaseStatus {
    fn new(from: KnowledgeBaseSummary, indexed_chunks: u64) -> Self {
        let knowledge_base = from.knowledge_base;
        Self {
            knowledge_base_id: knowledge_base.id,
            name: knowledge_base.name,
            status: knowledge_bases::status(knowledge_base.status),
            index_model: knowledge_base.index_model,
            chunks: from.data_sources.iter().map(|data_source| data_source.chunks).sum(),
            indexed_chunks,
            data_sources: from.data_sources.into_iter().map(DataSourceStatus::from).collect(),
        }
    }
}

impl From<DataSourceSummary> for DataSourceStatus {
    fn from(from: DataSourceSummary) -> Self {
        let documents = from.documents.into_iter();
        Self {
            data_source_id: from.data_source.id,
            name: from.data_source.name,
            status: data_sources::status(from.data_source.status),
            chunks: from.chunks,
            documents: documents
                .map(|(status, count)| (documents::status(status), count))
                .collect(),
            last_ingestion_job: from.last_job.map(WireSummary::from),
            next_ingestion_job_at: from.next_sync_at,
        }
    }
}
