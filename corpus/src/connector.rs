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
use futures::StreamExt;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

use crate::data_source::DataSource;
use crate::document::{DocumentKey, SourceLocation};
use crate::source_document::{Content, Sidecar, SourceDocument};
use crate::source_state::{SourceState, StateEntry, StateError};

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

    /// Reads some documents once more, whether they changed or not: as their events. What cannot be
    /// read is told as failed, or left to the next enumeration, as all is by sources that cannot do
    /// better.
    fn again(
        &self,
        keys: Vec<DocumentKey>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        drop(keys);
        futures::stream::empty().boxed()
    }

    /// Hints that the source may have changed, for sources that tell and are asked to; none for
    /// the others. Each hint leads to a job, which finds out; hints that come close together lead
    /// to one. Whoever cannot say what happened before it listened hints at once. The next hint is
    /// asked for when a job for the last one is durable: what lies behind it, as messages in a
    /// queue, is forgotten then.
    ///
    /// An error, like the end of the stream, makes the listener begin anew a little later.
    fn changes(&self) -> Option<BoxStream<'static, Result<(), ConnectorError>>> {
        None
    }
}

/// Makes the connector of a data source.
pub trait Connectors: Send + Sync + Debug {
    /// The connector for this data source's configuration.
    fn connector(&self, data_source: &DataSource) -> Result<Arc<dyn Connector>, ConnectorError>;

    /// An object in S3 that a pushed document refers to.
    fn object(&self, object: &S3Object) -> Result<Arc<dyn Content>, ConnectorError>;

    /// An object in S3 with the attributes of a pushed document.
    fn sidecar(&self, object: &S3Object) -> Result<Arc<dyn Sidecar>, ConnectorError>;
}

/// Names an object in S3.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct S3Object {
    /// The bucket.
    pub bucket: String,
    /// The key within the bucket.
    pub key: String,
    /// The account that must own the bucket, where that is to be checked.
    pub expected_owner: Option<String>,
}

/// What a connector finds.
#[derive(Debug, Clone)]
pub enum SourceEvent {
    /// A document that is there, changed or not.
    Upsert(SourceDocument),
    /// A document that is there no longer, by explicit evidence.
    Delete(DocumentKey),
    /// A document that is known and cannot be judged this time, as when its part of the source
    /// does not answer, or that is certainly as it was: it stays as it is.
    Seen(DocumentKey),
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
