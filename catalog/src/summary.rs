//! What a knowledge base holds, counted.

use std::collections::HashMap;

use corpus::{DataSource, DocumentStatus, IngestionJob, KnowledgeBase, KnowledgeBaseId};

use crate::catalog::Catalog;
use crate::error::Result;

/// What a knowledge base holds.
#[derive(Debug, Clone, PartialEq)]
pub struct KnowledgeBaseSummary {
    /// The knowledge base.
    pub knowledge_base: KnowledgeBase,
    /// Its data sources.
    pub data_sources: Vec<DataSourceSummary>,
}

/// What a data source holds.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSourceSummary {
    /// The data source.
    pub data_source: DataSource,
    /// Number of its documents by status; a status without documents is absent.
    pub documents: HashMap<DocumentStatus, u64>,
    /// Number of chunks of its live revisions.
    pub chunks: u64,
    /// The job that was started last.
    pub last_job: Option<IngestionJob>,
}

impl Catalog {
    /// What a knowledge base holds.
    pub async fn summary(&self, id: KnowledgeBaseId) -> Result<KnowledgeBaseSummary> {
        todo!()
    }
}
