//! Ingestion jobs: a queue in a table, claimed with a lease.

mod listing;
mod queue;
mod rows;

use corpus::{
    DataSourceId, IngestionJob, IngestionJobId, IngestionJobStatus, JobStatistics, KnowledgeBaseId,
    ModelUse,
};
use uuid::Uuid;

use crate::catalog::Catalog;
use crate::columns::{Columns, integer, microseconds};
use crate::data_sources::available;
use crate::error::{CatalogError, Result};
use crate::tokens;

pub use listing::{JobQuery, JobSort, JobSortKey, Order};
pub(crate) use queue::end_leases;
pub(crate) use rows::{
    DOCUMENT_REASONS, add_reasons, add_statistics, job, stop_jobs_of_data_source,
    stop_jobs_of_knowledge_base,
};
use rows::{find, get, insert};

/// A job to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// See [`IngestionJob::knowledge_base_id`].
    pub knowledge_base_id: KnowledgeBaseId,
    /// See [`IngestionJob::data_source_id`].
    pub data_source_id: DataSourceId,
    /// See [`IngestionJob::description`].
    pub description: Option<String>,
    /// See [`IngestionJob::accepts_deletions`].
    pub accepts_deletions: bool,
    /// A second call with the same token returns what the first started.
    pub client_token: Option<String>,
}

impl Catalog {
    /// Enqueues a job; a conflict while another runs on the data source.
    pub async fn start_job(&self, new: NewJob) -> Result<IngestionJob> {
        let now = self.now();
        let operation = format!("start job of {}", new.data_source_id);
        let token = new.client_token.as_deref();
        let mut transaction = self.begin().await?;
        if let Some(id) = tokens::result_of(&mut transaction, &operation, token, now).await?
            && let Some(before) = find(&mut transaction, new.data_source_id, &id).await?
        {
            return Ok(before);
        }
        available(&mut transaction, new.knowledge_base_id, new.data_source_id).await?;
        let id = IngestionJobId::from_random(Uuid::new_v4().as_u128());
        tokens::remember(&mut transaction, &operation, token, id.as_str(), now).await?;
        let job = IngestionJob {
            id,
            knowledge_base_id: new.knowledge_base_id,
            data_source_id: new.data_source_id,
            description: new.description,
            status: IngestionJobStatus::Starting,
            documents_listed: None,
            accepts_deletions: new.accepts_deletions,
            statistics: JobStatistics::default(),
            model_use: ModelUse::default(),
            failure_reasons: Vec::new(),
            started_at: now,
            updated_at: now,
        };
        insert(&mut transaction, &job).await?;
        transaction.commit().await?;
        self.notify();
        Ok(job)
    }

    /// A job.
    pub async fn job(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        id: IngestionJobId,
    ) -> Result<IngestionJob> {
        let mut snapshot = self.snapshot().await?;
        get(&mut snapshot, knowledge_base, data_source, id).await
    }

    /// Stops a job: at once where no worker has begun, else by telling the worker. A conflict
    /// where the job is over.
    pub async fn stop_job(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        id: IngestionJobId,
    ) -> Result<IngestionJob> {
        let mut transaction = self.begin().await?;
        let mut job = get(&mut transaction, knowledge_base, data_source, id).await?;
        if job.status.is_final() {
            return Err(CatalogError::conflict(format!("ingestion job '{id}' is over already")));
        }
        let now = self.now();
        job.status = rows::stopped(job.status);
        job.updated_at = now;
        rows::set_status(&mut transaction, id, job.status, now).await?;
        transaction.commit().await?;
        self.notify();
        Ok(job)
    }

    /// How many documents of its data source were live when this was first asked for the job,
    /// which is to be before it changes anything.
    pub async fn documents_before(&self, id: IngestionJobId) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query(
            "UPDATE ingestion_jobs SET documents_before = COALESCE(documents_before, \
             (SELECT COUNT(*) FROM documents \
             WHERE documents.data_source_id = ingestion_jobs.data_source_id \
             AND documents.live_revision IS NOT NULL)) WHERE id = $1 RETURNING documents_before",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *transaction)
        .await?;
        let row = row.ok_or_else(|| CatalogError::not_found("ingestion job", id))?;
        let documents = row.natural("documents_before")?;
        transaction.commit().await?;
        Ok(documents)
    }

    /// Notes how many documents the source has.
    pub async fn set_documents_listed(&self, id: IngestionJobId, documents: u64) -> Result<()> {
        let mut transaction = self.begin().await?;
        let result = sqlx::query(
            "UPDATE ingestion_jobs SET documents_listed = $2, updated_at = $3 WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(integer(documents))
        .bind(microseconds(self.now()))
        .execute(&mut *transaction)
        .await?;
        if result.rows_affected() == 0 {
            return Err(CatalogError::not_found("ingestion job", id));
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Adds to what a job asked of language models; does nothing where it is gone.
    pub async fn add_model_use(&self, id: IngestionJobId, used: ModelUse) -> Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE ingestion_jobs SET model_calls = model_calls + $2, \
             model_input_tokens = model_input_tokens + $3, \
             model_output_tokens = model_output_tokens + $4 WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(integer(used.calls))
        .bind(integer(used.input_tokens))
        .bind(integer(used.output_tokens))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
