//! The operations that answer questions.

pub(crate) mod filter;
pub(crate) mod generation;
pub(crate) mod refusal;
pub(crate) mod result;
pub(crate) mod retrieve;
pub(crate) mod retrieve_and_generate;
pub(crate) mod search;

use corpus::{InvalidId, KnowledgeBaseId};

use crate::error::ApiError;

/// The knowledge base that a member names by its id.
fn knowledge_base(at: &str, id: &str) -> Result<KnowledgeBaseId, ApiError> {
    id.parse().map_err(|error: InvalidId| ApiError::field(at, error.to_string()))
}
