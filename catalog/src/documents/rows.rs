//! Rows of documents.

use std::collections::{HashMap, HashSet};

use corpus::{
    ChangeKey, DataSourceId, Document, DocumentId, DocumentKey, DocumentStatus, IngestionJobId,
    KnowledgeBaseId, Metadata, Revision, SourceLocation,
};
use sqlx::QueryBuilder;
use time::OffsetDateTime;

use crate::catalog::{Connection, Database, Row};
use crate::columns::{Columns, id_bytes, integer, json, microseconds, optional_json, take_numbers};
use crate::error::Result;
use crate::names::Named;

/// The most ids of one statement.
pub(crate) const IDS: usize = 256;

/// A document with what only the catalog needs of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DocumentRow {
    pub(crate) document: Document,
    /// What it is if its source is as change key and content hash say.
    pub(crate) settled: Option<(DocumentStatus, Option<String>)>,
    /// The greatest revision that was ever begun.
    pub(crate) last_revision: Revision,
    /// Whether it came with a sidecar file when it was last settled.
    pub(crate) sidecar: bool,
    /// The job that saw it last.
    pub(crate) last_job: Option<IngestionJobId>,
    /// Submissions with a smaller number have no effect: it was removed since.
    pub(crate) first_submission: i64,
}

impl DocumentRow {
    /// A document that was not there before. Its revisions begin above `floor`.
    pub(crate) fn new(
        knowledge_base_id: KnowledgeBaseId,
        data_source_id: DataSourceId,
        key: &DocumentKey,
        location: &SourceLocation,
        floor: Revision,
    ) -> Self {
        Self {
            document: Document {
                id: DocumentId::of(data_source_id, key),
                knowledge_base_id,
                data_source_id,
                key: key.clone(),
                location: location.clone(),
                status: DocumentStatus::Pending,
                status_reason: None,
                live_revision: None,
                chunk_count: 0,
                content_hash: None,
                change_key: None,
                metadata: Metadata::new(),
                recipe: None,
                access: None,
                updated_at: OffsetDateTime::UNIX_EPOCH,
            },
            settled: None,
            last_revision: floor,
            sidecar: false,
            last_job: None,
            first_submission: 0,
        }
    }

    /// Changes the status that is shown.
    pub(crate) fn show(&mut self, status: DocumentStatus, reason: Option<String>) {
        self.document.status = status;
        self.document.status_reason = reason;
    }

    /// Whether it is deliberately left out, as far as is known.
    pub(crate) fn is_left_out(&self) -> bool {
        self.settled.as_ref().is_some_and(|(status, _)| *status == DocumentStatus::Ignored)
    }

    /// Takes away the live revision and all that is known of it, and returns its number.
    pub(crate) fn withdraw(&mut self) -> Option<Revision> {
        self.settled = None;
        self.document.chunk_count = 0;
        self.document.content_hash = None;
        self.document.change_key = None;
        self.document.metadata.clear();
        self.document.recipe = None;
        self.document.access = None;
        self.document.live_revision.take()
    }
}

/// The rows of some documents; those that are not there are left out.
pub(crate) async fn rows_by_id(
    connection: &mut Connection,
    ids: &[DocumentId],
) -> Result<HashMap<DocumentId, DocumentRow>> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(IDS) {
        let mut statement = QueryBuilder::new("SELECT * FROM documents WHERE id IN ");
        push_ids(&mut statement, some);
        for row in statement.build().fetch_all(&mut *connection).await? {
            let row = document_row(&row)?;
            found.insert(row.document.id, row);
        }
    }
    Ok(found)
}

/// Those rows that have these ids, each once, in the order of the ids.
pub(crate) fn in_order<'a>(
    ids: &[DocumentId],
    rows: &'a HashMap<DocumentId, DocumentRow>,
) -> Vec<&'a DocumentRow> {
    let mut seen = HashSet::with_capacity(ids.len());
    ids.iter().filter(|id| seen.insert(**id)).filter_map(|id| rows.get(id)).collect()
}

/// Appends a list of at most [`IDS`] ids. It is filled up by repetition to one of a few lengths,
/// so that few statements need be prepared.
pub(crate) fn push_ids(statement: &mut QueryBuilder<Database>, ids: &[DocumentId]) {
    let length = [1, 16, IDS].into_iter().find(|length| *length >= ids.len());
    let filling = ids.last().into_iter().cycle();
    statement.push("(");
    let mut list = statement.separated(", ");
    for id in ids.iter().chain(filling).take(length.unwrap_or(ids.len())) {
        list.push_bind(id_bytes(*id));
    }
    statement.push(")");
}

