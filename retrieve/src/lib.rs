//! Retrieval: a question → search → prompt → an answer with its sources.
//!
//! Invariant: nothing leaves here that the catalog does not call live, and every citation names the
//! chunk it rests on, with its span in the revision that was read.

mod answer;
mod error;
mod search;

mod cite;
mod fuse;
mod prompt;
mod retry;

pub use answer::{Answer, AnswerRequest, Citation, Reference};
pub use error::RetrieveError;
pub use search::{RetrieveQuery, Retrieved, SearchType};

use std::sync::Arc;

use catalog::Catalog;
use corpus::{Clock, Models, VectorStore};

/// Answers from knowledge bases.
#[derive(Debug, Clone)]
pub struct Retriever {
    catalog: Catalog,
    vectors: Arc<dyn VectorStore>,
    models: Arc<dyn Models>,
    clock: Arc<dyn Clock>,
}

impl Retriever {
    /// A retriever over these parts; the clock tells `$current_time$` in prompts.
    pub fn new(
        catalog: Catalog,
        vectors: Arc<dyn VectorStore>,
        models: Arc<dyn Models>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { catalog, vectors, models, clock }
    }
}
