//! `DeleteKnowledgeBaseDocuments`: marks documents that were pushed; the worker removes them. From
//! the answer on, nothing is returned from them.

use std::collections::HashMap;

use catalog::{NewSubmission, SubmissionKind};
use corpus::{DataSourceId, Document, DocumentKey, KnowledgeBaseId, SourceLocation};
use serde::Deserialize;

use super::identifier::WireIdentifier;
use super::ingest::pushed;
use super::{Response, WireDetail};
use crate::error::ApiError;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    client_token: Option<String>,
    document_identifiers: Vec<WireIdentifier>,
}

/// Begins to remove documents; unknown ones are told as `NOT_FOUND`.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let (knowledge_base, id) = (request.knowledge_base_id, request.data_source_id);
    let data_source = state.catalog.data_source(knowledge_base, id).await?;
    pushed(&data_source)?;
    let keys = request
        .document_identifiers
        .iter()
        .enumerate()
        .map(|(position, identifier)| {
            identifier.key(&format!("documentIdentifiers.{}.member", position + 1), &data_source)
        })
        .collect::<Result<Vec<DocumentKey>, _>>()?;
    let submissions = keys.iter().map(removal).collect();
    let removed =
        state.catalog.submit(knowledge_base, id, submissions, request.client_token).await?;
    let removed: HashMap<DocumentKey, Document> =
        removed.into_iter().map(|document| (document.key.clone(), document)).collect();
    let document_details = keys
        .iter()
        .zip(request.document_identifiers)
        .map(|(key, identifier)| match removed.get(key) {
            Some(document) => document.clone().into(),
            None => WireDetail::not_found(&data_source, identifier),
        })
        .collect();
    Ok(Response { document_details })
}

fn removal(key: &DocumentKey) -> NewSubmission {
    NewSubmission {
        key: key.clone(),
        location: SourceLocation::Custom { id: key.as_str().to_owned() },
        kind: SubmissionKind::Delete,
    }
}
