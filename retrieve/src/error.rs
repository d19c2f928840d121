//! Why a question has no answer.

use catalog::CatalogError;
use corpus::{EmbedError, FilterError, GenerateError, ModelError, VectorStoreError};

/// Why a question has no answer, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum RetrieveError {
    /// The catalog does not have the knowledge base, or failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The knowledge base is being removed.
    #[error("knowledge base '{id}' is being deleted")]
    Deleting {
        /// The knowledge base.
        id: String,
    },
    /// The session is over, was never begun, or belongs to another knowledge base.
    #[error(
        "session '{id}' is not known for this knowledge base: sessions end after 24 hours; leave \
         sessionId out to begin a new one"
    )]
    SessionNotFound {
        /// The session.
        id: String,
    },
    /// The configuration now routes to another embedding model than the index was made with.
    #[error(
        "the knowledge base is indexed with {indexed}, and the configuration now routes \
         '{model_arn}' to {routed}: restore the route, or create a new knowledge base"
    )]
    WrongModel {
        /// The model that the client named.
        model_arn: String,
        /// What the index was made with.
        indexed: String,
        /// What the route leads to.
        routed: String,
    },
    /// The filter has no meaning.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// A model cannot be had.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The question could not be embedded.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The index could not be searched.
    #[error(transparent)]
    Store(#[from] VectorStoreError),
    /// No answer was generated.
    #[error(transparent)]
    Generate(#[from] GenerateError),
}
