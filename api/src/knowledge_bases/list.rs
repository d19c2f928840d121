//! `ListKnowledgeBases`.

use corpus::{KnowledgeBase, KnowledgeBaseId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::status;
use crate::error::ApiError;
use crate::paging::page;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    max_results: Option<u32>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    knowledge_base_summaries: Vec<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    knowledge_base_id: KnowledgeBaseId,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    status: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

/// The knowledge bases, in the order of their creation.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let page = page(request.max_results, request.next_token);
    let listing = state.catalog.knowledge_bases(page).await?;
    Ok(Response {
        knowledge_base_summaries: listing.items.into_iter().map(summary).collect(),
        next_token: listing.next,
    })
}

fn summary(from: KnowledgeBase) -> Summary {
    Summary {
        knowledge_base_id: from.id,
        name: from.name,
        description: from.description,
        status: status(from.status),
        updated_at: from.updated_at,
    }
}
