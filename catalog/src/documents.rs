//! Documents as they are read; `record.rs` and `revisions.rs` write them.

use std::collections::HashMap;

use corpus::{DataSourceId, Document, DocumentId, DocumentKey, IngestionJobId, KnowledgeBaseId};

use crate::catalog::Catalog;
use crate::error::Result;
use crate::page::{Listing, Page};

impl Catalog {
    /// The documents of a data source that have these keys; keys of none are left out.
    pub async fn documents_by_key(
        &self,
        data_source: DataSourceId,
        keys: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, Document>> {
        todo!()
    }

    /// The documents of a data source.
    pub async fn documents(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        page: Page,
    ) -> Result<Listing<Document>> {
        todo!()
    }

    /// Those of these documents that may be returned: they have a live revision, and neither they
    /// nor their data source nor their knowledge base are being removed.
    pub async fn live(
        &self,
        knowledge_base: KnowledgeBaseId,
        ids: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Document>> {
        todo!()
    }

    /// Documents of a data source for which this job has recorded nothing.
    pub async fn unseen(
        &self,
        job: IngestionJobId,
        data_source: DataSourceId,
        limit: usize,
    ) -> Result<Vec<Document>> {
        todo!()
    }
}
