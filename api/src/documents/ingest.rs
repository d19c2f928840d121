//! `IngestKnowledgeBaseDocuments`: direct ingestion. What is accepted is durable; the worker reads
//! it and tells in the documents' status what became of it.

use std::collections::HashMap;

use catalog::NewDocument;
use corpus::{DataSourceId, KnowledgeBaseId};
use serde::Deserialize;

use super::content::WireDocument;
use super::{Response, WireDetail, check_pushed, refusal};
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
    let data_source = state.catalog.data_source(knowledge_base, id).await?;
    check_pushed(&data_source)?;
    let documents = request
        .documents
        .into_iter()
        .enumerate()
        .map(|(position, document)| {
            document.read(&format!("documents.{}.member", position + 1), &data_source)
        })
        .collect::<Result<Vec<_>, _>>()?;
    each_once(&documents)?;
    let token = request.client_token.as_deref();
    let accepted = state.catalog.ingest_documents(knowledge_base, id, documents, token).await;
    let document_details = accepted
        .map_err(refusal)?
        .iter()
        .map(|submitted| WireDetail::submitted(&data_source, "STARTING", submitted))
        .collect();
    Ok(Response { document_details })
}

/// Refuses two versions of one document, for nobody could tell which is meant.
fn each_once(documents: &[NewDocument]) -> Result<(), ApiError> {
    let mut seen = HashMap::with_capacity(documents.len());
    for (position, document) in (1..).zip(documents) {
        if let Some(before) = seen.insert(&document.key, position) {
            return Err(ApiError::field(
                &format!("documents.{position}.member"),
                format!("is the same document as documents.{before}.member: send one of them"),
            ));
        }
    }
    Ok(())
}
