//! Rows of likenesses.

use corpus::{DataSourceId, DocumentId, IngestionJobId};

use super::Likeness;
use super::counted::Counted;
use crate::catalog::{Connection, Row};
use crate::columns::{Columns, id_bytes, integer};
use crate::error::{CatalogError, Result};
use crate::names::Named;

/// The columns with the quarters of a simhash, 16 bits each.
pub(super) const BANDS: [&str; 4] = ["band_0", "band_1", "band_2", "band_3"];

/// A likeness with what only the catalog needs of it.
#[derive(Debug, Clone)]
pub(super) struct LikenessRow {
    pub(super) likeness: Likeness,
    /// The document that stands for this one; none where it stands for itself.
    pub(super) original: Option<DocumentId>,
    /// As what it counts in the statistics of a job, where that may still change.
    pub(super) counted: Option<(IngestionJobId, Counted)>,
}

/// The quarters of a simhash as they are kept.
pub(super) fn bands(simhash: u64) -> [i64; 4] {
    [0, 1, 2, 3].map(|band| (simhash >> (16 * band) & 0xffff).cast_signed())
}

/// The simhash of a row; none where only the same text makes a duplicate.
pub(super) fn joined(row: &Row) -> Result<Option<u64>> {
    let mut simhash = 0;
    for (number, name) in BANDS.into_iter().enumerate() {
        let Some(band) = row.optional_integer(name)? else { return Ok(None) };
        simhash |= band.cast_unsigned() << (16 * number);
    }
    Ok(Some(simhash))
}

pub(super) fn likeness(row: &Row) -> Result<Likeness> {
    let damage = || CatalogError::Corrupt { reason: "column text_hash is empty".to_owned() };
    let lines = row.bytes("lines")?;
    let lines = lines.as_chunks().0.iter().map(|line| u64::from_be_bytes(*line));
    Ok(Likeness {
        text: row.content_hash("text_hash")?.ok_or_else(damage)?,
        words: row.natural("words")?,
        simhash: joined(row)?,
        lines: lines.collect(),
    })
}

/// The row of a document.
pub(super) async fn get(
    connection: &mut Connection,
    id: DocumentId,
) -> Result<Option<LikenessRow>> {
    let row = sqlx::query("SELECT * FROM likenesses WHERE document_id = $1")
        .bind(id_bytes(id))
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let original = row.optional_bytes("original")?.map(|_| row.document_id("original"));
    let counted = match row.optional_name("counted")? {
        Some(counted) => Some((row.id("counted_job")?, counted)),
        None => None,
    };
    Ok(Some(LikenessRow { likeness: likeness(&row)?, original: original.transpose()?, counted }))
}

/// Writes the row of a document, whether it is there or not.
pub(super) async fn put(
    connection: &mut Connection,
    data_source: DataSourceId,
    id: DocumentId,
    row: &LikenessRow,
) -> Result<()> {
    let LikenessRow { likeness, original, counted } = row;
    let bands = likeness.simhash.map(bands);
    let band = |number: usize| bands.and_then(|bands| bands.get(number).copied());
    let lines: Vec<u8> = likeness.lines.iter().flat_map(|line| line.to_be_bytes()).collect();
    let (job, counted) = counted.unzip();
    sqlx::query(
        "INSERT INTO likenesses (document_id, data_source_id, text_hash, words, band_0, band_1, \
         band_2, band_3, lines, original, counted_job, counted) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (document_id) DO UPDATE SET text_hash = excluded.text_hash, \
         words = excluded.words, band_0 = excluded.band_0, band_1 = excluded.band_1, \
         band_2 = excluded.band_2, band_3 = excluded.band_3, lines = excluded.lines, \
         original = excluded.original, counted_job = excluded.counted_job, \
         counted = excluded.counted",
    )
    .bind(id_bytes(id))
    .bind(data_source.as_str())
    .bind(likeness.text.0.to_vec())
    .bind(integer(likeness.words))
    .bind(band(0))
    .bind(band(1))
    .bind(band(2))
    .bind(band(3))
    .bind(lines)
    .bind(original.map(id_bytes))
    .bind(job.map(String::from))
    .bind(counted.map(Named::name))
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes what stands for a document, and as what it counts.
pub(super) async fn set_original(
    connection: &mut Connection,
    id: DocumentId,
    original: Option<DocumentId>,
    counted: Option<(IngestionJobId, Counted)>,
) -> Result<()> {
    let (job, counted) = counted.unzip();
    sqlx::query(
        "UPDATE likenesses SET original = $2, counted_job = $3, counted = $4 \
         WHERE document_id = $1",
    )
    .bind(id_bytes(id))
    .bind(original.map(id_bytes))
    .bind(job.map(String::from))
    .bind(counted.map(Named::name))
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn remove(connection: &mut Connection, id: DocumentId) -> Result<()> {
    sqlx::query("DELETE FROM likenesses WHERE document_id = $1")
        .bind(id_bytes(id))
        .execute(connection)
        .await?;
    Ok(())
}

/// The documents that another one stands for.
pub(super) async fn duplicates(
    connection: &mut Connection,
    original: DocumentId,
) -> Result<Vec<DocumentId>> {
    let rows = sqlx::query("SELECT document_id FROM likenesses WHERE original = $1")
        .bind(id_bytes(original))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.document_id("document_id")).collect()
}
