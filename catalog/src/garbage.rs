//! Revisions whose chunks are to be removed from the index.

use corpus::{DocumentId, KnowledgeBaseId, Revision};

use crate::catalog::Catalog;
use crate::error::Result;

/// A revision that is not live and whose chunks may be in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Garbage {
    /// The index.
    pub knowledge_base_id: KnowledgeBaseId,
    /// The document.
    pub document: DocumentId,
    /// The revision.
    pub revision: Revision,
}

impl Catalog {
    /// Revisions to remove: those that were replaced or given up, and those that another owner
    /// was writing. Oldest first.
    pub async fn garbage(&self, owner: &str, limit: usize) -> Result<Vec<Garbage>> {
        todo!()
    }

    /// Notes that these are removed from the index, durably.
    pub async fn forget_garbage(&self, garbage: &[Garbage]) -> Result<()> {
        todo!()
    }
}
