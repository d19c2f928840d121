//! The operations on documents, and how a document looks on the wire.

pub(crate) mod content;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod identifier;
pub(crate) mod ingest;
pub(crate) mod list;
pub(crate) mod metadata;

use corpus::{DataSource, DataSourceId, Document, DocumentStatus, KnowledgeBaseId};
use serde::Serialize;
use time::OffsetDateTime;

use crate::documents::identifier::WireIdentifier;

/// A response that holds some documents.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    document_details: Vec<WireDetail>,
}

/// A document in a response.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireDetail {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    status: &'static str,
    identifier: WireIdentifier,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_reason: Option<String>,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    updated_at: Option<OffsetDateTime>,
}

impl From<Document> for WireDetail {
    fn from(from: Document) -> Self {
        Self {
            knowledge_base_id: from.knowledge_base_id,
            data_source_id: from.data_source_id,
            status: status(from.status),
            identifier: WireIdentifier::from(&from.location),
            status_reason: from.status_reason,
            updated_at: Some(from.updated_at),
        }
    }
}

impl WireDetail {
    /// The answer about a document that is not there.
    pub(crate) fn not_found(data_source: &DataSource, identifier: WireIdentifier) -> Self {
        Self {
            knowledge_base_id: data_source.knowledge_base_id,
            data_source_id: data_source.id,
            status: "NOT_FOUND",
            identifier,
            status_reason: None,
            updated_at: None,
        }
    }
}

/// A status as Bedrock spells it.
pub(crate) fn status(status: DocumentStatus) -> &'static str {
    match status {
        DocumentStatus::Pending => "PENDING",
        DocumentStatus::InProgress => "IN_PROGRESS",
        DocumentStatus::Indexed => "INDEXED",
        DocumentStatus::PartiallyIndexed => "PARTIALLY_INDEXED",
        DocumentStatus::Failed => "FAILED",
        DocumentStatus::Ignored => "IGNORED",
        DocumentStatus::Deleting => "DELETING",
    }
}
