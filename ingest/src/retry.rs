//! The one layer that tries again: calls to the embedding model, the vector store and the catalog.
//!
//! All callers of one backend share a [`Pace`]. It bounds the calls in flight: the bound grows with
//! success and halves when the backend throttles (additive increase, multiplicative decrease, as
//! TCP does it), so that many documents find the backend's rate instead of running into its limit
//! again and again. A backend that fails is called again until patience runs out.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catalog::CatalogError;
use corpus::Retryable;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The first pause after a failure; they double from here.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two tries, whatever the other side asks for.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Calls in flight at the beginning: enough to fill the batches of a model in this process.
const FIRST_BOUND: u32 = 16;

/// The most calls in flight.
const GREATEST_BOUND: u32 = 256;

/// How fast one backend may be called, shared by all its callers.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
    /// Somebody may go on: a call ended, or the bound grew.
    room: Notify,
}

#[derive(Debug)]
struct State {
    in_flight: u32,
    bound: u32,
    /// Successes since the bound last grew.
    successes: u32,
    /// Whether the backend has throttled: from then on the bound grows slowly.
    throttled: bool,
    /// No call before this.
    hold: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        let state =
            State { in_flight: 0, bound: FIRST_BOUND, successes: 0, throttled: false, hold: None };
        Self { state: Mutex::new(state), room: Notify::new() }
    }
}

impl Pace {
    /// Calls until it succeeds, fails for good, or has failed for as long as `patience`. The
    /// pauses double from a quarter of a second, unless the other side names one.
    pub(crate) async fn run<T, E, F>(
        &self,
        patience: Duration,
        mut call: impl FnMut() -> F,
    ) -> Result<T, E>
    where
        E: Retryable,
        F: Future<Output = Result<T, E>>,
    {
        let mut pause = FIRST_PAUSE;
        let mut first_failure = None;
        loop {
            let turn = self.turn().await;
            let error = match call().await {
                Ok(value) => {
                    self.succeeded();
                    return Ok(value);
                }
                Err(error) => error,
            };
            drop(turn);
            let since = *first_failure.get_or_insert_with(Instant::now);
            if !error.is_transient() || since.elapsed() >= patience {
                return Err(error);
            }
            let wait = error.retry_after().unwrap_or(pause).min(LONGEST_PAUSE);
            tracing::warn!(wait_ms = wait.as_millis(), "{error}; trying again");
            self.failed(error.is_throttle(), wait);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Waits until one more call may be made.
    async fn turn(&self) -> Turn<'_> {
        loop {
            let room = self.room.notified();
            tokio::pin!(room);
            // From here on no notice is missed.
            room.as_mut().enable();
            let hold = {
                let mut state = self.state();
                let hold = state.hold.filter(|until| *until > Instant::now());
                if hold.is_none() && state.in_flight < state.bound {
                    state.in_flight += 1;
                    return Turn(self);
                }
                hold
            };
            match hold {
                Some(until) => tokio::time::sleep_until(until).await,
                None => room.await,
            }
        }
    }

    fn succeeded(&self) {
        let mut state = self.state();
        state.successes += 1;
        let due = if state.throttled { state.bound } else { 1 };
        if state.successes >= due && state.bound < GREATEST_BOUND {
            state.successes = 0;
            state.bound += 1;
            drop(state);
            self.room.notify_one();
        }
    }

    fn failed(&self, throttled: bool, wait: Duration) {
        let mut state = self.state();
        let now = Instant::now();
        // Calls that were in flight together fail together: they halve the bound once.
        let first = state.hold.is_none_or(|until| until <= now);
        if throttled && first {
            state.throttled = true;
            state.successes = 0;
            state.bound = (state.bound / 2).max(1);
        }
        let until = now + wait;
        state.hold = Some(state.hold.map_or(until, |earlier| earlier.max(until)));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to make one call.
#[derive(Debug)]
struct Turn<'a>(&'a Pace);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
        self.0.room.notify_one();
    }
}

/// A failed question to the catalog, as a backend among others.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct CatalogFailure(#[from] pub(crate) CatalogError);

impl Retryable for CatalogFailure {
    fn is_transient(&self) -> bool {
        self.0.is_transient()
    }

    fn is_throttle(&self) -> bool {
        false
    }

    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use corpus::EmbedError;
    use futures::future::join_all;

    use super::*;

    /// A backend that admits some calls in each window of time.
    struct Quota {
        window: Duration,
        admitted: u32,
        taken: Mutex<(Instant, u32)>,
        refused: AtomicU32,
    }

    impl Quota {
        async fn call(&self) -> Result<(), EmbedError> {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            if taken.0.elapsed() >= self.window {
                *taken = (Instant::now(), 0);
            }
            taken.1 += 1;
            if taken.1 <= self.admitted {
                return Ok(());
            }
            self.refused.fetch_add(1, Ordering::Relaxed);
            Err(EmbedError::Throttled { retry_after: Some(self.window) })
        }
    }

    #[tokio::test]
    async fn many_callers_find_the_rate_of_a_backend_that_throttles() {
        let pace = Pace::default();
        let quota = Quota {
            window: Duration::from_millis(50),
            admitted: 20,
            taken: Mutex::new((Instant::now(), 0)),
            refused: AtomicU32::new(0),
        };
        let calls = (0..400).map(|_| pace.run(Duration::from_mins(1), || quota.call()));
        assert!(join_all(calls).await.iter().all(Result::is_ok));
        // Without a bound it would be some four thousand.
        let refused = quota.refused.load(Ordering::Relaxed);
        assert!(refused < 800, "{refused} refusals for 400 calls");
    }

    async fn check(error: impl Fn() -> EmbedError, expect_calls: impl Fn(u32) -> bool) {
        let calls = AtomicU32::new(0);
        let call = || async {
            calls.fetch_add(1, Ordering::Relaxed);
            Err::<(), _>(error())
        };
        assert!(Pace::default().run(Duration::from_millis(300), call).await.is_err());
        let calls = calls.load(Ordering::Relaxed);
        assert!(expect_calls(calls), "{calls} calls: {}", error());
    }

    #[tokio::test]
    async fn patience_ends_and_a_failure_for_good_ends_it_at_once() {
        let reason = || "gone".to_owned();
        check(|| EmbedError::Unavailable { reason: reason() }, |calls| calls > 1).await;
        check(|| EmbedError::Refused { reason: reason() }, |calls| calls == 1).await;
    }
}
