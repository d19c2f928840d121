//! `DeleteKnowledgeBaseDocuments`: marks documents; the worker removes them. From the answer on,
//! nothing is returned from them. Those of a source that has them still come back with its next
//! ingestion job.

use corpus::{DataSourceId, KnowledgeBaseId};
use serde::Deserialize;

use super::identifier::WireIdentifier;
use super::{Named, Response, WireDetail, refusal};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    client_token: Option<String>,
    document_identifiers: Vec<WireIdentifier>,
}

/// Begins to remove documents; unknown ones are told as `NOT_FOUND`.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let (knowledge_base, id) = (request.knowledge_base_id, request.data_source_id);
    let data_source = state.catalog.data_source(knowledge_base, id).await?;
    let named = Named::read(request.document_identifiers, &data_source)?;
    let token = request.client_token.as_deref();
    let removed = state.catalog.delete_documents(knowledge_base, id, &named.keys, token).await;
    let detail = |submitted| WireDetail::submitted(&data_source, "DELETING", submitted);
    let removed = removed.map_err(refusal)?;
    let found = removed.iter().map(|submitted| (submitted.key.clone(), detail(submitted)));
    Ok(named.answer(&data_source, &found.collect()))
}
