//! `GetDataSource`.

use corpus::{DataSourceId, KnowledgeBaseId};
use serde::Deserialize;

use super::Response;
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
}

/// A data source.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let (knowledge_base, data_source) = (request.knowledge_base_id, request.data_source_id);
    Ok(state.catalog.data_source(knowledge_base, data_source).await?.into())
}
