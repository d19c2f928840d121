//! Direct ingestion: what clients push.

use corpus::{
    DataSourceId, DocumentId, DocumentKey, DocumentStatus, KnowledgeBaseId, Metadata, S3Object,
    SourceLocation,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::catalog::{Catalog, Connection};
use crate::columns::{id_bytes, json, optional_json, take_numbers};
use crate::data_sources;
use crate::documents::{DocumentRow, in_order, insert_or_update, rows_to_change};
use crate::error::{CatalogError, Result};
use crate::garbage::{Garbage, discard};
use crate::revisions::revision_floor;
use crate::tokens;

/// A document that a client pushes.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDocument {
    /// The document.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// The content.
    pub content: NewContent,
    /// Its media type, where the client tells.
    pub media_type: Option<String>,
    /// Its attributes.
    pub metadata: NewMetadata,
}

/// The content of a pushed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewContent {
    /// It came with the request.
    Inline(Vec<u8>),
    /// It is read from S3 when it is the document's turn.
    Object(S3Object),
}

/// The attributes of a pushed document.
#[derive(Debug, Clone, PartialEq)]
pub enum NewMetadata {
    /// They came with the request.
    Inline(Metadata),
    /// They are read from a sidecar in S3 when it is the document's turn.
    Object(S3Object),
}

/// A document that was accepted for ingestion or removal. A call that is repeated with its token
/// is told the same again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The document.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// When it was accepted.
    pub accepted_at: OffsetDateTime,
}

/// Something that waits to be done, as it is kept.
#[derive(Debug)]
struct Submission {
    /// Its number; later ones are greater.
    sequence: i64,
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    key: DocumentKey,
    location: SourceLocation,
    kind: SubmissionKind,
}

/// What is to be done about a pushed document.
#[derive(Debug)]
enum SubmissionKind {
    Ingest { content: NewContent, media_type: Option<String>, metadata: NewMetadata },
    Delete,
}

impl Catalog {
    /// Accepts documents for ingestion; a later submission of a document replaces an earlier one
    /// that waits. A call with the token of an earlier one submits nothing.
    ///
    /// A document whose removal was accepted and is not done yet begins anew: nothing from before
    /// the removal is returned again, whatever becomes of what is submitted now.
    pub async fn ingest_documents(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        documents: Vec<NewDocument>,
        client_token: Option<&str>,
    ) -> Result<Vec<Submitted>> {
        let call = Call { knowledge_base, data_source, client_token, name: "ingest" };
        let now = self.now();
        let ids: Vec<_> =
            documents.iter().map(|new| DocumentId::of(data_source, &new.key)).collect();
        let mut transaction = self.begin().await?;
        if let Some(before) = call.answered(&mut transaction, now).await? {
            return Ok(before);
        }
        let floor = revision_floor(&mut transaction, knowledge_base, data_source).await?;
        let mut rows = rows_to_change(&mut transaction, &ids).await?;
        let first = take_numbers(&mut transaction, documents.len()).await?;
        for (sequence, (id, new)) in (first..).zip(ids.iter().zip(documents)) {
            let row = rows.entry(*id).or_insert_with(|| {
                DocumentRow::new(knowledge_base, data_source, &new.key, &new.location, floor)
            });
            if row.document.status == DocumentStatus::Deleting {
                row.first_submission = sequence;
                if let Some(revision) = row.withdraw() {
                    let knowledge_base_id = knowledge_base;
                    let garbage = Garbage { knowledge_base_id, document: *id, revision };
                    discard(&mut transaction, data_source, garbage).await?;
                }
            }
            row.show(DocumentStatus::Pending, None);
            let NewDocument { key, location, content, media_type, metadata } = new;
            let kind = SubmissionKind::Ingest { content, media_type, metadata };
            replace(&mut transaction, *id, call.submission(sequence, key, location, kind)).await?;
        }
        let answer = call.accept(&mut transaction, &in_order(&ids, &rows), now).await?;
        transaction.commit().await?;
        self.notify();
        Ok(answer)
    }

    /// Accepts documents for removal; from now on none of them is returned. Those that are not
    /// there are left out of the answer. A call with the token of an earlier one submits nothing.
    pub async fn delete_documents(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        keys: &[DocumentKey],
        client_token: Option<&str>,
    ) -> Result<Vec<Submitted>> {
        let call = Call { knowledge_base, data_source, client_token, name: "delete" };
        let now = self.now();
        let ids: Vec<_> = keys.iter().map(|key| DocumentId::of(data_source, key)).collect();
        let mut transaction = self.begin().await?;
        if let Some(before) = call.answered(&mut transaction, now).await? {
            return Ok(before);
        }
        let mut rows = rows_to_change(&mut transaction, &ids).await?;
        let first = take_numbers(&mut transaction, ids.len()).await?;
        for (sequence, id) in (first..).zip(&ids) {
            let Some(row) = rows.get_mut(id) else { continue };
            row.show(DocumentStatus::Deleting, None);
            let (key, location) = (row.document.key.clone(), row.document.location.clone());
            let submission = call.submission(sequence, key, location, SubmissionKind::Delete);
            replace(&mut transaction, *id, submission).await?;
        }
        let answer = call.accept(&mut transaction, &in_order(&ids, &rows), now).await?;
        transaction.commit().await?;
        self.notify();
        Ok(answer)
    }
}

