//! The operations on documents, and how a document looks on the wire.

pub(crate) mod content;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod identifier;
pub(crate) mod ingest;
pub(crate) mod list;
pub(crate) mod metadata;
pub(crate) mod object;

use std::collections::HashMap;

use catalog::{CatalogError, Submitted};
use corpus::{
    DataSource, DataSourceId, Document, DocumentKey, DocumentStatus, KnowledgeBaseId,
    SourceConfiguration,
};
use serde::Serialize;
use time::OffsetDateTime;

use crate::documents::identifier::WireIdentifier;
use crate::error::ApiError;

/// A response that holds some documents.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    document_details: Vec<WireDetail>,
}

/// A document in a response.
#[derive(Debug, Clone, Serialize)]
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
            identifier: WireIdentifier::of(&from.key, &from.location),
            status_reason: from.status_reason,
            updated_at: Some(from.updated_at),
        }
    }
}

impl WireDetail {
    /// The answer about a document that was accepted.
    pub(crate) fn submitted(
        data_source: &DataSource,
        status: &'static str,
        from: &Submitted,
    ) -> Self {
        Self {
            knowledge_base_id: data_source.knowledge_base_id,
            data_source_id: data_source.id,
            status,
            identifier: WireIdentifier::of(&from.key, &from.location),
            status_reason: None,
            updated_at: Some(from.accepted_at),
        }
    }

    /// The answer about a document that is not there.
    fn not_found(data_source: &DataSource, identifier: WireIdentifier) -> Self {
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

/// Documents that a request names, with the keys that they have in the data source.
#[derive(Debug)]
pub(crate) struct Named {
    identifiers: Vec<WireIdentifier>,
    pub(crate) keys: Vec<DocumentKey>,
}

impl Named {
    pub(crate) fn read(
        identifiers: Vec<WireIdentifier>,
        data_source: &DataSource,
    ) -> Result<Self, ApiError> {
        let keys = identifiers
            .iter()
            .enumerate()
            .map(|(position, identifier)| {
                identifier.key(&format!("documentIdentifiers.{}.member", position + 1), data_source)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { identifiers, keys })
    }

    /// The answer in the order of the question: what was found, or that it was not.
    pub(crate) fn answer(
        self,
        data_source: &DataSource,
        found: &HashMap<DocumentKey, WireDetail>,
    ) -> Response {
        let details = self.keys.iter().zip(self.identifiers);
        let detail = |(key, identifier)| match found.get(key) {
            Some(detail) => detail.clone(),
            None => WireDetail::not_found(data_source, identifier),
        };
        Response { document_details: details.map(detail).collect() }
    }
}

/// Checks that clients may push documents to a data source.
pub(crate) fn check_pushed(data_source: &DataSource) -> Result<(), ApiError> {
    let what = match data_source.source {
        SourceConfiguration::Custom(_) | SourceConfiguration::S3(_) => return Ok(()),
        SourceConfiguration::Folder(_) => "a folder",
        _ => "a site",
    };
    Err(ApiError::field(
        "dataSourceId",
        format!(
            "the data source reads {what}: change what is there and start an ingestion job, or \
             use a data source of type CUSTOM"
        ),
    ))
}

/// Why documents are not taken. The model gives these operations no `ConflictException`.
pub(crate) fn refusal(error: CatalogError) -> ApiError {
    match error {
        CatalogError::Conflict { reason } => ApiError::field("dataSourceId", reason),
        other => other.into(),
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
