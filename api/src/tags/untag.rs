//! `UntagResource`.

use serde::Deserialize;

use super::{Empty, tagged};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    resource_arn: String,
    tag_keys: Vec<String>,
}

/// Removes tags; keys that are not there are passed over.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Empty, ApiError> {
    state.catalog.untag(tagged(&request.resource_arn)?, &request.tag_keys).await?;
    Ok(Empty {})
}
