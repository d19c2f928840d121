//! A document as a source has it: what tells that it changed, its attributes, and how to read it.
//! Nothing of it is read before it is known to have changed.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

use crate::access::Access;
use crate::document::{DocumentKey, SourceLocation};
use crate::metadata::Metadata;

/// A document in a source.
#[derive(Debug, Clone)]
pub struct SourceDocument {
    /// What the source calls it.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// What changes when it does. None where the source cannot tell: it is read then.
    pub change_key: Option<ChangeKey>,
    /// Its size in bytes, where the source tells.
    pub size: Option<u64>,
    /// Its media type, where the source tells. What the bytes are decides in the end.
    pub media_type: Option<String>,
    /// Its attributes.
    pub metadata: SourceMetadata,
    /// Who may read it; none where the source has no say in that.
    pub access: Option<Access>,
    /// How to read it.
    pub content: Arc<dyn Content>,
}

/// What changes when a document does, its bytes and its attributes apart. Where both are as they
/// were, nothing is read; where only the attributes changed, the bytes are not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChangeKey {
    /// Changes with the bytes: an `ETag`, a version, a size and time.
    pub content: String,
    /// Changes with the attributes, where the source tells that apart: the `ETag` of a sidecar.
    pub metadata: Option<String>,
}

impl ChangeKey {
    /// The key of a document whose attributes are known without reading, or belong to its version.
    pub fn of_content(content: impl Into<String>) -> Self {
        Self { content: content.into(), metadata: None }
    }
}

/// The attributes that come with a document.
#[derive(Debug, Clone, Default)]
pub enum SourceMetadata {
    /// There are none.
    #[default]
    None,
    /// Given with the document.
    Inline(Metadata),
    /// In a sidecar file (`<file>.metadata.json`), which counts in the statistics.
    Sidecar(Arc<dyn Sidecar>),
}

/// A file with the attributes of another, read when asked for.
#[async_trait]
pub trait Sidecar: Send + Sync + Debug {
    /// What it says. May be called again for another try.
    async fn read(&self) -> Result<SidecarContents, SidecarError>;
}

/// What a sidecar says of its document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SidecarContents {
    /// Its attributes.
    pub metadata: Metadata,
    /// Names of the attributes that are embedded with the text (`includeForEmbedding`).
    pub for_embedding: Vec<String>,
    /// How the rows of a table are documents of their own, where they are
    /// (`documentStructureConfiguration`).
    pub records: Option<RecordStructure>,
}

/// A CSV file of which each row is a unit of its own, by the names in its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordStructure {
    /// The column with the text.
    pub content_field: String,
    /// The columns that are attributes; all others, where none are named.
    pub fields_to_include: Vec<String>,
    /// The columns that are none.
    pub fields_to_exclude: Vec<String>,
}

/// Why a sidecar says nothing.
#[derive(Debug, thiserror::Error)]
pub enum SidecarError {
    /// Its bytes cannot be had.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It has no meaning.
    #[error("its sidecar {name} {reason}")]
    Invalid {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The bytes of a document, read when asked for.
#[async_trait]
pub trait Content: Send + Sync + Debug {
    /// Begins to read. May be called again for another try.
    async fn open(&self) -> Result<Body, ReadError>;
}

/// The bytes of a document, in pieces.
pub type Body = BoxStream<'static, Result<Bytes, ReadError>>;

/// Why a document's bytes cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It was there when it was listed, and is no longer.
    #[error("the document vanished while it was being read")]
    Vanished,
    /// The source does not allow it.
    #[error("reading is not permitted: {reason}")]
    Denied {
        /// What was seen, and the remedy.
        reason: String,
    },
    /// A failure that may pass.
    #[error("reading failed: {reason}")]
    Interrupted {
        /// What was seen.
        reason: String,
    },
}

impl ReadError {
    /// Whether another try may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Interrupted { .. })
    }
}
