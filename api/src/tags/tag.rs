//! `TagResource`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Empty, tagged};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    resource_arn: String,
    tags: BTreeMap<String, String>,
}

/// Adds tags; those of the same key are replaced.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Empty, ApiError> {
    state.catalog.tag(tagged(&request.resource_arn)?, &request.tags).await?;
    Ok(Empty {})
}
