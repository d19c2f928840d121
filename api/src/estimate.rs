//! What the next job of a data source would ask of language models: `GET /outcrop/estimate`.
//!
//! The source is listed and compared with the catalog, as a job does it; nothing is read. So pages
//! and words are guessed from the kinds and sizes of files, and the answer may be off several times
//! over: it tells cents from hundreds, no more.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use corpus::{
    ChunkingStrategy, ConnectorError, DataSource, DataSourceId, Document, DocumentStatus,
    KnowledgeBaseId, SourceDocument, SourceEvent,
};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use crate::error::ApiError;
use crate::state::ApiState;

/// How long the source may be listed; then what came so far is told.
const PATIENCE: Duration = Duration::from_mins(2);

/// Documents that are compared with the catalog at once.
const GROUP: usize = 256;

/// A page of a PDF, in bytes of the file.
const PAGE_BYTES: u64 = 75_000;

/// The text of a page, in bytes.
const PAGE_TEXT: u64 = 2_500;

/// Tokens that a page as a picture, our instructions and its text layer come to.
const PAGE_INPUT: u64 = 2_600;

/// Tokens of a page of Markdown.
const PAGE_OUTPUT: u64 = 800;

/// Tokens that a chunk is shown with: instructions, the document's beginning, what is around it.
const CHUNK_INPUT: u64 = 1_200;

/// Tokens of the sentences about a chunk.
const CHUNK_OUTPUT: u64 = 60;

/// Bytes of a token.
const TOKEN: u64 = 4;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    /// None where no language model is asked for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<Estimate>,
}

/// What the next job would ask of language models.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Estimate {
    /// The models.
    models: Vec<String>,
    /// Documents that are new or changed.
    documents: u64,
    /// Whether all of the source was listed in time.
    is_whole: bool,
    calls: u64,
    input_tokens: u64,
    output_tokens: u64,
}

/// The estimate for one data source.
pub(crate) async fn answer(
    State(state): State<ApiState>,
    Query(request): Query<Request>,
) -> Response {
    match estimate(&state, &request).await {
        Ok(estimate) => Json(Told { estimate }).into_response(),
        Err(error) => error.into_response(None),
    }
}

async fn estimate(state: &ApiState, request: &Request) -> Result<Option<Estimate>, ApiError> {
    let (knowledge_base, id) = (request.knowledge_base_id, request.data_source_id);
    let data_source = state.catalog.data_source(knowledge_base, id).await?;
    if !data_source.reading.asks_models() {
        return Ok(None);
    }
    let broken = |error: ConnectorError| ApiError::validation(error.to_string());
    let connector = state.connectors.connector(&data_source).map_err(broken)?;
    let until = Instant::now() + PATIENCE;
    let mut events = connector.enumerate(state.catalog.source_state(id)).ready_chunks(GROUP);
    let models = data_source.reading.tasks().map(|task| task.model_arn.clone()).collect();
    let mut estimate = Estimate { models, ..Estimate::default() };
    while let Ok(Some(group)) = timeout_at(until, events.next()).await {
        let mut documents = Vec::new();
        for event in group {
            match event.map_err(broken)? {
                SourceEvent::Upsert(document) => documents.push(document),
                SourceEvent::Complete => estimate.is_whole = true,
                _ => {}
            }
        }
        let keys: Vec<_> = documents.iter().map(|document| document.key.clone()).collect();
        let known = state.catalog.documents_by_key(id, &keys).await?;
        for document in &documents {
            let known = known.get(&document.key);
            if !known.is_some_and(|known| is_unchanged(document, known)) {
                estimate.add(&data_source, document, known);
            }
        }
    }
    Ok(Some(estimate))
}

/// Whether the content need not be read, by what the source tells without it.
fn is_unchanged(document: &SourceDocument, known: &Document) -> bool {
    let is_settled = matches!(
        known.status,
        DocumentStatus::Indexed | DocumentStatus::PartiallyIndexed | DocumentStatus::Ignored
    );
    match (&document.change_key, &known.change_key) {
        (Some(now), Some(then)) => is_settled && now.content == then.content,
        _ => false,
    }
}

