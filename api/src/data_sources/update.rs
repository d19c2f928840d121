//! `UpdateDataSource`: everything but the kind of source, the chunking and the reading is
//! replaced; an omitted description is cleared. An omitted deletion policy stays as it is.

use catalog::DataSourceUpdate;
use corpus::{DataSourceId, KnowledgeBaseId};
use serde::Deserialize;
use serde_json::Value;

use super::{Response, WirePolicy, chunking, configuration, reading};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    name: String,
    description: Option<String>,
    data_source_configuration: Value,
    data_deletion_policy: Option<WirePolicy>,
    server_side_encryption_configuration: Option<Value>,
    vector_ingestion_configuration: Option<Value>,
}

/// Changes a data source; the next ingestion job goes by it.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let (knowledge_base, id) = (request.knowledge_base_id, request.data_source_id);
    let present = state.catalog.data_source(knowledge_base, id).await?;
    let meaning = configuration::meaning(&request.data_source_configuration)?;
    configuration::check_kind(&present.source, &meaning.source)?;
    let vector_ingestion = request.vector_ingestion_configuration.as_ref();
    chunking::check_unchanged(present.chunking, vector_ingestion)?;
    let reading = reading::reading(&request.data_source_configuration, vector_ingestion)?;
    reading::check_unchanged(&present.reading, &reading)?;
    let configuration = request.data_source_configuration;
    configuration::probe(state.connectors.as_ref(), knowledge_base, &configuration, &meaning)
        .await?;
    let update = DataSourceUpdate {
        name: request.name,
        description: request.description,
        configuration,
        vector_ingestion_configuration: request.vector_ingestion_configuration,
        source: meaning.source,
        synchronisation: meaning.synchronisation,
        data_deletion_policy: request.data_deletion_policy.map(Into::into),
        encryption_configuration: request.server_side_encryption_configuration,
    };
    Ok(state.catalog.update_data_source(knowledge_base, id, update).await?.into())
}
