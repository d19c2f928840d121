//! Counts the tokens of any piece of a text that was tokenised once, by where the piece stands.

use std::ops::Range;

use text_splitter::ChunkSizer;

use super::measure::Measure;

/// A token of more bytes counts as several, and so does a gap between tokens: tokenizers take the
/// longest words as one unknown token, and chunks of such would have no bound.
const LONGEST_TOKEN: usize = 32;

/// Sizes pieces of one text.
#[derive(Debug)]
pub(super) struct Sizer<'t> {
    /// The text that is split: as long as the one that was tokenised, byte by byte.
    base: &'t str,
    /// The tokens of the text, long ones parted.
    tokens: Vec<Range<usize>>,
    /// Where titles of headings begin, and the marks before them, which belong to them.
    titles: Vec<(usize, usize)>,
}

impl<'t> Sizer<'t> {
    /// Tokenises `text`, for pieces of `base`.
    pub(super) fn new(
        text: &str,
        base: &'t str,
        titles: Vec<(usize, usize)>,
        measure: &Measure<'_>,
    ) -> Self {
        let mut tokens = Vec::new();
        let mut end = 0;
        for token in measure.tokens(text) {
            part(&mut tokens, end..token.start, LONGEST_TOKEN);
            part(&mut tokens, token.clone(), 0);
            end = token.end;
        }
        part(&mut tokens, end..text.len(), LONGEST_TOKEN);
        Self { base, tokens, titles }
    }

    /// The number of tokens that stand in a range, whole or in part.
    pub(super) fn count(&self, range: &Range<usize>) -> usize {
        let before = self.tokens.partition_point(|token| token.end <= range.start);
        let upto = self.tokens.partition_point(|token| token.start < range.end);
        upto.saturating_sub(before)
    }

    /// A place that is the beginning of a title, moved to the heading's mark.
    pub(super) fn with_mark(&self, start: usize) -> usize {
        let found = self.titles.binary_search_by_key(&start, |(title, _)| *title).ok();
        found.and_then(|index| self.titles.get(index)).map_or(start, |(_, mark)| *mark)
    }
}

/// Adds a range in parts of the longest length a token may have, leaving out the first bytes.
fn part(tokens: &mut Vec<Range<usize>>, range: Range<usize>, skipped: usize) {
    let mut start = range.start.saturating_add(skipped);
    while start < range.end {
        let end = range.end.min(start + LONGEST_TOKEN);
        tokens.push(start..end);
        start = end;
    }
}

impl ChunkSizer for Sizer<'_> {
    fn size(&self, chunk: &str) -> usize {
        let start = chunk.as_ptr().addr().checked_sub(self.base.as_ptr().addr());
        match start {
            Some(start) if start + chunk.len() <= self.base.len() => {
                self.count(&(self.with_mark(start)..start + chunk.len()))
            }
            // Not a piece of the text: as many tokens as there may be at most.
            _ => chunk.len(),
        }
    }
}

/// Sizes pieces of any text, by tokenising each.
#[derive(Debug)]
pub(super) struct Exact<'e>(pub(super) &'e Measure<'e>);

impl ChunkSizer for Exact<'_> {
    fn size(&self, chunk: &str) -> usize {
        self.0.tokens(chunk).len()
    }
}
