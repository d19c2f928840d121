//! Data sources.

mod forget;
mod rows;
mod schedules;
mod searched;

use corpus::{
    ChunkingStrategy, DataDeletionPolicy, DataSource, DataSourceId, DataSourceStatus,
    KnowledgeBaseId, Reading, SourceConfiguration, Synchronisation,
};
use uuid::Uuid;

use crate::catalog::Catalog;
use crate::columns::{json, microseconds, optional_json};
use crate::error::{Result, taken};
use crate::jobs::stop_jobs_of_data_source;
use crate::knowledge_bases;
use crate::names::Named;
use crate::page::{Listing, Page};
use crate::tokens;

pub(crate) use rows::{available, data_source, get};
use rows::{changeable, find, insert, name_is_taken};
pub use schedules::AvailableDataSource;
use schedules::set_next_sync;

/// A data source to be.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDataSource {
    /// See [`DataSource::knowledge_base_id`].
    pub knowledge_base_id: KnowledgeBaseId,
    /// See [`DataSource::name`].
    pub name: String,
    /// See [`DataSource::description`].
    pub description: Option<String>,
    /// See [`DataSource::configuration`].
    pub configuration: serde_json::Value,
    /// See [`DataSource::vector_ingestion_configuration`].
    pub vector_ingestion_configuration: Option<serde_json::Value>,
    /// See [`DataSource::encryption_configuration`].
    pub encryption_configuration: Option<serde_json::Value>,
    /// See [`DataSource::source`].
    pub source: SourceConfiguration,
    /// See [`DataSource::synchronisation`].
    pub synchronisation: Synchronisation,
    /// See [`DataSource::chunking`].
    pub chunking: ChunkingStrategy,
    /// See [`DataSource::reading`].
    pub reading: Reading,
    /// See [`DataSource::data_deletion_policy`].
    pub data_deletion_policy: DataDeletionPolicy,
    /// A second call with the same token returns what the first created.
    pub client_token: Option<String>,
}

/// What may be changed of a data source; all of it is replaced but what is said to stay.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSourceUpdate {
    /// See [`DataSource::name`].
    pub name: String,
    /// See [`DataSource::description`].
    pub description: Option<String>,
    /// See [`DataSource::configuration`].
    pub configuration: serde_json::Value,
    /// See [`DataSource::vector_ingestion_configuration`]; it must mean the same as before.
    pub vector_ingestion_configuration: Option<serde_json::Value>,
    /// See [`DataSource::source`].
    pub source: SourceConfiguration,
    /// See [`DataSource::synchronisation`].
    pub synchronisation: Synchronisation,
    /// See [`DataSource::data_deletion_policy`]; none leaves it as it is.
    pub data_deletion_policy: Option<DataDeletionPolicy>,
    /// See [`DataSource::encryption_configuration`].
    pub encryption_configuration: Option<serde_json::Value>,
}

/// Marks the cursors of listings of data sources.
const CURSOR: &str = "ds";

impl Catalog {
    /// Creates a data source.
    pub async fn create_data_source(&self, new: NewDataSource) -> Result<DataSource> {
        let now = self.now();
        let knowledge_base_id = new.knowledge_base_id;
        let operation = format!("create data source of {knowledge_base_id}");
        let token = new.client_token.as_deref();
        let mut transaction = self.begin().await?;
        if let Some(id) = tokens::result_of(&mut transaction, &operation, token, now).await?
            && let Some(before) = find(&mut transaction, knowledge_base_id, &id).await?
        {
            return Ok(before);
        }
        knowledge_bases::active(&mut transaction, knowledge_base_id).await?;
        let id = DataSourceId::from_random(Uuid::new_v4().as_u128());
        tokens::remember(&mut transaction, &operation, token, id.as_str(), now).await?;
        let data_source = DataSource {
            id,
            knowledge_base_id,
            name: new.name,
            description: new.description,
            configuration: new.configuration,
            vector_ingestion_configuration: new.vector_ingestion_configuration,
            encryption_configuration: new.encryption_configuration,
            source: new.source,
            synchronisation: new.synchronisation,
            chunking: new.chunking,
            reading: new.reading,
            data_deletion_policy: new.data_deletion_policy,
            status: DataSourceStatus::Available,
            failure_reasons: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        insert(&mut transaction, &data_source).await?;
        set_next_sync(&mut transaction, &data_source, now).await?;
        transaction.commit().await?;
        Ok(data_source)
    }

    /// A data source.
    pub async fn data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
    ) -> Result<DataSource> {
        let mut snapshot = self.snapshot().await?;
        get(&mut snapshot, knowledge_base, id).await
    }

