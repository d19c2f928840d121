//! The bytes of an object, read when asked for.
//!
//! An object is read as it was listed (`If-Match`). Where it has changed since, it is read as it is
//! now; what is kept of it is then still the listed change key, so that the next listing, which
//! shows another, leads to another look. A body that breaks off is gone on with (`Range`), as long
//! as the object is the same.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use corpus::{Body, Content, ReadError};
use futures::{StreamExt, stream};
use tokio::time::sleep;

use super::bucket::{Bucket, Part};
use super::fault::{self, Fault};

/// The most bytes of a piece.
const PIECE: usize = 64 * 1024;

/// How often a body that breaks off is gone on with.
const RESUMPTIONS: u32 = 4;

/// The pause before going on for the second time; it grows with each.
const PAUSE: Duration = Duration::from_millis(200);

/// An object that can be read.
#[derive(Debug, Clone)]
pub(super) struct ObjectContent {
    pub(super) bucket: Arc<Bucket>,
    pub(super) key: String,
    /// Its `ETag` when it was listed, if it was.
    pub(super) etag: Option<String>,
}

#[async_trait]
impl Content for ObjectContent {
    async fn open(&self) -> Result<Body, ReadError> {
        let listed = Part { etag: self.etag.as_deref(), from: 0 };
        let answer = match self.bucket.get(&self.key, listed).await {
            Err(fault) if fault.is_changed() => self.bucket.get(&self.key, Part::default()).await,
            answer => answer,
        };
        let answer = answer.map_err(|fault| self.refused(&fault))?;
        let reading = Reading::new(self.clone(), answer);
        let pieces = stream::unfold(Some(reading), |reading| async move {
            let mut reading = reading?;
            let piece = reading.next().await.transpose()?;
            let rest = piece.is_ok().then_some(reading);
            Some((piece, rest))
        });
        Ok(pieces.boxed())
    }
}

impl ObjectContent {
    fn refused(&self, fault: &Fault) -> ReadError {
        fault::of_object(&self.bucket, &self.key, fault)
    }
}

/// A body on its way.
#[derive(Debug)]
struct Reading {
    object: ObjectContent,
    body: ByteStream,
    /// Came, and was not handed out yet.
    rest: Bytes,
    /// How many bytes came.
    came: u64,
    /// How many there are.
    length: Option<u64>,
    /// Of what is being read, which may be another than was listed.
    etag: Option<String>,
    resumptions: u32,
}

impl Reading {
    fn new(object: ObjectContent, answer: GetObjectOutput) -> Self {
        Self {
            object,
            length: answer.content_length().and_then(|length| u64::try_from(length).ok()),
            etag: answer.e_tag().map(str::to_owned),
            body: answer.body,
            rest: Bytes::new(),
            came: 0,
            resumptions: 0,
        }
    }

    /// The next piece; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, ReadError> {
        while self.rest.is_empty() {
            match self.body.next().await {
                Some(Ok(bytes)) => {
                    self.came += bytes.len() as u64;
                    self.rest = bytes;
                }
                None if self.is_whole() => return Ok(None),
                None => self.resume("the body ended early").await?,
                Some(Err(error)) => self.resume(&fault::chain(&error)).await?,
            }
        }
        Ok(Some(self.rest.split_to(self.rest.len().min(PIECE))))
    }

    fn is_whole(&self) -> bool {
        self.length.is_none_or(|length| self.came >= length)
    }

    /// Asks for what did not come.
    async fn resume(&mut self, seen: &str) -> Result<(), ReadError> {
        let missing = self.length.is_none_or(|length| self.came < length);
        if self.resumptions == RESUMPTIONS || self.etag.is_none() || !missing {
            return Err(self.broken(seen));
        }
        sleep(PAUSE * self.resumptions).await;
        self.resumptions += 1;
        let part = Part { etag: self.etag.as_deref(), from: self.came };
        let object = &self.object;
        let answer = object.bucket.get(&object.key, part).await;
        let answer = answer.map_err(|fault| object.refused(&fault))?;
        let begins = format!("bytes {}-", self.came);
        let fits = answer.content_range().is_some_and(|range| range.starts_with(&begins));
        // A server that knows no ranges begins from the start.
        if self.came > 0 && !fits {
            return Err(self.broken(seen));
        }
        self.body = answer.body;
        Ok(())
    }

    fn broken(&self, seen: &str) -> ReadError {
        let (object, came) = (&self.object, self.came);
        let of = self.length.map_or(String::new(), |length| format!(" of {length}"));
        let reason = format!(
            "{}/{} broke off after {came}{of} bytes ({seen}); the next sync tries again",
            object.bucket, object.key
        );
        ReadError::Interrupted { reason }
    }
}
