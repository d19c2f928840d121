//! The worker's side of jobs: claim, keep, finish.

use std::time::Duration;

use corpus::{IngestionJob, IngestionJobId, IngestionJobStatus};

use crate::catalog::{Catalog, Connection};
use crate::columns::{Columns, microseconds};
use crate::error::{CatalogError, Result};
use crate::names::Named;

use super::{add_reasons, job};

/// The most failure reasons of a job.
const REASONS: usize = 100;

impl Catalog {
    /// Takes the oldest job that nobody is at: one that waits, or one whose worker let the lease
    /// run out. It is in progress then, or still stopping.
    pub async fn claim_job(&self, owner: &str, lease: Duration) -> Result<Option<IngestionJob>> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let row = sqlx::query(
            "UPDATE ingestion_jobs SET lease_owner = $1, lease_until = $2, updated_at = $3, \
             status = CASE status WHEN 'STARTING' THEN 'IN_PROGRESS' ELSE status END \
             WHERE id = (SELECT id FROM ingestion_jobs \
             WHERE status IN ('STARTING', 'IN_PROGRESS', 'STOPPING') \
             AND (lease_until IS NULL OR lease_until <= $3) ORDER BY sequence LIMIT 1) \
             RETURNING *",
        )
        .bind(owner)
        .bind(microseconds(now + lease))
        .bind(microseconds(now))
        .fetch_optional(&mut *transaction)
        .await?;
        let claimed = row.as_ref().map(job).transpose()?;
        transaction.commit().await?;
        Ok(claimed)
    }

    /// Prolongs the lease and tells whether the job is to stop; a conflict where the lease was
    /// lost.
    pub async fn renew_lease(
        &self,
        id: IngestionJobId,
        owner: &str,
        lease: Duration,
    ) -> Result<IngestionJobStatus> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query(
            "UPDATE ingestion_jobs SET lease_until = $3 \
             WHERE id = $1 AND lease_owner = $2 AND status IN ('IN_PROGRESS', 'STOPPING') \
             RETURNING status",
        )
        .bind(id.as_str())
        .bind(owner)
        .bind(microseconds(self.now() + lease))
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else {
            return Err(CatalogError::conflict(format!(
                "the lease on ingestion job '{id}' was lost: leave it to whoever has it now"
            )));
        };
        let status = row.name("status")?;
        transaction.commit().await?;
        Ok(status)
    }

    /// Ends all leases, so that their jobs can be claimed at once, and tells how many. Only for
    /// whoever has the data directory alone.
    pub async fn release_leases(&self) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let released = end_leases(&mut transaction).await?;
        transaction.commit().await?;
        self.notify();
        Ok(released)
    }

    /// Ends a job. The reasons are added to those of its documents; at most 100 of 2048
    /// characters are kept. A conflict where the job is over already.
    pub async fn finish_job(
        &self,
        id: IngestionJobId,
        status: IngestionJobStatus,
        failure_reasons: &[String],
    ) -> Result<()> {
        if !status.is_final() {
            let name = status.name();
            return Err(CatalogError::conflict(format!("no ingestion job ends as {name}")));
        }
        let mut transaction = self.begin().await?;
        let result = sqlx::query(
            "UPDATE ingestion_jobs SET status = $2, lease_owner = NULL, lease_until = NULL, \
             updated_at = $3 WHERE id = $1 AND status IN ('STARTING', 'IN_PROGRESS', 'STOPPING')",
        )
        .bind(id.as_str())
        .bind(status.name())
        .bind(microseconds(self.now()))
        .execute(&mut *transaction)
        .await?;
        if result.rows_affected() == 0 {
            return Err(CatalogError::conflict(format!(
                "ingestion job '{id}' is over already, or was removed"
            )));
        }
        add_reasons(&mut transaction, id, failure_reasons, REASONS).await?;
        sqlx::query("DELETE FROM job_removals WHERE ingestion_job_id = $1")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Ends all leases of jobs that are not over; tells how many.
pub(crate) async fn end_leases(connection: &mut Connection) -> Result<u64> {
    let result = sqlx::query(
        "UPDATE ingestion_jobs SET lease_owner = NULL, lease_until = NULL \
         WHERE status IN ('STARTING', 'IN_PROGRESS', 'STOPPING') AND lease_owner IS NOT NULL",
    )
    .execute(connection)
    .await?;
    Ok(result.rows_affected())
}
