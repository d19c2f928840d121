//! `UpdateKnowledgeBase`: name, description and role are replaced; an omitted description is
//! cleared. What the index was made for cannot change.

use catalog::KnowledgeBaseUpdate;
use corpus::KnowledgeBaseId;
use serde::Deserialize;
use serde_json::Value;

use super::{Response, configuration};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    name: String,
    description: Option<String>,
    role_arn: String,
    knowledge_base_configuration: Value,
    storage_configuration: Option<Value>,
    metadata_configurations: Option<Value>,
}

/// Changes a knowledge base.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let id = request.knowledge_base_id;
    let present = state.catalog.knowledge_base(id).await?;
    configuration::check_unchanged(
        &present,
        &request.knowledge_base_configuration,
        request.storage_configuration.as_ref(),
    )?;
    if request.metadata_configurations.is_some() {
        return Err(ApiError::field(
            "metadataConfigurations",
            "belongs to managed knowledge bases, which this server does not offer: leave it out",
        ));
    }
    let update = KnowledgeBaseUpdate {
        name: request.name,
        description: request.description,
        role_arn: request.role_arn,
    };
    let updated = state.catalog.update_knowledge_base(id, update).await?;
    Ok(Response::new(updated, &state.identity))
}
