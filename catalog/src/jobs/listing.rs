//! Lists the jobs of a data source, by start or by status.

use corpus::{DataSourceId, IngestionJob, IngestionJobStatus, KnowledgeBaseId};
use sqlx::QueryBuilder;

use crate::catalog::{Catalog, Database};
use crate::columns::Columns;
use crate::data_sources;
use crate::error::{CatalogError, Result};
use crate::names::Named;
use crate::page::{Listing, Page, parse_sequence};

use super::job;

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
    /// The jobs of a data source.
    pub async fn jobs(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        query: JobQuery,
    ) -> Result<Listing<IngestionJob>> {
        let after = query.after()?;
        let mut snapshot = self.snapshot().await?;
        data_sources::get(&mut snapshot, knowledge_base, data_source).await?;
        let mut rows =
            query.statement(data_source, after).build().fetch_all(&mut *snapshot).await?;
        let limit = query.page.limit();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = match rows.last() {
            Some(last) if more => {
                let (status, sequence) = (last.text("status")?, last.integer("sequence")?);
                Some(format!("{}.{status}.{sequence:x}", query.sort.tag()))
            }
            _ => None,
        };
        Ok(Listing { items: rows.iter().map(job).collect::<Result<_>>()?, next })
    }
}

impl JobSort {
    /// Marks the cursors of a listing in this order.
    fn tag(self) -> &'static str {
        match (self.by, self.order) {
            (JobSortKey::Status, Order::Ascending) => "job-sa",
            (JobSortKey::Status, Order::Descending) => "job-sd",
            (JobSortKey::StartedAt, Order::Ascending) => "job-ta",
            (JobSortKey::StartedAt, Order::Descending) => "job-td",
        }
    }
}

impl JobQuery {
    /// Status and number of the last job that was seen.
    fn after(&self) -> Result<Option<(IngestionJobStatus, i64)>> {
        let Some(cursor) = self.page.cursor(self.sort.tag())? else { return Ok(None) };
        let (status, sequence) = cursor.split_once('.').ok_or(CatalogError::BadCursor)?;
        let status = IngestionJobStatus::from_name(status).ok_or(CatalogError::BadCursor)?;
        Ok(Some((status, parse_sequence(sequence)?)))
    }

    fn statement(
        &self,
        data_source: DataSourceId,
        after: Option<(IngestionJobStatus, i64)>,
    ) -> QueryBuilder<Database> {
        let (beyond, direction) = match self.sort.order {
            Order::Ascending => (" > ", " ASC"),
            Order::Descending => (" < ", " DESC"),
        };
        let mut statement =
            QueryBuilder::new("SELECT * FROM ingestion_jobs WHERE data_source_id = ");
        statement.push_bind(data_source.to_string());
        if let Some(statuses) = &self.statuses {
            // No status of an empty list is one, and `IN ()` is not SQL everywhere.
            statement.push(" AND status IN (''");
            for status in statuses {
                statement.push(", ").push_bind(status.name());
            }
            statement.push(")");
        }
        if let Some((status, sequence)) = after {
            if self.sort.by == JobSortKey::Status {
                let name = status.name();
                statement.push(" AND (status").push(beyond).push_bind(name);
                statement.push(" OR (status = ").push_bind(name);
                statement.push(" AND sequence").push(beyond).push_bind(sequence).push("))");
            } else {
                statement.push(" AND sequence").push(beyond).push_bind(sequence);
            }
        }
        statement.push(" ORDER BY ");
        if self.sort.by == JobSortKey::Status {
            statement.push("status").push(direction).push(", ");
        }
        statement.push("sequence").push(direction);
        statement.push(" LIMIT ").push_bind(self.page.rows());
        statement
    }
}
