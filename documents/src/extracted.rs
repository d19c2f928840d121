//! What reading a document gives: its text as Markdown, its structure, and for every span of the
//! text the place in the source that it came from.
//!
//! Invariants: marks ascend; blocks and origins ascend, do not overlap, and lie on character bounds
//! of the text. [`Writer`](crate::writer::Writer) keeps them for parsers that write block by block.

mod sources;

use std::fmt;
use std::ops::Range;

use corpus::{Place, SourcePlace};
use serde::{Deserialize, Serialize};

use crate::scans;
use crate::words::on_one_line;
use sources::merged;

/// The kinds of file that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// A PDF.
    Pdf,
    /// A text document of Word (`.docx`).
    Docx,
    /// A presentation (`.pptx`).
    Pptx,
    /// A workbook of Excel (`.xlsx`, `.xlsm`, `.xlsb`).
    Xlsx,
    /// A text document of Word before 2007 (`.doc`).
    Doc,
    /// A workbook of Excel before 2007 (`.xls`).
    Xls,
    /// A text in the open format of offices (`.odt`).
    Odt,
    /// A spreadsheet in it (`.ods`).
    Ods,
    /// A presentation in it (`.odp`).
    Odp,
    /// Rich text (`.rtf`).
    Rtf,
    /// An e-book (`.epub`).
    Epub,
    /// A message as mail servers keep it (`.eml`).
    Mail,
    /// A message of Outlook (`.msg`).
    Msg,
    /// A table of comma-separated values (`.csv`, `.tsv`).
    Csv,
    /// JSON.
    Json,
    /// A JSON value on each line.
    JsonLines,
    /// XML that is none of the formats above.
    Xml,
    /// A picture.
    Image,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text file",
            Self::Markdown => "Markdown file",
            Self::Html => "HTML file",
            Self::Pdf => "PDF",
            Self::Docx => "Word document",
            Self::Pptx => "PowerPoint presentation",
            Self::Xlsx => "Excel workbook",
            Self::Doc => "Word 97 document",
            Self::Xls => "Excel 97 workbook",
            Self::Odt => "OpenDocument text",
            Self::Ods => "OpenDocument spreadsheet",
            Self::Odp => "OpenDocument presentation",
            Self::Rtf => "RTF document",
            Self::Epub => "EPUB book",
            Self::Mail => "mail message",
            Self::Msg => "Outlook message",
            Self::Csv => "CSV table",
            Self::Json => "JSON file",
            Self::JsonLines => "JSON Lines file",
            Self::Xml => "XML file",
            Self::Image => "picture",
        })
    }
}

/// The text of a document, and what is known about places in it. Offsets are in bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    /// The text, as it is shown and cited: Markdown, save for [`Kind::Text`]. Lines end in `\n`.
    pub text: String,
    /// Where pages and headings begin, by ascending offset.
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

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ExtractError {
    /// There are no bytes.
    #[error("the file is empty")]
    Empty,
    /// A kind of file that is not read.
    #[error("{what} are not read yet")]
    Unsupported {
        /// The kind, in the plural: `office documents (.docx)`.
        what: String,
    },
    /// The bytes are not what the name or the media type says.
    #[error("this is no {claimed}, though its name or type says so: its bytes are {found}")]
    Mismatch {
        /// What it is said to be.
        claimed: Kind,
        /// What it is.
        found: String,
    },
    /// The bytes begin as that kind, and cannot be read.
    #[error("the {kind} cannot be read: {reason}")]
    Damaged {
        /// What it is.
        kind: Kind,
        /// What is wrong with it.
        reason: String,
    },
    /// It opens only with a password.
    #[error("the {kind} is locked with a password; store a copy without one")]
    Locked {
        /// What it is.
        kind: Kind,
    },
    /// The parser has a defect.
    #[error("the parser failed on this file; please report it with the file")]
    Defect,
    /// It was read, and there is no text in it.
    #[error("no text was found in the {kind}: {reason}")]
    NoText {
        /// What it is.
        kind: Kind,
        /// Why that may be.
        reason: String,
    },
}

impl ExtractError {
    /// It begins as that kind, and cannot be read.
    pub(crate) fn damaged(kind: Kind, reason: impl Into<String>) -> Self {
        Self::Damaged { kind, reason: reason.into() }
    }

    /// It was read, and there is no text in it.
    pub(crate) fn no_text(kind: Kind, reason: impl Into<String>) -> Self {
        Self::NoText { kind, reason: reason.into() }
    }

    /// Whether the file is left out for what it is, not for a fault of its own.
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Self::Unsupported { .. })
    }
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
