//! A question waits for a backend that fails for a passing reason, but not for long: somebody is
//! waiting for the answer.

use std::future::Future;
use std::time::Duration;

use corpus::Retryable;
use tokio::time::Instant;

/// How long after its first try a call is tried again. Longer, and the person who asks does better
/// to try again themselves: the error tells them whether that makes sense.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pause before the second try; it doubles.
const PAUSE: Duration = Duration::from_millis(200);

/// Calls until it succeeds, fails for good, or would have to be called later than [`PATIENCE`]
/// allows: at most six times. A pause that the backend asks for is kept, or the call is given up.
pub(crate) async fn retry<T, E, F>(mut call: impl FnMut() -> F) -> Result<T, E>
where
    E: Retryable,
    F: Future<Output = Result<T, E>>,
{
    let deadline = Instant::now() + PATIENCE;
    let mut pause = PAUSE;
    loop {
        let error = match call().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let wait = error.retry_after().unwrap_or_default().max(pause);
        if !error.is_transient() || Instant::now() + wait > deadline {
            return Err(error);
        }
        tracing::warn!("{error}; trying again");
        tokio::time::sleep(wait).await;
        pause *= 2;
    }
}
