//! `CreateDataSource`.

use catalog::NewDataSource;
use corpus::{DataDeletionPolicy, KnowledgeBaseId};
use serde::Deserialize;
use serde_json::Value;

use super::{Response, WirePolicy, chunking, configuration, reading};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    client_token: Option<String>,
    name: String,
    description: Option<String>,
    data_source_configuration: Value,
    data_deletion_policy: Option<WirePolicy>,
    server_side_encryption_configuration: Option<Value>,
    vector_ingestion_configuration: Option<Value>,
}

/// Creates a data source; it can be used at once.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let meaning = configuration::meaning(&request.data_source_configuration)?;
    let vector_ingestion = request.vector_ingestion_configuration.as_ref();
    let chunking = chunking::strategy(vector_ingestion)?;
    let reading = reading::reading(&request.data_source_configuration, vector_ingestion)?;
    reading::check_models(state.models.as_ref(), &reading)?;
    let id = request.knowledge_base_id;
    state.catalog.knowledge_base(id).await?;
    let configuration = request.data_source_configuration;
    configuration::probe(state.connectors.as_ref(), id, &configuration, &meaning).await?;
    let policy = request.data_deletion_policy.map(DataDeletionPolicy::from);
    let new = NewDataSource {
        knowledge_base_id: id,
        name: request.name,
        description: request.description,
        configuration,
        vector_ingestion_configuration: request.vector_ingestion_configuration,
        encryption_configuration: request.server_side_encryption_configuration,
        source: meaning.source,
        synchronisation: meaning.synchronisation,
        chunking,
        reading,
        data_deletion_policy: policy.unwrap_or(DataDeletionPolicy::Delete),
        client_token: request.client_token,
    };
    Ok(state.catalog.create_data_source(new).await?.into())
}
