//! Threads for CPU work on documents: as many at once as there are processors, each within time.
//!
//! A thread cannot be ended from outside. One that overstays is left behind as a stray and another
//! takes its place; when there are too many strays, documents fail until some of them end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

/// The most threads that may overstay at a time.
const MOST_STRAYS: usize = 8;

/// Room for CPU work, shared by everything that is ingested.
#[derive(Debug, Clone)]
pub(crate) struct Parsers {
    room: Arc<Semaphore>,
    strays: Arc<AtomicUsize>,
}

/// Why the work was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Overrun {
    #[error("the parser gave up after {seconds} s; the file may be damaged")]
    Timeout { seconds: u64 },
    #[error("the parser failed on this file; please report it with the file")]
    Panicked,
    #[error(
        "{MOST_STRAYS} parsers hang on other files and hold the processors; restart the server, \
         and remove the files that are listed as given up"
    )]
    Crowded,
}

impl Parsers {
    /// Room for so many threads at once.
    pub(crate) fn new(processors: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(processors.max(1))), strays: Arc::default() }
    }

    /// Does the work on a thread, within `limit` once it has begun.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Overrun> {
        // The semaphore is never closed.
        let _room = self.room.acquire().await;
        if self.strays.load(Ordering::Relaxed) >= MOST_STRAYS {
            return Err(Overrun::Crowded);
        }
        let mut thread = tokio::task::spawn_blocking(|| catch_unwind(AssertUnwindSafe(work)));
        match tokio::time::timeout(limit, &mut thread).await {
            Ok(Ok(Ok(done))) => Ok(done),
            Ok(Ok(Err(_)) | Err(_)) => Err(Overrun::Panicked),
            Err(_) => {
                let strays = Arc::clone(&self.strays);
                strays.fetch_add(1, Ordering::Relaxed);
                // Nobody waits for it any longer but this note of its end.
                drop(tokio::task::spawn_blocking(move || {
                    drop(futures::executor::block_on(thread));
                    strays.fetch_sub(1, Ordering::Relaxed);
                }));
                Err(Overrun::Timeout { seconds: limit.as_secs() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, sync_channel};

    use super::*;

    const LIMIT: Duration = Duration::from_millis(20);

    fn hang(until: Receiver<()>) -> impl FnOnce() + Send {
        move || {
            let _ended = until.recv();
        }
    }

    #[tokio::test]
    async fn threads_that_overstay_make_room_for_others_up_to_a_bound() {
        let parsers = Parsers::new(1);
        let mut hanging = Vec::new();
        for _ in 0..MOST_STRAYS {
            let (end, until) = sync_channel(0);
            hanging.push(end);
            let result = parsers.run(LIMIT, hang(until)).await;
            assert!(matches!(result, Err(Overrun::Timeout { .. })));
        }
        assert_eq!(parsers.run(LIMIT, || 1).await, Err(Overrun::Crowded));
        drop(hanging);
        while parsers.run(LIMIT, || 1).await != Ok(1) {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_panic_is_contained() {
        let parsers = Parsers::new(1);
        let work = || std::panic::resume_unwind(Box::new("a defect"));
        assert_eq!(parsers.run::<()>(Duration::from_mins(1), work).await, Err(Overrun::Panicked));
        assert_eq!(parsers.run(Duration::from_mins(1), || 1).await, Ok(1));
    }
}