impl Estimate {
    fn add(&mut self, of: &DataSource, document: &SourceDocument, known: Option<&Document>) {
        self.documents += 1;
        let size = document.size.unwrap_or(PAGE_BYTES);
        let form = Form::of(document.key.as_str(), document.media_type.as_deref());
        if of.reading.transcription.is_some() {
            let pages = match form {
                Form::Pdf => size.div_ceil(PAGE_BYTES),
                Form::Picture => 1,
                Form::Text | Form::Markup | Form::Packed => 0,
            };
            self.ask(pages, PAGE_INPUT, PAGE_OUTPUT);
        }
        if of.reading.situating.is_some() {
            let text = match form {
                Form::Pdf => size.div_ceil(PAGE_BYTES) * PAGE_TEXT,
                Form::Picture if of.reading.transcription.is_none() => 0,
                Form::Picture => PAGE_TEXT,
                Form::Text => size,
                Form::Markup => size / 4,
                Form::Packed => size / 10,
            };
            let tokens = tokens_of_chunk(of.chunking);
            let chunks = match known.map(|known| known.chunk_count).filter(|count| *count > 0) {
                // It is likely to be about as long as it was.
                Some(chunks) => chunks,
                None => tokens.map_or(1, |tokens| text.div_ceil(tokens * TOKEN)),
            };
            // Of a long chunk its two ends are shown.
            let shown = tokens.unwrap_or(u64::MAX).min(1_000);
            self.ask(chunks, CHUNK_INPUT + shown, CHUNK_OUTPUT);
        }
    }

    fn ask(&mut self, calls: u64, input: u64, output: u64) {
        self.calls += calls;
        self.input_tokens += calls * input;
        self.output_tokens += calls * output;
    }
}

/// What a file is, as far as its size tells how much text there is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Pdf,
    Picture,
    Text,
    Markup,
    /// Office documents and what else is compressed.
    Packed,
}

impl Form {
    fn of(name: &str, media_type: Option<&str>) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match (ending.as_deref(), media_type.unwrap_or_default()) {
            (Some("pdf"), _) | (_, "application/pdf") => Self::Pdf,
            (Some("png" | "jpg" | "jpeg"), _) | (_, "image/png" | "image/jpeg") => Self::Picture,
            (Some("html" | "htm" | "xml" | "eml"), _) => Self::Markup,
            (_, media_type) if media_type.starts_with("text/html") => Self::Markup,
            (Some("docx" | "pptx" | "xlsx" | "doc" | "xls" | "odt" | "epub"), _) => Self::Packed,
            _ => Self::Text,
        }
    }
}

/// Tokens of a chunk that are not those of the one before; none where a document is one.
fn tokens_of_chunk(chunking: ChunkingStrategy) -> Option<u64> {
    let tokens = match chunking {
        ChunkingStrategy::Default => 300,
        ChunkingStrategy::FixedSize { max_tokens, overlap_percentage } => {
            max_tokens.saturating_mul(100_u32.saturating_sub(overlap_percentage)) / 100
        }
        ChunkingStrategy::Hierarchical { child_tokens, overlap_tokens, .. } => {
            child_tokens.saturating_sub(overlap_tokens)
        }
        // Meaning turns well before the most that a chunk may hold.
        ChunkingStrategy::Semantic { max_tokens, .. } => max_tokens / 2,
        ChunkingStrategy::None => return None,
    };
    Some(u64::from(tokens.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names_and_types() {
        let check = |name, media_type, expect| assert_eq!(Form::of(name, media_type), expect);
        check("a/b.PDF", None, Form::Pdf);
        check("https://a.example/x", Some("application/pdf"), Form::Pdf);
        check("scan.jpeg", None, Form::Picture);
        check("https://a.example/", Some("text/html; charset=utf-8"), Form::Markup);
        check("notes.docx", None, Form::Packed);
        check("notes", None, Form::Text);
    }

    #[test]
    fn overlap_makes_more_chunks() {
        let fixed = ChunkingStrategy::FixedSize { max_tokens: 200, overlap_percentage: 50 };
        assert_eq!(tokens_of_chunk(fixed), Some(100));
        assert_eq!(tokens_of_chunk(ChunkingStrategy::None), None);
        let narrow = ChunkingStrategy::FixedSize { max_tokens: 1, overlap_percentage: 99 };
        assert_eq!(tokens_of_chunk(narrow), Some(1));
    }
}
