//! The embedding model by itself, called as ingestion calls it: many documents at once, each in
//! slices of a few at once.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use corpus::{Embedder, Embedding, Purpose};
use ingest::IngestConfig;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::chunks;
use crate::local::Local;

/// Slices of one document that ingestion embeds at once.
const SLICES: usize = 3;

/// Chunks whose vectors are printed, to compare with another engine's.
const SAMPLE: usize = 32;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What the command `chunks` printed
    chunks: PathBuf,
    #[command(flatten)]
    local: Local,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Embedded {
    chunks: usize,
    /// Special tokens not counted.
    tokens: u64,
    seconds: f64,
    /// The vectors of the first chunks.
    sample: Vec<Vec<f32>>,
}

/// Embeds all chunks once. The model is loaded and has embedded something before.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<Embedded> {
    let documents = chunks::read(&arguments.chunks)?;
    let model = arguments.local.open()?;
    let first: Vec<String> = documents.iter().flatten().take(SAMPLE).cloned().collect();
    let sample = model.embed(&first, Purpose::Document).await?;
    let started = Instant::now();
    let embeddings = embed_all(&model, documents).await?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Embedded {
        chunks: embeddings.len(),
        tokens: embeddings.iter().map(|embedding| u64::from(embedding.tokens)).sum(),
        seconds,
        sample: sample.into_iter().map(|embedding| embedding.vector).collect(),
    })
}

/// The embeddings of all documents, in the order in which they come.
async fn embed_all(
    model: &Arc<dyn Embedder>,
    documents: Vec<Vec<String>>,
) -> anyhow::Result<Vec<Embedding>> {
    let room = Arc::new(Semaphore::new(IngestConfig::default().documents_in_flight.get()));
    let mut tasks = JoinSet::new();
    for texts in documents {
        let permit = Arc::clone(&room).acquire_owned().await?;
        let model = Arc::clone(model);
        tasks.spawn(async move {
            let _permit = permit;
            embed_document(&model, &texts).await
        });
    }
    gather(tasks).await
}

async fn embed_document(
    model: &Arc<dyn Embedder>,
    texts: &[String],
) -> anyhow::Result<Vec<Embedding>> {
    let turns = Arc::new(Semaphore::new(SLICES));
    let mut slices = JoinSet::new();
    for slice in texts.chunks(model.model().max_batch) {
        let permit = Arc::clone(&turns).acquire_owned().await?;
        let (model, slice) = (Arc::clone(model), slice.to_vec());
        slices.spawn(async move {
            let _permit = permit;
            Ok(model.embed(&slice, Purpose::Document).await?)
        });
    }
    gather(slices).await
}

async fn gather(
    mut tasks: JoinSet<anyhow::Result<Vec<Embedding>>>,
) -> anyhow::Result<Vec<Embedding>> {
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        all.extend(ended.context("a task panicked")??);
    }
    Ok(all)
}
