//! `DeleteKnowledgeBase`: marks it; the worker removes it with its data sources and its index.

use corpus::KnowledgeBaseId;
use serde::{Deserialize, Serialize};

use super::status;
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    knowledge_base_id: KnowledgeBaseId,
    status: &'static str,
}

/// Begins to remove a knowledge base.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let deleted = state.catalog.delete_knowledge_base(request.knowledge_base_id).await?;
    Ok(Response { knowledge_base_id: deleted.id, status: status(deleted.status) })
}
