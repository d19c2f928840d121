//! Rows of data sources.

use corpus::{DataSource, DataSourceId, DataSourceStatus, KnowledgeBaseId};

use crate::catalog::{Connection, Row};
use crate::columns::{Columns, json, microseconds, optional_json, take_numbers};
use crate::error::{CatalogError, Result, taken};
use crate::knowledge_bases;
use crate::names::Named;

/// A data source, or that it is not there.
pub(crate) async fn get(
    connection: &mut Connection,
    knowledge_base: KnowledgeBaseId,
    id: DataSourceId,
) -> Result<DataSource> {
    if let Some(found) = find(connection, knowledge_base, id.as_str()).await? {
        return Ok(found);
    }
    // Without the knowledge base, that is what the caller should hear of.
    knowledge_bases::get(connection, knowledge_base).await?;
    Err(CatalogError::not_found("data source", id))
}

/// A data source that can be ingested from.
pub(crate) async fn available(
    connection: &mut Connection,
    knowledge_base: KnowledgeBaseId,
    id: DataSourceId,
) -> Result<DataSource> {
    let data_source = get(connection, knowledge_base, id).await?;
    knowledge_bases::active(connection, knowledge_base).await?;
    match data_source.status {
        DataSourceStatus::Available => Ok(data_source),
        DataSourceStatus::Deleting => Err(deleting(id)),
        DataSourceStatus::DeleteUnsuccessful => Err(CatalogError::conflict(format!(
            "data source '{id}' could not be deleted, for the reasons that it tells: delete it again"
        ))),
    }
}

/// A data source that can be changed: one that could not be removed can.
pub(super) async fn changeable(
    connection: &mut Connection,
    knowledge_base: KnowledgeBaseId,
    id: DataSourceId,
) -> Result<DataSource> {
    let data_source = get(connection, knowledge_base, id).await?;
    knowledge_bases::changeable(connection, knowledge_base).await?;
    match data_source.status {
        DataSourceStatus::Deleting => Err(deleting(id)),
        DataSourceStatus::Available | DataSourceStatus::DeleteUnsuccessful => Ok(data_source),
    }
}

fn deleting(id: DataSourceId) -> CatalogError {
    CatalogError::conflict(format!("data source '{id}' is being deleted"))
}

pub(super) async fn find(
    connection: &mut Connection,
    knowledge_base: KnowledgeBaseId,
    id: &str,
) -> Result<Option<DataSource>> {
    let row = sqlx::query("SELECT * FROM data_sources WHERE id = $1 AND knowledge_base_id = $2")
        .bind(id)
        .bind(knowledge_base.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(data_source).transpose()
}

pub(super) async fn insert(connection: &mut Connection, new: &DataSource) -> Result<()> {
    let sequence = take_numbers(connection, 1).await?;
    sqlx::query(
        "INSERT INTO data_sources (id, sequence, knowledge_base_id, name, description, \
         configuration, vector_ingestion_configuration, encryption_configuration, source, \
         chunking, data_deletion_policy, status, failure_reasons, revision_floor, created_at, \
         updated_at, synchronisation, reading) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $15, $16, $17)",
    )
    .bind(new.id.as_str())
    .bind(sequence)
    .bind(new.knowledge_base_id.as_str())
    .bind(&new.name)
    .bind(&new.description)
    .bind(json(&new.configuration)?)
    .bind(optional_json(new.vector_ingestion_configuration.as_ref())?)
    .bind(optional_json(new.encryption_configuration.as_ref())?)
    .bind(json(&new.source)?)
    .bind(json(&new.chunking)?)
    .bind(new.data_deletion_policy.name())
    .bind(new.status.name())
    .bind(json(&new.failure_reasons)?)
    .bind(microseconds(new.created_at))
    .bind(microseconds(new.updated_at))
    .bind(json(&new.synchronisation)?)
    .bind(json(&new.reading)?)
    .execute(connection)
    .await
    .map_err(taken(name_is_taken(&new.name)))?;
    Ok(())
}

pub(crate) fn data_source(row: &Row) -> Result<DataSource> {
    Ok(DataSource {
        id: row.id("id")?,
        knowledge_base_id: row.id("knowledge_base_id")?,
        name: row.text("name")?,
        description: row.optional_text("description")?,
        configuration: row.json("configuration")?,
        vector_ingestion_configuration: row.optional_json("vector_ingestion_configuration")?,
        encryption_configuration: row.optional_json("encryption_configuration")?,
        source: row.json("source")?,
        synchronisation: row.json("synchronisation")?,
        chunking: row.json("chunking")?,
        reading: row.json("reading")?,
        data_deletion_policy: row.name("data_deletion_policy")?,
        status: row.name("status")?,
        failure_reasons: row.json("failure_reasons")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

pub(super) fn name_is_taken(name: &str) -> String {
    format!("the knowledge base has a data source named '{name}' already: choose another name")
}
