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
    /// A short hash of all else that decides the vectors of passages: weights, prefixes and the
    /// like, and of a model of a provider its name there. Where it is equal on two machines, so is
    /// the model.
    pub identity: String,
    /// The most tokens of one text that it sees at once, special tokens not counted.
    pub window: u32,
    /// The most texts in one call of [`Embedder::embed`].
    pub max_batch: usize,
}

impl EmbeddingModel {
    /// What is kept with every index, to know its model again: as
    /// `all-MiniLM-L6-v2/384/0123456789ab`.
    pub fn fingerprint(&self) -> String {
        format!("{}/{}/{}", self.name, self.dimensions, self.identity)
    }

    /// Whether its vectors can be compared with those of the model that had this fingerprint. The
    /// name is for people: a folder that was renamed holds the same model.
    pub fn has_fingerprint(&self, fingerprint: &str) -> bool {
        fingerprint
            .strip_suffix(self.identity.as_str())
            .is_some_and(|rest| rest.strip_suffix(&format!("/{}/", self.dimensions)).is_some())
    }
}

/// The routing table from the model ids and ARNs that clients send to models.
pub trait Models: Send + Sync + Debug {
    /// The model that embeds for `model_arn` (an id or any of Bedrock's ARNs).
    fn embedder(&self, model_arn: &str) -> Result<Arc<dyn Embedder>, ModelError>;

    /// The model that generates for `model_arn` (an id or any of Bedrock's ARNs).
    fn generator(&self, model_arn: &str) -> Result<Arc<dyn Generator>, ModelError>;
}

/// The model that generates for `model_arn`, where it can be told what to do.
pub fn language_model(
    models: &dyn Models,
    model_arn: &str,
) -> Result<Arc<dyn Generator>, ModelError> {
    let generator = models.generator(model_arn)?;
    if generator.follows_instructions() {
        return Ok(generator);
    }
    Err(ModelError::Unavailable {
        model: model_arn.to_owned(),
        reason: "it is routed to the local answerer, which only quotes: route it to a language \
                 model under [[models.generation]] in the configuration"
            .to_owned(),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_known_again_by_what_they_are() {
        let model = |name: &str, dimensions, identity: &str| EmbeddingModel {
            name: name.to_owned(),
            dimensions,
            identity: identity.to_owned(),
            window: 1,
            max_batch: 1,
        };
        let indexed = model("BAAI/bge-m3", 1024, "abc").fingerprint();
        assert_eq!(indexed, "BAAI/bge-m3/1024/abc");
        assert!(model("BAAI/bge-m3", 1024, "abc").has_fingerprint(&indexed));
        assert!(model("renamed", 1024, "abc").has_fingerprint(&indexed));
        assert!(!model("BAAI/bge-m3", 1024, "bc").has_fingerprint(&indexed));
        assert!(!model("BAAI/bge-m3", 1024, "other").has_fingerprint(&indexed));
        assert!(!model("BAAI/bge-m3", 24, "abc").has_fingerprint(&indexed));
    }
}
