//! What reading a document gives: its text as Markdown, its structure, and for every span of the
//! text the place in the source that it came from.
//!
//! Invariants: marks ascend; blocks and origins ascend, do not overlap, and lie on character bounds
//! of the text. [`Writer`](crate::writer::Writer) keeps them for parsers that write block by block.

mod error;
mod kind;
mod sources;

use std::ops::Range;

use corpus::{Place, SourcePlace};
use serde::{Deserialize, Serialize};

use crate::scans;
use crate::words::on_one_line;
use sources::merged;

pub use error::ExtractError;
pub use kind::Kind;

/// The text of a document, and what is known about places in it. Offsets are in bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    /// The text, as it is shown and cited: Markdown, save for [`Kind::Text`] and [`Kind::Code`]. Lines
    /// end in `\n`.
    pub text: String,
    /// Where pages, headings and statements of code begin, by ascending offset.
    pub marks: Vec<Mark>,
    /// Tables, code, lists and paragraphs, where the format tells them apart.
    pub blocks: Vec<Block>,
    /// Where spans of the text came from.
    pub origins: Vec<Origin>,
    /// What the document says of itself.
    pub properties: Properties,
    /// Pages, from 1, that hold nothing but pictures, as scans do.
    pub scans: Vec<u32>,
    /// What the bytes were.
    pub kind: Kind,
    /// What went less than well, besides pages that are scans.
    pub warnings: Vec<Warning>,
}

/// What a document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Properties {
    /// Its title.
    pub title: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was written or published: RFC 3339, or only the date.
    pub date: Option<String>,
    /// Its language, a BCP 47 tag.
    pub language: Option<String>,
    /// The URL that it wants to be known by.
    pub canonical_url: Option<String>,
    /// Files within it that were not read: names, as they are written there.
    pub attachments: Vec<String>,
}

/// A part of the text with a structure of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its bytes in [`Extracted::text`], without the line break behind it.
    pub range: Range<usize>,
    /// What it is.
    pub kind: BlockKind,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockKind {
    /// Sentences.
    Paragraph,
    /// A list, with its items on lines of their own.
    List,
    /// A table: a row on each line.
    Table {
        /// Where the rows behind the header (and the line under it) begin; the block's start where
        /// there is no header.
        body: usize,
    },
    /// Preformatted text, its fences included.
    Code {
        /// The language that it is said to be in, in lower case.
        language: Option<String>,
    },
}

/// Where a span of the text came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its bytes in [`Extracted::text`].
    pub range: Range<usize>,
    /// Its place in the source.
    pub source: SourcePlace,
}

/// Something that begins at a place in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Its first byte in [`Extracted::text`].
    pub offset: usize,
    /// What begins there.
    pub landmark: Landmark,
}

/// What a place in the text may be the beginning of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Landmark {
    /// A page, counted from 1.
    Page(u32),
    /// A heading; what follows belongs under it.
    Heading {
        /// 1 for the outermost.
        level: u8,
        /// Its words.
        title: String,
    },
    /// A line of code whose grammar is known, other than its first.
    Statement {
        /// How many statements or other constructs stand open there: 0 where a file's outermost
        /// statement begins; more where the line goes on with something, or a comment is above it.
        depth: u8,
    },
}

/// Something that went less than well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What, as a sentence part: lower case, no full stop.
    pub message: String,
    /// Whether text is missing for it.
    pub severity: Severity,
}

/// What a warning means for the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Severity {
    /// The text is all there.
    Note,
    /// Some of the text is missing or wrong.
    Loss,
}

impl Warning {
    pub(crate) fn note(message: impl Into<String>) -> Self {
        Self { message: message.into(), severity: Severity::Note }
    }

    /// One that says that some of the text is missing or wrong.
    pub fn loss(message: impl Into<String>) -> Self {
        Self { message: message.into(), severity: Severity::Loss }
    }
}

impl Mark {
    /// The same in a text in which what was at an offset is at another.
    pub(crate) fn moved(self, to: impl Fn(usize) -> usize) -> Self {
        Self { offset: to(self.offset), ..self }
    }
}

impl Block {
    /// The same in a text in which what was at an offset is at another.
    pub(crate) fn moved(self, to: impl Fn(usize) -> usize) -> Self {
        Self {
            range: to(self.range.start)..to(self.range.end),
            kind: match self.kind {
                BlockKind::Table { body } => BlockKind::Table { body: to(body) },
                kind => kind,
            },
        }
    }
}