/// Writes rows, whether they are there or not. A new one gets its number.
pub(crate) async fn insert_or_update(
    connection: &mut Connection,
    rows: &[&DocumentRow],
    now: OffsetDateTime,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let first = take_numbers(connection, rows.len()).await?;
    for (sequence, row) in (first..).zip(rows) {
        let document = &row.document;
        let (settled_status, settled_reason) = row.settled.clone().unzip();
        sqlx::query(
            "INSERT INTO documents (id, sequence, knowledge_base_id, data_source_id, key, \
             location, status, status_reason, settled_status, settled_reason, live_revision, \
             last_revision, chunk_count, content_hash, change_key, metadata, sidecar, last_job, \
             first_submission, updated_at, metadata_key, access, recipe) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
             $18, $19, $20, $21, $22, $23) \
             ON CONFLICT (id) DO UPDATE SET location = excluded.location, \
             status = excluded.status, status_reason = excluded.status_reason, \
             settled_status = excluded.settled_status, settled_reason = excluded.settled_reason, \
             live_revision = excluded.live_revision, last_revision = excluded.last_revision, \
             chunk_count = excluded.chunk_count, content_hash = excluded.content_hash, \
             change_key = excluded.change_key, metadata = excluded.metadata, \
             sidecar = excluded.sidecar, last_job = excluded.last_job, \
             first_submission = excluded.first_submission, updated_at = excluded.updated_at, \
             metadata_key = excluded.metadata_key, access = excluded.access, \
             recipe = excluded.recipe",
        )
        .bind(id_bytes(document.id))
        .bind(sequence)
        .bind(document.knowledge_base_id.as_str())
        .bind(document.data_source_id.as_str())
        .bind(document.key.as_str())
        .bind(json(&document.location)?)
        .bind(document.status.name())
        .bind(document.status_reason.as_deref())
        .bind(settled_status.map(Named::name))
        .bind(settled_reason.flatten())
        .bind(document.live_revision.map(|revision| i64::from(revision.0)))
        .bind(i64::from(row.last_revision.0))
        .bind(integer(document.chunk_count))
        .bind(document.content_hash.map(|hash| hash.0.to_vec()))
        .bind(document.change_key.as_ref().map(|key| key.content.as_str()))
        .bind(json(&document.metadata)?)
        .bind(i64::from(row.sidecar))
        .bind(row.last_job.map_or(String::new(), String::from))
        .bind(row.first_submission)
        .bind(microseconds(now))
        .bind(document.change_key.as_ref().and_then(|key| key.metadata.as_deref()))
        .bind(optional_json(document.access.as_ref())?)
        .bind(document.recipe.as_deref())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(crate) fn document(row: &Row) -> Result<Document> {
    Ok(Document {
        id: row.document_id("id")?,
        knowledge_base_id: row.id("knowledge_base_id")?,
        data_source_id: row.id("data_source_id")?,
        key: DocumentKey::new(row.text("key")?),
        location: row.json("location")?,
        status: row.name("status")?,
        status_reason: row.optional_text("status_reason")?,
        live_revision: row.optional_revision("live_revision")?,
        chunk_count: row.natural("chunk_count")?,
        content_hash: row.content_hash("content_hash")?,
        change_key: change_key(row)?,
        metadata: row.json("metadata")?,
        recipe: row.optional_text("recipe")?,
        access: row.optional_json("access")?,
        updated_at: row.moment("updated_at")?,
    })
}

fn change_key(row: &Row) -> Result<Option<ChangeKey>> {
    let Some(content) = row.optional_text("change_key")? else { return Ok(None) };
    Ok(Some(ChangeKey { content, metadata: row.optional_text("metadata_key")? }))
}

fn document_row(row: &Row) -> Result<DocumentRow> {
    let reason = row.optional_text("settled_reason")?;
    let job = row.text("last_job")?;
    Ok(DocumentRow {
        document: document(row)?,
        settled: row.optional_name("settled_status")?.map(|status| (status, reason)),
        last_revision: row.revision("last_revision")?,
        sidecar: row.truth("sidecar")?,
        last_job: if job.is_empty() { None } else { Some(row.id("last_job")?) },
        first_submission: row.integer("first_submission")?,
    })
}
