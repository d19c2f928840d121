//! `outcrop chunk`: the chunks of a file, as ingestion cuts it.

use anyhow::Context as _;
use corpus::{Chunk, ChunkingStrategy, Purpose};
use documents::{Measure, Sentences, chunk};
use ingest::distances;
use serde_json::json;

use super::Outcome;
use super::parse::{extract, tell_warnings};
use crate::cli::ChunkArguments;
use crate::context::Context;
use crate::model_files;

/// Runs the command.
pub(crate) async fn run(context: &Context, arguments: &ChunkArguments) -> anyhow::Result<Outcome> {
    let strategy = strategy(arguments.chunking.as_deref())?;
    let extracted = extract(context, &arguments.parse).await?;
    let models = model_files::open(context).await?;
    let embedder = corpus::Models::embedder(models.as_ref(), &arguments.embedding_model)?;
    let measure = Measure::of(embedder.as_ref());
    let chunks = match strategy {
        ChunkingStrategy::Semantic { max_tokens, buffer_size, breakpoint_percentile } => {
            let sentences = Sentences::of(&extracted, buffer_size);
            let embed = |texts: Vec<String>| {
                let embedder = &embedder;
                async move { embedder.embed(&texts, Purpose::Document).await }
            };
            let batch = embedder.model().max_batch;
            let distances = distances(&extracted, &sentences, batch, embed).await?;
            sentences.cut(&extracted, &distances, breakpoint_percentile, max_tokens, &measure)
        }
        strategy => chunk(&extracted, strategy, &measure),
    };
    let terminal = &context.terminal;
    if terminal.json() {
        let chunks: Vec<_> = chunks
            .iter()
            .map(|chunk| {
                json!({
                    "ordinal": chunk.ordinal,
                    "text": chunk.text,
                    "lead": chunk.lead,
                    "context": chunk.context,
                    "tokens": embedder.tokens(&chunk.text).len(),
                    "embeddedTokens": embedder.tokens(&chunk.searched()).len(),
                    "place": chunk.place,
                    "parent": chunk.parent,
                })
            })
            .collect();
        terminal.print_json(&json!({ "model": embedder.model().name, "chunks": chunks }))?;
        return Ok(Outcome::Done);
    }
    tell_warnings(context, &extracted)?;
    for chunk in &chunks {
        let tokens = embedder.tokens(&chunk.text).len();
        let head = format!("── {} · {}", chunk.ordinal, place(chunk, tokens));
        terminal.print(terminal.dim(head))?;
        terminal.print(chunk.shown())?;
        terminal.print("")?;
    }
    let count = chunks.len();
    terminal.note(format_args!("{count} chunks, in tokens of {}", embedder.model().name))?;
    Ok(Outcome::Done)
}

fn strategy(chunking: Option<&str>) -> anyhow::Result<ChunkingStrategy> {
    let Some(chunking) = chunking else { return Ok(ChunkingStrategy::Default) };
    let chunking: serde_json::Value = serde_json::from_str(chunking)
        .context("--chunking takes JSON: {\"chunkingStrategy\": \"NONE\"}")?;
    let configuration = json!({ "chunkingConfiguration": chunking });
    api::chunking_strategy(&configuration).map_err(anyhow::Error::msg)
}

/// Where a chunk stands, in words.
fn place(chunk: &Chunk, tokens: usize) -> String {
    let place = &chunk.place;
    let mut words = vec![format!("characters {}–{}", place.span.start, place.span.end)];
    words.extend(place.page.map(|page| format!("page {page}")));
    words.extend(place.sources.iter().map(ToString::to_string));
    words.push(format!("{tokens} tokens"));
    words.extend((!place.headings.is_empty()).then(|| place.headings.join(" › ")));
    words.join(" · ")
}
