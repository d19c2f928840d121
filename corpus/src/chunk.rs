//! A chunk: a piece of one revision of one document, with its place in it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::document::{DocumentId, Revision, format_uuid, uuid_from_hash};

/// A piece of a document's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Its number in the document, from 0, in reading order.
    pub ordinal: u32,
    /// Its text, as it is shown.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// Where a piece of text stands in its document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// The span in the extracted text of the revision.
    pub span: Span,
    /// The page it begins on, from 1, where the document has pages.
    pub page: Option<u32>,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
}

/// A run of characters: Unicode code points, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Span {
    /// Code points before the first.
    pub start: u64,
    /// Code points up to and with the last.
    pub end: u64,
}

/// The key of a chunk in the index. It derives from document, revision and ordinal, so that
/// writing twice overwrites and never duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChunkId(u128);

impl ChunkId {
    /// The id of a chunk.
    pub fn of(document: DocumentId, revision: Revision, ordinal: u32) -> Self {
        let mut hash = Sha256::new();
        hash.update(document.as_u128().to_be_bytes());
        hash.update(revision.0.to_be_bytes());
        hash.update(ordinal.to_be_bytes());
        Self(uuid_from_hash(hash))
    }

    /// The id as a UUID's number.
    pub fn as_u128(self) -> u128 {
        self.0
    }

    /// The id that has this number.
    pub fn from_u128(number: u128) -> Self {
        Self(number)
    }
}

/// The 36 characters of a UUID.
impl fmt::Display for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        format_uuid(self.0, f)
    }
}
