//! `CreateKnowledgeBase`.

use std::collections::BTreeMap;

use catalog::NewKnowledgeBase;
use corpus::{ModelError, Models};
use serde::Deserialize;
use serde_json::Value;

use super::{Response, configuration};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    client_token: Option<String>,
    name: String,
    description: Option<String>,
    role_arn: String,
    knowledge_base_configuration: Value,
    storage_configuration: Option<Value>,
    tags: Option<BTreeMap<String, String>>,
}

/// Creates a knowledge base; it can be used at once.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let model = configuration::embedding_model(&request.knowledge_base_configuration)?.to_owned();
    if let Some(storage) = &request.storage_configuration {
        configuration::check_storage(storage)?;
    }
    // A call that is repeated succeeds even where the model is gone since.
    let token = request.client_token.as_deref();
    if let Some(before) = state.catalog.created_knowledge_base(token).await? {
        return Ok(Response::new(before, &state.identity));
    }
    let created = state
        .catalog
        .create_knowledge_base(NewKnowledgeBase {
            index_model: fingerprint(state.models.as_ref(), &model)?,
            embedding_model_arn: model,
            name: request.name,
            description: request.description,
            role_arn: request.role_arn,
            configuration: request.knowledge_base_configuration,
            storage_configuration: request.storage_configuration,
            tags: request.tags.unwrap_or_default(),
            client_token: request.client_token,
        })
        .await?;
    Ok(Response::new(created, &state.identity))
}

fn fingerprint(models: &dyn Models, model: &str) -> Result<String, ApiError> {
    const AT: &str =
        "knowledgeBaseConfiguration.vectorKnowledgeBaseConfiguration.embeddingModelArn";
    let embedder = models.embedder(model).map_err(|error| match error {
        ModelError::NoRoute { .. } => ApiError::field(AT, error.to_string()),
        ModelError::Unavailable { .. } => ApiError::internal(error),
    })?;
    Ok(embedder.model().fingerprint())
}
