//! What the lines of a text are: which of them go on where an editor wrapped them, begin an item, or
//! are headings.

use std::ops::Range;

use crate::words::is_fence;

/// A line that is not empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    /// Its words, without the white space around them.
    pub(super) words: &'t str,
    /// How far it is indented.
    indent: usize,
    /// Where its words begin in the text.
    pub(super) start: usize,
    /// Where its words end.
    pub(super) end: usize,
}

/// Lines that are shorter are not wrapped, they end.
const SHORTEST_WRAPPED: usize = 40;

impl<'t> Line<'t> {
    pub(super) fn of(line: &'t str, range: &Range<usize>) -> Option<Self> {
        let words = line.trim();
        let indent = line.len() - line.trim_start().len();
        let start = range.start + indent;
        (!words.is_empty()).then(|| Self { words, indent, start, end: start + words.len() })
    }

    pub(super) fn is_fence(&self) -> bool {
        is_fence(self.words)
    }

    /// The level of the heading that it is.
    pub(super) fn heading(&self) -> Option<u8> {
        let marked = self.words.trim_start_matches('#');
        let level = u8::try_from(self.words.len() - marked.len()).ok()?;
        let is_heading = (1..=6).contains(&level)
            && marked.starts_with([' ', '\t'])
            && !marked.trim().is_empty();
        is_heading.then_some(level)
    }

    /// Whether it is a row of a table.
    pub(super) fn is_row(&self) -> bool {
        self.words.starts_with('|')
    }

    /// Whether this line is the rest of the one above, wrapped.
    pub(super) fn goes_on(&self, above: &Self) -> bool {
        let is_prose =
            |line: &Self| !line.words.starts_with(['|', '#', '>', '+', '=']) && !line.begins_item();
        above.words.chars().nth(SHORTEST_WRAPPED).is_some()
            && (above.begins_item() || is_prose(above))
            && is_prose(self)
            && self.indent < 4 + above.indent
            && above.heading().is_none()
            && !above.words.ends_with('\\')
    }

    pub(super) fn begins_item(&self) -> bool {
        let (first, rest) = self.words.split_once(' ').unwrap_or((self.words, ""));
        let number = first.trim_end_matches(['.', ')']);
        !rest.is_empty()
            && (matches!(first, "-" | "*" | "+" | "•" | "–")
                || (number.len() < first.len()
                    && number.len() <= 3
                    && number.bytes().all(|byte| byte.is_ascii_alphanumeric())))
    }
}

/// The lines of a range of a text that are not empty, and how many line breaks stand before each.
pub(super) fn lines(text: &str, range: Range<usize>) -> impl Iterator<Item = (Line<'_>, usize)> {
    let mut offset = range.start;
    let mut breaks = 0;
    text.get(range).unwrap_or_default().split_inclusive('\n').filter_map(move |line| {
        let place = offset..offset + line.len();
        offset = place.end;
        let before = breaks;
        let found = Line::of(line, &place);
        breaks = usize::from(line.ends_with('\n')) + if found.is_none() { before } else { 0 };
        found.map(|line| (line, before))
    })
}
