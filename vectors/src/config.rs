//! The `[vectors]` section of the configuration.

use std::num::NonZeroUsize;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

/// Where the chunk index is kept, and how.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VectorsConfig {
    /// Which engine holds the chunks.
    pub backend: Backend,
    /// How the embedded engine behaves; unused with a server.
    pub embedded: EdgeConfig,
}

/// The engine that holds the chunks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// In this process, in the data directory.
    #[default]
    Embedded,
    /// On a Qdrant server or cluster.
    Qdrant(QdrantConfig),
}

/// How the embedded engine behaves.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EdgeConfig {
    /// The most indexes that are open at a time, at least 2. Each costs memory and descriptors;
    /// the one that was longest unused is closed for another, and reopens when it is asked for.
    pub open_indexes: NonZeroUsize,
    /// An index is searched chunk by chunk up to this many, and through a graph beyond.
    pub optimise_at: u64,
    /// The share of an index that must have changed before its graph is built anew.
    pub optimise_growth: f64,
    /// The threads that build a graph; none means half of the machine's.
    pub optimise_threads: Option<NonZeroUsize>,
}

impl Default for EdgeConfig {
    fn default() -> Self {
        Self {
            open_indexes: NonZeroUsize::MIN.saturating_add(15),
            optimise_at: 20_000,
            optimise_growth: 0.25,
            optimise_threads: None,
        }
    }
}

/// How a Qdrant server is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QdrantConfig {
    /// The address of its gRPC interface, as `http://localhost:6334`.
    pub url: String,
    /// The key that it asks for, if any.
    #[serde(default)]
    pub api_key: Option<SecretString>,
    /// What the names of our collections begin with.
    #[serde(default = "default_prefix")]
    pub collection_prefix: String,
    /// How long a read or a small write may take.
    #[serde(default = "default_timeout")]
    pub timeout_seconds: u64,
    /// How many nodes keep each chunk; more than one needs a cluster.
    #[serde(default = "default_replicas")]
    pub replicas: u32,
}

impl QdrantConfig {
    /// A server without a key, with the default settings.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            api_key: None,
            collection_prefix: default_prefix(),
            timeout_seconds: default_timeout(),
            replicas: default_replicas(),
        }
    }

    /// How long a call may take before the server counts as unreachable.
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.max(1))
    }
}

fn default_prefix() -> String {
    "outcrop-".to_owned()
}

fn default_timeout() -> u64 {
    30
}

fn default_replicas() -> u32 {
    1
}
