//! Port: reading a source.
//!
//! A connector enumerates its source as a stream of events, and opens the content of a document
//! only when asked. It is pulled: a slow pipeline stops the listing. Deletions follow only from
//! explicit evidence ([`SourceEvent::Delete`]) or from [`SourceEvent::Complete`], after which the
//! documents that were not seen are gone.
//!
//! What it must remember between runs goes out as [`SourceEvent::Checkpoint`] and comes back
//! through [`SourceState`]. A checkpoint becomes durable only with everything that precedes it.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::data_source::DataSource;
use crate::document::{DocumentKey, SourceLocation};
use crate::metadata::Metadata;

/// Reads one source.
#[async_trait]
pub trait Connector: Send + Sync + Debug {
    /// Checks configuration and access by cheap probes. Each failure names the remedy.
    async fn check(&self) -> Result<(), ConnectorError>;

    /// Everything in the source, or, for sources that can tell, what changed. An error ends the
    /// stream, and with it the job; nothing is deleted then.
    fn enumerate(
        &self,
        state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>>;
}

/// Makes the connector of a data source.
pub trait Connectors: Send + Sync + Debug {
    /// The connector for this data source's configuration.
    fn connector(&self, data_source: &DataSource) -> Result<Arc<dyn Connector>, ConnectorError>;
}

/// What a connector finds.
#[derive(Debug, Clone)]
pub enum SourceEvent {
    /// A document that is there, changed or not.
    Upsert(SourceDocument),
    /// A document that is there no longer, by explicit evidence.
    Delete(DocumentKey),
    /// A document that is there and cannot be read. The live revision, if any, stays.
    Failure {
        /// The document.
        key: DocumentKey,
        /// Where a reader would find it.
        location: SourceLocation,
        /// Why, in words that name the remedy.
        reason: String,
    },
    /// A document that is there and deliberately not read.
    Ignored {
        /// The document.
        key: DocumentKey,
        /// Where a reader would find it.
        location: SourceLocation,
        /// Why.
        reason: String,
    },
    /// What to remember, once everything before it is done.
    Checkpoint(Vec<StateEntry>),
    /// The enumeration was whole: what was not seen is gone. The last event.
    Complete,
}

/// A document in a source.
#[derive(Debug, Clone)]
pub struct SourceDocument {
    /// What the source calls it.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// What changes when the document, or its sidecar, does (an `ETag`, a size and time); equal
    /// keys mean that nothing need be read. None where the source cannot tell.
    pub change_key: Option<String>,
    /// Its size in bytes, where the source tells.
    pub size: Option<u64>,
    /// Its media type, where the source tells. What the bytes are decides in the end.
    pub media_type: Option<String>,
    /// Its attributes.
    pub metadata: SourceMetadata,
    /// How to read it.
    pub content: Arc<dyn Content>,
}

/// The attributes that come with a document.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum SourceMetadata {
    /// There are none.
    #[default]
    None,
    /// Given with the document.
    Inline(Metadata),
    /// Read from a sidecar file (`<file>.metadata.json`), which counts in the statistics.
    Sidecar(Metadata),
}

impl SourceMetadata {
    /// The attributes, wherever they came from.
    pub fn attributes(&self) -> Metadata {
        match self {
            Self::None => Metadata::new(),
            Self::Inline(metadata) | Self::Sidecar(metadata) => metadata.clone(),
        }
    }
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

/// Why a source cannot be enumerated.
#[derive(Debug, thiserror::Error)]
pub enum ConnectorError {
    /// The configuration has no meaning, or names what is not there.
    #[error("{reason}")]
    Misconfigured {
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// The source does not allow it.
    #[error("access to the source is denied: {reason}")]
    Denied {
        /// What was seen, and the remedy.
        reason: String,
    },
    /// A failure that may pass.
    #[error("the source cannot be reached: {reason}")]
    Unavailable {
        /// What was seen.
        reason: String,
    },
    /// What was remembered cannot be had.
    #[error("the state of the source cannot be read")]
    State(#[source] StateError),
}

impl ConnectorError {
    /// Whether another try may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::State(_))
    }
}

/// One thing to remember.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateEntry {
    /// Its name, the connector's own.
    pub key: String,
    /// What to remember; none to forget it.
    pub value: Option<Vec<u8>>,
}

/// What a connector remembered of a data source. The catalog keeps it.
#[async_trait]
pub trait SourceState: Send + Sync + Debug {
    /// What is remembered under a name.
    async fn load(&self, key: &str) -> Result<Option<Vec<u8>>, StateError>;

    /// Everything remembered under names that begin with `prefix`, by name, after `after`, at
    /// most `limit`.
    async fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, StateError>;
}

/// The state cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct StateError {
    /// What was seen.
    pub reason: String,
}
