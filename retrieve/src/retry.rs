//! A question waits for a backend that fails for a passing reason, but not for long: somebody is
//! waiting for the answer.

use std::future::Future;
use std::time::Duration;

use corpus::Retryable;

/// How often a call is tried in all.
const ATTEMPTS: u32 = 3;

/// The pause before the second try; it doubles.
const PAUSE: Duration = Duration::from_millis(200);

/// The longest pause that is waited out; where the backend asks for more, the question fails.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Calls until it succeeds, fails for good, or was tried often enough.
pub(crate) async fn retry<T, E, F>(mut call: impl FnMut() -> F) -> Result<T, E>
where
    E: Retryable,
    F: Future<Output = Result<T, E>>,
{
    let mut pause = PAUSE;
    for _ in 1..ATTEMPTS {
        let error = match call().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let wait = error.retry_after().unwrap_or(pause);
        if !error.is_transient() || wait > LONGEST_PAUSE {
            return Err(error);
        }
        tracing::warn!("{error}; trying again");
        tokio::time::sleep(wait).await;
        pause *= 2;
    }
    call().await
}
