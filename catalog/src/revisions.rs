//! Allocates revisions.
//!
//! A number is never used twice for one document. A row remembers the greatest that was begun; when
//! a row is removed, its data source's floor rises above it, and that is where a document of the
//! same key would begin.

use corpus::{
    DataSourceId, DocumentId, DocumentKey, DocumentStatus, KnowledgeBaseId, Revision,
    SourceLocation,
};

use crate::catalog::{Catalog, Connection};
use crate::columns::{Columns, id_bytes};
use crate::data_sources::{self, available};
use crate::documents::{DocumentRow, in_order, insert_or_update, rows_to_change};
use crate::error::{CatalogError, Result};

impl Catalog {
    /// A new revision for each of these documents, in their order. Until its outcome is recorded
    /// it belongs to `owner`; for every other owner it is garbage.
    ///
    /// A conflict where the data source is being removed.
    ///
    /// An owner works at one revision of a document at a time: recording an outcome gives up all
    /// others of the document that were begun.
    pub async fn begin_revisions(
        &self,
        owner: &str,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        documents: &[(DocumentKey, SourceLocation)],
    ) -> Result<Vec<Revision>> {
        let ids: Vec<_> =
            documents.iter().map(|(key, _)| DocumentId::of(data_source, key)).collect();
        let mut transaction = self.begin().await?;
        available(&mut transaction, knowledge_base, data_source).await?;
        let floor = revision_floor(&mut transaction, knowledge_base, data_source).await?;
        let mut rows = rows_to_change(&mut transaction, &ids).await?;
        let mut revisions = Vec::with_capacity(documents.len());
        for (id, (key, location)) in ids.iter().zip(documents) {
            let row = rows.entry(*id).or_insert_with(|| {
                DocumentRow::new(knowledge_base, data_source, key, location, floor)
            });
            row.last_revision = next(row)?;
            if row.document.status != DocumentStatus::Deleting {
                row.show(DocumentStatus::InProgress, None);
            }
            revisions.push(row.last_revision);
        }
        insert_or_update(&mut transaction, &in_order(&ids, &rows), self.now()).await?;
        for (id, revision) in ids.iter().zip(&revisions) {
            sqlx::query(
                "INSERT INTO garbage \
                 (document_id, revision, knowledge_base_id, data_source_id, owner) \
                 VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(id_bytes(*id))
            .bind(i64::from(revision.0))
            .bind(knowledge_base.as_str())
            .bind(data_source.as_str())
            .bind(owner)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(revisions)
    }
}

/// The greatest revision that a removed document of the data source had.
pub(crate) async fn revision_floor(
    connection: &mut Connection,
    knowledge_base: KnowledgeBaseId,
    data_source: DataSourceId,
) -> Result<Revision> {
    let row = sqlx::query(
        "SELECT revision_floor FROM data_sources WHERE id = $1 AND knowledge_base_id = $2",
    )
    .bind(data_source.as_str())
    .bind(knowledge_base.as_str())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else {
        data_sources::get(connection, knowledge_base, data_source).await?;
        return Err(CatalogError::not_found("data source", data_source));
    };
    row.revision("revision_floor")
}

fn next(row: &DocumentRow) -> Result<Revision> {
    row.last_revision.0.checked_add(1).map(Revision).ok_or_else(|| {
        CatalogError::conflict(format!(
            "document '{}' has used up its revisions: create the data source anew",
            row.document.key
        ))
    })
}
