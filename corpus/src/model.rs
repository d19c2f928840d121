//! Which model a client's model id means here.

use std::fmt::Debug;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::embedder::Embedder;
use crate::generator::Generator;

/// What an embedding model is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbeddingModel {
    /// Its name, as `all-MiniLM-L6-v2`.
    pub name: String,
    /// Length of its vectors.
    pub dimensions: u32,
    /// The most tokens of one text that it sees at once, special tokens not counted.
    pub window: u32,
    /// The most texts in one call of [`Embedder::embed`].
    pub max_batch: usize,
}

impl EmbeddingModel {
    /// What two models share if their vectors can be compared: kept with every index.
    pub fn fingerprint(&self) -> String {
        format!("{}/{}", self.name, self.dimensions)
    }
}

/// The routing table from the model ids and ARNs that clients send to models.
pub trait Models: Send + Sync + Debug {
    /// The model that embeds for `model_arn` (an id or any of Bedrock's ARNs).
    fn embedder(&self, model_arn: &str) -> Result<Arc<dyn Embedder>, ModelError>;

    /// The model that generates for `model_arn` (an id or any of Bedrock's ARNs).
    fn generator(&self, model_arn: &str) -> Result<Arc<dyn Generator>, ModelError>;
}

/// A model that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No route leads from this id.
    #[error("no route for model '{model}': add one under [[models.{kind}]] in the configuration")]
    NoRoute {
        /// The id or ARN that was asked for.
        model: String,
        /// `embedding` or `generation`.
        kind: &'static str,
    },
    /// The model is there, but cannot be used.
    #[error("model '{model}' is not available: {reason}")]
    Unavailable {
        /// The id or ARN that was asked for.
        model: String,
        /// What to do about it.
        reason: String,
    },
}
