//! Data sources.

use corpus::{
    ChunkingStrategy, DataDeletionPolicy, DataSource, DataSourceId, KnowledgeBaseId,
    SourceConfiguration,
};

use crate::catalog::Catalog;
use crate::error::Result;
use crate::page::{Listing, Page};

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
    /// See [`DataSource::chunking`].
    pub chunking: ChunkingStrategy,
    /// See [`DataSource::data_deletion_policy`].
    pub data_deletion_policy: DataDeletionPolicy,
    /// A second call with the same token returns what the first created.
    pub client_token: Option<String>,
}

/// What may be changed of a data source; all of it is replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSourceUpdate {
    /// See [`DataSource::name`].
    pub name: String,
    /// See [`DataSource::description`].
    pub description: Option<String>,
    /// See [`DataSource::configuration`].
    pub configuration: serde_json::Value,
    /// See [`DataSource::source`].
    pub source: SourceConfiguration,
    /// See [`DataSource::data_deletion_policy`].
    pub data_deletion_policy: DataDeletionPolicy,
    /// See [`DataSource::encryption_configuration`].
    pub encryption_configuration: Option<serde_json::Value>,
}

impl Catalog {
    /// Creates a data source.
    pub async fn create_data_source(&self, new: NewDataSource) -> Result<DataSource> {
        todo!()
    }

    /// A data source.
    pub async fn data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
    ) -> Result<DataSource> {
        todo!()
    }

    /// The data sources of a knowledge base, those being removed too.
    pub async fn data_sources(
        &self,
        knowledge_base: KnowledgeBaseId,
        page: Page,
    ) -> Result<Listing<DataSource>> {
        todo!()
    }

    /// Changes a data source.
    pub async fn update_data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
        update: DataSourceUpdate,
    ) -> Result<DataSource> {
        todo!()
    }

    /// Marks a data source as being removed and stops its jobs; the worker removes it. From now
    /// on none of its documents is returned.
    pub async fn delete_data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
    ) -> Result<DataSource> {
        todo!()
    }

    /// The data sources that are to be removed; not those of a knowledge base that is to be
    /// removed as a whole.
    pub async fn data_sources_to_delete(&self) -> Result<Vec<DataSource>> {
        todo!()
    }

    /// Removes every row of a data source; does nothing where there is none.
    pub async fn forget_data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
    ) -> Result<()> {
        todo!()
    }

    /// Notes that a data source could not be removed, and why.
    pub async fn fail_delete_data_source(
        &self,
        knowledge_base: KnowledgeBaseId,
        id: DataSourceId,
        reason: &str,
    ) -> Result<()> {
        todo!()
    }
}
