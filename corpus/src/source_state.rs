//! Port: what a connector remembers between runs. The catalog keeps it.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::document::DocumentKey;

/// One thing to remember.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateEntry {
    /// Its name, the connector's own.
    pub key: String,
    /// What to remember; none to forget it.
    pub value: Option<Vec<u8>>,
}

/// What a connector remembered of a data source.
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

    /// Documents that the last attempt could not ingest or did not finish, in the order of their keys, after
    /// `after`, at most `limit`. A connector that only tells what changed tells of these again,
    /// although they did not.
    async fn unsettled(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<DocumentKey>, StateError>;
}

/// The state cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct StateError {
    /// What was seen.
    pub reason: String,
}