/// A client's call, of which each document is a submission.
#[derive(Debug)]
struct Call<'a> {
    knowledge_base: KnowledgeBaseId,
    data_source: DataSourceId,
    client_token: Option<&'a str>,
    /// What a token is good for: the calls to ingest and to delete are two operations.
    name: &'static str,
}

impl Call<'_> {
    fn operation(&self) -> String {
        format!("{} documents of {}", self.name, self.data_source)
    }

    /// What the call was answered before, or nothing where it may go on.
    async fn answered(
        &self,
        connection: &mut Connection,
        now: OffsetDateTime,
    ) -> Result<Option<Vec<Submitted>>> {
        let (knowledge_base, data_source) = (self.knowledge_base, self.data_source);
        data_sources::get(connection, knowledge_base, data_source).await?;
        let (operation, token) = (self.operation(), self.client_token);
        if let Some(before) = tokens::result_of(connection, &operation, token, now).await? {
            let answer = serde_json::from_str(&before).map_err(|error| CatalogError::Corrupt {
                reason: format!("the answer to a call with a client token: {error}"),
            })?;
            return Ok(Some(answer));
        }
        data_sources::available(connection, knowledge_base, data_source).await?;
        Ok(None)
    }

    fn submission(
        &self,
        sequence: i64,
        key: DocumentKey,
        location: SourceLocation,
        kind: SubmissionKind,
    ) -> Submission {
        let (knowledge_base_id, data_source_id) = (self.knowledge_base, self.data_source);
        Submission { sequence, knowledge_base_id, data_source_id, key, location, kind }
    }

    /// Writes the documents and remembers the answer.
    async fn accept(
        &self,
        connection: &mut Connection,
        rows: &[&DocumentRow],
        now: OffsetDateTime,
    ) -> Result<Vec<Submitted>> {
        insert_or_update(connection, rows, now).await?;
        let answer = rows
            .iter()
            .map(|row| Submitted {
                key: row.document.key.clone(),
                location: row.document.location.clone(),
                accepted_at: now,
            })
            .collect();
        let (operation, token) = (self.operation(), self.client_token);
        tokens::remember(connection, &operation, token, &json(&answer)?, now).await?;
        Ok(answer)
    }
}

async fn replace(connection: &mut Connection, id: DocumentId, new: Submission) -> Result<()> {
    sqlx::query("DELETE FROM submissions WHERE document_id = $1")
        .bind(id_bytes(id))
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO submissions (sequence, knowledge_base_id, data_source_id, document_id, key, \
         location, kind, content, media_type, metadata, object, metadata_object) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(new.sequence)
    .bind(new.knowledge_base_id.as_str())
    .bind(new.data_source_id.as_str())
    .bind(id_bytes(id))
    .bind(new.key.as_str())
    .bind(json(&new.location)?)
    .bind(new.kind.name())
    .bind(new.kind.bytes())
    .bind(new.kind.media_type())
    .bind(optional_json(new.kind.metadata())?)
    .bind(optional_json(new.kind.object())?)
    .bind(optional_json(new.kind.metadata_object())?)
    .execute(connection)
    .await?;
    Ok(())
}

/// The columns of a submission.
impl SubmissionKind {
    fn name(&self) -> &'static str {
        match self {
            Self::Ingest { .. } => "INGEST",
            Self::Delete => "DELETE",
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Ingest { content: NewContent::Inline(bytes), .. } => Some(bytes),
            Self::Ingest { .. } | Self::Delete => None,
        }
    }

    fn object(&self) -> Option<&S3Object> {
        match self {
            Self::Ingest { content: NewContent::Object(object), .. } => Some(object),
            Self::Ingest { .. } | Self::Delete => None,
        }
    }

    fn media_type(&self) -> Option<&str> {
        match self {
            Self::Ingest { media_type, .. } => media_type.as_deref(),
            Self::Delete => None,
        }
    }

    fn metadata(&self) -> Option<&Metadata> {
        match self {
            Self::Ingest { metadata: NewMetadata::Inline(metadata), .. } => Some(metadata),
            Self::Ingest { .. } | Self::Delete => None,
        }
    }

    fn metadata_object(&self) -> Option<&S3Object> {
        match self {
            Self::Ingest { metadata: NewMetadata::Object(object), .. } => Some(object),
            Self::Ingest { .. } | Self::Delete => None,
        }
    }
}
