//! `StartIngestionJob`: a row that the worker finds.

use catalog::NewJob;
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
    client_token: Option<String>,
    description: Option<String>,
    /// Not of Bedrock's: a header; see `dispatch.rs`.
    #[serde(rename = "x-outcrop-accept-deletions", default)]
    accepts_deletions: bool,
}

/// Starts an ingestion job; one at a time on a data source.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let new = NewJob {
        knowledge_base_id: request.knowledge_base_id,
        data_source_id: request.data_source_id,
        description: request.description,
        accepts_deletions: request.accepts_deletions,
        client_token: request.client_token,
    };
    Ok(state.catalog.start_job(new).await?.into())
}
