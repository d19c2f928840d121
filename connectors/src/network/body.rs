//! Bodies of strangers: received within bounds, in memory while small and in a file without a name
//! when large, and inflated within bounds. The client itself inflates nothing, as it would do so
//! without any.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use corpus::{Body, Content, ReadError};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use futures::{StreamExt, stream};
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;
use tempfile::{SpooledData, SpooledTempFile, spooled_tempfile};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::FetchError;

/// What is asked for in `Accept-Encoding`.
pub(crate) const ENCODINGS: &str = "gzip, deflate";

/// The most bytes of a body that stay in memory. Some hundred bodies may wait at a time.
const IN_MEMORY: usize = 128 * 1024;

/// Bytes of a piece that is handed on.
const PIECE: usize = 64 * 1024;

/// The first bytes that say nothing about how much a body expands: short ones may well be very
/// repetitive.
const HARMLESS: u64 = 1_000_000;

/// The bounds of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    /// The most bytes, both encoded and decoded.
    pub(crate) bytes: u64,
    /// The most bytes that one encoded byte may become.
    pub(crate) expansion: u64,
    /// How long it may be silent.
    pub(crate) idle: Duration,
}

/// A body that was received; deleted with the last clone.
#[derive(Debug, Clone)]
pub(crate) enum Stored {
    /// A small one.
    Memory(Bytes),
    /// A large one, in a file that has no name, so that nothing is left of it in any case.
    File {
        /// The file.
        file: Arc<File>,
        /// Its bytes.
        length: u64,
    },
}

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
    Deflate,
}

/// Receives a body and decodes it. The time that all of it may take is the caller's to bound.
pub(crate) async fn receive(response: Response, limits: BodyLimits) -> Result<Stored, FetchError> {
    let encoding = encoding(&response)?;
    if response.content_length().is_some_and(|length| length > limits.bytes) {
        return Err(FetchError::TooLarge { limit: limits.bytes });
    }
    let mut received = spooled_tempfile(IN_MEMORY);
    let mut length = 0;
    let mut pieces = response.bytes_stream();
    let silent = |_| FetchError::Timeout { reason: "the body stalled".to_owned() };
    while let Some(piece) = timeout(limits.idle, pieces.next()).await.map_err(silent)? {
        let piece = piece?;
        length += piece.len() as u64;
        if length > limits.bytes {
            return Err(FetchError::TooLarge { limit: limits.bytes });
        }
        received.write_all(&piece).map_err(|error| unkept(&error))?;
    }
    if encoding == Encoding::Identity {
        return stored(received, length);
    }
    let decoded = spawn_blocking(move || decode(received, length, encoding, limits));
    decoded
        .await
        .unwrap_or_else(|_| Err(FetchError::Broken { reason: "the server ends".to_owned() }))
}

/// The first bytes of a body that is not encoded; the rest is not received.
pub(crate) async fn head(
    response: Response,
    most: usize,
    idle: Duration,
) -> Result<Vec<u8>, FetchError> {
    let mut bytes = Vec::new();
    let mut pieces = response.bytes_stream();
    let silent = |_| FetchError::Timeout { reason: "the body stalled".to_owned() };
    while bytes.len() < most
        && let Some(piece) = timeout(idle, pieces.next()).await.map_err(silent)?
    {
        bytes.extend_from_slice(&piece?);
    }
    bytes.truncate(most);
    Ok(bytes)
}

fn encoding(response: &Response) -> Result<Encoding, FetchError> {
    let mut found = Encoding::Identity;
    let values = response.headers().get_all(CONTENT_ENCODING);
    for value in values.iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
        let name = String::from_utf8_lossy(value).trim().to_ascii_lowercase();
        let encoding = match name.as_str() {
            "" | "identity" => continue,
            "gzip" | "x-gzip" => Encoding::Gzip,
            "deflate" => Encoding::Deflate,
            _ => return Err(FetchError::Encoding { name }),
        };
        if found != Encoding::Identity {
            return Err(FetchError::Encoding { name: "one encoding within another".to_owned() });
        }
        found = encoding;
    }
    Ok(found)
}

fn decode(
    mut received: SpooledTempFile,
    length: u64,
    encoding: Encoding,
    limits: BodyLimits,
) -> Result<Stored, FetchError> {
    received.rewind().map_err(|error| unkept(&error))?;
    let mut head = [0; 2];
    let count = received.read(&mut head).map_err(|error| unkept(&error))?;
    received.rewind().map_err(|error| unkept(&error))?;
    match encoding {
        // Some servers say gzip of what is none.
        Encoding::Gzip if head == [0x1f, 0x8b] => {
            inflate(MultiGzDecoder::new(received), length, limits)
        }
        // What is called deflate has a header of zlib by the standard, and often none.
        Encoding::Deflate if count == 2 && is_zlib(head) => {
            inflate(ZlibDecoder::new(received), length, limits)
        }
        Encoding::Deflate if count > 0 => inflate(DeflateDecoder::new(received), length, limits),
        _ => stored(received, length),
    }
}

