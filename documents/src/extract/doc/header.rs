//! The file information block: where everything is.

use std::ops::Range;

use super::super::little::{long, offset, part, short};

/// What the beginning of a document tells.
#[derive(Debug)]
pub(super) struct Header {
    /// Written by Word 95 or before, in another format.
    pub(super) is_old: bool,
    pub(super) is_encrypted: bool,
    /// The stream of tables, and the one that an earlier saving may have left.
    pub(super) table: &'static str,
    pub(super) other_table: &'static str,
    /// Where the text begins in a document without pieces.
    pub(super) text_start: usize,
    /// The parts of the text, in characters: body, notes, heads and feet, comments, end notes,
    /// text boxes.
    pub(super) body: Range<u32>,
    pub(super) notes: Range<u32>,
    /// What stands above and below the pages.
    pub(super) heads: Range<u32>,
    pub(super) comments: Range<u32>,
    pub(super) end_notes: Range<u32>,
    pub(super) boxes: Range<u32>,
    pub(super) styles: Range<usize>,
    pub(super) character_pages: Range<usize>,
    pub(super) paragraph_pages: Range<usize>,
    pub(super) pieces: Range<usize>,
    pub(super) lists: Range<usize>,
    pub(super) list_names: Range<usize>,
}

/// Where pairs of offset and length begin.
const PAIRS: usize = 0x9a;

impl Header {
    pub(super) fn of(main: &[u8]) -> Option<Self> {
        let mark = short(main, 0)?;
        let version = short(main, 2)?;
        let flags = short(main, 10)?;
        let is_old = mark != 0xa5ec || version < 0xc1;
        if is_old {
            part(main, 0, 0x20)?;
        }
        let pair = |number: usize| {
            let start = offset(main, PAIRS + number * 8).unwrap_or_default();
            let length = offset(main, PAIRS + number * 8 + 4).unwrap_or_default();
            start..start.saturating_add(length)
        };
        // Lengths: body, notes, headers, macros, comments, end notes, text boxes.
        let mut ends = [0_u32; 7];
        let mut end = 0_u32;
        for (number, slot) in ends.iter_mut().enumerate() {
            let length = long(main, 0x4c + number * 4).unwrap_or_default();
            // Negative lengths are none.
            end = end.saturating_add(if length > i32::MAX as u32 { 0 } else { length });
            *slot = end;
        }
        let [body, notes, heads, macros, comments, end_notes, boxes] = ends;
        let uses_second = flags & 0x0200 != 0;
        let (first, second) = ("/0Table", "/1Table");
        Some(Self {
            is_old,
            is_encrypted: flags & 0x0100 != 0,
            table: if uses_second { second } else { first },
            other_table: if uses_second { first } else { second },
            text_start: offset(main, 0x18).unwrap_or_default(),
            body: 0..body,
            notes: body..notes,
            heads: notes..heads,
            comments: macros..comments,
            end_notes: comments..end_notes,
            boxes: end_notes..boxes,
            styles: pair(1),
            character_pages: pair(12),
            paragraph_pages: pair(13),
            pieces: pair(33),
            lists: pair(73),
            list_names: pair(74),
        })
    }
}
