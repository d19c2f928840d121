//! Saves what a batch changed.

use std::collections::HashSet;

use corpus::{DocumentId, IngestionJobId, JobStatistics};
use sqlx::QueryBuilder;
use time::OffsetDateTime;

use crate::catalog::Connection;
use crate::columns::{id_bytes, integer, microseconds};
use crate::documents::{DocumentRow, IDS, insert_or_update, push_ids};
use crate::error::{CatalogError, Result};
use crate::garbage::{Garbage, discard};
use crate::jobs::{DOCUMENT_REASONS, add_reasons};

use super::ledger::Ledger;

/// Saves what the outcomes changed.
pub(super) async fn save(
    connection: &mut Connection,
    ledger: &Ledger,
    now: OffsetDateTime,
) -> Result<()> {
    save_documents(connection, ledger, now).await?;
    save_garbage(connection, ledger).await?;
    for sequence in &ledger.submissions {
        sqlx::query("DELETE FROM submissions WHERE sequence = $1")
            .bind(sequence)
            .execute(&mut *connection)
            .await?;
    }
    if let Some(job) = ledger.job {
        add_statistics(connection, job, &ledger.statistics, now).await?;
        add_reasons(connection, job, &ledger.reasons, DOCUMENT_REASONS).await?;
    }
    Ok(())
}

async fn save_documents(
    connection: &mut Connection,
    ledger: &Ledger,
    now: OffsetDateTime,
) -> Result<()> {
    let mut written = Vec::new();
    let mut seen = Vec::new();
    let mut removed = Vec::new();
    let mut done = HashSet::new();
    for id in ledger.order.iter().filter(|id| done.insert(**id)) {
        match (ledger.before.get(id), ledger.after.get(id)) {
            (None, None) => {}
            (Some(_), None) => removed.push(*id),
            (Some(before), Some(after)) if before == after => {}
            (Some(before), Some(after)) if is_only_seen(before, after) => seen.push(*id),
            (_, Some(after)) => written.push(after),
        }
    }
    insert_or_update(connection, &written, now).await?;
    if let Some(job) = ledger.job {
        for some in seen.chunks(IDS) {
            let mut statement = QueryBuilder::new("UPDATE documents SET last_job = ");
            statement.push_bind(job.to_string()).push(" WHERE id IN ");
            push_ids(&mut statement, some);
            statement.build().execute(&mut *connection).await?;
        }
        for id in &ledger.removed {
            sqlx::query(
                "INSERT INTO job_removals (ingestion_job_id, document_id) VALUES ($1, $2) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(job.as_str())
            .bind(id_bytes(*id))
            .execute(&mut *connection)
            .await?;
        }
    }
    remove(connection, ledger, &removed).await
}

/// Whether nothing changed but the job that saw it last.
fn is_only_seen(before: &DocumentRow, after: &DocumentRow) -> bool {
    *after == DocumentRow { last_job: after.last_job, ..before.clone() }
}

async fn remove(connection: &mut Connection, ledger: &Ledger, ids: &[DocumentId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    for some in ids.chunks(IDS) {
        let mut statement = QueryBuilder::new("DELETE FROM documents WHERE id IN ");
        push_ids(&mut statement, some);
        statement.build().execute(&mut *connection).await?;
    }
    sqlx::query(
        "UPDATE data_sources SET revision_floor = $2 WHERE id = $1 AND revision_floor < $2",
    )
    .bind(ledger.data_source.as_str())
    .bind(i64::from(ledger.floor.0))
    .execute(connection)
    .await?;
    Ok(())
}

async fn save_garbage(connection: &mut Connection, ledger: &Ledger) -> Result<()> {
    for (id, revision) in &ledger.indexed {
        sqlx::query("DELETE FROM garbage WHERE document_id = $1 AND revision = $2")
            .bind(id_bytes(*id))
            .bind(i64::from(revision.0))
            .execute(&mut *connection)
            .await?;
    }
    for (document, revision) in &ledger.obsolete {
        let (knowledge_base_id, revision) = (ledger.knowledge_base, *revision);
        let garbage = Garbage { knowledge_base_id, document: *document, revision };
        discard(connection, ledger.data_source, garbage).await?;
    }
    // Whatever else was begun for these documents is given up.
    for some in ledger.order.chunks(IDS) {
        let mut statement = QueryBuilder::new(
            "UPDATE garbage SET owner = NULL WHERE owner IS NOT NULL AND document_id IN ",
        );
        push_ids(&mut statement, some);
        statement.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn add_statistics(
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
