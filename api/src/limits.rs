//! How much the server takes on at once. Every queue has a bound; what does not fit is refused
//! with 429 and `Retry-After`, so that clients wait instead of the server growing.

use std::time::Duration;

use serde::Deserialize;

/// The bounds of the HTTP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests that are handled at once.
    pub concurrent_requests: usize,
    /// Connections that are open at once; further ones wait to be accepted.
    pub connections: usize,
    /// The longest body. It bounds the documents of one call together: the 25 of 5 MiB that
    /// direct ingestion takes are 167 MiB in base64, of which by default not half fit.
    pub body_bytes: usize,
    /// Bytes of bodies that are held at once, over all requests.
    pub body_memory_bytes: usize,
    /// The longest pause while a body arrives.
    pub body_pause_seconds: u64,
    /// The longest time a whole body may take.
    pub body_seconds: u64,
    /// The longest time for the head of a request, and for the next one on an idle connection.
    pub head_seconds: u64,
    /// How long requests in flight may take to end when the server stops.
    pub drain_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            concurrent_requests: 128,
            connections: 1024,
            body_bytes: 80 * MIB,
            body_memory_bytes: 256 * MIB,
            body_pause_seconds: 20,
            body_seconds: 300,
            head_seconds: 60,
            drain_seconds: 10,
        }
    }
}

impl Limits {
    pub(crate) fn body_pause(&self) -> Duration {
        Duration::from_secs(self.body_pause_seconds)
    }

    pub(crate) fn body_time(&self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    pub(crate) fn head_time(&self) -> Duration {
        Duration::from_secs(self.head_seconds)
    }

    pub(crate) fn drain_time(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }
}
