//! The bounds of a crawl.

use std::time::Duration;

/// The bounds of a crawl. The defaults serve; tests shorten them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebLimits {
    /// How long the head of an answer may take.
    pub first_byte: Duration,
    /// How long a body may be silent.
    pub idle: Duration,
    /// How long one request may take altogether: an answer that drips is cut off here.
    pub total: Duration,
    /// The most bytes of a page, encoded and decoded.
    pub page_bytes: u64,
    /// The most bytes of a file, encoded and decoded: Bedrock's limit.
    pub file_bytes: u64,
    /// The most bytes that one encoded byte may become, beyond the first megabyte.
    pub expansion: u64,
    /// The most bytes of a sitemap, decoded: the protocol's limit.
    pub sitemap_bytes: u64,
    /// The most URLs of a sitemap: the protocol's limit.
    pub sitemap_urls: usize,
    /// The most redirects in a row.
    pub hops: usize,
    /// The most links between a seed and a page.
    pub depth: u32,
    /// How often a request that fails for a passing reason is made.
    pub attempts: u32,
    /// How long a host is left alone before a request is repeated.
    pub retry_pause: Duration,
    /// The longest pause that a host is granted. Less than ingestion waits for an event.
    pub longest_pause: Duration,
    /// The longest `Crawl-delay` that is honoured.
    pub crawl_delay: Duration,
    /// Hosts that are read at the same time.
    pub hosts: usize,
    /// Visits between two checkpoints: what is fetched again when the process dies.
    pub checkpoint: usize,
    /// For how long a crawl that was cut off is gone on with.
    pub resume: Duration,
}

impl Default for WebLimits {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(20),
            idle: Duration::from_secs(15),
            total: Duration::from_mins(2),
            page_bytes: 10_000_000,
            file_bytes: 50_000_000,
            expansion: 100,
            sitemap_bytes: 50 * 1024 * 1024,
            sitemap_urls: 50_000,
            hops: 10,
            depth: 50,
            attempts: 3,
            retry_pause: Duration::from_secs(2),
            longest_pause: Duration::from_mins(2),
            crawl_delay: Duration::from_secs(30),
            hosts: 8,
            checkpoint: 100,
            resume: Duration::from_hours(6),
        }
    }
}
