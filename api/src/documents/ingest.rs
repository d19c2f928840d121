//! `IngestKnowledgeBaseDocuments`: direct ingestion. What is accepted is durable; the worker reads
//! it and tells in the documents' status what became of it.

use corpus::{DataSource, DataSourceId, KnowledgeBaseId, SourceConfiguration};
use serde::Deserialize;

use super::content::WireDocument;
use super::{Response, WireDetail};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    client_token: Option<String>,
    documents: Vec<WireDocument>,
}

/// Accepts documents for ingestion.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let (knowledge_base, id) = (request.knowledge_base_id, request.data_source_id);
    pushed(&state.catalog.data_source(knowledge_base, id).await?)?;
    let submissions = request
        .documents
        .into_iter()
        .enumerate()
        .map(|(position, document)| {
            document.submission(&format!("documents.{}.member", position + 1))
        })
        .collect::<Result<_, _>>()?;
    let accepted =
        state.catalog.submit(knowledge_base, id, submissions, request.client_token).await?;
    let document_details = accepted
        .into_iter()
        .map(|document| WireDetail { status: "STARTING", ..WireDetail::from(document) })
        .collect();
    Ok(Response { document_details })
}

/// Checks that clients push the documents of a data source.
pub(crate) fn pushed(data_source: &DataSource) -> Result<(), ApiError> {
    match data_source.source {
        SourceConfiguration::Custom(_) => Ok(()),
        SourceConfiguration::Folder(_) => Err(ApiError::field(
            "dataSourceId",
            "the data source reads a folder: change its files and start an ingestion job, or use \
             a data source of type CUSTOM",
        )),
    }
}
