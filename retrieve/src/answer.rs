//! From a question to an answer with its sources.

use corpus::{
    GenerateError, GenerationRequest, Generator, InferenceParameters, KnowledgeBaseId, Passage,
    Span,
};
use percent_encoding::percent_decode_str;

use crate::Retriever;
use crate::cite::{Part, cite, quote};
use crate::error::RetrieveError;
use crate::prompt::prompt;
use crate::retry::retry;
use crate::search::{RetrieveQuery, Retrieved};
use catalog::{CatalogError, Session, Turn};

/// A question to be answered.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRequest {
    /// The knowledge base that is asked.
    pub knowledge_base_id: KnowledgeBaseId,
    /// The generation model's id or ARN.
    pub model_arn: String,
    /// The session that the question continues; a new one where there is none.
    pub session_id: Option<String>,
    /// How the client asks, in its own words: kept with a new session for those who continue it.
    pub configuration: String,
    /// The question and how to search for it.
    pub query: RetrieveQuery,
    /// A prompt template with Bedrock's placeholders.
    pub prompt_template: Option<String>,
    /// Limits and temperature.
    pub inference: InferenceParameters,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The session, to be continued.
    pub session_id: String,
    /// The text, without markers.
    pub text: String,
    /// The parts of the text, in order, with what they rest on.
    pub citations: Vec<Citation>,
}

/// A part of an answer and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Citation {
    /// The part: code points of the answer's text.
    pub span: Span,
    /// What it rests on; empty where nothing supports it.
    pub references: Vec<Reference>,
}

/// What a part of an answer rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The chunk.
    pub retrieved: Retrieved,
    /// The words that the part quotes or restates: code points of the document's extracted text.
    pub quote: Option<Span>,
}

/// What a model wrote.
struct Generated {
    text: String,
    /// Whether it was asked for markers.
    cites: bool,
}

/// What is answered where nothing was found; Bedrock's own words.
const APOLOGY: &str = "Sorry, I am unable to assist you with this request.";

impl Retriever {
    /// Answers a question from a knowledge base.
    pub async fn answer(&self, request: AnswerRequest) -> Result<Answer, RetrieveError> {
        let session = match &request.session_id {
            Some(id) => Some(self.session(id, request.knowledge_base_id).await?),
            None => None,
        };
        let generator = self.models.generator(&request.model_arn)?;
        let question = request.query.text.clone();
        let found = self.retrieve(request.knowledge_base_id, request.query.clone()).await?;
        let (text, citations) = if found.is_empty() {
            (APOLOGY.to_owned(), vec![unsupported(APOLOGY)])
        } else {
            let turns = session.as_ref().map_or(&[][..], |session| &session.turns);
            let made =
                self.generate(generator.as_ref(), &request, &question, &found, turns).await?;
            if made.cites {
                let shown: Vec<_> = found.iter().map(|found| found.chunk.shown()).collect();
                let passages: Vec<&str> = shown.iter().map(AsRef::as_ref).collect();
                let (text, parts) = cite(&made.text, &passages);
                let citations = resolve(&text, parts, &found);
                (text, citations)
            } else {
                (made.text, Vec::new())
            }
        };
        let id = request.knowledge_base_id;
        let session_id = match session {
            Some(session) => session.id,
            None => self.catalog.create_session(id, &request.configuration).await?.id,
        };
        self.catalog.append_turn(&session_id, Turn { question, answer: text.clone() }).await?;
        Ok(Answer { session_id, text, citations })
    }

    /// Generates, with as much of the conversation as the model takes: where the prompt is too
    /// long, the older half of the turns is left out, and so on until none is left.
    async fn generate(
        &self,
        generator: &dyn Generator,
        request: &AnswerRequest,
        question: &str,
        found: &[Retrieved],
        mut turns: &[Turn],
    ) -> Result<Generated, RetrieveError> {
        let passages: Vec<Passage> = found.iter().map(passage).collect();
        loop {
            let template = request.prompt_template.as_deref();
            let prompt = prompt(template, question, &passages, turns, self.clock.now());
            let generation_request = GenerationRequest {
                system: prompt.system,
                messages: prompt.messages,
                question: question.to_owned(),
                passages: passages.clone(),
                cites: prompt.cites,
                inference: request.inference.clone(),
            };
            match retry(|| generator.generate(&generation_request)).await {
                Ok(generation) => {
                    return Ok(Generated { text: generation.text, cites: prompt.cites });
                }
                Err(GenerateError::PromptTooLong { .. }) if !turns.is_empty() => {
                    turns = &turns[turns.len().div_ceil(2)..];
                    tracing::debug!(turns = turns.len(), "the prompt is too long; older turns go");
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn session(
        &self,
        id: &str,
        knowledge_base: KnowledgeBaseId,
    ) -> Result<Session, RetrieveError> {
        let unknown = || RetrieveError::SessionNotFound { id: id.to_owned() };
        match self.catalog.session(id).await {
            Ok(session) if session.knowledge_base_id == knowledge_base => Ok(session),
            Ok(_) | Err(CatalogError::NotFound { .. }) => Err(unknown()),
            Err(error) => Err(error.into()),
        }
    }
}

fn passage(found: &Retrieved) -> Passage {
    let name = name(found.document.location.uri());
    let headings = found.chunk.place.headings.iter().cloned();
    Passage {
        text: found.chunk.shown().into_owned(),
        headings: std::iter::once(name).chain(headings).collect(),
    }
}

/// What people call a document: its file's name, or the last part of its address.
fn name(uri: &str) -> String {
    let last = uri.trim_end_matches('/').rsplit('/').next().unwrap_or(uri);
    percent_decode_str(last).decode_utf8_lossy().into_owned()
}

fn unsupported(text: &str) -> Citation {
    let span = Span { start: 0, end: text.chars().count() as u64 };
    Citation { span, references: Vec::new() }
}

/// Gives each part of the text the chunks it rests on, and in them the words.
fn resolve(text: &str, parts: Vec<Part>, found: &[Retrieved]) -> Vec<Citation> {
    let characters: Vec<char> = text.chars().collect();
    let cut = |span: Span| -> String {
        let range =
            usize::try_from(span.start).unwrap_or(0)..usize::try_from(span.end).unwrap_or(0);
        characters.get(range).unwrap_or_default().iter().collect()
    };
    parts
        .into_iter()
        .map(|part| {
            let words = cut(part.span);
            let references = part
                .passages
                .iter()
                .filter_map(|number| found.get(*number))
                .map(|retrieved| reference(&words, retrieved))
                .collect();
            Citation { span: part.span, references }
        })
        .collect()
}

fn reference(words: &str, retrieved: &Retrieved) -> Reference {
    let chunk = &retrieved.chunk;
    let begin = chunk.place.span.start;
    // What is shown before the text does not stand at its span.
    let lead = chunk.lead.chars().count() as u64;
    let quote = quote(words, &chunk.shown()).filter(|span| span.end > lead).map(|span| Span {
        start: begin + span.start.saturating_sub(lead),
        end: begin + span.end - lead,
    });
    Reference { retrieved: retrieved.clone(), quote }
}
