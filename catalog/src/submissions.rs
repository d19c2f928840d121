//! Direct ingestion: what clients pushed and the worker has not done yet.

use corpus::{DataSourceId, Document, DocumentKey, KnowledgeBaseId, Metadata, SourceLocation};

use crate::catalog::Catalog;
use crate::error::Result;

/// A document that a client pushes or removes.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSubmission {
    /// The document.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// What is to be done.
    pub kind: SubmissionKind,
}

/// What is to be done about a pushed document.
#[derive(Debug, Clone, PartialEq)]
pub enum SubmissionKind {
    /// Ingest these bytes.
    Ingest {
        /// The content.
        bytes: Vec<u8>,
        /// Its media type, where the client tells.
        media_type: Option<String>,
        /// Its attributes.
        metadata: Metadata,
    },
    /// Remove the document.
    Delete,
}

/// Something that waits to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Its number; later ones are greater.
    pub sequence: i64,
    /// The knowledge base.
    pub knowledge_base_id: KnowledgeBaseId,
    /// The data source.
    pub data_source_id: DataSourceId,
    /// The document.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// What is to be done.
    pub kind: SubmissionKind,
}

impl Catalog {
    /// Accepts documents for ingestion or removal; a later submission of a document replaces an
    /// earlier one that waits. Returns the documents as they are now. A document that is not
    /// there cannot be removed and is left out.
    pub async fn submit(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        submissions: Vec<NewSubmission>,
        client_token: Option<String>,
    ) -> Result<Vec<Document>> {
        todo!()
    }

    /// What waits, by number, after that number.
    pub async fn waiting_submissions(
        &self,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Submission>> {
        todo!()
    }
}
