//! From the glyphs of a page to its text: glyphs in the order in which they are drawn make lines,
//! lines make paragraphs.
//!
//! By and large the order of drawing is kept: programs that write documents draw columns, tables
//! and captions in an order that makes sense, more often than their places on the page tell it.

mod bidi;
mod line;
mod order;
mod paragraph;

use super::glyph::PageGlyphs;

use line::Line;

pub(super) use order::Area;
pub(super) use paragraph::Block;

/// The paragraphs, headings and rows of a page. `beads` are the parts of the articles that the
/// document threads through the page.
pub(super) fn blocks(glyphs: &PageGlyphs, beads: &[Area]) -> Vec<Block> {
    paragraph::of(order::sort(line::of(glyphs), beads))
}