impl Origin {
    /// The same in a text in which what was at an offset is at another.
    pub(crate) fn moved(self, to: impl Fn(usize) -> usize) -> Self {
        Self { range: to(self.range.start)..to(self.range.end), ..self }
    }
}

impl Extracted {
    /// A text without structure.
    pub fn new(text: String, kind: Kind) -> Self {
        Self {
            text,
            marks: Vec::new(),
            blocks: Vec::new(),
            origins: Vec::new(),
            properties: Properties::default(),
            scans: Vec::new(),
            kind,
            warnings: Vec::new(),
        }
    }

    /// All that went less than well.
    pub fn warnings(&self) -> impl Iterator<Item = Warning> {
        self.warnings.iter().cloned().chain(scans::warning(&self.scans))
    }

    /// Notes that some of the text is missing.
    pub fn lose(&mut self, message: impl Into<String>) {
        self.warnings.push(Warning::loss(message));
    }

    /// What is missing from the text.
    pub fn losses(&self) -> impl Iterator<Item = String> {
        let losses = self.warnings().filter(|warning| warning.severity == Severity::Loss);
        losses.map(|warning| warning.message)
    }

    /// Where a span of the text stands in the source: as few places as say it, in reading order.
    pub fn sources(&self, range: &Range<usize>) -> Vec<SourcePlace> {
        let first = self.origins.partition_point(|origin| origin.range.end <= range.start);
        let origins = self.origins.iter().skip(first);
        merged(
            origins
                .take_while(|origin| origin.range.start < range.end)
                .map(|origin| origin.within(range)),
        )
    }

    /// The page and the headings that the byte at `offset` stands under; the span is left empty.
    pub fn place(&self, offset: usize) -> Place {
        let before = self.marks.partition_point(|mark| mark.offset <= offset);
        let mut trail = Trail::default();
        self.marks.iter().take(before).for_each(|mark| trail.pass(mark));
        trail.place()
    }
}

/// The page and headings met so far on the way through a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail<'a> {
    page: Option<u32>,
    headings: Vec<(u8, &'a str)>,
}

impl<'a> Trail<'a> {
    /// Goes past a mark.
    pub(crate) fn pass(&mut self, mark: &'a Mark) {
        match &mark.landmark {
            Landmark::Page(number) => self.page = Some(*number),
            Landmark::Heading { level, title } => {
                while self.headings.last().is_some_and(|(above, _)| above >= level) {
                    self.headings.pop();
                }
                self.headings.push((*level, title));
            }
            Landmark::Statement { .. } => {}
        }
    }

    /// Where it has come to.
    pub(crate) fn place(&self) -> Place {
        Place {
            page: self.page,
            headings: self.headings.iter().map(|(_, title)| (*title).to_owned()).collect(),
            ..Place::default()
        }
    }
}

/// The first heading of the outermost level.
pub(crate) fn first_heading(marks: &[Mark]) -> Option<String> {
    marks.iter().find_map(|mark| match &mark.landmark {
        Landmark::Heading { level: 1, title } => Some(title.clone()),
        _ => None,
    })
}

/// A heading's or document's title on one line, of bearable length.
pub(crate) fn title_of(text: &str) -> Option<String> {
    const LONGEST: usize = 300;
    let title: String = on_one_line(text).chars().take(LONGEST).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(offset: usize, level: u8, title: &str) -> Mark {
        Mark { offset, landmark: Landmark::Heading { level, title: title.to_owned() } }
    }

    #[test]
    fn a_place_knows_its_page_and_the_headings_above() {
        let extracted = Extracted {
            marks: vec![
                Mark { offset: 0, landmark: Landmark::Page(1) },
                heading(0, 1, "A"),
                heading(10, 2, "B"),
                Mark { offset: 20, landmark: Landmark::Page(2) },
                heading(30, 3, "C"),
                heading(40, 2, "D"),
                heading(50, 1, "E"),
            ],
            ..Extracted::new(String::new(), Kind::Pdf)
        };
        let check = |offset, page, headings: &[&str]| {
            let place = extracted.place(offset);
            assert_eq!(place.page, Some(page), "{offset}");
            assert_eq!(place.headings, headings, "{offset}");
        };
        check(0, 1, &["A"]);
        check(9, 1, &["A"]);
        check(10, 1, &["A", "B"]);
        check(20, 2, &["A", "B"]);
        check(35, 2, &["A", "B", "C"]);
        check(40, 2, &["A", "D"]);
        check(99, 2, &["E"]);
    }
}
