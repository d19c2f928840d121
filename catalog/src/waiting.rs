//! Direct ingestion: what clients pushed and the worker has not done yet.

use corpus::{DataSourceId, DocumentKey, KnowledgeBaseId, S3Object, SourceLocation};

use crate::catalog::{Catalog, Row};
use crate::columns::{Columns, limit as rows_limit};
use crate::error::Result;
use crate::submissions::NewMetadata;

/// Something that waits to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its number; later ones are greater.
    pub sequence: i64,
    /// The knowledge base.
    pub knowledge_base_id: KnowledgeBaseId,
    /// The data source.
    pub data_source_id: DataSourceId,
    /// The document.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// What is to be done.
    pub kind: WaitingKind,
}

/// What is to be done about a document.
#[derive(Debug, Clone, PartialEq)]
pub enum WaitingKind {
    /// Ingest the document.
    Ingest {
        /// Where its content is.
        content: WaitingContent,
        /// Its media type, where the client told.
        media_type: Option<String>,
        /// Its attributes.
        metadata: NewMetadata,
    },
    /// Remove the document.
    Delete,
}

/// Where the content of a document that waits is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitingContent {
    /// Here: [`Catalog::submitted_content`] gives it.
    Kept {
        /// Its length, in bytes.
        size: u64,
    },
    /// In S3.
    Object(S3Object),
}

impl Catalog {
    /// The knowledge bases for which something waits, that of the oldest first.
    pub async fn knowledge_bases_that_wait(&self) -> Result<Vec<KnowledgeBaseId>> {
        let rows = sqlx::query(
            "SELECT data_sources.knowledge_base_id AS id FROM submissions \
             JOIN data_sources ON data_sources.id = submissions.data_source_id \
             JOIN knowledge_bases ON knowledge_bases.id = data_sources.knowledge_base_id \
             WHERE data_sources.status = 'AVAILABLE' AND knowledge_bases.status = 'ACTIVE' \
             GROUP BY data_sources.knowledge_base_id ORDER BY MIN(submissions.sequence)",
        )
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(|row| row.id("id")).collect()
    }

    /// What waits for a knowledge base, the oldest first.
    pub async fn waiting_submissions(
        &self,
        knowledge_base: KnowledgeBaseId,
        limit: usize,
    ) -> Result<Vec<Waiting>> {
        let rows = sqlx::query(
            "SELECT submissions.sequence, submissions.knowledge_base_id, \
             submissions.data_source_id, submissions.key, submissions.location, submissions.kind, \
             submissions.media_type, submissions.metadata, submissions.object, \
             submissions.metadata_object, LENGTH(submissions.content) AS size \
             FROM submissions \
             JOIN data_sources ON data_sources.id = submissions.data_source_id \
             JOIN knowledge_bases ON knowledge_bases.id = data_sources.knowledge_base_id \
             WHERE submissions.knowledge_base_id = $1 AND data_sources.status = 'AVAILABLE' \
             AND knowledge_bases.status = 'ACTIVE' ORDER BY submissions.sequence LIMIT $2",
        )
        .bind(knowledge_base.as_str())
        .bind(rows_limit(limit))
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(waiting).collect()
    }

    /// The content of a submission; none where it was replaced or its data source removed.
    pub async fn submitted_content(&self, sequence: i64) -> Result<Option<Vec<u8>>> {
        let row = sqlx::query("SELECT content FROM submissions WHERE sequence = $1")
            .bind(sequence)
            .fetch_optional(self.reader())
            .await?;
        row.map(|row| row.bytes("content")).transpose()
    }
}

fn waiting(row: &Row) -> Result<Waiting> {
    let kind = match row.text("kind")?.as_str() {
        "DELETE" => WaitingKind::Delete,
        _ => WaitingKind::Ingest {
            content: match row.optional_json("object")? {
                Some(object) => WaitingContent::Object(object),
                None => WaitingContent::Kept { size: row.natural("size")? },
            },
            media_type: row.optional_text("media_type")?,
            metadata: match row.optional_json("metadata_object")? {
                Some(object) => NewMetadata::Object(object),
                None => NewMetadata::Inline(row.json("metadata")?),
            },
        },
    };
    Ok(Waiting {
        sequence: row.integer("sequence")?,
        knowledge_base_id: row.id("knowledge_base_id")?,
        data_source_id: row.id("data_source_id")?,
        key: DocumentKey::new(row.text("key")?),
        location: row.json("location")?,
        kind,
    })
}
