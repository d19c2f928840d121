//! `Retrieve`: the chunks that fit a question best.

use retrieve::{RetrieveQuery, Retrieved};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::result::{WireContent, WireLocation, metadata};
use super::{knowledge_base, search};
use crate::arn;
use crate::error::ApiError;
use crate::members::absent;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    /// An id or an ARN.
    knowledge_base_id: String,
    retrieval_query: Value,
    retrieval_configuration: Option<Value>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    retrieval_results: Vec<WireResult>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireResult {
    content: WireContent,
    location: WireLocation,
    metadata: Map<String, Value>,
    score: f32,
    document_id: String,
}

/// Searches a knowledge base.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let unbuilt = Value::Object(request.others);
    absent(&unbuilt, "", &["guardrailConfiguration", "userContext", "nextToken"])?;
    let search = search::read("retrievalConfiguration", request.retrieval_configuration.as_ref())?;
    let query = RetrieveQuery {
        text: question(&request.retrieval_query)?,
        number_of_results: search.number_of_results,
        search_type: search.search_type,
        filter: search.filter,
    };
    let id = match arn::knowledge_base(&request.knowledge_base_id) {
        Some(id) => id,
        None => knowledge_base("knowledgeBaseId", &request.knowledge_base_id)?,
    };
    let found = state.retriever.retrieve(id, query).await?;
    Ok(Response { retrieval_results: found.into_iter().map(WireResult::from).collect() })
}

impl From<Retrieved> for WireResult {
    fn from(from: Retrieved) -> Self {
        Self {
            metadata: metadata(&from),
            location: (&from.document.location).into(),
            score: from.score,
            document_id: from.document.id.to_string(),
            content: WireContent::new(from.chunk.shown().into_owned()),
        }
    }
}

fn question(query: &Value) -> Result<String, ApiError> {
    if query["type"] == "IMAGE" || !query["image"].is_null() {
        let message = "questions by image are not yet supported by this server: use text";
        return Err(ApiError::field("retrievalQuery.image", message));
    }
    match query["text"].as_str() {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(ApiError::field("retrievalQuery.text", "must not be blank")),
    }
}
