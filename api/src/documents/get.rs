//! `GetKnowledgeBaseDocuments`: unknown documents are told as `NOT_FOUND`, not as an error.

use corpus::{DataSourceId, DocumentKey, KnowledgeBaseId};
use serde::Deserialize;

use super::identifier::WireIdentifier;
use super::{Response, WireDetail};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    document_identifiers: Vec<WireIdentifier>,
}

/// Some documents, in the order of the question.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let (knowledge_base, id) = (request.knowledge_base_id, request.data_source_id);
    let data_source = state.catalog.data_source(knowledge_base, id).await?;
    let keys = request
        .document_identifiers
        .iter()
        .enumerate()
        .map(|(position, identifier)| {
            identifier.key(&format!("documentIdentifiers.{}.member", position + 1), &data_source)
        })
        .collect::<Result<Vec<DocumentKey>, _>>()?;
    let found = state.catalog.documents_by_key(id, &keys).await?;
    let document_details = keys
        .iter()
        .zip(request.document_identifiers)
        .map(|(key, identifier)| match found.get(key) {
            Some(document) => document.clone().into(),
            None => WireDetail::not_found(&data_source, identifier),
        })
        .collect();
    Ok(Response { document_details })
}
