//! Segments: runs of documents, as a source lists them, that are compared and seen as one.
//!
//! Where a source is listed in the same order each time, most of its listing is as it was. A
//! segment keeps a digest of what the source told of some documents, once all of them are settled
//! as told. A job that is told the same sees all of them in one step: not one of their rows is
//! read or written.
//!
//! Whoever is about to change a document dissolves its segment first ([`dissolve`], by
//! [`crate::documents::rows_to_change`]). So the rows of a segment's documents are always what its
//! digest says, but for the job that saw them last, which is the segment's.

use std::collections::HashMap;

use corpus::{
    ChangeKey, DataSourceId, DocumentId, DocumentStatus, IngestionJobId, JobStatistics,
    SourceDocument, SourceMetadata,
};
use sha2::{Digest, Sha256};
use sqlx::QueryBuilder;

use crate::catalog::{Catalog, Connection, Row};
use crate::columns::{Columns, integer, json, limit, optional_json, take_numbers};
use crate::documents::{IDS, change_key, push_ids};
use crate::error::Result;
use crate::jobs::add_statistics;

/// A run of documents as their source lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    digest: SegmentDigest,
    documents: Vec<DocumentId>,
}

/// SHA-256 of what a source tells of a run of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SegmentDigest([u8; 32]);

impl Segment {
    /// What it is known by.
    pub fn digest(&self) -> SegmentDigest {
        self.digest
    }
}

/// A segment in the making.
#[derive(Debug, Default)]
pub struct SegmentBuilder {
    hash: Sha256,
    documents: Vec<DocumentId>,
}

impl SegmentBuilder {
    /// Takes the next document of the listing, and tells its id. None where the source does not
    /// tell whether it changes, so that it cannot be taken.
    pub fn add(
        &mut self,
        data_source: DataSourceId,
        document: &SourceDocument,
    ) -> Option<DocumentId> {
        let told = Told {
            key: document.key.as_str(),
            location: &json(&document.location).ok()?,
            change_key: document.change_key.as_ref()?,
            sidecar: matches!(document.metadata, SourceMetadata::Sidecar(_)),
            access: optional_json(document.access.as_ref()).ok()?,
        };
        told.enter(&mut self.hash);
        let id = DocumentId::of(data_source, &document.key);
        self.documents.push(id);
        Some(id)
    }

    /// The segment of all that it took.
    pub fn build(self) -> Segment {
        Segment { digest: SegmentDigest(self.hash.finalize().into()), documents: self.documents }
    }
}

/// What a source tells of one document.
struct Told<'a> {
    key: &'a str,
    /// As JSON.
    location: &'a str,
    change_key: &'a ChangeKey,
    sidecar: bool,
    /// As JSON.
    access: Option<String>,
}

impl Told<'_> {
    /// Each part with its length before it, so that no two documents are the same bytes.
    fn enter(&self, hash: &mut Sha256) {
        let parts = [
            Some(self.key),
            Some(self.location),
            Some(&self.change_key.content),
            self.change_key.metadata.as_deref(),
            self.access.as_deref(),
            self.sidecar.then_some(""),
        ];
        for part in parts {
            let length = part.map_or(u64::MAX, |part| part.len() as u64);
            hash.update(length.to_le_bytes());
            hash.update(part.unwrap_or_default());
        }
    }
}

impl Catalog {
    /// Sees the segments that have these digests, for a job; tells which there are. Each document
    /// of those counts in the job as unchanged, or as skipped, unless the job has counted it.
    pub async fn see_segments(
        &self,
        job: IngestionJobId,
        data_source: DataSourceId,
        digests: &[SegmentDigest],
    ) -> Result<Vec<bool>> {
        if !self.has_segments(data_source, digests).await? {
            return Ok(vec![false; digests.len()]);
        }
        let mut statistics = JobStatistics::default();
        let mut seen = Vec::with_capacity(digests.len());
        let mut transaction = self.begin().await?;
        for digest in digests {
            let found =
                sqlx::query("SELECT * FROM segments WHERE data_source_id = $1 AND digest = $2")
                    .bind(data_source.as_str())
                    .bind(digest.0.as_slice())
                    .fetch_optional(&mut *transaction)
                    .await?;
            seen.push(found.is_some());
            let Some(segment) = found else { continue };
            if segment.text("last_job")? == job.as_str() {
                continue;
            }
            sqlx::query("UPDATE segments SET last_job = $2 WHERE id = $1")
                .bind(segment.integer("id")?)
                .bind(job.as_str())
                .execute(&mut *transaction)
                .await?;
            statistics.documents_scanned += segment.natural("documents")?;
            statistics.metadata_documents_scanned += segment.natural("sidecars")?;
            statistics.documents_skipped += segment.natural("skipped")?;
        }
        add_statistics(&mut transaction, job, &statistics, self.now()).await?;
        transaction.commit().await?;
        Ok(seen)
    }

