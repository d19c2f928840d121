//! Cuts a text into spans within a budget of tokens, window by window, so that neither time nor
//! memory grows faster than the text.

use std::ops::Range;

use text_splitter::{ChunkConfig, ChunkSizer, TextSplitter};

use super::measure::Measure;
use super::sizer::{Exact, Sizer};
use super::skeleton::{self, Lines};
use crate::extracted::{Extracted, Kind};

/// Bytes of a window for each token of the budget: some five chunks of prose.
const WINDOW_PER_TOKEN: usize = 24;

/// The smallest window in bytes: each costs a little to set up.
const SMALLEST_WINDOW: usize = 4 << 10;

/// How often a window is doubled that holds but one chunk: then there is room for two of the longest
/// tokens that a sizer knows.
const MOST_DOUBLINGS: u32 = 2;

/// A count this near to the budget is checked by tokenising the chunk itself: some tokenizers see
/// the first word of a text otherwise than one within.
const NEAR: usize = 8;

/// Cuts one text.
pub(super) struct Cutter<'a> {
    text: &'a str,
    lines: Lines,
    measure: &'a Measure<'a>,
    budget: usize,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(extracted: &'a Extracted, measure: &'a Measure<'a>, budget: usize) -> Self {
        let lines = match extracted.kind {
            Kind::Text | Kind::Markdown => Lines::Wrapped,
            _ => Lines::Meant,
        };
        Self { text: &extracted.text, lines, measure, budget }
    }

    /// The spans, in bytes.
    pub(super) fn cut(&self) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        let mut doublings = 0;
        while from < self.text.len() {
            let to = self.window_end(from, doublings);
            let mut found = self.cut_window(from..to);
            if to < self.text.len() && found.len() == 1 && doublings < MOST_DOUBLINGS {
                doublings += 1;
                continue;
            }
            doublings = 0;
            from = to;
            // The last span may have been cut short by the end of the window.
            if to < self.text.len()
                && found.len() > 1
                && let Some(last) = found.pop()
            {
                from = last.start;
            }
            spans.extend(found);
        }
        spans
    }

    /// Where a window ends: at a line's end, if there is one near.
    fn window_end(&self, from: usize, doublings: u32) -> usize {
        let size = (self.budget * WINDOW_PER_TOKEN).max(SMALLEST_WINDOW) << doublings;
        let end = self.text.floor_char_boundary(from.saturating_add(size));
        if end == self.text.len() {
            return end;
        }
        let near = self.text.floor_char_boundary(end - size / 8);
        let line = self.text.get(near..end).and_then(|text| text.rfind('\n'));
        line.map_or(end, |line| near + line + 1)
    }

    fn cut_window(&self, window: Range<usize>) -> Vec<Range<usize>> {
        let offset = window.start;
        let text = self.text.get(window).unwrap_or_default();
        let skeleton = skeleton::draw(text, self.lines);
        let sizer = Sizer::new(text, &skeleton.text, skeleton.titles, self.measure);
        let splitter = TextSplitter::new(ChunkConfig::new(self.budget).with_sizer(&sizer));
        let mut spans = Vec::new();
        for (start, piece) in splitter.chunk_indices(&skeleton.text) {
            let end = start + piece.len();
            let span = sizer.with_mark(start)..end;
            let size = sizer.count(&span);
            if is_clean(text, &span) && size + NEAR <= self.budget {
                spans.push(offset + span.start..offset + span.end);
            } else {
                let parts = self.fit(text.get(span.clone()).unwrap_or_default());
                let at = offset + span.start;
                spans.extend(parts.into_iter().map(|part| at + part.start..at + part.end));
            }
        }
        spans
    }

    /// A piece that may be over the budget, in parts that are not.
    fn fit(&self, piece: &str) -> Vec<Range<usize>> {
        let exact = Exact(self.measure);
        if exact.size(piece) <= self.budget {
            return std::iter::once(0..piece.len()).collect();
        }
        let splitter = TextSplitter::new(ChunkConfig::new(self.budget).with_sizer(&exact));
        let mut parts = Vec::new();
        for (start, part) in splitter.chunk_indices(piece) {
            if exact.size(part) <= self.budget {
                parts.push(start..start + part.len());
            } else {
                // A single character, as readers see it, made of too many of Unicode's.
                let bounds =
                    part.char_indices().map(|(at, c)| start + at..start + at + c.len_utf8());
                parts.extend(bounds);
            }
        }
        parts
    }
}

/// Whether a span is cut between words: then its tokens are those that it has within the text.
fn is_clean(text: &str, span: &Range<usize>) -> bool {
    let is_open = |c: Option<char>| c.is_none_or(char::is_whitespace);
    is_open(text.get(..span.start).and_then(|before| before.chars().next_back()))
        && is_open(text.get(span.end..).and_then(|behind| behind.chars().next()))
}
