//! What a connector remembers, as values of its own types.

use std::sync::Arc;

use corpus::{ConnectorError, SourceState, StateEntry};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Entries that are read in one go.
pub(crate) const SCAN: usize = 500;

/// The state of a data source, read.
#[derive(Debug, Clone)]
pub(crate) struct Memory(Arc<dyn SourceState>);

impl Memory {
    pub(crate) fn new(state: Arc<dyn SourceState>) -> Self {
        Self(state)
    }

    /// What is remembered under a name. What an older version wrote in another form is as nothing.
    pub(crate) async fn load<T: DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<Option<T>, ConnectorError> {
        let value = self.0.load(key).await.map_err(ConnectorError::State)?;
        Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
    }

    /// The next entries whose names begin with a prefix, after one of them; empty at the end.
    /// Names come without the prefix.
    pub(crate) async fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<Vec<(String, Vec<u8>)>, ConnectorError> {
        let after = after.map(|after| format!("{prefix}{after}"));
        let found =
            self.0.scan(prefix, after.as_deref(), SCAN).await.map_err(ConnectorError::State)?;
        let strip = |name: String| name.strip_prefix(prefix).unwrap_or_default().to_owned();
        Ok(found.into_iter().map(|(name, value)| (strip(name), value)).collect())
    }

    /// The documents that the last attempt could not ingest, a few at a time.
    pub(crate) async fn unsettled(
        &self,
        after: Option<&corpus::DocumentKey>,
    ) -> Result<Vec<corpus::DocumentKey>, ConnectorError> {
        self.0.unsettled(after, SCAN).await.map_err(ConnectorError::State)
    }
}

/// An entry that remembers a value.
pub(crate) fn remember(key: String, value: &impl Serialize) -> Result<StateEntry, ConnectorError> {
    let value = serde_json::to_vec(value).map_err(|error| {
        let reason = format!("what is to be remembered cannot be written: {error}");
        ConnectorError::Unavailable { reason }
    })?;
    Ok(StateEntry { key, value: Some(value) })
}

/// An entry that forgets.
pub(crate) fn forget(key: String) -> StateEntry {
    StateEntry { key, value: None }
}
