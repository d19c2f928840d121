//! `GetKnowledgeBase`.

use corpus::KnowledgeBaseId;
use serde::Deserialize;

use super::Response;
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
}

/// A knowledge base.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let found = state.catalog.knowledge_base(request.knowledge_base_id).await?;
    Ok(Response::new(found, &state.identity))
}
