//! A chunk: a piece of one revision of one document, with its place in it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::document::{DocumentId, Revision, format_uuid, uuid_from_hash};

/// A piece of a document's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Its number in the document, from 0, in reading order.
    pub ordinal: u32,
    /// Its text: exactly that of the document at its span.
    pub text: String,
    /// What is shown before the text for it to be understood, line break included: the header of
    /// the table that it goes on with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lead: String,
    /// What it is found by besides, line breaks included, and is not shown: the title of its
    /// document and the headings above it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub context: String,
    /// Where it stands.
    pub place: Place,
    /// What is returned where it is found; none where that is the chunk itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
}

/// The larger piece of a document that a chunk was cut from. It is kept once, with the first of its
/// chunks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Parent {
    /// This chunk is the first of its parent, and carries it. They have the same ordinal.
    Carried(Box<Chunk>),
    /// The chunk of the same revision with this ordinal carries it.
    With(u32),
}

impl Chunk {
    /// A chunk that is all there is to it.
    pub fn new(ordinal: u32, text: impl Into<String>, place: Place) -> Self {
        Self {
            ordinal,
            text: text.into(),
            lead: String::new(),
            context: String::new(),
            place,
            parent: None,
        }
    }

    /// What is shown of it, and given to a model that answers.
    pub fn shown(&self) -> Cow<'_, str> {
        join(&[&self.lead, &self.text])
    }

    /// What it is found by: what is embedded, and compared word by word.
    pub fn searched(&self) -> Cow<'_, str> {
        join(&[&self.context, &self.lead, &self.text])
    }
}

/// Some texts in a row; the only one that is not empty as it is.
fn join<'t>(texts: &[&'t str]) -> Cow<'t, str> {
    let mut there = texts.iter().filter(|text| !text.is_empty());
    match (there.next(), there.next()) {
        (Some(only), None) => Cow::Borrowed(only),
        _ => Cow::Owned(texts.concat()),
    }
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
    /// Where it stands in the source's file, as far as the format tells; in reading order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourcePlace>,
}

/// A place in a source's file, in the terms of its format.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SourcePlace {
    /// Bytes of a text file, the end not included.
    #[serde(rename_all = "camelCase")]
    Bytes {
        /// Bytes before the first.
        start: u64,
        /// Bytes up to and with the last.
        end: u64,
    },
    /// A box on a page as it is shown, in points from its upper left corner, rounded outwards.
    #[serde(rename_all = "camelCase")]
    Area {
        /// The page, from 1.
        page: u32,
        /// The left edge.
        left: i32,
        /// The upper edge.
        top: i32,
        /// The right edge.
        right: i32,
        /// The lower edge.
        bottom: i32,
    },
    /// Elements of a marked-up file, in document order.
    #[serde(rename_all = "camelCase")]
    Elements {
        /// The file within an archive (`word/document.xml`); none where the file is the document.
        part: Option<String>,
        /// The path of the first, as a CSS selector from an id or the root:
        /// `#usage > p:nth-of-type(2)`; for office formats its number: `paragraph 12`, `shape 3`.
        first: String,
        /// The path of the last.
        last: String,
    },
    /// Cells of a spreadsheet.
    #[serde(rename_all = "camelCase")]
    Cells {
        /// The sheet's name.
        sheet: String,
        /// The upper left cell: `A2`.
        first: String,
        /// The lower right cell: `D20`.
        last: String,
    },
}

impl SourcePlace {
    /// One element, in a part of an archive if there is one.
    pub fn element(part: Option<String>, path: String) -> Self {
        Self::Elements { part, first: path.clone(), last: path }
    }
}

impl fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes { start, end } => write!(f, "bytes {start}–{end}"),
            Self::Area { page, left, top, right, bottom } => {
                write!(f, "page {page}, box {left},{top}–{right},{bottom} pt")
            }
            Self::Elements { part, first, last } => {
                let part = part.as_deref().map(|part| format!("{part}: ")).unwrap_or_default();
                let to = if first == last { String::new() } else { format!(" to {last}") };
                write!(f, "{part}{first}{to}")
            }
            Self::Cells { sheet, first, last } => write!(f, "{sheet}!{first}:{last}"),
        }
    }
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
