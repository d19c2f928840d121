//! Revisions whose chunks are to be removed from the index.

use corpus::{DocumentId, KnowledgeBaseId, Revision};

use crate::catalog::Catalog;
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

    /// Gives up the revisions that this owner was writing: they are garbage from now on.
    pub async fn abandon(&self, owner: &str) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE garbage SET owner = NULL WHERE owner = $1")
            .bind(owner)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Takes over from a process that is gone: its leases end, and the revisions that it was
    /// writing are given up. Only for who alone holds the catalog.
    pub async fn take_over(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        end_leases(&mut transaction).await?;
        sqlx::query("UPDATE garbage SET owner = NULL WHERE owner IS NOT NULL")
            .execute(&mut *transaction)
            .await?;
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
