//! What goes over the pipes between a process that reads documents and the one that asks it to.
//!
//! ```text
//! request   u32 length, header (postcard: name, media type, task), u64 length, the document's bytes
//! answer    u64 length, postcard: what was made of it, or why nothing
//! ```
//! Lengths are little-endian.

use std::io::{self, Read, Write};

use documents::{ExtractError, Extracted, Picture};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest header: names may be URLs.
const LONGEST_HEADER: u32 = 1 << 20;

/// The longest answer: a text is at most some 64 MB, its structure about as much again.
const LONGEST_ANSWER: u64 = 512 << 20;

/// A document to read.
#[derive(Debug)]
pub(super) struct Request<'r> {
    pub(super) name: &'r str,
    pub(super) media_type: Option<&'r str>,
    pub(super) task: Task,
    pub(super) bytes: &'r [u8],
}

/// A document to read, as it arrives.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) header: Header,
    pub(super) bytes: Vec<u8>,
}

/// What is told of a document.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) media_type: Option<String>,
    pub(super) task: Task,
}

/// What is wanted of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Task {
    /// Its text.
    Extract,
    /// How many pages it has.
    CountPages,
    /// One of its pages, from 1, as a picture.
    Draw { page: u32, dpi: u16 },
}

/// What was made of a document.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Made {
    Text(Box<Extracted>),
    PageCount(u32),
    Picture(Picture),
}

/// What became of a request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) result: Result<Made, ExtractError>,
    /// Whether the process takes another document; else it ends.
    pub(super) goes_on: bool,
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Sends a request.
pub(super) async fn send(
    pipe: &mut (impl AsyncWrite + Unpin),
    request: &Request<'_>,
) -> io::Result<()> {
    let header = Header {
        name: request.name.to_owned(),
        media_type: request.media_type.map(str::to_owned),
        task: request.task,
    };
    let header = postcard::to_stdvec(&header).map_err(invalid)?;
    let length = u32::try_from(header.len()).map_err(invalid)?;
    pipe.write_all(&length.to_le_bytes()).await?;
    pipe.write_all(&header).await?;
    pipe.write_all(&(request.bytes.len() as u64).to_le_bytes()).await?;
    pipe.write_all(request.bytes).await?;
    pipe.flush().await
}

/// Receives an answer.
pub(super) async fn receive(pipe: &mut (impl AsyncRead + Unpin)) -> io::Result<Answer> {
    let length = pipe.read_u64_le().await?;
    if length > LONGEST_ANSWER {
        return Err(invalid("the answer is longer than any text"));
    }
    let mut bytes = vec![0; usize::try_from(length).map_err(invalid)?];
    pipe.read_exact(&mut bytes).await?;
    postcard::from_bytes(&bytes).map_err(invalid)
}

/// Takes the next request; none where there will be no more.
pub(super) fn take(pipe: &mut impl Read) -> io::Result<Option<Received>> {
    let mut length = [0; 4];
    match pipe.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_le_bytes(length);
    if length > LONGEST_HEADER {
        return Err(invalid("the header is longer than any name"));
    }
    let mut header = vec![0; length as usize];
    pipe.read_exact(&mut header)?;
    let header = postcard::from_bytes(&header).map_err(invalid)?;
    let mut length = [0; 8];
    pipe.read_exact(&mut length)?;
    let length = usize::try_from(u64::from_le_bytes(length)).map_err(invalid)?;
    let mut bytes = vec![0; length];
    pipe.read_exact(&mut bytes)?;
    Ok(Some(Received { header, bytes }))
}

/// Gives an answer.
pub(super) fn give(pipe: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let bytes = postcard::to_stdvec(answer).map_err(invalid)?;
    pipe.write_all(&(bytes.len() as u64).to_le_bytes())?;
    pipe.write_all(&bytes)?;
    pipe.flush()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use documents::Kind;

    use super::*;

    #[tokio::test]
    async fn what_is_sent_arrives() {
        let mut pipe = Vec::new();
        let (name, media_type) = ("a.txt", Some("text/plain"));
        let request = Request { name, media_type, task: Task::Extract, bytes: b"\0text" };
        send(&mut pipe, &request).await.unwrap();
        let mut pipe = pipe.as_slice();
        let received = take(&mut pipe).unwrap().unwrap();
        assert_eq!(received.header.name, "a.txt");
        assert_eq!(received.header.media_type.as_deref(), Some("text/plain"));
        assert_eq!(received.bytes, b"\0text");
        assert!(take(&mut pipe).unwrap().is_none());

        let text = || Ok(Made::Text(Box::new(Extracted::new("text".to_owned(), Kind::Text))));
        let locked = || Err(ExtractError::Locked { kind: Kind::Pdf });
        for (result, expect) in [(text(), text()), (locked(), locked())] {
            let mut pipe = Vec::new();
            give(&mut pipe, &Answer { result, goes_on: true }).unwrap();
            assert_eq!(receive(&mut pipe.as_slice()).await.unwrap().result, expect);
        }
    }

    #[tokio::test]
    async fn what_is_cut_short_or_too_long_is_an_error() {
        assert!(take(&mut [9, 0, 0, 0, 1].as_slice()).is_err());
        assert!(take(&mut u32::MAX.to_le_bytes().as_slice()).is_err());
        assert!(receive(&mut u64::MAX.to_le_bytes().as_slice()).await.is_err());
        assert!(receive(&mut [1, 0].as_slice()).await.is_err());
    }
}
