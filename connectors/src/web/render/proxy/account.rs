//! What a page may still spend.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Requests and tunnels of one page at once. Browsers keep six connections to a host.
const PLACES: usize = 64;

/// What a page may still spend.
#[derive(Debug)]
pub(super) struct Account {
    /// Bytes, in both directions.
    left: AtomicU64,
    places: Arc<Semaphore>,
    ended: CancellationToken,
}

/// The page has used up what it may, or is over.
#[derive(Debug, thiserror::Error)]
#[error("the page has used up what it may")]
pub(super) struct Spent;

impl Account {
    pub(super) fn new(bytes: u64) -> Self {
        Self {
            left: AtomicU64::new(bytes),
            places: Arc::new(Semaphore::new(PLACES)),
            ended: CancellationToken::new(),
        }
    }

    /// A place for one request; none where the page has too many of them, or is over.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        let is_open = !self.ended.is_cancelled() && self.left.load(Ordering::Relaxed) > 0;
        is_open.then(|| Arc::clone(&self.places).try_acquire_owned().ok()).flatten()
    }

    /// Pays for so many bytes.
    pub(super) fn pay(&self, bytes: usize) -> Result<(), Spent> {
        let pay = |left: u64| left.checked_sub(bytes as u64);
        let paid = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay);
        if paid.is_err() {
            self.end();
        }
        paid.map(drop).map_err(|_left| Spent)
    }

    /// Ends everything that goes on.
    pub(super) fn end(&self) {
        self.ended.cancel();
    }

    /// What a future comes to, unless the page is over before.
    pub(super) async fn bound<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        self.ended.run_until_cancelled(future).await
    }
}

/// A body that is paid for.
pub(super) struct Metered<B> {
    body: Pin<Box<B>>,
    account: Arc<Account>,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
    _place: Option<OwnedSemaphorePermit>,
}

impl<B> Metered<B> {
    pub(super) fn new(body: B, account: Arc<Account>, place: Option<OwnedSemaphorePermit>) -> Self {
        let ended = Box::pin(account.ended.clone().cancelled_owned());
        Self { body: Box::pin(body), account, ended, _place: place }
    }
}

impl<B> Body for Metered<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let metered = self.get_mut();
        if metered.ended.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(Spent.into())));
        }
        let frame = ready!(metered.body.as_mut().poll_frame(context));
        let paid = frame.map(|frame| {
            let frame = frame.map_err(Into::into)?;
            metered.account.pay(frame.data_ref().map_or(0, Bytes::len))?;
            Ok(frame)
        });
        Poll::Ready(paid)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_gone() {
        let account = Account::new(10);
        assert!(account.pay(7).is_ok() && account.pay(3).is_ok());
        assert!(account.place().is_none(), "nothing is left");
        assert!(account.pay(1).is_err() && account.ended.is_cancelled());
    }

    #[test]
    fn places_are_given_back() {
        let account = Account::new(10);
        let places: Vec<_> = (0..PLACES).map(|_| account.place()).collect();
        assert!(places.iter().all(Option::is_some) && account.place().is_none());
        drop(places);
        assert!(account.place().is_some());
        account.end();
        assert!(account.place().is_none());
    }
}