    /// Whether there is any segment with one of these digests.
    async fn has_segments(
        &self,
        data_source: DataSourceId,
        digests: &[SegmentDigest],
    ) -> Result<bool> {
        let mut statement = QueryBuilder::new("SELECT id FROM segments WHERE data_source_id = ");
        statement.push_bind(data_source.as_str()).push(" AND digest IN (");
        let mut list = statement.separated(", ");
        for digest in digests {
            list.push_bind(digest.0.as_slice());
        }
        statement.push(") LIMIT 1");
        Ok(statement.build().fetch_optional(self.reader()).await?.is_some())
    }

    /// Keeps those of these segments whose documents the job has recorded and are settled as they
    /// were told; a document that failed is to be looked at by the next job, and its segment is
    /// not kept.
    pub async fn keep_segments(
        &self,
        job: IngestionJobId,
        data_source: DataSourceId,
        segments: &[Segment],
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        for segment in segments {
            keep(&mut transaction, job, data_source, segment).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

async fn keep(
    connection: &mut Connection,
    job: IngestionJobId,
    data_source: DataSourceId,
    segment: &Segment,
) -> Result<()> {
    let Some(settled) = Settled::load(connection, job, segment).await? else { return Ok(()) };
    let id = take_numbers(connection, 1).await?;
    sqlx::query(
        "INSERT INTO segments \
         (id, data_source_id, digest, documents, sidecars, skipped, last_job) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(data_source.as_str())
    .bind(segment.digest.0.as_slice())
    .bind(limit(segment.documents.len()))
    .bind(integer(settled.sidecars))
    .bind(integer(settled.skipped))
    .bind(job.as_str())
    .execute(&mut *connection)
    .await?;
    for some in segment.documents.chunks(IDS) {
        let mut statement = QueryBuilder::new("UPDATE documents SET segment = ");
        statement.push_bind(id).push(" WHERE id IN ");
        push_ids(&mut statement, some);
        statement.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// What is to be known of a segment whose documents are as they were told.
struct Settled {
    sidecars: u64,
    skipped: u64,
}

impl Settled {
    /// Compares the rows of a segment's documents with what was told of them.
    async fn load(
        connection: &mut Connection,
        job: IngestionJobId,
        segment: &Segment,
    ) -> Result<Option<Self>> {
        let mut rows: HashMap<DocumentId, Row> = HashMap::new();
        for some in segment.documents.chunks(IDS) {
            let mut statement = QueryBuilder::new(
                "SELECT id, key, location, status, change_key, metadata_key, sidecar, access, \
                 last_job FROM documents WHERE segment IS NULL AND id IN ",
            );
            push_ids(&mut statement, some);
            for row in statement.build().fetch_all(&mut *connection).await? {
                rows.insert(row.document_id("id")?, row);
            }
        }
        let mut settled = Self { sidecars: 0, skipped: 0 };
        let mut hash = Sha256::new();
        for id in &segment.documents {
            // One that is listed twice has no second row.
            let Some(row) = rows.remove(id) else { return Ok(None) };
            if row.text("last_job")? != job.as_str() || !settled.enter(&row, &mut hash)? {
                return Ok(None);
            }
        }
        let digest = SegmentDigest(hash.finalize().into());
        Ok((digest == segment.digest).then_some(settled))
    }

    /// Takes in the row of the next document; tells whether it is settled.
    fn enter(&mut self, row: &Row, hash: &mut Sha256) -> Result<bool> {
        match row.name("status")? {
            DocumentStatus::Indexed | DocumentStatus::PartiallyIndexed => {}
            DocumentStatus::Ignored => self.skipped += 1,
            _ => return Ok(false),
        }
        let Some(change_key) = change_key(row)? else { return Ok(false) };
        let sidecar = row.truth("sidecar")?;
        self.sidecars += u64::from(sidecar);
        let told = Told {
            key: &row.text("key")?,
            location: &row.text("location")?,
            change_key: &change_key,
            sidecar,
            access: row.optional_text("access")?,
        };
        told.enter(hash);
        Ok(true)
    }
}

/// Dissolves the segments of documents that may change.
pub(crate) async fn dissolve(connection: &mut Connection, ids: &[DocumentId]) -> Result<()> {
    for some in ids.chunks(IDS) {
        let mut statement = QueryBuilder::new(
            "SELECT DISTINCT segment FROM documents WHERE segment IS NOT NULL AND id IN ",
        );
        push_ids(&mut statement, some);
        for row in statement.build().fetch_all(&mut *connection).await? {
            let segment = row.integer("segment")?;
            for statement in [
                "UPDATE documents SET segment = NULL, \
                 last_job = (SELECT last_job FROM segments WHERE id = $1) WHERE segment = $1",
                "DELETE FROM segments WHERE id = $1",
            ] {
                sqlx::query(statement).bind(segment).execute(&mut *connection).await?;
            }
        }
    }
    Ok(())
}
