//! PDF. The file's structure is read by lopdf; pages, fonts and content are interpreted here, with
//! an eye on nothing but text and what gives it structure.
//!
//! Invariant: whatever the file, reading it ends: page trees and forms may loop, streams may
//! swell, and each has its limit (see the constants of [`load`], [`objects`], [`pages`] and [`content`]).

mod compose;
mod content;
mod font;
mod frame;
mod furniture;
mod glyph;
mod ink;
mod layout;
mod lexer;
mod load;
mod matrix;
mod objects;
mod outline;
mod pages;
mod paper;
mod properties;

use crate::extracted::{ExtractError, Extracted, Kind, Warning};
use crate::writer::Writer;
use compose::Leaf;
use content::Reader;
use layout::Compounds;
use objects::Pdf;
use paper::Paper;

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
    let mut writer = Writer::new(Kind::Pdf);
    if let Some(fault) = found.fault {
        writer.warn(Warning::loss(fault));
    }
    if loaded.is_partial {
        writer.warn(Warning::loss("the PDF has more objects than are read; some are left out"));
    }
    let mut reader = Reader::new(&pdf);
    let mut papers: Vec<Paper> = Vec::new();
    let (mut known, mut unknown) = (0, 0);
    for (number, page) in (1..).zip(found.pages.iter().copied()) {
        let paper = Paper::read(&pdf, &mut reader, number, page);
        known += paper.known;
        unknown += paper.unknown;
        papers.push(paper);
        if known > MOST_GLYPHS || pdf.is_exhausted() {
            writer.warn(Warning::loss(format!(
                "the PDF holds more than is read; it was left at page {number} of {}",
                found.pages.len()
            )));
            break;
        }
    }
    let is_empty = papers.iter().all(|paper| paper.known == 0 && paper.remarks.is_empty());
    if is_empty {
        return Err(no_text(unknown, reader.lost()));
    }
    if reader.lost() > 0 {
        writer.warn(Warning::loss(format!(
            "{} pages or parts of pages could not be decoded, or are too large",
            reader.lost()
        )));
    }
    // A few symbols without meaning are in many documents.
    if unknown * 20 > known {
        writer.warn(Warning::loss(format!(
            "{unknown} of {} characters could not be told: their fonts do not say what they stand for",
            known + unknown
        )));
    }
    let cropped: usize = papers.iter().map(|paper| paper.cropped).sum();
    if cropped > 0 {
        writer.warn(Warning::note(format!(
            "{cropped} characters that stand outside of what is shown of their pages are left out"
        )));
    }
    let scans: Vec<u32> =
        papers.iter().filter(|paper| paper.is_scan()).map(|paper| paper.number).collect();
    if let Some(warning) = furniture::remove(&mut papers) {
        writer.warn(warning);
    }
    layout::clear_typewritten(&mut papers);
    let mut compounds = Compounds::default();
    papers.iter().flat_map(|paper| &paper.lines).for_each(|line| compounds.learn(line));
    let mut outline = outline::of(&pdf, &found.pages);
    let leaves = papers.into_iter().map(|paper| Leaf {
        number: paper.number,
        frame: paper.frame,
        blocks: layout::blocks(paper.lines, &paper.rules, &compounds),
        remarks: paper.remarks,
        entries: outline.remove(&paper.number).unwrap_or_default(),
    });
    compose::write(leaves.collect(), &compounds, &mut writer);
    *writer.properties() = properties::of(&pdf, &found.pages);
    Ok(Extracted { scans, ..writer.finish() })
}

fn damaged(reason: impl Into<String>) -> ExtractError {
    ExtractError::damaged(Kind::Pdf, reason)
}

fn no_text(unknown: usize, lost: usize) -> ExtractError {
    let reason = if unknown > 0 {
        "its fonts do not say which characters their glyphs stand for; the setting `ingest.ocr` has \
         its text read as pictures are"
    } else if lost > 0 {
        "its pages cannot be decoded"
    } else {
        "it holds only pictures, as scans do; the setting `ingest.ocr` has their text read"
    };
    ExtractError::no_text(Kind::Pdf, reason)
}
