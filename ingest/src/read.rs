//! Reads a document whole, within bounds of size and patience.

use std::time::Duration;

use corpus::{Content, ReadError, Sidecar, SidecarContents, SidecarError};
use futures::StreamExt;
use tokio::time::timeout;

/// Why a document was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadFailure {
    #[error(
        "the document is larger than {limit_mb} MB; split it, or raise max_document_mb under \
         [ingest] in the configuration"
    )]
    TooLarge { limit_mb: u64 },
    #[error(
        "no data came for {seconds} s; the source may be stalled, and the next sync tries again"
    )]
    Stalled { seconds: u64 },
    #[error(
        "the document did not come within {seconds} s; the source may be overloaded, and the next \
         sync tries again"
    )]
    Slow { seconds: u64 },
    #[error(transparent)]
    Source(#[from] ReadError),
    #[error(transparent)]
    Sidecar(#[from] SidecarError),
}

/// The slowest rate, in bytes per second, at which a document may come on the whole.
const SLOWEST: u64 = 50_000;

/// How often a read that broke off is begun again.
const ATTEMPTS: u32 = 3;

/// The bytes of a document. A read that breaks off for a passing reason is begun again.
pub(crate) async fn read(
    content: &dyn Content,
    size: Option<u64>,
    limit: u64,
    patience: Duration,
) -> Result<Vec<u8>, ReadFailure> {
    let too_large = ReadFailure::TooLarge { limit_mb: limit / 1_000_000 };
    if size.is_some_and(|size| size > limit) {
        return Err(too_large);
    }
    let longest = patience + Duration::from_secs(size.unwrap_or(limit) / SLOWEST);
    let whole = read_whole(content, size, limit, patience);
    timeout(longest, whole).await.unwrap_or(Err(ReadFailure::Slow { seconds: longest.as_secs() }))
}

/// What a sidecar says. A read that breaks off for a passing reason is begun again.
pub(crate) async fn read_sidecar(
    sidecar: &dyn Sidecar,
    patience: Duration,
) -> Result<SidecarContents, ReadFailure> {
    let mut attempt = 1;
    loop {
        let stalled = |_| ReadFailure::Stalled { seconds: patience.as_secs() };
        match timeout(patience, sidecar.read()).await.map_err(stalled)? {
            Err(SidecarError::Read(error)) if error.is_transient() && attempt < ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(200) * attempt).await;
                attempt += 1;
            }
            result => return Ok(result?),
        }
    }
}

async fn read_whole(
    content: &dyn Content,
    size: Option<u64>,
    limit: u64,
    patience: Duration,
) -> Result<Vec<u8>, ReadFailure> {
    let mut attempt = 1;
    loop {
        match read_once(content, size, limit, patience).await {
            Err(ReadFailure::Source(error)) if error.is_transient() && attempt < ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(200) * attempt).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}

async fn read_once(
    content: &dyn Content,
    size: Option<u64>,
    limit: u64,
    patience: Duration,
) -> Result<Vec<u8>, ReadFailure> {
    let stalled = |_| ReadFailure::Stalled { seconds: patience.as_secs() };
    let mut body = timeout(patience, content.open()).await.map_err(stalled)??;
    let mut bytes = Vec::with_capacity(usize::try_from(size.unwrap_or(0).min(limit)).unwrap_or(0));
    while let Some(piece) = timeout(patience, body.next()).await.map_err(stalled)? {
        let piece = piece?;
        if (bytes.len() + piece.len()) as u64 > limit {
            return Err(ReadFailure::TooLarge { limit_mb: limit / 1_000_000 });
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}
