//! Ingestion jobs: a queue in a table, claimed with a lease.

use std::time::Duration;

use corpus::{DataSourceId, IngestionJob, IngestionJobId, IngestionJobStatus, KnowledgeBaseId};

use crate::catalog::Catalog;
use crate::error::Result;
use crate::page::{Listing, Page};

/// A job to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// See [`IngestionJob::knowledge_base_id`].
    pub knowledge_base_id: KnowledgeBaseId,
    /// See [`IngestionJob::data_source_id`].
    pub data_source_id: DataSourceId,
    /// See [`IngestionJob::description`].
    pub description: Option<String>,
    /// A second call with the same token returns what the first started.
    pub client_token: Option<String>,
}

/// Which jobs of a data source are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobQuery {
    /// Those in one of these states; none for all.
    pub statuses: Option<Vec<IngestionJobStatus>>,
    /// In which order.
    pub sort: JobSort,
    /// Which part of them.
    pub page: Page,
}

/// The order of jobs; by default the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobSort {
    /// By what.
    pub by: JobSortKey,
    /// Which way.
    pub order: Order,
}

/// What jobs are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JobSortKey {
    /// The name of the status; among equals, the start.
    Status,
    /// The start.
    #[default]
    StartedAt,
}

/// Which way a listing is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The smallest or oldest first.
    Ascending,
    /// The greatest or newest first.
    #[default]
    Descending,
}

impl Catalog {
    /// Enqueues a job; a conflict while another runs on the data source.
    pub async fn start_job(&self, new: NewJob) -> Result<IngestionJob> {
        todo!()
    }

    /// A job.
    pub async fn job(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        id: IngestionJobId,
    ) -> Result<IngestionJob> {
        todo!()
    }

    /// The jobs of a data source.
    pub async fn jobs(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        query: JobQuery,
    ) -> Result<Listing<IngestionJob>> {
        todo!()
    }

    /// Stops a job: at once where no worker has begun, else by telling the worker. A conflict
    /// where the job is over.
    pub async fn stop_job(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        id: IngestionJobId,
    ) -> Result<IngestionJob> {
        todo!()
    }

    /// Takes the oldest job that nobody is at: one that waits, or one whose worker let the lease
    /// run out. It is in progress then, or still stopping.
    pub async fn claim_job(&self, owner: &str, lease: Duration) -> Result<Option<IngestionJob>> {
        todo!()
    }

    /// Prolongs the lease and tells whether the job is to stop; a conflict where the lease was
    /// lost.
    pub async fn renew_lease(
        &self,
        id: IngestionJobId,
        owner: &str,
        lease: Duration,
    ) -> Result<IngestionJobStatus> {
        todo!()
    }

    /// Ends all leases, so that their jobs can be claimed at once, and tells how many. Only for
    /// whoever has the data directory alone.
    pub async fn release_leases(&self) -> Result<u64> {
        todo!()
    }

    /// Notes how many documents the source has.
    pub async fn set_documents_listed(&self, id: IngestionJobId, documents: u64) -> Result<()> {
        todo!()
    }

    /// Ends a job. The reasons are added to those of its documents; at most 100 of 2048
    /// characters are kept. A conflict where the job is over already.
    pub async fn finish_job(
        &self,
        id: IngestionJobId,
        status: IngestionJobStatus,
        failure_reasons: &[String],
    ) -> Result<()> {
        todo!()
    }
}
