//! `RetrieveAndGenerate`: an answer with its sources.
//!
//! Spans on the wire include their last character, in code points of the text.

use corpus::{InvalidId, KnowledgeBaseId, Span};
use retrieve::{Answer, AnswerRequest, Citation, Reference, RetrieveQuery};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::result::{WireContent, WireLocation, metadata};
use super::{generation, search};
use crate::error::ApiError;
use crate::members::{absent, only};
use crate::state::ApiState;

const AT: &str = "retrieveAndGenerateConfiguration";
const KNOWLEDGE_BASE_TYPE: &str = "KNOWLEDGE_BASE";
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
    absent(&unbuilt, "request", &["sessionConfiguration", "userContext"])?;
    if request.input.text.trim().is_empty() {
        return Err(ApiError::field("input.text", "must not be blank"));
    }
    let configuration = configuration(request.retrieve_and_generate_configuration)?;
    let at = format!("{AT}.{KNOWLEDGE_BASE}");
    let id: KnowledgeBaseId = configuration
        .knowledge_base_id
        .parse()
        .map_err(|e: InvalidId| ApiError::field(&format!("{at}.knowledgeBaseId"), e.to_string()))?;
    if let Some(orchestration) = &configuration.orchestration_configuration {
        let at = format!("{at}.orchestrationConfiguration");
        generation::check_orchestration(&at, orchestration)?;
    }
    let search = configuration.retrieval_configuration;
    let search = search::read(&format!("{at}.retrievalConfiguration"), search.as_ref())?;
    let generation = configuration.generation_configuration;
    let generation =
        generation::read(&format!("{at}.generationConfiguration"), generation.as_ref())?;
    let answer = state
        .retriever
        .answer(AnswerRequest {
            knowledge_base_id: id,
            model_arn: configuration.model_arn,
            session_id: request.session_id,
            query: RetrieveQuery {
                text: request.input.text,
                number_of_results: search.number_of_results,
                search_type: search.search_type,
                filter: search.filter,
            },
            prompt_template: generation.prompt_template,
            inference: generation.inference,
        })
        .await?;
    Ok(answer.into())
}

/// The knowledge base that is asked, and how.
fn configuration(configuration: Option<Value>) -> Result<WireConfiguration, ApiError> {
    let Some(mut configuration) = configuration else {
        return Err(ApiError::field(
            AT,
            "must be given, for the questions that continue a session too",
        ));
    };
    if configuration["type"] == "EXTERNAL_SOURCES" {
        return Err(ApiError::field(
            &format!("{AT}.type"),
            "EXTERNAL_SOURCES is not yet supported by this server: use KNOWLEDGE_BASE",
        ));
    }
    let kinds = [KNOWLEDGE_BASE, EXTERNAL_SOURCES];
    only(&configuration, AT, KNOWLEDGE_BASE_TYPE, &kinds, Some(KNOWLEDGE_BASE))?;
    WireConfiguration::deserialize(configuration[KNOWLEDGE_BASE].take())
        .map_err(|error| ApiError::field(AT, format!("cannot be read: {error}")))
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
            content: WireContent::new(retrieved.chunk.text),
        }
    }
}
