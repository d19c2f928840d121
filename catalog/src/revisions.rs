//! Allocates revisions.

use corpus::{DataSourceId, DocumentKey, KnowledgeBaseId, Revision, SourceLocation};

use crate::catalog::Catalog;
use crate::error::Result;

impl Catalog {
    /// A new revision for each of these documents, in their order. Until its outcome is recorded
    /// it belongs to `owner`; for every other owner it is garbage.
    pub async fn begin_revisions(
        &self,
        owner: &str,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        documents: &[(DocumentKey, SourceLocation)],
    ) -> Result<Vec<Revision>> {
        todo!()
    }
}
