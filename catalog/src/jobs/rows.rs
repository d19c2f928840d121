//! Rows of ingestion jobs.

use corpus::{
    DataSourceId, IngestionJob, IngestionJobId, IngestionJobStatus, JobStatistics, KnowledgeBaseId,
    ModelUse,
};
use time::OffsetDateTime;

use crate::catalog::{Connection, Row};
use crate::columns::{Columns, integer, json, microseconds, take_numbers};
use crate::data_sources;
use crate::error::{CatalogError, Result, taken};
use crate::names::Named;

/// The most characters of a failure reason, by Bedrock's model.
const REASON_CHARACTERS: usize = 2048;

/// The most failure reasons that documents leave in a job; the rest of the room is the job's own.
pub(crate) const DOCUMENT_REASONS: usize = 90;

/// A job, or that it is not there.
pub(super) async fn get(
    connection: &mut Connection,
    knowledge_base: KnowledgeBaseId,
    data_source: DataSourceId,
    id: IngestionJobId,
) -> Result<IngestionJob> {
    data_sources::get(connection, knowledge_base, data_source).await?;
    let found = find(connection, data_source, id.as_str()).await?;
    found.ok_or_else(|| CatalogError::not_found("ingestion job", id))
}

pub(super) async fn find(
    connection: &mut Connection,
    data_source: DataSourceId,
    id: &str,
) -> Result<Option<IngestionJob>> {
    let row = sqlx::query("SELECT * FROM ingestion_jobs WHERE id = $1 AND data_source_id = $2")
        .bind(id)
        .bind(data_source.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(job).transpose()
}

pub(super) async fn insert(connection: &mut Connection, new: &IngestionJob) -> Result<()> {
    let sequence = take_numbers(connection, 1).await?;
    sqlx::query(
        "INSERT INTO ingestion_jobs (id, sequence, knowledge_base_id, data_source_id, \
         description, status, documents_listed, documents_scanned, metadata_documents_scanned, \
         new_documents_indexed, modified_documents_indexed, metadata_documents_modified, \
         documents_deleted, documents_failed, documents_skipped, chunks_indexed, \
         failure_reasons, lease_owner, lease_until, started_at, updated_at, \
         accepts_deletions) \
         VALUES ($1, $2, $3, $4, $5, $6, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, '[]', NULL, NULL, \
         $7, $8, $9)",
    )
    .bind(new.id.as_str())
    .bind(sequence)
    .bind(new.knowledge_base_id.as_str())
    .bind(new.data_source_id.as_str())
    .bind(&new.description)
    .bind(new.status.name())
    .bind(microseconds(new.started_at))
    .bind(microseconds(new.updated_at))
    .bind(i64::from(new.accepts_deletions))
    .execute(connection)
    .await
    .map_err(taken(format!(
        "an ingestion job runs on data source '{}' already: wait for it, or stop it",
        new.data_source_id
    )))?;
    Ok(())
}

pub(crate) fn job(row: &Row) -> Result<IngestionJob> {
    let listed = row.optional_integer("documents_listed")?;
    Ok(IngestionJob {
        id: row.id("id")?,
        knowledge_base_id: row.id("knowledge_base_id")?,
        data_source_id: row.id("data_source_id")?,
        description: row.optional_text("description")?,
        status: row.name("status")?,
        documents_listed: if listed.is_some() {
            Some(row.natural("documents_listed")?)
        } else {
            None
        },
        statistics: JobStatistics {
            documents_scanned: row.natural("documents_scanned")?,
            metadata_documents_scanned: row.natural("metadata_documents_scanned")?,
            new_documents_indexed: row.natural("new_documents_indexed")?,
            modified_documents_indexed: row.natural("modified_documents_indexed")?,
            metadata_documents_modified: row.natural("metadata_documents_modified")?,
            documents_deleted: row.natural("documents_deleted")?,
            documents_failed: row.natural("documents_failed")?,
            documents_skipped: row.natural("documents_skipped")?,
            chunks_indexed: row.natural("chunks_indexed")?,
        },
        model_use: ModelUse {
            calls: row.natural("model_calls")?,
            input_tokens: row.natural("model_input_tokens")?,
            output_tokens: row.natural("model_output_tokens")?,
        },
        accepts_deletions: row.truth("accepts_deletions")?,
        failure_reasons: row.json("failure_reasons")?,
        started_at: row.moment("started_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

/// What becomes of a job's status when it is to stop.
pub(super) fn stopped(status: IngestionJobStatus) -> IngestionJobStatus {
    match status {
        IngestionJobStatus::Starting => IngestionJobStatus::Stopped,
        IngestionJobStatus::InProgress => IngestionJobStatus::Stopping,
        other => other,
    }
}

pub(super) async fn set_status(
    connection: &mut Connection,
    id: IngestionJobId,
    status: IngestionJobStatus,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query("UPDATE ingestion_jobs SET status = $2, updated_at = $3 WHERE id = $1")
        .bind(id.as_str())
        .bind(status.name())
        .bind(microseconds(now))
        .execute(connection)
        .await?;
    Ok(())
}

/// Stops the job that runs on a data source, if one does.
pub(crate) async fn stop_jobs_of_data_source(
    connection: &mut Connection,
    id: DataSourceId,
    now: OffsetDateTime,
) -> Result<()> {
    const RUNNING: &str = "SELECT * FROM ingestion_jobs \
         WHERE data_source_id = $1 AND status IN ('STARTING', 'IN_PROGRESS', 'STOPPING')";
    stop_jobs(connection, RUNNING, id.as_str(), now).await
}

/// Stops the jobs that run on the data sources of a knowledge base.
pub(crate) async fn stop_jobs_of_knowledge_base(
    connection: &mut Connection,
    id: KnowledgeBaseId,
    now: OffsetDateTime,
) -> Result<()> {
    const RUNNING: &str = "SELECT * FROM ingestion_jobs \
         WHERE knowledge_base_id = $1 AND status IN ('STARTING', 'IN_PROGRESS', 'STOPPING')";
    stop_jobs(connection, RUNNING, id.as_str(), now).await
}

async fn stop_jobs(
    connection: &mut Connection,
    running: &'static str,
    id: &str,
    now: OffsetDateTime,
) -> Result<()> {
    for row in sqlx::query(running).bind(id).fetch_all(&mut *connection).await? {
        let job = job(&row)?;
        set_status(connection, job.id, stopped(job.status), now).await?;
    }
    Ok(())
}

/// Adds failure reasons to those that a job has, until it has `most`.
pub(crate) async fn add_reasons(
    connection: &mut Connection,
    id: IngestionJobId,
    new: &[String],
    most: usize,
) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let row = sqlx::query("SELECT failure_reasons FROM ingestion_jobs WHERE id = $1")
        .bind(id.as_str())
        .fetch_one(&mut *connection)
        .await?;
    let mut reasons: Vec<String> = row.json("failure_reasons")?;
    let room = most.saturating_sub(reasons.len());
    if room == 0 {
        return Ok(());
    }
    let shortened = |reason: &String| reason.chars().take(REASON_CHARACTERS).collect::<String>();
    reasons.extend(new.iter().take(room).map(shortened));
    sqlx::query("UPDATE ingestion_jobs SET failure_reasons = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(json(&reasons)?)
        .execute(connection)
        .await?;
    Ok(())
}

/// Adds to what a job has done; a conflict where it is over.
pub(crate) async fn add_statistics(
    connection: &mut Connection,
    job: IngestionJobId,
    new: &JobStatistics,
    now: OffsetDateTime,
) -> Result<()> {
    let result = sqlx::query(
        "UPDATE ingestion_jobs SET \
         documents_scanned = documents_scanned + $2, \
         metadata_documents_scanned = metadata_documents_scanned + $3, \
         new_documents_indexed = new_documents_indexed + $4, \
         modified_documents_indexed = modified_documents_indexed + $5, \
         metadata_documents_modified = metadata_documents_modified + $6, \
         documents_deleted = documents_deleted + $7, \
         documents_failed = documents_failed + $8, \
         documents_skipped = documents_skipped + $9, \
         chunks_indexed = chunks_indexed + $10, \
         updated_at = $11 \
         WHERE id = $1 AND status IN ('STARTING', 'IN_PROGRESS', 'STOPPING')",
    )
    .bind(job.as_str())
    .bind(integer(new.documents_scanned))
    .bind(integer(new.metadata_documents_scanned))
    .bind(integer(new.new_documents_indexed))
    .bind(integer(new.modified_documents_indexed))
    .bind(integer(new.metadata_documents_modified))
    .bind(integer(new.documents_deleted))
    .bind(integer(new.documents_failed))
    .bind(integer(new.documents_skipped))
    .bind(integer(new.chunks_indexed))
    .bind(microseconds(now))
    .execute(connection)
    .await?;
    if result.rows_affected() == 0 {
        return Err(CatalogError::conflict(format!(
            "ingestion job '{job}' is over, or was removed: nothing more is recorded for it"
        )));
    }
    Ok(())
}
