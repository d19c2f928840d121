//! The operations on data sources, and how a data source looks on the wire.

pub(crate) mod chunking;
pub(crate) mod configuration;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod reading;
pub(crate) mod update;

use corpus::{DataDeletionPolicy, DataSource, DataSourceId, DataSourceStatus, KnowledgeBaseId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// A response that holds one data source.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    data_source: WireDataSource,
}

impl From<DataSource> for Response {
    fn from(from: DataSource) -> Self {
        Self { data_source: from.into() }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireDataSource {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    name: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    data_source_configuration: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_side_encryption_configuration: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vector_ingestion_configuration: Option<Value>,
    data_deletion_policy: WirePolicy,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failure_reasons: Vec<String>,
}

impl From<DataSource> for WireDataSource {
    fn from(from: DataSource) -> Self {
        Self {
            knowledge_base_id: from.knowledge_base_id,
            data_source_id: from.id,
            name: from.name,
            status: status(from.status),
            description: from.description,
            data_source_configuration: from.configuration,
            server_side_encryption_configuration: from.encryption_configuration,
            vector_ingestion_configuration: from.vector_ingestion_configuration,
            data_deletion_policy: from.data_deletion_policy.into(),
            created_at: from.created_at,
            updated_at: from.updated_at,
            failure_reasons: from.failure_reasons,
        }
    }
}

/// `dataDeletionPolicy`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum WirePolicy {
    Delete,
    Retain,
}

impl From<DataDeletionPolicy> for WirePolicy {
    fn from(policy: DataDeletionPolicy) -> Self {
        match policy {
            DataDeletionPolicy::Delete => Self::Delete,
            DataDeletionPolicy::Retain => Self::Retain,
        }
    }
}

impl From<WirePolicy> for DataDeletionPolicy {
    fn from(policy: WirePolicy) -> Self {
        match policy {
            WirePolicy::Delete => Self::Delete,
            WirePolicy::Retain => Self::Retain,
        }
    }
}

/// A status as Bedrock spells it.
pub(crate) fn status(status: DataSourceStatus) -> &'static str {
    match status {
        DataSourceStatus::Available => "AVAILABLE",
        DataSourceStatus::Deleting => "DELETING",
        DataSourceStatus::DeleteUnsuccessful => "DELETE_UNSUCCESSFUL",
    }
}
