//! `GetIngestionJob`.

use corpus::{DataSourceId, IngestionJobId, KnowledgeBaseId};
use serde::Deserialize;

use super::Response;
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "these are the names on the wire")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    ingestion_job_id: IngestionJobId,
}

/// An ingestion job.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let (knowledge_base, data_source) = (request.knowledge_base_id, request.data_source_id);
    let id = request.ingestion_job_id;
    Ok(state.catalog.job(knowledge_base, data_source, id).await?.into())
}
