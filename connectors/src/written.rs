//! Content that was written by a connector itself, and is in memory.

use async_trait::async_trait;
use bytes::Bytes;
use corpus::{Body, Content, ReadError};
use futures::{StreamExt, stream};

/// Bytes of a piece.
const PIECE: usize = 64 * 1024;

/// A text that is there already.
#[derive(Debug)]
pub(crate) struct Written(pub(crate) Bytes);

#[async_trait]
impl Content for Written {
    async fn open(&self) -> Result<Body, ReadError> {
        Ok(pieces(self.0.clone()))
    }
}

/// Bytes as content, in pieces.
pub(crate) fn pieces(bytes: Bytes) -> Body {
    let places = (0..bytes.len()).step_by(PIECE);
    let pieces = places.map(move |at| Ok(bytes.slice(at..bytes.len().min(at + PIECE))));
    stream::iter(pieces).boxed()
}
