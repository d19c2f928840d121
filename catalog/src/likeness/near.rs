//! Finds documents that stand for themselves and are much like another one.
//!
//! Two simhashes of which at most three bits differ have one of their four quarters in common, so
//! each is found by an index. What is looked at is bounded, lest a site of which all pages are alike
//! takes time by the square of their number: beyond the bound, duplicates stay.

use corpus::{DataSourceId, DocumentId, DocumentKey, SourceLocation};
use sqlx::QueryBuilder;

use super::rows::{BANDS, bands, joined, likeness};
use super::{DISTANCE, Likeness, Rank};
use crate::catalog::Connection;
use crate::columns::Columns;
use crate::documents::{IDS, push_ids};
use crate::error::Result;

/// The most documents with the same quarter of a simhash that are looked at.
const SAME_BAND: i64 = 512;

/// The most documents whose lines are compared.
const NEAR: usize = IDS;

/// A document that stands for itself.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) id: DocumentId,
    pub(super) key: DocumentKey,
    pub(super) location: SourceLocation,
    /// Whether it answers; else it is due to be read again.
    pub(super) is_live: bool,
    pub(super) likeness: Likeness,
}

impl Standing {
    pub(super) fn rank(&self) -> Rank {
        Rank::new(self.likeness.words, &self.key)
    }
}

/// The documents that stand for themselves and may be duplicates of `own`, or the reverse; not
/// the document `id` itself.
pub(super) async fn near(
    connection: &mut Connection,
    data_source: DataSourceId,
    id: DocumentId,
    own: &Likeness,
) -> Result<Vec<Standing>> {
    let mut ids = same_text(connection, data_source, own).await?;
    if let Some(simhash) = own.simhash {
        ids.extend(alike(connection, data_source, simhash).await?);
    }
    ids.retain(|other| *other != id);
    ids.truncate(NEAR);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = QueryBuilder::new(
        "SELECT documents.id, documents.key, documents.location, documents.live_revision, \
         likenesses.* FROM likenesses JOIN documents ON documents.id = likenesses.document_id \
         WHERE likenesses.document_id IN ",
    );
    push_ids(&mut statement, &ids);
    let rows = statement.build().fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok(Standing {
                id: row.document_id("id")?,
                key: DocumentKey::new(row.text("key")?),
                location: row.json("location")?,
                is_live: row.optional_revision("live_revision")?.is_some(),
                likeness: likeness(row)?,
            })
        })
        .collect()
}

async fn same_text(
    connection: &mut Connection,
    data_source: DataSourceId,
    own: &Likeness,
) -> Result<Vec<DocumentId>> {
    let rows = sqlx::query(
        "SELECT document_id FROM likenesses \
         WHERE data_source_id = $1 AND text_hash = $2 AND original IS NULL LIMIT $3",
    )
    .bind(data_source.as_str())
    .bind(own.text.0.to_vec())
    .bind(SAME_BAND)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.document_id("document_id")).collect()
}

/// Those of which at most three bits differ.
async fn alike(
    connection: &mut Connection,
    data_source: DataSourceId,
    simhash: u64,
) -> Result<Vec<DocumentId>> {
    let mut found = Vec::new();
    for (name, band) in BANDS.into_iter().zip(bands(simhash)) {
        let mut statement = QueryBuilder::new(
            "SELECT document_id, band_0, band_1, band_2, band_3 FROM likenesses \
             WHERE original IS NULL AND data_source_id = ",
        );
        statement.push_bind(data_source.to_string()).push(" AND ").push(name).push(" = ");
        statement.push_bind(band).push(" LIMIT ").push_bind(SAME_BAND);
        for row in &statement.build().fetch_all(&mut *connection).await? {
            let others = joined(row)?;
            if others.is_some_and(|others| (others ^ simhash).count_ones() <= DISTANCE) {
                found.push(row.document_id("document_id")?);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
