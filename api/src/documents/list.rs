//! `ListKnowledgeBaseDocuments`.

use corpus::{DataSourceId, KnowledgeBaseId};
use serde::{Deserialize, Serialize};

use super::WireDetail;
use crate::error::ApiError;
use crate::paging::page;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    max_results: Option<u32>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    document_details: Vec<WireDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// The documents of a data source.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let page = page(request.max_results, request.next_token);
    let (knowledge_base, data_source) = (request.knowledge_base_id, request.data_source_id);
    let listing = state.catalog.documents(knowledge_base, data_source, page).await?;
    Ok(Response {
        document_details: listing.items.into_iter().map(WireDetail::from).collect(),
        next_token: listing.next,
    })
}
