//! Chunks that begin with the end of the one before: the text is cut into smaller ones, and each is
//! then drawn out to the left, to the beginning of a sentence if there is one, else of a word.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::measure::Measure;
use super::split::Cutter;
use super::whole;
use crate::extracted::Extracted;

/// Bytes that are looked at first for each token of the overlap; most tokens have fewer.
const BYTES_PER_TOKEN: usize = 8;

/// Spans of at most `budget` tokens, of which `share` are in the span before as well.
pub(super) fn cut(
    extracted: &Extracted,
    measure: &Measure<'_>,
    budget: usize,
    share: usize,
) -> Vec<Range<usize>> {
    let text = extracted.text.as_str();
    if let Some(all) = whole(text)
        && all.len() <= budget * BYTES_PER_TOKEN
        && text.get(all.clone()).is_some_and(|text| measure.tokens(text).len() <= budget)
    {
        return vec![all];
    }
    let mut spans = Cutter::new(extracted, measure, budget.saturating_sub(share).max(1)).cut();
    let mut before = 0;
    let mut is_first = true;
    for span in &mut spans {
        if !is_first && share > 0 {
            span.start = start(text, span, before, measure, budget, share);
        }
        // The next one begins later than this one.
        before = span.start + text.get(span.start..).map_or(0, first_length);
        is_first = false;
    }
    spans
}

fn first_length(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// Where a span begins when it is drawn out, no further than to `earliest`.
fn start(
    text: &str,
    span: &Range<usize>,
    earliest: usize,
    measure: &Measure<'_>,
    budget: usize,
    share: usize,
) -> usize {
    let mut reach = share.saturating_mul(BYTES_PER_TOKEN);
    let candidates = loop {
        let from = text.ceil_char_boundary(span.start.saturating_sub(reach).max(earliest));
        let tail = text.get(from..span.start).unwrap_or_default();
        let tokens = measure.tokens(tail);
        if tokens.len() < share && from > earliest && reach < text.len() {
            reach = reach.saturating_mul(4);
            continue;
        }
        let first = tokens.len().saturating_sub(share);
        let limit = tokens.get(first).map_or(span.start, |token| from + token.start);
        break candidates(text, limit, span.start);
    };
    let fits = |start: &usize| {
        text.get(*start..span.end).is_some_and(|text| measure.tokens(text).len() <= budget)
    };
    candidates.into_iter().find(fits).unwrap_or(span.start)
}

/// Places from `limit` on where the overlap may begin, the best first.
fn candidates(text: &str, limit: usize, end: usize) -> Vec<usize> {
    let tail = text.get(limit..end).unwrap_or_default();
    let opens = text.get(..limit).and_then(|before| before.chars().next_back());
    let at_word = opens.is_none_or(char::is_whitespace);
    let mut words = tail
        .split_word_bound_indices()
        .filter(|(at, word)| (*at > 0 || at_word) && !word.trim().is_empty())
        .map(|(at, _)| limit + at);
    let first_words: Vec<usize> = words.by_ref().take(4).collect();
    let sentence = tail
        .split_sentence_bound_indices()
        .map(|(at, _)| limit + at)
        .find(|at| *at > limit || at_word);
    // A sentence that leaves most of the overlap out is no good beginning.
    let sentence = sentence.filter(|at| (at - limit) * 2 <= end - limit);
    sentence.into_iter().chain(first_words).collect()
}
