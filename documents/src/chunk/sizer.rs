//! Counts the tokens of any piece of a text that was tokenised once, by where the piece stands.

use std::ops::Range;

use super::measure::Measure;

/// A token of more bytes counts as several, and so does a gap between tokens: tokenizers take the
/// longest words as one unknown token, and chunks of such would have no bound.
const LONGEST_TOKEN: usize = 32;

/// Sizes pieces of one text.
#[derive(Debug)]
pub(super) struct Sizer {
    /// Where the text begins.
    offset: usize,
    /// The tokens of the text, long ones parted.
    tokens: Vec<Range<usize>>,
}

impl Sizer {
    /// Tokenises a text that begins at `offset` of a larger one.
    pub(super) fn new(text: &str, offset: usize, measure: &Measure<'_>) -> Self {
        let mut tokens = Vec::new();
        let mut end = 0;
        for token in measure.tokens(text) {
            part(&mut tokens, end..token.start, LONGEST_TOKEN);
            part(&mut tokens, token.clone(), 0);
            end = token.end;
        }
        part(&mut tokens, end..text.len(), LONGEST_TOKEN);
        Self { offset, tokens }
    }

    /// The number of tokens that stand in a range of the larger text, whole or in part.
    pub(super) fn count(&self, range: &Range<usize>) -> usize {
        let (start, end) =
            (range.start.saturating_sub(self.offset), range.end.saturating_sub(self.offset));
        let before = self.tokens.partition_point(|token| token.end <= start);
        let upto = self.tokens.partition_point(|token| token.start < end);
        upto.saturating_sub(before)
    }

    /// Where the `count`-th token from a place on ends.
    pub(super) fn reach(&self, start: usize, count: usize) -> Option<usize> {
        let start = start.saturating_sub(self.offset);
        let before = self.tokens.partition_point(|token| token.end <= start);
        let last = before + count.checked_sub(1)?;
        self.tokens.get(last).map(|token| self.offset + token.end)
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
