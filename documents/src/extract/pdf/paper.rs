//! A page between reading and writing: its lines, and what else is known about it.

use super::content::{Reader, Remark};
use super::frame::Frame;
use super::ink::Rule;
use super::layout::{self, Line};
use super::objects::Pdf;
use super::pages::Page;

/// A page's lines, and what is around them.
#[derive(Debug)]
pub(super) struct Paper {
    /// From 1.
    pub(super) number: u32,
    pub(super) frame: Frame,
    pub(super) lines: Vec<Line>,
    pub(super) rules: Vec<Rule>,
    pub(super) remarks: Vec<Remark>,
    /// Glyphs whose characters are known, and those whose are not.
    pub(super) known: usize,
    pub(super) unknown: usize,
    /// Glyphs outside of what is shown of it.
    pub(super) cropped: usize,
    /// Which part of it pictures cover.
    pub(super) covered: f64,
}

impl Paper {
    /// Reads a page.
    pub(super) fn read<'a>(
        pdf: &Pdf<'a>,
        reader: &mut Reader<'_, 'a>,
        number: u32,
        page: Page<'a>,
    ) -> Self {
        let sheet = reader.sheet(page);
        let frame = page.frame;
        Self {
            number,
            frame,
            lines: layout::lines(&sheet, &page.beads(pdf)),
            known: sheet.glyphs.len(),
            unknown: sheet.glyphs.unknown,
            cropped: sheet.cropped,
            covered: sheet.ink.covered(frame.width, frame.height),
            rules: sheet.ink.rules,
            remarks: sheet.remarks,
        }
    }

    /// Whether it is a picture, as scans are: most of it is covered, and there are only few letters
    /// on it, as a stamp or a page's number.
    pub(super) fn is_scan(&self) -> bool {
        const MOST: f64 = 0.5;
        const FEW: usize = 40;
        let letters = self.lines.iter().flat_map(|line| line.text.chars());
        self.covered >= MOST && letters.filter(|c| c.is_alphanumeric()).take(FEW).count() < FEW
    }
}
