//! The pieces of the text, in the order in which they are read.

use std::ops::Range;

use super::super::little::{byte, long, offset, part, short};
use super::header::Header;

/// A run of characters that lie side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its characters, counted from the beginning of the document.
    pub(super) characters: Range<u32>,
    /// The first of its bytes in the main stream.
    pub(super) start: u32,
    /// One byte for each character, and two otherwise.
    pub(super) width: u32,
}

/// The pieces of a document.
pub(super) fn pieces(main: &[u8], table: &[u8], header: &Header) -> Vec<Piece> {
    let area = table.get(header.pieces.clone()).unwrap_or_default();
    let pieces = found(area).unwrap_or_default();
    if !pieces.is_empty() {
        return pieces;
    }
    // Without the table, the text is what lies behind the header.
    let end = header.boxes.end.min(u32::try_from(main.len()).unwrap_or(u32::MAX));
    let start = u32::try_from(header.text_start).unwrap_or(u32::MAX);
    vec![Piece { characters: 0..end, start, width: 1 }]
}

fn found(mut area: &[u8]) -> Option<Vec<Piece>> {
    // Property changes of fast saving stand first.
    while byte(area, 0)? == 1 {
        area = area.get(3 + usize::from(short(area, 1)?)..)?;
    }
    if byte(area, 0)? != 2 {
        return None;
    }
    let length = offset(area, 1)?.min(area.len() - 5);
    let list = part(area, 5, length)?;
    let count = length.checked_sub(4)? / 12;
    let mut pieces = Vec::with_capacity(count);
    let mut behind = 0;
    for number in 0..count {
        let characters = long(list, number * 4)?..long(list, number * 4 + 4)?;
        let place = long(list, (count + 1) * 4 + number * 8 + 2)?;
        let is_narrow = place & 0x4000_0000 != 0;
        let place = place & 0x3fff_ffff;
        let (start, width) = if is_narrow { (place / 2, 1) } else { (place, 2) };
        // Pieces ascend; one that does not is not looked at.
        if characters.start >= behind && characters.start < characters.end {
            behind = characters.end;
            pieces.push(Piece { characters, start, width });
        }
    }
    Some(pieces)
}
