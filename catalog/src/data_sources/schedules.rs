//! When data sources are due by their schedules.
//!
//! The next moment is a column, so that one that passed while no server ran is noticed at the next
//! start. It moves on only after the job was started: whoever dies between the two starts it again,
//! or finds it running.

use corpus::{DataSource, DataSourceId, KnowledgeBaseId};
use time::OffsetDateTime;

use crate::catalog::{Catalog, Connection};
use crate::columns::{Columns, microseconds};
use crate::data_sources::{data_source, find};
use crate::error::Result;

/// A data source that can be ingested from, as it was at its last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AvailableDataSource {
    /// See [`DataSource::knowledge_base_id`].
    pub knowledge_base_id: KnowledgeBaseId,
    /// See [`DataSource::id`].
    pub id: DataSourceId,
    /// See [`DataSource::updated_at`].
    pub updated_at: OffsetDateTime,
}

impl Catalog {
    /// The available data sources whose schedule says that they are due, the longest first.
    pub async fn due_data_sources(&self) -> Result<Vec<DataSource>> {
        let rows = sqlx::query(
            "SELECT * FROM data_sources WHERE next_sync_at <= $1 AND status = 'AVAILABLE' \
             AND knowledge_base_id IN (SELECT id FROM knowledge_bases WHERE status = 'ACTIVE') \
             ORDER BY next_sync_at, sequence",
        )
        .bind(microseconds(self.now()))
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(data_source).collect()
    }

    /// Moves a data source on to the next moment of its schedule, however many have passed; does
    /// nothing where it is gone.
    pub async fn await_next_sync(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        let Some(found) = find(&mut transaction, knowledge_base, id.as_str()).await? else {
            return Ok(());
        };
        set_next_sync(&mut transaction, &found, self.now()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Every data source that can be ingested from, in the order of their creation.
    pub async fn available_data_sources(&self) -> Result<Vec<AvailableDataSource>> {
        let rows = sqlx::query(
            "SELECT id, knowledge_base_id, updated_at FROM data_sources \
             WHERE status = 'AVAILABLE' AND knowledge_base_id IN \
             (SELECT id FROM knowledge_bases WHERE status = 'ACTIVE') \
             ORDER BY knowledge_base_id, sequence",
        )
        .fetch_all(self.reader())
        .await?;
        let available = rows.iter().map(|row| {
            Ok(AvailableDataSource {
                knowledge_base_id: row.id("knowledge_base_id")?,
                id: row.id("id")?,
                updated_at: row.moment("updated_at")?,
            })
        });
        available.collect()
    }
}

/// Notes when a data source is due next by its schedule.
pub(super) async fn set_next_sync(
    connection: &mut Connection,
    of: &DataSource,
    now: OffsetDateTime,
) -> Result<()> {
    let schedule = of.synchronisation.schedule.as_ref();
    let next = schedule.and_then(|schedule| schedule.next_after(now));
    sqlx::query("UPDATE data_sources SET next_sync_at = $2 WHERE id = $1")
        .bind(of.id.as_str())
        .bind(next.map(microseconds))
        .execute(connection)
        .await?;
    Ok(())
}
