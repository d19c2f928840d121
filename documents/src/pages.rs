//! Documents whose pages were read by somebody who sees them, a language model say: their Markdown
//! joined, with its structure and the pages that it came from.

use corpus::SourcePlace;

use crate::extract::{Hint, is_pdf, markdown};
use crate::extracted::{Extracted, Kind, Landmark, Origin, Warning};
use crate::scans::runs;
use crate::writer::Writer;

/// What is answered for a page with nothing on it.
pub const BLANK_PAGE: &str = "<!-- blank page -->";

/// Files that can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictured {
    /// A picture of each page is to be made.
    Pdf,
    /// It is a picture.
    Png,
    /// It is a picture.
    Jpeg,
}

/// A page, or a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its number, from 1.
    pub number: u32,
    /// What was made of it.
    pub reading: PageReading,
}

/// What was made of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageReading {
    /// Somebody looked at it.
    Seen {
        /// What they wrote, perhaps between fences.
        markdown: String,
        /// Width and height in points; none where they are not known.
        size: Option<(u32, u32)>,
        /// Whether what they wrote breaks off.
        is_cut: bool,
    },
    /// It is to be as a parser read it.
    Parsed,
}

/// What kind of picture some bytes are, or hold.
pub fn pictured(bytes: &[u8], hint: Hint<'_>) -> Option<Pictured> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Pictured::Png)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some(Pictured::Jpeg)
    } else {
        is_pdf(bytes, hint).then_some(Pictured::Pdf)
    }
}

/// Joins the pages of a document, or takes the one picture that it is. `parsed` is what a parser
/// made of the same document.
pub fn from_pages(kind: Kind, parsed: Option<&Extracted>, pages: &[Page]) -> Extracted {
    let mut writer = Writer::new(kind);
    if let Some(parsed) = parsed {
        *writer.properties() = parsed.properties.clone();
    }
    let (mut is_all_seen, mut cut) = (true, Vec::new());
    for Page { number, reading } in pages {
        match reading {
            PageReading::Seen { markdown, size, is_cut } => {
                if kind != Kind::Image {
                    writer.page(*number);
                }
                writer.append(seen(markdown, *number, *size), 0);
                if *is_cut {
                    cut.push(*number);
                }
            }
            PageReading::Parsed => {
                is_all_seen = false;
                if let Some(parsed) = parsed {
                    writer.append(section(parsed, *number), 0);
                }
            }
        }
    }
    if !cut.is_empty() {
        let whole = if kind == Kind::Image { "the picture".to_owned() } else { page_list(&cut) };
        writer.warn(Warning::loss(format!(
            "the model's answer broke off at {whole}: the end is missing; let it write longer answers"
        )));
    }
    if let Some(parsed) = parsed.filter(|_| !is_all_seen) {
        parsed.warnings.iter().cloned().for_each(|warning| writer.warn(warning));
    }
    writer.finish()
}

/// The text of a page as a parser read it; empty where it read none.
pub fn page_text(parsed: &Extracted, number: u32) -> &str {
    let (start, end) = bounds(parsed, number);
    parsed.text.get(start..end).unwrap_or_default().trim()
}

/// Some pages in words: `page 3`, `pages 1–3, 7`.
pub fn page_list(numbers: &[u32]) -> String {
    let listed = runs(numbers).collect::<Vec<_>>().join(", ");
    format!("page{} {listed}", if numbers.len() == 1 { "" } else { "s" })
}

/// The width and height of a PNG or JPEG picture, in pixels.
pub fn pixels(picture: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize, length: usize| {
        let bytes = picture.get(at..at + length)?;
        Some(bytes.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)))
    };
    if picture.starts_with(b"\x89PNG") {
        return Some((number(16, 4)?, number(20, 4)?));
    }
    // A JPEG is segments: 0xff, a marker, a length that counts itself.
    let mut at = 2;
    loop {
        let (begin, marker) = (number(at, 1)?, number(at + 1, 1)?);
        if begin != 0xff {
            return None;
        }
        match marker {
            // Those that begin a frame tell its size; the three others of their row do not.
            0xc4 | 0xc8 | 0xcc => {}
            0xc0..=0xcf => return Some((number(at + 7, 2)?, number(at + 5, 2)?)),
            // Fill before a marker.
            0xff => {
                at += 1;
                continue;
            }
            _ => {}
        }
        at += 2 + usize::try_from(number(at + 2, 2)?).ok()?.max(2);
    }
}

/// A page as it was written down.
fn seen(answer: &str, page: u32, size: Option<(u32, u32)>) -> Extracted {
    let answer = answer.replace("\r\n", "\n").replace(BLANK_PAGE, "");
    let mut extracted = markdown(unfenced(&answer).trim());
    let points = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
    let (width, height) = size.unwrap_or_default();
    let source =
        SourcePlace::Area { page, left: 0, top: 0, right: points(width), bottom: points(height) };
    // Where it stands in the answer says nothing of where it stands in the document.
    extracted.origins = vec![Origin { range: 0..extracted.text.len(), source }];
    extracted
}

/// An answer without the fence that models like to put around it.
fn unfenced(answer: &str) -> &str {
    let answer = answer.trim();
    let Some((first, rest)) = answer.split_once('\n') else { return answer };
    let info = first.trim().strip_prefix("```").map(str::trim);
    if !matches!(info, Some("markdown" | "md" | "Markdown")) {
        return answer;
    }
    // An answer that broke off does not close it, and may end with a fence all the same.
    let fences = rest.lines().filter(|line| line.trim_start().starts_with("```")).count();
    let closed =
        rest.strip_suffix("```").filter(|before| before.ends_with('\n') || before.is_empty());
    closed.filter(|_| fences % 2 == 1).unwrap_or(rest)
}

/// Where a page of a parsed document begins and ends.
fn bounds(parsed: &Extracted, number: u32) -> (usize, usize) {
    let mut pages = parsed.marks.iter().filter_map(|mark| match mark.landmark {
        Landmark::Page(page) => Some((mark.offset, page)),
        Landmark::Heading { .. } | Landmark::Statement { .. } => None,
    });
    let Some((start, _)) = pages.find(|(_, page)| *page == number) else {
        // A document without pages is its own first.
        let is_whole = number == 1
            && !parsed.marks.iter().any(|mark| matches!(mark.landmark, Landmark::Page(_)));
        return (0, if is_whole { parsed.text.len() } else { 0 });
    };
    let end =
        pages.find(|(_, page)| *page != number).map_or(parsed.text.len(), |(offset, _)| offset);
    (start, end)
}

/// A page of a parsed document; blocks that go on beyond it are no blocks here.
fn section(parsed: &Extracted, number: u32) -> Extracted {
    let (start, end) = bounds(parsed, number);
    let within = |from: usize, to: usize| start <= from && to <= end;
    let text = parsed.text.get(start..end).unwrap_or_default();
    let mut section = Extracted::new(text.to_owned(), parsed.kind);
    let last = start + text.trim_end().len();
    let marks = parsed.marks.iter().filter(|mark| start <= mark.offset && mark.offset < last);
    let to = |offset: usize| offset - start;
    section.marks = marks.cloned().map(|mark| mark.moved(to)).collect();
    let blocks = parsed.blocks.iter().filter(|block| within(block.range.start, block.range.end));
    section.blocks = blocks.cloned().map(|block| block.moved(to)).collect();
    let origins = parsed.origins.iter().filter(|one| within(one.range.start, one.range.end));
    section.origins = origins.cloned().map(|origin| origin.moved(to)).collect();
    section
}

#[cfg(test)]
mod tests;
