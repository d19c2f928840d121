//! `GetKnowledgeBaseDocuments`: unknown documents are told as `NOT_FOUND`, not as an error.

use corpus::{DataSourceId, KnowledgeBaseId};
use serde::Deserialize;

use super::identifier::WireIdentifier;
use super::{Named, Response};
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
    let named = Named::read(request.document_identifiers, &data_source)?;
    let found = state.catalog.documents_by_key(id, &named.keys).await?;
    let found = found.into_iter().map(|(key, document)| (key, document.into()));
    Ok(named.answer(&data_source, &found.collect()))
}
