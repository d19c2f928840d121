//! `DeleteDataSource`: marks it; the worker removes it with its documents. From the answer on,
//! nothing is returned from them.

use corpus::{DataSourceId, KnowledgeBaseId};
use serde::{Deserialize, Serialize};

use super::status;
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    status: &'static str,
}

/// Begins to remove a data source.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let (knowledge_base, data_source) = (request.knowledge_base_id, request.data_source_id);
    let deleted = state.catalog.delete_data_source(knowledge_base, data_source).await?;
    Ok(Response {
        knowledge_base_id: deleted.knowledge_base_id,
        data_source_id: deleted.id,
        status: status(deleted.status),
    })
}
