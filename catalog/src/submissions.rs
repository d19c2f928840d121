//! Direct ingestion: what clients push.

use corpus::{
    DataSourceId, Document, DocumentId, DocumentKey, DocumentStatus, KnowledgeBaseId, Metadata,
    SourceLocation,
};

use crate::catalog::{Catalog, Connection};
use crate::columns::{id_bytes, json, optional_json, take_numbers};
use crate::data_sources::available;
use crate::documents::{DocumentRow, in_order, insert_or_update, rows_by_id};
use crate::error::Result;
use crate::revisions::revision_floor;
use crate::tokens;

/// A document that a client pushes or removes.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSubmission {
    /// The document.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// What is to be done.
    pub kind: SubmissionKind,
}

/// What is to be done about a pushed document.
#[derive(Debug, Clone, PartialEq)]
pub enum SubmissionKind {
    /// Ingest these bytes.
    Ingest {
        /// The content.
        bytes: Vec<u8>,
        /// Its media type, where the client tells.
        media_type: Option<String>,
        /// Its attributes.
        metadata: Metadata,
    },
    /// Remove the document.
    Delete,
}

/// Something that waits to be done, as it is kept.
#[derive(Debug)]
struct Submission {
    sequence: i64,
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    key: DocumentKey,
    location: SourceLocation,
    kind: SubmissionKind,
}

impl Catalog {
    /// Accepts documents for ingestion or removal; a later submission of a document replaces an
    /// earlier one that waits. Returns the documents as they are now. A document that is not
    /// there cannot be removed and is left out. A call with the token of an earlier one submits
    /// nothing.
    pub async fn submit(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        submissions: Vec<NewSubmission>,
        client_token: Option<String>,
    ) -> Result<Vec<Document>> {
        let now = self.now();
        let ids: Vec<_> = submissions
            .iter()
            .map(|submission| DocumentId::of(data_source, &submission.key))
            .collect();
        let operation = operation(data_source, &submissions);
        let token = client_token.as_deref();
        let mut transaction = self.begin().await?;
        available(&mut transaction, knowledge_base, data_source).await?;
        let floor = revision_floor(&mut transaction, knowledge_base, data_source).await?;
        let mut rows = rows_by_id(&mut transaction, &ids).await?;
        if tokens::result_of(&mut transaction, &operation, token, now).await?.is_some() {
            return Ok(documents(&in_order(&ids, &rows)));
        }
        tokens::remember(&mut transaction, &operation, token, "", now).await?;
        let first = take_numbers(&mut transaction, submissions.len()).await?;
        for (sequence, (id, new)) in (first..).zip(ids.iter().zip(submissions)) {
            if new.kind == SubmissionKind::Delete && !rows.contains_key(id) {
                continue;
            }
            let row = rows.entry(*id).or_insert_with(|| {
                DocumentRow::new(knowledge_base, data_source, &new.key, &new.location, floor)
            });
            row.document.updated_at = now;
            row.show(new.kind.awaited(), None);
            let submission = Submission {
                sequence,
                knowledge_base_id: knowledge_base,
                data_source_id: data_source,
                key: new.key,
                location: new.location,
                kind: new.kind,
            };
            replace(&mut transaction, *id, submission).await?;
        }
        let rows = in_order(&ids, &rows);
        insert_or_update(&mut transaction, &rows, now).await?;
        transaction.commit().await?;
        self.notify();
        Ok(documents(&rows))
    }
}

impl SubmissionKind {
    /// The state of a document that waits for this.
    fn awaited(&self) -> DocumentStatus {
        match self {
            Self::Ingest { .. } => DocumentStatus::Pending,
            Self::Delete => DocumentStatus::Deleting,
        }
    }
}

/// What a client token is good for: the clients' calls to ingest and to delete are two operations.
fn operation(data_source: DataSourceId, submissions: &[NewSubmission]) -> String {
    let deletes = submissions.iter().all(|new| new.kind == SubmissionKind::Delete);
    format!("{} documents of {data_source}", if deletes { "delete" } else { "ingest" })
}

fn documents(rows: &[&DocumentRow]) -> Vec<Document> {
    rows.iter().map(|row| row.document.clone()).collect()
}

async fn replace(connection: &mut Connection, id: DocumentId, new: Submission) -> Result<()> {
    sqlx::query("DELETE FROM submissions WHERE document_id = $1")
        .bind(id_bytes(id))
        .execute(&mut *connection)
        .await?;
    let (kind, content, media_type, metadata) = match new.kind {
        SubmissionKind::Ingest { bytes, media_type, metadata } => {
            ("INGEST", Some(bytes), media_type, Some(metadata))
        }
        SubmissionKind::Delete => ("DELETE", None, None, None),
    };
    sqlx::query(
        "INSERT INTO submissions (sequence, knowledge_base_id, data_source_id, document_id, key, \
         location, kind, content, media_type, metadata) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.sequence)
    .bind(new.knowledge_base_id.as_str())
    .bind(new.data_source_id.as_str())
    .bind(id_bytes(id))
    .bind(new.key.as_str())
    .bind(json(&new.location)?)
    .bind(kind)
    .bind(content)
    .bind(media_type)
    .bind(optional_json(metadata.as_ref())?)
    .execute(connection)
    .await?;
    Ok(())
}
