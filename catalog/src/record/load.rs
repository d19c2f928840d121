//! Loads what a batch is about.

use std::collections::{HashMap, HashSet};

use corpus::{DocumentId, DocumentStatus, IngestionJobId, JobStatistics, Revision};
use sqlx::QueryBuilder;

use crate::catalog::Connection;
use crate::columns::Columns;
use crate::documents::{IDS, push_ids, rows_to_change};
use crate::error::Result;
use crate::revisions::revision_floor;

use super::Batch;
use super::ledger::Ledger;

/// The ledger of a batch, without its outcomes.
pub(super) async fn load(connection: &mut Connection, batch: &Batch) -> Result<Ledger> {
    let (knowledge_base, data_source) = (batch.knowledge_base_id, batch.data_source_id);
    let floor = revision_floor(connection, knowledge_base, data_source).await?;
    let outcomes = &batch.outcomes;
    let ids: Vec<_> =
        outcomes.iter().map(|outcome| DocumentId::of(data_source, &outcome.key)).collect();
    let done: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.submission).collect();
    let before = rows_to_change(connection, &ids).await?;
    let removed = match batch.job {
        Some(job) => removed_by(connection, job, &ids).await?,
        None => HashSet::new(),
    };
    Ok(Ledger {
        job: batch.job,
        knowledge_base,
        data_source,
        floor,
        after: before.clone(),
        before,
        order: Vec::with_capacity(ids.len()),
        waiting: waiting(connection, &ids, &done).await?,
        removed,
        writing: writing(connection, &ids).await?,
        indexed: Vec::new(),
        obsolete: Vec::new(),
        statistics: JobStatistics::default(),
        reasons: Vec::new(),
        submissions: Vec::new(),
    })
}

/// What documents wait for by submissions other than those that are `done`.
async fn waiting(
    connection: &mut Connection,
    ids: &[DocumentId],
    done: &[i64],
) -> Result<HashMap<DocumentId, DocumentStatus>> {
    let mut found = HashMap::new();
    for some in ids.chunks(IDS) {
        let mut statement = QueryBuilder::new(
            "SELECT document_id, sequence, kind FROM submissions WHERE document_id IN ",
        );
        push_ids(&mut statement, some);
        for row in statement.build().fetch_all(&mut *connection).await? {
            if !done.contains(&row.integer("sequence")?) {
                let status = match row.text("kind")?.as_str() {
                    "DELETE" => DocumentStatus::Deleting,
                    _ => DocumentStatus::Pending,
                };
                found.insert(row.document_id("document_id")?, status);
            }
        }
    }
    Ok(found)
}

/// Revisions of these documents that are being written.
async fn writing(
    connection: &mut Connection,
    ids: &[DocumentId],
) -> Result<HashSet<(DocumentId, Revision)>> {
    let mut found = HashSet::new();
    for some in ids.chunks(IDS) {
        let mut statement = QueryBuilder::new(
            "SELECT document_id, revision FROM garbage WHERE owner IS NOT NULL AND document_id IN ",
        );
        push_ids(&mut statement, some);
        for row in statement.build().fetch_all(&mut *connection).await? {
            found.insert((row.document_id("document_id")?, row.revision("revision")?));
        }
    }
    Ok(found)
}

/// Those of these documents that the job has counted and removed.
async fn removed_by(
    connection: &mut Connection,
    job: IngestionJobId,
    ids: &[DocumentId],
) -> Result<HashSet<DocumentId>> {
    let mut found = HashSet::new();
    for some in ids.chunks(IDS) {
        let mut statement =
            QueryBuilder::new("SELECT document_id FROM job_removals WHERE ingestion_job_id = ");
        statement.push_bind(job.to_string()).push(" AND document_id IN ");
        push_ids(&mut statement, some);
        for row in statement.build().fetch_all(&mut *connection).await? {
            found.insert(row.document_id("document_id")?);
        }
    }
    Ok(found)
}
