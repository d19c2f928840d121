//! From the glyphs of a page to its text: glyphs in the order in which they are drawn make lines,
//! lines make paragraphs and tables.
//!
//! By and large the order of drawing is kept: programs that write documents draw columns, tables
//! and captions in an order that makes sense, more often than their places on the page tell it.

mod accents;
mod bidi;
mod code;
mod hyphen;
mod line;
mod order;
mod paragraph;
mod pieces;
mod table;

use super::content::Sheet;
use super::frame::Area;
use super::ink::Rule;

pub(super) use code::clear_typewritten;
pub(super) use hyphen::Compounds;
pub(super) use line::Line;
pub(super) use paragraph::{Block, Shape};
pub(super) use table::Table;

/// The lines of a page. `beads` are the parts of the articles that the document threads through it.
pub(super) fn lines(sheet: &Sheet, beads: &[Area]) -> Vec<Line> {
    order::sort(line::of(&sheet.glyphs, &sheet.ink.rules), beads)
}

/// The paragraphs, headings and tables that lines make.
pub(super) fn blocks(mut lines: Vec<Line>, rules: &[Rule], compounds: &Compounds) -> Vec<Block> {
    code::find(&mut lines);
    paragraph::of(table::find(lines, rules, compounds), compounds)
}
