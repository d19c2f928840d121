//! `ListDataSources`.

use corpus::{DataSource, DataSourceId, KnowledgeBaseId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::status;
use crate::error::ApiError;
use crate::paging::page;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    max_results: Option<u32>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    data_source_summaries: Vec<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    name: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

/// The data sources of a knowledge base, in the order of their creation.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let page = page(request.max_results, request.next_token);
    let listing = state.catalog.data_sources(request.knowledge_base_id, page).await?;
    Ok(Response {
        data_source_summaries: listing.items.into_iter().map(summary).collect(),
        next_token: listing.next,
    })
}

fn summary(from: DataSource) -> Summary {
    Summary {
        knowledge_base_id: from.knowledge_base_id,
        data_source_id: from.id,
        name: from.name,
        status: status(from.status),
        description: from.description,
        updated_at: from.updated_at,
    }
}
