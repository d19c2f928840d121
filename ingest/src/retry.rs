//! The one layer that tries again: calls to the embedding model and the vector store.
//!
//! A throttled call slows all callers down, not only its own document: they share a [`Pace`].

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use corpus::Retryable;
use tokio::time::Instant;

/// When calls may be made again, shared by all callers of one backend.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<Option<Instant>>);

/// The longest pause between two tries, whatever the other side asks for.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

impl Pace {
    /// Calls until it succeeds, fails for good, or was tried `attempts` times. The pauses double
    /// from a quarter of a second, unless the other side names one.
    pub(crate) async fn run<T, E, F>(
        &self,
        attempts: u32,
        mut call: impl FnMut() -> F,
    ) -> Result<T, E>
    where
        E: Retryable,
        F: Future<Output = Result<T, E>>,
    {
        let mut pause = Duration::from_millis(250);
        let mut attempt = 1;
        loop {
            self.wait().await;
            let error = match call().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if !error.is_transient() || attempt >= attempts {
                return Err(error);
            }
            let wait = error.retry_after().unwrap_or(pause).min(LONGEST_PAUSE);
            tracing::warn!(
                attempt,
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "{error}; trying again"
            );
            self.hold(wait);
            pause = (pause * 2).min(LONGEST_PAUSE);
            attempt += 1;
        }
    }

    async fn wait(&self) {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
    }

    fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |earlier| earlier.max(until)));
    }
}