    /// The data sources of a knowledge base, those being removed too.
    pub async fn data_sources(
        &self,
        knowledge_base: KnowledgeBaseId,
        page: Page,
    ) -> Result<Listing<DataSource>> {
        let mut snapshot = self.snapshot().await?;
        knowledge_bases::get(&mut snapshot, knowledge_base).await?;
        let rows = sqlx::query(
            "SELECT * FROM data_sources WHERE knowledge_base_id = $1 AND sequence > $2 \
             ORDER BY sequence LIMIT $3",
        )
        .bind(knowledge_base.as_str())
        .bind(page.sequence(CURSOR)?)
        .bind(page.rows())
        .fetch_all(&mut *snapshot)
        .await?;
        Listing::of(&page, CURSOR, rows, data_source)
    }

    /// Changes a data source, also one that could not be removed.
    pub async fn update_data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
        update: DataSourceUpdate,
    ) -> Result<DataSource> {
        let mut transaction = self.begin().await?;
        let before = changeable(&mut transaction, knowledge_base, id).await?;
        sqlx::query(
            "UPDATE data_sources SET name = $2, description = $3, configuration = $4, \
             source = $5, data_deletion_policy = COALESCE($6, data_deletion_policy), \
             encryption_configuration = $7, vector_ingestion_configuration = $8, \
             updated_at = $9, synchronisation = $10 WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(&update.name)
        .bind(&update.description)
        .bind(json(&update.configuration)?)
        .bind(json(&update.source)?)
        .bind(update.data_deletion_policy.map(Named::name))
        .bind(optional_json(update.encryption_configuration.as_ref())?)
        .bind(optional_json(update.vector_ingestion_configuration.as_ref())?)
        .bind(microseconds(self.now()))
        .bind(json(&update.synchronisation)?)
        .execute(&mut *transaction)
        .await
        .map_err(taken(name_is_taken(&update.name)))?;
        let changed = get(&mut transaction, knowledge_base, id).await?;
        // A moment that was missed under the same schedule is still to be made up for.
        if changed.synchronisation.schedule != before.synchronisation.schedule {
            set_next_sync(&mut transaction, &changed, self.now()).await?;
        }
        transaction.commit().await?;
        Ok(changed)
    }

    /// Marks a data source as being removed and stops its jobs; the worker removes it. From now
    /// on none of its documents is returned. Once more where it failed before: tries again.
    pub async fn delete_data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
    ) -> Result<DataSource> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE data_sources SET status = 'DELETING', failure_reasons = '[]', updated_at = $3 \
             WHERE id = $1 AND knowledge_base_id = $2 AND status <> 'DELETING'",
        )
        .bind(id.as_str())
        .bind(knowledge_base.as_str())
        .bind(microseconds(now))
        .execute(&mut *transaction)
        .await?;
        let deleting = get(&mut transaction, knowledge_base, id).await?;
        stop_jobs_of_data_source(&mut transaction, id, now).await?;
        transaction.commit().await?;
        self.notify();
        Ok(deleting)
    }

    /// The data sources that are to be removed; not those of a knowledge base that is to be
    /// removed as a whole.
    pub async fn data_sources_to_delete(&self) -> Result<Vec<DataSource>> {
        let rows = sqlx::query(
            "SELECT * FROM data_sources WHERE status = 'DELETING' AND knowledge_base_id NOT IN \
             (SELECT id FROM knowledge_bases WHERE status = 'DELETING') ORDER BY sequence",
        )
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(data_source).collect()
    }

    /// Notes that a data source could not be removed, and why.
    pub async fn fail_delete_data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
        reason: &str,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        get(&mut transaction, knowledge_base, id).await?;
        sqlx::query(
            "UPDATE data_sources SET status = $2, failure_reasons = $3, updated_at = $4 \
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(DataSourceStatus::DeleteUnsuccessful.name())
        .bind(json(&[reason])?)
        .bind(microseconds(self.now()))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
