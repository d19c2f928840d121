//! `ListTagsForResource`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tagged;
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    resource_arn: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Response {
    tags: BTreeMap<String, String>,
}

/// The tags of a knowledge base.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    Ok(Response { tags: state.catalog.tags(tagged(&request.resource_arn)?).await? })
}
