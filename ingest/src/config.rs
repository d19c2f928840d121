//! What bounds ingestion.

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::time::Duration;

use serde::Deserialize;

use crate::extractor::Bounds;

/// The section `[ingest]` of the configuration. The bounds together bound memory: documents in
/// flight hold at most `memory_mb` of source bytes and some three times that of text and chunks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// The largest document that is read, in MB (10⁶ bytes). Bedrock's limit is 50 MB.
    pub max_document_mb: NonZeroU64,
    /// Source bytes of all documents in flight, in MB; a document waits until there is room.
    pub memory_mb: NonZeroU32,
    /// Documents in flight per job: enough short ones to fill the embedding model's batches.
    pub documents_in_flight: NonZeroUsize,
    /// Jobs that run side by side.
    pub jobs: NonZeroUsize,
    /// Seconds without a byte after which reading a document is given up.
    pub read_timeout_seconds: NonZeroU64,
    /// Seconds after which parsing a document is given up.
    pub parse_timeout_seconds: NonZeroU64,
    /// Memory that parsing a document may take, in MB.
    pub parse_memory_mb: NonZeroU32,
    /// Languages in which characters are recognised in pictures and scanned pages, as Tesseract
    /// names them (`eng+deu`); none: they are not.
    pub ocr: Option<String>,
    /// Seconds for which the embedding model, the vector store or the catalog may fail without a
    /// break before the job is given up.
    pub outage_seconds: u64,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            max_document_mb: number(50).into(),
            memory_mb: number(128),
            documents_in_flight: count(64),
            jobs: count(4),
            read_timeout_seconds: number(60).into(),
            parse_timeout_seconds: number(120).into(),
            parse_memory_mb: number(1_024),
            ocr: None,
            outage_seconds: 1_800,
        }
    }
}

impl IngestConfig {
    /// The largest document, in bytes.
    pub(crate) fn max_document_bytes(&self) -> u64 {
        self.max_document_mb.get().saturating_mul(1_000_000)
    }

    /// Room for source bytes, in kB.
    pub(crate) fn memory_kilobytes(&self) -> u32 {
        self.memory_mb.get().saturating_mul(1_000)
    }

    /// The longest silence of a source.
    pub(crate) fn read_patience(&self) -> Duration {
        Duration::from_secs(self.read_timeout_seconds.get())
    }

    /// What parsing one document may take.
    pub fn bounds(&self) -> Bounds {
        Bounds {
            time: Duration::from_secs(self.parse_timeout_seconds.get()),
            memory_mb: self.parse_memory_mb.get(),
        }
    }

    /// How long a backend may fail.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.outage_seconds)
    }

    /// How long a worker's hold on a job lasts without being renewed.
    pub(crate) const LEASE: Duration = Duration::from_secs(30);

    /// How long documents in flight may take to end once a job is asked to stop.
    pub(crate) const STOP_GRACE: Duration = Duration::from_secs(3);
}

const fn number(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

const fn count(count: usize) -> NonZeroUsize {
    match NonZeroUsize::new(count) {
        Some(count) => count,
        None => NonZeroUsize::MIN,
    }
}
