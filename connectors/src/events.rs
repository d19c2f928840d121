//! An enumeration written as a straight line of code, and pulled as a stream.
//!
//! The code runs only while the stream is polled, and stops at each event until that is taken: a
//! slow pipeline stops the listing, and dropping the stream drops the code where it stands.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use corpus::{ConnectorError, SourceEvent, StateEntry};
use futures::future::{BoxFuture, FutureExt, poll_fn};
use futures::stream::{BoxStream, Stream, StreamExt};

/// How much of a part of a source a run has told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Everything in it.
    All,
    /// Some of it.
    Some,
}

/// Makes the stream of what an enumeration tells.
pub(crate) fn enumeration<F>(
    run: impl FnOnce(Events) -> F,
) -> BoxStream<'static, Result<SourceEvent, ConnectorError>>
where
    F: Future<Output = Result<(), ConnectorError>> + Send + 'static,
{
    let events = Events::default();
    Enumeration { slot: Arc::clone(&events.slot), run: Some(run(events).boxed()) }.boxed()
}

/// What an enumeration tells its events to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Events {
    slot: Arc<Mutex<Slot>>,
}

/// What lies between the enumeration and the stream.
#[derive(Debug, Default)]
struct Slot {
    event: Option<SourceEvent>,
    /// The enumeration waits until everything it told is done.
    pausing: bool,
}

impl Events {
    /// Tells an event, and goes on when it is taken and another is wanted.
    pub(crate) async fn tell(&self, event: SourceEvent) {
        lock(&self.slot).event = Some(event);
        suspend().await;
    }

    /// Tells what to remember, and goes on when it is remembered: who pulls a stream that has
    /// nothing ready does what it was told before it pulls again. So the state may be read after.
    pub(crate) async fn checkpoint(&self, entries: Vec<StateEntry>) {
        self.tell(SourceEvent::Checkpoint(entries)).await;
        lock(&self.slot).pausing = true;
        suspend().await;
    }
}

fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives control back once. The stream polls again when it is asked for more.
async fn suspend() {
    let mut suspended = false;
    poll_fn(
        |_| {
            if std::mem::replace(&mut suspended, true) { Poll::Ready(()) } else { Poll::Pending }
        },
    )
    .await;
}

struct Enumeration {
    slot: Arc<Mutex<Slot>>,
    run: Option<BoxFuture<'static, Result<(), ConnectorError>>>,
}

impl Stream for Enumeration {
    type Item = Result<SourceEvent, ConnectorError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Some(run) = &mut this.run else { return Poll::Ready(None) };
        if let Poll::Ready(end) = run.poll_unpin(context) {
            this.run = None;
            return Poll::Ready(end.err().map(Err));
        }
        let mut slot = lock(&this.slot);
        if let Some(event) = slot.event.take() {
            return Poll::Ready(Some(Ok(event)));
        }
        if std::mem::take(&mut slot.pausing) {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use corpus::DocumentKey;

    use super::*;

    fn seen(number: usize) -> SourceEvent {
        SourceEvent::Seen(DocumentKey::new(number.to_string()))
    }

    #[tokio::test]
    async fn everything_is_told_in_order_and_an_error_comes_last() {
        let stream = enumeration(|events| async move {
            for number in 0..3 {
                events.tell(seen(number)).await;
                tokio::task::yield_now().await;
            }
            Err(ConnectorError::Unavailable { reason: "over".to_owned() })
        });
        let told: Vec<_> = stream.collect().await;
        assert_eq!(told.len(), 4);
        let keys = told.iter().filter_map(|event| match event {
            Ok(SourceEvent::Seen(key)) => Some(key.as_str().to_owned()),
            _ => None,
        });
        assert_eq!(keys.collect::<Vec<_>>(), ["0", "1", "2"]);
        assert!(told[3].is_err());
    }

    #[tokio::test]
    async fn nothing_runs_ahead_of_what_is_taken() {
        let steps = Arc::new(Mutex::new(0));
        let count = Arc::clone(&steps);
        let mut stream = enumeration(|events| async move {
            for number in 0..9 {
                *count.lock().unwrap() += 1;
                events.tell(seen(number)).await;
            }
            Ok(())
        });
        stream.next().await.unwrap().unwrap();
        assert_eq!(*steps.lock().unwrap(), 1);
    }

    #[tokio::test]
    async fn a_checkpoint_ends_what_is_ready() {
        let stream = enumeration(|events| async move {
            events.tell(seen(0)).await;
            events.checkpoint(Vec::new()).await;
            events.tell(seen(1)).await;
            Ok(())
        });
        let groups: Vec<usize> = stream.ready_chunks(256).map(|group| group.len()).collect().await;
        assert_eq!(groups, [2, 1]);
    }
}
