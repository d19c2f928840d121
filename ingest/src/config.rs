//! What bounds ingestion.

use std::time::Duration;

use serde::Deserialize;

/// The section `[ingest]` of the configuration. The bounds together bound memory: documents in
/// flight hold at most `memory_mb` of source bytes and some three times that of text and chunks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// The largest document that is read, in MB (10⁶ bytes). Bedrock's limit is 50 MB.
    pub max_document_mb: u64,
    /// Source bytes of all documents in flight, in MB; a document waits until there is room.
    pub memory_mb: u32,
    /// Documents in flight per job: enough short ones to fill the embedding model's batches.
    pub documents_in_flight: usize,
    /// Jobs that run side by side.
    pub jobs: usize,
    /// Seconds without a byte after which reading a document is given up.
    pub read_timeout_seconds: u64,
    /// Seconds after which parsing a document is given up.
    pub parse_timeout_seconds: u64,
    /// How often a call to the embedding model or the vector store is tried in all.
    pub attempts: u32,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            max_document_mb: 50,
            memory_mb: 128,
            documents_in_flight: 64,
            jobs: 4,
            read_timeout_seconds: 60,
            parse_timeout_seconds: 120,
            attempts: 8,
        }
    }
}

impl IngestConfig {
    /// The largest document, in bytes.
    pub(crate) fn max_document_bytes(&self) -> u64 {
        self.max_document_mb.saturating_mul(1_000_000)
    }

    /// How long a worker's hold on a job lasts without being renewed.
    pub(crate) const LEASE: Duration = Duration::from_secs(30);

    /// How long documents in flight may take to end once a job is asked to stop.
    pub(crate) const STOP_GRACE: Duration = Duration::from_secs(3);
}
