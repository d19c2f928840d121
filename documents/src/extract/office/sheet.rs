//! Spreadsheets, whatever file they come from: cells as they are shown, in tables where they stand
//! together.
//!
//! Only cells that hold something are kept, so that what a sheet declares itself to be costs
//! nothing.

mod format;
mod region;
mod write;

use std::collections::HashMap;
use std::rc::Rc;

use super::link::link;

pub(super) use format::Formats;
pub(super) use write::{write, write_hidden};

/// Cells of a sheet beyond these are left out: some 200 MB of memory.
const MOST_CELLS: usize = 3_000_000;

/// Texts that cells share, beyond these, are not read.
pub(super) const MOST_STRINGS: usize = 4_000_000;

/// A cell that holds something.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// From 0.
    pub(super) row: u32,
    /// From 0.
    pub(super) column: u32,
    /// As it is shown; cells that share a text share its memory.
    pub(super) text: Rc<str>,
    pub(super) is_number: bool,
}

/// A sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
    /// Cells that are merged: the upper left corner and the lower right one.
    pub(super) merged: Vec<Merged>,
    /// What is said about cells, after the tables: a name (`B2`) and a text.
    pub(super) comments: Vec<(String, String)>,
    /// Texts that lie on the sheet.
    pub(super) boxes: Vec<String>,
    /// Whether cells were left out.
    pub(super) is_cut: bool,
}

/// Cells that are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) first: (u32, u32),
    pub(super) last: (u32, u32),
}

impl Sheet {
    pub(super) fn new(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// Adds a cell; what is blank is nothing.
    pub(super) fn push(&mut self, row: u32, column: u32, text: Rc<str>, is_number: bool) {
        if self.cells.len() >= MOST_CELLS {
            self.is_cut = true;
        } else if !text.trim().is_empty() {
            self.cells.push(Cell { row, column, text, is_number });
        }
    }

    /// Makes links of cells that lead somewhere, by their row and column.
    pub(super) fn link(&mut self, links: &HashMap<(u32, u32), String>) {
        for cell in self.cells.iter_mut().filter(|_| !links.is_empty()) {
            if let Some(url) = links.get(&(cell.row, cell.column)) {
                let mut text = cell.text.to_string();
                link(&mut text, 0, url);
                cell.text = text.into();
            }
        }
    }
}

/// The name of a cell: `B2` for row 1 and column 1.
pub(super) fn name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.iter().rev().collect();
    format!("{letters}{}", u64::from(row) + 1)
}

/// The row and the column of a cell's name.
pub(super) fn place(name: &str) -> Option<(u32, u32)> {
    let name = name.trim_start_matches('$');
    let digits = name.find(|c: char| !c.is_ascii_alphabetic())?;
    let (letters, digits) = name.split_at(digits);
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let digit = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        column = column.checked_mul(26)?.checked_add(digit)?;
    }
    let row: u32 = digits.trim_start_matches('$').parse().ok()?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_names() {
        let check = |row, column, expect: &str| {
            assert_eq!(name(row, column), expect);
            assert_eq!(place(expect), Some((row, column)));
        };
        check(0, 0, "A1");
        check(9, 25, "Z10");
        check(1, 26, "AA2");
        check(1_048_575, 16_383, "XFD1048576");
        assert_eq!(place("$B$3"), Some((2, 1)));
        assert_eq!([place("A"), place("A0"), place("12"), place("AAAAAAAAAA1")], [None; 4]);
    }
}
