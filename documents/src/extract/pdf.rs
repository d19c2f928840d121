//! PDF. The file's structure is read by lopdf; pages, fonts and content are interpreted here, with
//! an eye on nothing but text.
//!
//! Invariant: whatever the file, reading it ends: page trees and forms may loop, streams may
//! swell, and each has its limit (see the constants of [`load`], [`objects`], [`pages`] and [`content`]).

mod compose;
mod content;
mod font;
mod glyph;
mod layout;
mod lexer;
mod load;
mod matrix;
mod objects;
mod pages;

use lopdf::Object;

use crate::extracted::{ExtractError, Extracted, Kind, Properties, Warning, title_of};
use compose::Composer;
use content::Reader;
use objects::Pdf;

/// The most glyphs of a document; more are left out.
const MOST_GLYPHS: usize = 20_000_000;

/// Reads a PDF.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let loaded = load::load(bytes)?;
    let pdf = Pdf::new(&loaded.document);
    let found = pages::of(&pdf);
    if found.pages.is_empty() {
        return Err(damaged(found.fault.unwrap_or("there are no pages")));
    }
    let mut warnings = Vec::new();
    warnings.extend(found.fault.map(Warning::loss));
    if loaded.is_partial {
        warnings.push(Warning::loss("the PDF has more objects than are read; some are left out"));
    }
    let mut reader = Reader::new(&pdf);
    let mut composer = Composer::default();
    let (mut known, mut unknown) = (0, 0);
    let count = found.pages.len();
    for (number, page) in (1..).zip(found.pages) {
        let glyphs = reader.glyphs(page);
        known += glyphs.len();
        unknown += glyphs.unknown;
        composer.page(layout::blocks(&glyphs, &page.beads(&pdf)));
        if known > MOST_GLYPHS || pdf.is_exhausted() {
            warnings.push(Warning::loss(format!(
                "the PDF holds more than is read; it was left at page {number} of {count}"
            )));
            break;
        }
    }
    if known == 0 {
        return Err(no_text(unknown, reader.lost()));
    }
    if reader.lost() > 0 {
        warnings.push(Warning::loss(format!(
            "{} pages or parts of pages could not be decoded, or are too large",
            reader.lost()
        )));
    }
    // A few symbols without meaning are in many documents.
    if unknown * 20 > known {
        warnings.push(Warning::loss(format!(
            "{unknown} of {} characters could not be told: their fonts do not say what they stand for",
            known + unknown
        )));
    }
    let (text, marks) = composer.finish();
    let properties = Properties { title: title(&pdf), ..Properties::default() };
    Ok(Extracted { marks, properties, warnings, ..Extracted::new(text, Kind::Pdf) })
}

fn damaged(reason: impl Into<String>) -> ExtractError {
    ExtractError::Damaged { kind: Kind::Pdf, reason: reason.into() }
}

fn no_text(unknown: usize, lost: usize) -> ExtractError {
    let reason = if unknown > 0 {
        "its fonts do not say which characters their glyphs stand for; recognise its text (OCR) \
         first"
    } else if lost > 0 {
        "its pages cannot be decoded"
    } else {
        "it holds only pictures, as scans do; recognise its text (OCR) first"
    };
    ExtractError::NoText { kind: Kind::Pdf, reason: reason.to_owned() }
}

/// The title that the document says it has.
fn title(pdf: &Pdf<'_>) -> Option<String> {
    let information = pdf.dictionary(pdf.trailer(), b"Info")?;
    let title = pdf.get(information, b"Title")?;
    let Object::String(..) = title else { return None };
    title_of(&lopdf::decode_text_string(title).ok()?)
}
