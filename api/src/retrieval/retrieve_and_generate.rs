//! `RetrieveAndGenerate`: an answer with its sources.
//!
//! Spans on the wire include their last character, in code points of the text.

use catalog::CatalogError;
use corpus::Span;
use retrieve::{Answer, AnswerRequest, Citation, Reference, RetrieveError, RetrieveQuery};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::result::{WireContent, WireLocation, metadata};
use super::{generation, knowledge_base, search};
use crate::error::ApiError;
use crate::members::{absent, only};
use crate::state::ApiState;

const AT: &str = "retrieveAndGenerateConfiguration";
const KNOWLEDGE_BASE: &str = "knowledgeBaseConfiguration";
const EXTERNAL_SOURCES: &str = "externalSourcesConfiguration";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    input: WireText,
    retrieve_and_generate_configuration: Option<Value>,
    session_id: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Debug, Deserialize, Serialize)]
struct WireText {
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireConfiguration {
    knowledge_base_id: String,
    model_arn: String,
    retrieval_configuration: Option<Value>,
    generation_configuration: Option<Value>,
    orchestration_configuration: Option<Value>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    session_id: String,
    output: WireText,
    citations: Vec<WireCitation>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireCitation {
    generated_response_part: WirePart,
    retrieved_references: Vec<WireReference>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WirePart {
    text_response_part: WireTextPart,
}

#[derive(Debug, Serialize)]
struct WireTextPart {
    text: String,
    span: WireSpan,
}

#[derive(Debug, Serialize)]
struct WireSpan {
    start: u64,
    end: u64,
}

#[derive(Debug, Serialize)]
struct WireReference {
    content: WireContent,
    location: WireLocation,
    metadata: Map<String, Value>,
}

/// Answers a question from a knowledge base.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let unbuilt = Value::Object(request.others);
    absent(&unbuilt, "", &["sessionConfiguration", "userContext"])?;
    let text = request.input.text;
    if text.trim().is_empty() {
        return Err(ApiError::field("input.text", "must not be blank"));
    }
    let session_id = request.session_id;
    let configuration = match (request.retrieve_and_generate_configuration, &session_id) {
        (Some(configuration), _) => knowledge_base_configuration(configuration)?,
        (None, Some(session)) => of_session(&state, session).await?,
        (None, None) => {
            let message = "must be given, unless sessionId says which session goes on";
            return Err(ApiError::field(AT, message));
        }
    };
    let request = answer_request(&configuration, session_id, text)?;
    Ok(state.retriever.answer(request).await?.into())
}

/// The configuration of the knowledge base that is asked.
fn knowledge_base_configuration(mut configuration: Value) -> Result<Value, ApiError> {
    let kind = configuration["type"].as_str().unwrap_or_default();
    if kind == "EXTERNAL_SOURCES" {
        return Err(ApiError::field(
            &format!("{AT}.type"),
            "EXTERNAL_SOURCES is not yet supported by this server: use KNOWLEDGE_BASE",
        ));
    }
    let kinds = [KNOWLEDGE_BASE, EXTERNAL_SOURCES];
    only(&configuration, AT, kind, &kinds, Some(KNOWLEDGE_BASE))?;
    Ok(configuration[KNOWLEDGE_BASE].take())
}

/// The configuration that a session began with.
async fn of_session(state: &ApiState, id: &str) -> Result<Value, ApiError> {
    match state.catalog.session(id).await {
        Ok(session) => serde_json::from_str(&session.configuration).map_err(ApiError::internal),
        Err(CatalogError::NotFound { .. }) => {
            Err(RetrieveError::SessionNotFound { id: id.to_owned() }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The question, asked as a `knowledgeBaseConfiguration` says.
fn answer_request(
    configuration: &Value,
    session_id: Option<String>,
    text: String,
) -> Result<AnswerRequest, ApiError> {
    let at = format!("{AT}.{KNOWLEDGE_BASE}");
    let read = WireConfiguration::deserialize(configuration)
        .map_err(|error| ApiError::field(&at, format!("cannot be read: {error}")))?;
    if let Some(orchestration) = &read.orchestration_configuration {
        let at = format!("{at}.orchestrationConfiguration");
        generation::check_orchestration(&at, orchestration)?;
    }
    let search = read.retrieval_configuration.as_ref();
    let search = search::read(&format!("{at}.retrievalConfiguration"), search)?;
    let generation = read.generation_configuration.as_ref();
    let generation = generation::read(&format!("{at}.generationConfiguration"), generation)?;
    Ok(AnswerRequest {
        knowledge_base_id: knowledge_base(
            &format!("{at}.knowledgeBaseId"),
            &read.knowledge_base_id,
        )?,
        model_arn: read.model_arn,
        session_id,
        configuration: configuration.to_string(),
        query: RetrieveQuery {
            text,
            number_of_results: search.number_of_results,
            search_type: search.search_type,
            filter: search.filter,
        },
        prompt_template: generation.prompt_template,
        inference: generation.inference,
    })
}

impl From<Answer> for Response {
    fn from(from: Answer) -> Self {
        let characters: Vec<char> = from.text.chars().collect();
        let citations = from.citations.into_iter();
        Self {
            citations: citations.filter_map(|citation| cite(&characters, citation)).collect(),
            session_id: from.session_id,
            output: WireText { text: from.text },
        }
    }
}

/// The citation of a part of the answer; none where the part is empty, which the wire cannot say.
fn cite(answer: &[char], citation: Citation) -> Option<WireCitation> {
    let Span { start, end } = citation.span;
    let part = answer.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
    let last = end.checked_sub(1).filter(|last| *last >= start)?;
    let text_response_part =
        WireTextPart { text: part.iter().collect(), span: WireSpan { start, end: last } };
    Some(WireCitation {
        generated_response_part: WirePart { text_response_part },
        retrieved_references: citation.references.into_iter().map(WireReference::from).collect(),
    })
}

impl From<Reference> for WireReference {
    fn from(from: Reference) -> Self {
        let retrieved = from.retrieved;
        let mut metadata = metadata(&retrieved);
        // Bedrock's references have no score.
        metadata.insert("x-outcrop-score".to_owned(), f64::from(retrieved.score).into());
        if let Some(quote) = from.quote {
            metadata.insert("x-outcrop-quote-start".to_owned(), quote.start.into());
            metadata.insert("x-outcrop-quote-end".to_owned(), quote.end.into());
        }
        Self {
            metadata,
            location: (&retrieved.document.location).into(),
            content: WireContent::new(retrieved.chunk.shown().into_owned()),
        }
    }
}