fn is_zlib([first, second]: [u8; 2]) -> bool {
    first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

/// Inflates as much as may be; `length` is the number of the encoded bytes.
fn inflate(mut reader: impl Read, length: u64, limits: BodyLimits) -> Result<Stored, FetchError> {
    let most = limits.bytes.min(HARMLESS.max(length.saturating_mul(limits.expansion)));
    let mut decoded = spooled_tempfile(IN_MEMORY);
    let mut total = 0;
    let mut piece = vec![0; PIECE];
    loop {
        let count = match reader.read(&mut piece) {
            Ok(0) => return stored(decoded, total),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let reason = format!("it cannot be inflated: {error}");
                return Err(FetchError::Broken { reason });
            }
        };
        total += count as u64;
        if total > most {
            return Err(FetchError::TooLarge { limit: most });
        }
        decoded
            .write_all(piece.get(..count).unwrap_or_default())
            .map_err(|error| unkept(&error))?;
    }
}

/// What is in a gzip file, within bounds; the very body where it is none.
pub(crate) fn gunzip(body: Stored, limits: BodyLimits) -> Result<Stored, FetchError> {
    let mut head = [0; 2];
    let count = body.reader().read(&mut head).map_err(|error| unkept(&error))?;
    if count < 2 || head != [0x1f, 0x8b] {
        return Ok(body);
    }
    inflate(MultiGzDecoder::new(body.reader()), body.length(), limits)
}

fn stored(spool: SpooledTempFile, length: u64) -> Result<Stored, FetchError> {
    match spool.into_inner() {
        SpooledData::InMemory(bytes) => Ok(Stored::Memory(bytes.into_inner().into())),
        SpooledData::OnDisk(mut file) => {
            file.seek(SeekFrom::Start(0)).map_err(|error| unkept(&error))?;
            Ok(Stored::File { file: Arc::new(file), length })
        }
    }
}

fn unkept(error: &io::Error) -> FetchError {
    FetchError::Broken { reason: format!("it cannot be kept in a temporary file: {error}") }
}

impl Stored {
    /// Keeps bytes that are there, in memory where they are few.
    pub(crate) fn keep(bytes: Vec<u8>) -> Result<Self, FetchError> {
        if bytes.len() <= IN_MEMORY {
            return Ok(Self::Memory(bytes.into()));
        }
        let mut spool = spooled_tempfile(IN_MEMORY);
        spool.write_all(&bytes).map_err(|error| unkept(&error))?;
        stored(spool, bytes.len() as u64)
    }

    /// The number of its bytes.
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }

    /// Its bytes from the first on; other readers are not disturbed.
    pub(crate) fn reader(&self) -> Box<dyn Read + Send> {
        match self {
            Self::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
            Self::File { file, .. } => Box::new(FileReader { file: Arc::clone(file), at: 0 }),
        }
    }

    /// All of it.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, FetchError> {
        let mut bytes = Vec::new();
        self.reader().read_to_end(&mut bytes).map_err(|error| unkept(&error))?;
        Ok(bytes)
    }

    /// Its bytes in pieces.
    pub(crate) fn pieces(&self) -> Body {
        let body = self.clone();
        stream::try_unfold(0, move |at| {
            let body = body.clone();
            async move {
                let piece = body.piece(at).await?;
                Ok((!piece.is_empty()).then(|| {
                    let next = at + piece.len() as u64;
                    (piece, next)
                }))
            }
        })
        .boxed()
    }

    async fn piece(self, at: u64) -> Result<Bytes, ReadError> {
        let interrupted = |reason: String| ReadError::Interrupted { reason };
        match self {
            Self::Memory(bytes) => {
                let start = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                Ok(bytes.slice(start..bytes.len().min(start + PIECE)))
            }
            Self::File { file, .. } => {
                let read = spawn_blocking(move || {
                    let mut piece = vec![0; PIECE];
                    let count = file.read_at(&mut piece, at)?;
                    piece.truncate(count);
                    io::Result::Ok(piece)
                });
                let piece = read.await.map_err(|_| interrupted("the server ends".to_owned()))?;
                Ok(piece.map_err(|error| interrupted(error.to_string()))?.into())
            }
        }
    }
}

#[async_trait]
impl Content for Stored {
    async fn open(&self) -> Result<Body, ReadError> {
        Ok(self.pieces())
    }
}

struct FileReader {
    file: Arc<File>,
    at: u64,
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}
