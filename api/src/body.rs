//! Reads the body of a request, within bounds of size, memory and time.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::ApiError;
use crate::limits::Limits;

/// Memory for bodies is counted in pieces of so many bytes.
const PIECE: usize = 1024;

/// The memory that bodies of all requests share.
#[derive(Debug, Clone)]
pub(crate) struct BodyMemory(Arc<Semaphore>);

impl BodyMemory {
    pub(crate) fn new(limits: &Limits) -> Self {
        let pieces = (limits.body_memory_bytes / PIECE).min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(pieces)))
    }
}

/// A body, and its share of the memory for bodies, which is free again when this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) bytes: Vec<u8>,
    share: Option<OwnedSemaphorePermit>,
}

/// Reads a whole body.
pub(crate) async fn receive(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
    memory: &BodyMemory,
) -> Result<Received, ApiError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse().ok()).is_some_and(|n: u64| n > limits.most()) {
        return Err(too_large(limits));
    }
    timeout(limits.body_time(), read(body.into_data_stream(), limits, memory))
        .await
        .unwrap_or_else(|_| Err(too_slow(limits.body_time())))
}

async fn read(
    mut body: BodyDataStream,
    limits: &Limits,
    memory: &BodyMemory,
) -> Result<Received, ApiError> {
    let mut received = Received::default();
    loop {
        let data = match timeout(limits.body_pause(), body.next()).await {
            Ok(Some(Ok(data))) => data,
            Ok(Some(Err(error))) => {
                return Err(ApiError::validation(format!("the body cannot be read: {error}")));
            }
            Ok(None) => return Ok(received),
            Err(_) => return Err(too_slow(limits.body_pause())),
        };
        if received.bytes.len() + data.len() > limits.body_bytes {
            return Err(too_large(limits));
        }
        received.grow(data.len(), memory)?;
        received.bytes.extend_from_slice(&data);
    }
}

impl Received {
    /// Takes the memory for some more bytes.
    fn grow(&mut self, by: usize, memory: &BodyMemory) -> Result<(), ApiError> {
        let held = self.share.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let needed = (self.bytes.len() + by).div_ceil(PIECE);
        let more = u32::try_from(needed.saturating_sub(held)).unwrap_or(u32::MAX);
        let permit = Arc::clone(&memory.0).try_acquire_many_owned(more).map_err(|_full| {
            ApiError::Throttling {
                message: "the bodies of the requests in flight fill the memory set apart for \
                          them: try again"
                    .to_owned(),
            }
        })?;
        match &mut self.share {
            Some(share) => share.merge(permit),
            None => self.share = Some(permit),
        }
        Ok(())
    }
}

impl Limits {
    fn most(&self) -> u64 {
        self.body_bytes as u64
    }
}

fn too_large(limits: &Limits) -> ApiError {
    let limit = limits.body_bytes;
    ApiError::validation(format!(
        "the body is longer than {limit} bytes: send fewer documents in one call, or raise \
         api.body_bytes in the server's configuration"
    ))
}

fn too_slow(limit: Duration) -> ApiError {
    let seconds = limit.as_secs();
    ApiError::validation(format!("the body did not arrive: nothing more within {seconds} seconds"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn limits() -> Limits {
        Limits { body_bytes: 4096, body_memory_bytes: 8192, ..Limits::default() }
    }

    async fn read(length: usize, memory: &BodyMemory) -> Result<Received, ApiError> {
        receive(&HeaderMap::new(), Body::from(vec![b' '; length]), &limits(), memory).await
    }

    #[tokio::test]
    async fn bodies_are_bounded_one_by_one_and_together() {
        let memory = BodyMemory::new(&limits());
        let first = read(4096, &memory).await.unwrap();
        assert_eq!(first.bytes.len(), 4096);
        assert!(matches!(read(4097, &memory).await, Err(ApiError::Validation { .. })));
        let second = read(4096, &memory).await.unwrap();
        assert!(matches!(read(1, &memory).await, Err(ApiError::Throttling { .. })));
        drop((first, second));
        assert!(read(1, &memory).await.is_ok());
    }

    #[tokio::test]
    async fn an_announced_length_is_refused_before_it_is_read() {
        let headers = HeaderMap::from_iter([(header::CONTENT_LENGTH, 4097.into())]);
        let endless = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, axum::Error>>());
        let memory = BodyMemory::new(&limits());
        let refused = receive(&headers, endless, &limits(), &memory).await;
        assert!(matches!(refused, Err(ApiError::Validation { .. })));
    }

    #[tokio::test]
    async fn a_body_that_stalls_is_given_up() {
        let endless = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, axum::Error>>());
        let limits = Limits { body_pause_seconds: 0, ..limits() };
        let memory = BodyMemory::new(&limits);
        let refused = receive(&HeaderMap::new(), endless, &limits, &memory).await.unwrap_err();
        assert!(refused.to_string().contains("did not arrive"), "{refused}");
    }
}
