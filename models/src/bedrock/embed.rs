//! Vectors by `InvokeModel`.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_bedrockruntime::primitives::Blob;
use corpus::{EmbedError, Embedder, Embedding, EmbeddingModel, Purpose};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::Bedrock;
use super::failure::failure;
use super::family::Family;
use crate::digest::short;
use crate::failure::Failure;
use crate::windows::{Batch, estimated_tokens};

/// Calls under way at once for one batch: Bedrock's models take one text or a few at a time.
const CALLS: usize = 8;

/// A model on Amazon Bedrock that makes vectors.
#[derive(Debug)]
pub struct BedrockEmbedder {
    bedrock: Arc<Bedrock>,
    /// The id or ARN that is called.
    id: String,
    family: Family,
    model: EmbeddingModel,
}

impl BedrockEmbedder {
    /// The model of this id or ARN; what is wrong with the id or the dimensions where there is
    /// none.
    pub fn new(
        bedrock: Arc<Bedrock>,
        id: impl Into<String>,
        dimensions: Option<u32>,
    ) -> Result<Self, String> {
        let id = id.into();
        let Some(family) = Family::of(&id) else {
            return Err(
                "this embedding model of Bedrock is not spoken to: name a Titan text or Cohere \
                 model in the route's 'model'"
                    .to_owned(),
            );
        };
        let offered = family.dimensions();
        let dimensions = dimensions.unwrap_or(offered[0]);
        if !offered.contains(&dimensions) {
            return Err(format!(
                "the model has no vectors of {dimensions} dimensions: set one of {offered:?}"
            ));
        }
        let name = crate::config::bare_id(&id);
        let model = EmbeddingModel {
            name: name.to_owned(),
            dimensions,
            identity: short(["bedrock", anywhere(name)]),
            window: u32::try_from(family.limits().tokens).unwrap_or(u32::MAX),
            max_batch: family.texts_per_call().max(CALLS),
        };
        Ok(Self { bedrock, id, family, model })
    }

    /// The vectors of some texts, no more than go into one call.
    async fn call(&self, texts: &[&str], purpose: Purpose) -> Result<Vec<Vec<f32>>, Failure> {
        let body = self.family.request(texts, purpose, self.model.dimensions).to_string();
        let client = self.bedrock.client().await;
        let call = client
            .invoke_model()
            .model_id(&self.id)
            .content_type("application/json")
            .accept("application/json")
            .body(Blob::new(body));
        let output = call.send().await.map_err(|error| failure(&error, &self.id))?;
        self.family.vectors(output.body().as_ref()).map_err(|error| {
            Failure::Unavailable(format!("the answer holds no embedding: {error}"))
        })
    }
}

/// A model's id without the part of the world that an inference profile begins with.
fn anywhere(id: &str) -> &str {
    let parts = ["us.", "us-gov.", "eu.", "apac.", "jp.", "au.", "ca.", "global."];
    parts.iter().find_map(|part| id.strip_prefix(part)).unwrap_or(id)
}

#[async_trait]
impl Embedder for BedrockEmbedder {
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
        let batch = Batch::new(texts, self.family.limits());
        let pieces: Vec<&str> = batch.pieces().collect();
        let mut calls = Vec::new();
        for texts in pieces.chunks(self.family.texts_per_call()) {
            calls.push(self.call(texts, purpose));
        }
        let vectors: Vec<Vec<Vec<f32>>> = stream::iter(calls).buffered(CALLS).try_collect().await?;
        Ok(batch.embeddings(vectors.concat(), self.model.dimensions)?)
    }
}
