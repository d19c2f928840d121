//! Port: texts to vectors.

use std::fmt::Debug;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;

use crate::model::EmbeddingModel;

/// Turns texts into vectors.
#[async_trait]
pub trait Embedder: Send + Sync + Debug {
    /// What the model is like.
    fn model(&self) -> &EmbeddingModel;

    /// Where the model's tokens stand in `text`: byte ranges, ascending, not overlapping, on
    /// character bounds; special tokens left out. Remote models, whose tokenizer is not here,
    /// estimate.
    fn tokens(&self, text: &str) -> Vec<Range<usize>>;

    /// Embeds some texts; one embedding for each, in their order. A text longer than the model's
    /// window is embedded by windows, and their vectors averaged by the number of their tokens.
    /// At most [`EmbeddingModel::max_batch`] texts. Queries overtake documents.
    ///
    /// The vectors are of unit length.
    async fn embed(&self, texts: &[String], purpose: Purpose)
    -> Result<Vec<Embedding>, EmbedError>;
}

/// What a text is embedded for: some models embed the two differently, and a question waits for no
/// document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A chunk for the index.
    Document,
    /// A question.
    Query,
}

/// The vector of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// Unit length, of the model's dimensions.
    pub vector: Vec<f32>,
    /// In how many windows the text was embedded: more than one where it was longer than the
    /// model sees at once.
    pub windows: u32,
    /// Tokens of the text, special ones not counted.
    pub tokens: u32,
}

/// Why there are no vectors.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The provider asks for fewer calls.
    #[error("the embedding model is throttling")]
    Throttled {
        /// When it asked to be called again.
        retry_after: Option<Duration>,
    },
    /// The provider does not answer, or failed for a reason that may pass.
    #[error("the embedding model cannot be reached: {reason}")]
    Unavailable {
        /// What was seen.
        reason: String,
    },
    /// The provider refuses these texts, and would again; others it may take.
    #[error("the embedding model refused: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
    /// The provider refuses the account, the model or the configuration, and would for any text.
    #[error("the embedding model cannot be used: {reason}")]
    Denied {
        /// What it said, and what to do about it.
        reason: String,
    },
}

impl EmbedError {
    /// Whether another try may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Unavailable { .. })
    }
}
