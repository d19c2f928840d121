//! Revisions whose chunks are to be removed from the index.

use corpus::{DataSourceId, DocumentId, KnowledgeBaseId, Revision};

use crate::catalog::{Catalog, Connection};
use crate::columns::{Columns, id_bytes, limit as rows_limit};
use crate::error::Result;
use crate::jobs::end_leases;

/// A revision that is not live and whose chunks may be in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Garbage {
    /// The index.
    pub knowledge_base_id: KnowledgeBaseId,
    /// The document.
    pub document: DocumentId,
    /// The revision.
    pub revision: Revision,
}

impl Catalog {
    /// The knowledge bases that have [`garbage`](Self::garbage).
    pub async fn knowledge_bases_with_garbage(&self) -> Result<Vec<KnowledgeBaseId>> {
        let rows = sqlx::query(
            "SELECT DISTINCT knowledge_base_id FROM garbage WHERE owner IS NULL \
             AND knowledge_base_id NOT IN \
             (SELECT id FROM knowledge_bases WHERE status = 'DELETING')",
        )
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(|row| row.id("knowledge_base_id")).collect()
    }

    /// Revisions of a knowledge base to remove: those that were replaced or given up. None where
    /// it is to be removed as a whole.
    pub async fn garbage(
        &self,
        knowledge_base: KnowledgeBaseId,
        limit: usize,
    ) -> Result<Vec<Garbage>> {
        let rows = sqlx::query(
            "SELECT * FROM garbage WHERE owner IS NULL AND knowledge_base_id = $1 \
             AND knowledge_base_id NOT IN \
             (SELECT id FROM knowledge_bases WHERE status = 'DELETING') \
             ORDER BY document_id, revision LIMIT $2",
        )
        .bind(knowledge_base.as_str())
        .bind(rows_limit(limit))
        .fetch_all(self.reader())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Garbage {
                    knowledge_base_id: row.id("knowledge_base_id")?,
                    document: row.document_id("document_id")?,
                    revision: row.revision("revision")?,
                })
            })
            .collect()
    }

    /// Gives up the revisions that this owner was writing: they are garbage from now on, and
    /// their documents are again what they were before.
    pub async fn abandon(&self, owner: &str) -> Result<()> {
        let mut transaction = self.begin().await?;
        give_up(&mut transaction, Some(owner)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Takes over from a process that is gone: its leases end, and the revisions that it was
    /// writing are given up, as by [`Catalog::abandon`]. Only for who alone holds the catalog.
    pub async fn take_over(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        end_leases(&mut transaction).await?;
        give_up(&mut transaction, None).await?;
        transaction.commit().await?;
        self.notify();
        Ok(())
    }

    /// Notes that these are removed from the index, durably.
    pub async fn forget_garbage(&self, garbage: &[Garbage]) -> Result<()> {
        let mut transaction = self.begin().await?;
        for row in garbage {
            sqlx::query("DELETE FROM garbage WHERE document_id = $1 AND revision = $2")
                .bind(id_bytes(row.document))
                .bind(i64::from(row.revision.0))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Gives up the revisions that an owner was writing, or that anybody was. A document that shows
/// that it is in progress shows instead what it waits for, or what it was when it was settled.
async fn give_up(connection: &mut Connection, owner: Option<&str>) -> Result<()> {
    for statement in [
        "UPDATE documents SET status = 'PENDING', status_reason = NULL \
         WHERE status = 'IN_PROGRESS' AND id IN (SELECT document_id FROM submissions) AND id IN \
         (SELECT document_id FROM garbage WHERE owner = COALESCE($1, owner))",
        "UPDATE documents SET status = COALESCE(settled_status, 'PENDING'), \
         status_reason = settled_reason WHERE status = 'IN_PROGRESS' AND id IN \
         (SELECT document_id FROM garbage WHERE owner = COALESCE($1, owner))",
        "UPDATE garbage SET owner = NULL WHERE owner = COALESCE($1, owner)",
    ] {
        sqlx::query(statement).bind(owner).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Notes that a revision is to be removed.
pub(crate) async fn discard(
    connection: &mut Connection,
    data_source: DataSourceId,
    garbage: Garbage,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO garbage (document_id, revision, knowledge_base_id, data_source_id, owner) \
         VALUES ($1, $2, $3, $4, NULL) \
         ON CONFLICT (document_id, revision) DO UPDATE SET owner = NULL",
    )
    .bind(id_bytes(garbage.document))
    .bind(i64::from(garbage.revision.0))
    .bind(garbage.knowledge_base_id.as_str())
    .bind(data_source.as_str())
    .execute(connection)
    .await?;
    Ok(())
}
