//! Pages of properties (FKP): for a byte of the text, what its paragraph or its run of characters
//! is.

use std::ops::Range;

use super::super::little::{byte, long, offset, part, short};

/// What a paragraph is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) style: u16,
    pub(super) in_table: bool,
    pub(super) ends_row: bool,
    /// Tables in tables: their marks.
    pub(super) ends_inner_cell: bool,
    pub(super) list: u16,
    pub(super) depth: u8,
    /// 0 to 8 for headings.
    pub(super) outline: Option<u8>,
}

/// What a page tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Paragraphs,
    Characters,
}

/// Properties by the bytes that they are of.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    main: &'a [u8],
    about: About,
    /// Where the bytes of each page begin, and where it lies.
    by_start: Vec<(u32, usize)>,
}

const PAGE: usize = 512;

impl<'a> Pages<'a> {
    pub(super) fn of(main: &'a [u8], table: &[u8], list: &Range<usize>, about: About) -> Self {
        let list = table.get(list.clone()).unwrap_or_default();
        let count = list.len().saturating_sub(4) / 8;
        let pages = (0..count).map_while(|number| {
            let start = long(list, number * 4)?;
            let page = offset(list, (count + 1) * 4 + number * 4)? & 0x3f_ffff;
            Some((start, page * PAGE))
        });
        let mut pages: Vec<(u32, usize)> = pages.collect();
        pages.sort_unstable();
        Self { main, about, by_start: pages }
    }

    /// The bytes that have the same properties as the one at `at`, and their properties.
    pub(super) fn at(&self, at: u32) -> Option<(Range<u32>, &'a [u8])> {
        let before = self.by_start.partition_point(|(start, _)| *start <= at);
        let (_, place) = self.by_start.get(before.checked_sub(1)?)?;
        let page = part(self.main, *place, PAGE)?;
        let count = usize::from(byte(page, PAGE - 1)?);
        let bound = |number: usize| long(page, number * 4);
        let number = (0..count).find(|number| bound(number + 1).is_some_and(|end| at < end))?;
        let range = bound(number)?..bound(number + 1)?;
        if !range.contains(&at) {
            return None;
        }
        let begin = (count + 1) * 4;
        let properties = match self.about {
            About::Paragraphs => {
                let at = usize::from(byte(page, begin + number * 13)?) * 2;
                let length = usize::from(byte(page, at)?);
                if at == 0 {
                    &[]
                } else if length == 0 {
                    part(page, at + 2, usize::from(byte(page, at + 1)?) * 2).unwrap_or_default()
                } else {
                    part(page, at + 1, length * 2 - 1).unwrap_or_default()
                }
            }
            About::Characters => {
                let at = usize::from(byte(page, begin + number)?) * 2;
                let length = usize::from(byte(page, at)?);
                if at == 0 { &[] } else { part(page, at + 1, length).unwrap_or_default() }
            }
        };
        Some((range, properties))
    }
}

impl Paragraph {
    /// A paragraph's properties: its style, then changes to it.
    pub(super) fn of(properties: &[u8]) -> Self {
        let mut paragraph =
            Self { style: short(properties, 0).unwrap_or_default(), ..Self::default() };
        each(properties.get(2..).unwrap_or_default(), |code, operand| {
            let value = byte(operand, 0).unwrap_or_default();
            match code {
                0x2416 => paragraph.in_table = value != 0,
                0x2417 => paragraph.ends_row = value != 0,
                0x244b => paragraph.ends_inner_cell = value != 0,
                0x244c if value != 0 => paragraph.ends_inner_cell = true,
                0x260a => paragraph.depth = value,
                0x460b => paragraph.list = short(operand, 0).unwrap_or_default(),
                0x2640 => paragraph.outline = Some(value),
                _ => {}
            }
        });
        paragraph
    }
}

/// Whether characters are hidden, or were deleted while changes were tracked.
pub(super) fn is_hidden(properties: &[u8]) -> bool {
    let mut is_hidden = false;
    each(properties, |code, operand| {
        if matches!(code, 0x083c | 0x0800) {
            is_hidden |= byte(operand, 0).is_some_and(|value| value & 1 == 1);
        }
    });
    is_hidden
}

/// Calls `visit` with each change: its code and its operand.
fn each(mut changes: &[u8], mut visit: impl FnMut(u16, &[u8])) {
    while let Some(code) = short(changes, 0) {
        let (skipped, length) = match code >> 13 {
            0 | 1 => (0, 1),
            2 | 4 | 5 => (0, 2),
            3 => (0, 4),
            7 => (0, 3),
            // Tables are described in more than a byte can count.
            _ if code == 0xd608 => {
                (2, usize::from(short(changes, 2).unwrap_or_default()).saturating_sub(1))
            }
            _ => (1, usize::from(byte(changes, 2).unwrap_or_default())),
        };
        let start = 2 + skipped;
        let Some(operand) = part(changes, start, length) else { return };
        visit(code, operand);
        changes = changes.get(start + length..).unwrap_or_default();
    }
}
