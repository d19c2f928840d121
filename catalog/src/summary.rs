//! What a knowledge base holds, counted.

use std::collections::HashMap;

use corpus::{DataSource, DocumentStatus, IngestionJob, KnowledgeBase, KnowledgeBaseId};
use time::OffsetDateTime;

use crate::catalog::{Catalog, Connection, Row};
use crate::columns::Columns;
use crate::data_sources::data_source;
use crate::error::Result;
use crate::jobs::job;
use crate::knowledge_bases;

/// What a knowledge base holds.
#[derive(Debug, Clone, PartialEq)]
pub struct KnowledgeBaseSummary {
    /// The knowledge base.
    pub knowledge_base: KnowledgeBase,
    /// Its data sources.
    pub data_sources: Vec<DataSourceSummary>,
}

/// What a data source holds.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSourceSummary {
    /// The data source.
    pub data_source: DataSource,
    /// Number of its documents by status; a status without documents is absent.
    pub documents: HashMap<DocumentStatus, u64>,
    /// Number of chunks of its live revisions.
    pub chunks: u64,
    /// The job that was started last.
    pub last_job: Option<IngestionJob>,
    /// When its schedule starts the next one, where it has a schedule.
    pub next_sync_at: Option<OffsetDateTime>,
}

impl Catalog {
    /// What a knowledge base holds.
    pub async fn summary(&self, id: KnowledgeBaseId) -> Result<KnowledgeBaseSummary> {
        let mut snapshot = self.snapshot().await?;
        let knowledge_base = knowledge_bases::get(&mut snapshot, id).await?;
        let rows = sqlx::query(
            "SELECT * FROM data_sources WHERE knowledge_base_id = $1 ORDER BY sequence",
        )
        .bind(id.as_str())
        .fetch_all(&mut *snapshot)
        .await?;
        let mut data_sources = Vec::with_capacity(rows.len());
        for row in &rows {
            data_sources.push(summary_of(&mut snapshot, row).await?);
        }
        Ok(KnowledgeBaseSummary { knowledge_base, data_sources })
    }
}

async fn summary_of(connection: &mut Connection, row: &Row) -> Result<DataSourceSummary> {
    let data_source = data_source(row)?;
    let next_sync_at = row.optional_moment("next_sync_at")?;
    let id = data_source.id.as_str();
    let rows = sqlx::query(
        "SELECT status, COUNT(*) AS documents, CAST(SUM(chunk_count) AS BIGINT) AS chunks \
         FROM documents WHERE data_source_id = $1 GROUP BY status",
    )
    .bind(id)
    .fetch_all(&mut *connection)
    .await?;
    let mut documents = HashMap::new();
    let mut chunks = 0;
    for row in &rows {
        documents.insert(row.name("status")?, row.natural("documents")?);
        chunks += row.natural("chunks")?;
    }
    let last_job = sqlx::query(
        "SELECT * FROM ingestion_jobs WHERE data_source_id = $1 ORDER BY sequence DESC LIMIT 1",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?;
    let last_job = last_job.as_ref().map(job).transpose()?;
    Ok(DataSourceSummary { data_source, documents, chunks, last_job, next_sync_at })
}
