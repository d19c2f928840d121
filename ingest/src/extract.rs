//! Bytes to text. What the bytes are is decided by looking at them; then the media type that the
//! source told, then the name's ending.
//!
//! The text is plain text with a little Markdown (headings, lists, table rows, fenced code): it is
//! what is cut into chunks, shown and cited. [`Mark`]s say where pages and headings begin in it.
//!
//! Invariant: whatever the bytes, extraction ends in time linear in their number (and bounded by
//! the limits of each format), does not panic, and says what it left out: in [`ExtractError`] when
//! there is no text, in [`Warning`]s when there is less of it than there was.

mod decode;
mod html;
mod kind;
mod markdown;
mod pdf;
mod text;

use corpus::Place;

pub use kind::Kind;

use kind::Verdict;

/// What is known about some bytes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Hint<'a> {
    /// A file name, path or URL; its ending counts.
    pub name: &'a str,
    /// The media type, where the source tells one.
    pub media_type: Option<&'a str>,
}

/// The text of a document, and what is known about places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted {
    /// The text, as it is shown and cited. Lines end in `\n`.
    pub text: String,
    /// Where pages and headings begin, by ascending offset.
    pub marks: Vec<Mark>,
    /// The document's title, where it has one.
    pub title: Option<String>,
    /// What the bytes were.
    pub kind: Kind,
    /// What went less than well.
    pub warnings: Vec<Warning>,
}

/// Something that begins at a place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its first byte in [`Extracted::text`].
    pub offset: usize,
    /// What begins there.
    pub landmark: Landmark,
}

/// What a place in the text may be the beginning of.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What, as a sentence part: lower case, no full stop.
    pub message: String,
    /// Whether text is missing for it.
    pub severity: Severity,
}

/// What a warning means for the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The text is all there.
    Note,
    /// Some of the text is missing or wrong.
    Loss,
}

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// Whether the file is left out for what it is, not for a fault of its own.
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Self::Unsupported { .. })
    }
}

impl Warning {
    fn note(message: impl Into<String>) -> Self {
        Self { message: message.into(), severity: Severity::Note }
    }

    fn loss(message: impl Into<String>) -> Self {
        Self { message: message.into(), severity: Severity::Loss }
    }
}

impl Extracted {
    /// What is missing from the text.
    pub fn losses(&self) -> impl Iterator<Item = &str> {
        let losses = self.warnings.iter().filter(|warning| warning.severity == Severity::Loss);
        losses.map(|warning| warning.message.as_str())
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

/// The text of some bytes.
pub fn extract(bytes: &[u8], hint: Hint<'_>) -> Result<Extracted, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let extracted = match kind::of(bytes, hint) {
        Verdict::Is(Kind::Pdf) => pdf::extract(bytes)?,
        Verdict::Is(Kind::Html) => html::extract(bytes, charset(hint)),
        Verdict::Is(Kind::Markdown) => markdown::extract(bytes, charset(hint)),
        Verdict::Is(Kind::Text) => text::extract(bytes, charset(hint)),
        Verdict::Unsupported(what) => return Err(ExtractError::Unsupported { what }),
        Verdict::Mismatch { claimed, found } => {
            return Err(ExtractError::Mismatch { claimed, found });
        }
    };
    if extracted.text.trim().is_empty() {
        return Err(ExtractError::NoText {
            kind: extracted.kind,
            reason: "it holds only blanks".to_owned(),
        });
    }
    Ok(extracted)
}

/// The charset parameter of the media type: `text/html; charset=iso-8859-1`.
fn charset(hint: Hint<'_>) -> Option<&str> {
    let (_, parameters) = hint.media_type?.split_once(';')?;
    parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

/// A heading's or document's title on one line, of bearable length.
fn title_of(text: &str) -> Option<String> {
    const LONGEST: usize = 300;
    let words: Vec<&str> = text.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(LONGEST).collect();
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
            text: String::new(),
            marks: vec![
                Mark { offset: 0, landmark: Landmark::Page(1) },
                heading(0, 1, "A"),
                heading(10, 2, "B"),
                Mark { offset: 20, landmark: Landmark::Page(2) },
                heading(30, 3, "C"),
                heading(40, 2, "D"),
                heading(50, 1, "E"),
            ],
            title: None,
            kind: Kind::Pdf,
            warnings: Vec::new(),
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

    #[test]
    fn the_charset_is_found_in_the_media_type() {
        let check = |media_type, expect| {
            assert_eq!(charset(Hint { name: "", media_type: Some(media_type) }), expect);
        };
        check("text/html; charset=\"ISO-8859-1\"", Some("ISO-8859-1"));
        check("text/html;boundary=x; Charset=utf-8", Some("utf-8"));
        check("text/html", None);
    }
}
