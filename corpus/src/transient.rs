//! Failures of the ports, in the words of who decides about another try.

use std::fmt::Display;
use std::time::Duration;

use crate::embedder::EmbedError;
use crate::generator::GenerateError;
use crate::vector_store::VectorStoreError;

/// A failed call to a backend. Who calls a port decides by this, and by nothing else, whether to
/// try again.
pub trait Retryable: Display {
    /// Whether another try may succeed.
    fn is_transient(&self) -> bool;

    /// Whether the backend works, and asks for fewer calls.
    fn is_throttle(&self) -> bool;

    /// When the backend asked to be called again.
    fn retry_after(&self) -> Option<Duration>;
}

impl Retryable for EmbedError {
    fn is_transient(&self) -> bool {
        self.is_transient()
    }

    fn is_throttle(&self) -> bool {
        matches!(self, Self::Throttled { .. })
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } => *retry_after,
            Self::Unavailable { .. } | Self::Refused { .. } | Self::Denied { .. } => None,
        }
    }
}

impl Retryable for GenerateError {
    fn is_transient(&self) -> bool {
        self.is_transient()
    }

    fn is_throttle(&self) -> bool {
        matches!(self, Self::Throttled { .. })
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } => *retry_after,
            Self::Unavailable { .. } | Self::PromptTooLong { .. } | Self::Refused { .. } => None,
        }
    }
}

impl Retryable for VectorStoreError {
    fn is_transient(&self) -> bool {
        self.is_transient()
    }

    fn is_throttle(&self) -> bool {
        false
    }

    fn retry_after(&self) -> Option<Duration> {
        None
    }
}
