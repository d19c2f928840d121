//! Removes what the catalog knows of a data source.

use corpus::{DataSourceId, KnowledgeBaseId};

use crate::catalog::Catalog;
use crate::data_sources::find;
use crate::error::Result;

/// Documents that are removed in one transaction, so that other writers get their turn.
const DOCUMENTS: i64 = 5_000;

impl Catalog {
    /// Removes every row of a data source; does nothing where there is none.
    pub async fn forget_data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
    ) -> Result<()> {
        let found = find(&mut *self.snapshot().await?, knowledge_base, id.as_str()).await?;
        if found.is_none() {
            return Ok(());
        }
        while self.forget_some_documents(id).await? {}
        let mut transaction = self.begin().await?;
        for statement in [
            "DELETE FROM submissions WHERE data_source_id = $1",
            "DELETE FROM garbage WHERE data_source_id = $1",
            "DELETE FROM likenesses WHERE data_source_id = $1",
            "DELETE FROM documents WHERE data_source_id = $1",
            "DELETE FROM source_state WHERE data_source_id = $1",
            "DELETE FROM job_removals WHERE ingestion_job_id IN \
             (SELECT id FROM ingestion_jobs WHERE data_source_id = $1)",
            "DELETE FROM ingestion_jobs WHERE data_source_id = $1",
            "DELETE FROM data_sources WHERE id = $1",
        ] {
            sqlx::query(statement).bind(id.as_str()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Removes as many documents as one transaction should; tells whether there may be more.
    async fn forget_some_documents(&self, id: DataSourceId) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let result = sqlx::query(
            "DELETE FROM documents WHERE id IN \
             (SELECT id FROM documents WHERE data_source_id = $1 LIMIT $2)",
        )
        .bind(id.as_str())
        .bind(DOCUMENTS)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(result.rows_affected() > 0)
    }
}
