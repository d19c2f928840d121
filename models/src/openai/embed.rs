//! Vectors by the embeddings endpoint.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use corpus::{EmbedError, Embedder, Embedding, EmbeddingModel, Purpose};
use serde::Deserialize;
use serde_json::json;

use super::OpenAiServer;
use crate::digest::short;
use crate::windows::{Batch, Limits, estimated_tokens};

/// The most texts in one call.
const TEXTS_PER_CALL: usize = 64;

/// What must be said of an embedding model, since the protocol does not tell.
#[derive(Debug, Clone)]
pub struct OpenAiEmbeddings {
    /// What the server calls it.
    pub model: String,
    /// Length of its vectors.
    pub dimensions: u32,
    /// The most tokens of one text.
    pub window_tokens: u32,
    /// Whether `dimensions` is sent.
    pub send_dimensions: bool,
    /// What it wants before each question.
    pub query_prefix: String,
    /// What it wants before each passage.
    pub document_prefix: String,
}

/// A model on an OpenAI-compatible server that makes vectors.
#[derive(Debug)]
pub struct OpenAiEmbedder {
    server: Arc<OpenAiServer>,
    settings: OpenAiEmbeddings,
    model: EmbeddingModel,
}

impl OpenAiEmbedder {
    /// The model that the settings describe.
    pub fn new(server: Arc<OpenAiServer>, settings: OpenAiEmbeddings) -> Self {
        let model = EmbeddingModel {
            name: settings.model.clone(),
            dimensions: settings.dimensions,
            identity: short(["openai", &settings.model, &settings.document_prefix]),
            window: settings.window_tokens,
            max_batch: TEXTS_PER_CALL,
        };
        Self { server, settings, model }
    }
}

#[async_trait]
impl Embedder for OpenAiEmbedder {
    fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    fn tokens(&self, text: &str) -> Vec<Range<usize>> {
        estimated_tokens(text)
    }

    async fn embed(
        &self,
        texts: &[String],
        purpose: Purpose,
    ) -> Result<Vec<Embedding>, EmbedError> {
        let prefix = match purpose {
            Purpose::Document => &self.settings.document_prefix,
            Purpose::Query => &self.settings.query_prefix,
        };
        let room = self.model.window as usize;
        let tokens = room.saturating_sub(estimated_tokens(prefix).len()).max(1);
        let batch = Batch::new(texts, Limits { tokens, characters: usize::MAX });
        let inputs: Vec<String> = batch.pieces().map(|piece| format!("{prefix}{piece}")).collect();
        let mut vectors = Vec::with_capacity(inputs.len());
        for inputs in inputs.chunks(TEXTS_PER_CALL) {
            let mut body = json!({
                "model": self.settings.model,
                "input": inputs,
                "encoding_format": "float",
            });
            if self.settings.send_dimensions {
                body["dimensions"] = self.model.dimensions.into();
            }
            let answer: Answer = self.server.post("embeddings", &body).await?;
            vectors.extend(answer.in_order());
        }
        Ok(batch.embeddings(vectors, self.model.dimensions)?)
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    embedding: Vec<f32>,
    #[serde(default)]
    index: usize,
}

impl Answer {
    /// The vectors in the order of the inputs, which servers need not keep.
    fn in_order(mut self) -> impl Iterator<Item = Vec<f32>> {
        self.data.sort_by_key(|entry| entry.index);
        self.data.into_iter().map(|entry| entry.embedding)
    }
}
