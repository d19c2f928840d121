//! Chunks that begin with the end of the one before: the text is cut into smaller ones, and each is
//! then drawn out to the left, to the beginning of a sentence if there is one, else of a word.

use std::ops::Range;

use super::bounds;
use super::measure::Measure;
use super::split::{Cut, Cutter};
use super::trimmed;
use crate::extracted::Extracted;

/// Bytes that are looked at first for each token of the overlap; most tokens have fewer.
const BYTES_PER_TOKEN: usize = 8;

/// Pieces of a part of the text, of at most `budget` tokens, of which `share` are in the piece
/// before as well.
pub(super) fn cut(
    extracted: &Extracted,
    measure: &Measure<'_>,
    budget: usize,
    share: usize,
    part: Range<usize>,
) -> Vec<Cut> {
    let text = extracted.text.as_str();
    if let Some(all) = text.get(part.clone())
        && all.len() <= budget * BYTES_PER_TOKEN
        && measure.size(all) <= budget
    {
        return trimmed(text, part).map(Cut::alone).into_iter().collect();
    }
    let least = budget.saturating_sub(share).max(1);
    let cutter = Cutter::new(extracted, measure, least, least);
    let mut cuts = cutter.cut(part);
    draw_out(extracted, measure, budget, share, &mut cuts);
    cuts
}

/// Tokens of a budget that pieces may have in common: not all of them.
pub(super) fn share(overlap: usize, budget: usize) -> usize {
    overlap.min(budget.saturating_sub(1))
}

/// Lets each piece but the first begin with the end of the one before.
pub(super) fn draw_out(
    extracted: &Extracted,
    measure: &Measure<'_>,
    budget: usize,
    share: usize,
    cuts: &mut [Cut],
) {
    let text = extracted.text.as_str();
    let mut before = 0;
    let mut is_first = true;
    for Cut { range, lead } in cuts {
        // Within a table the header is what goes before.
        if !is_first && share > 0 && lead.start == lead.end {
            range.start = start(text, range, before, measure, budget, share);
        }
        // The next one begins later than this one.
        before = range.start + text.get(range.start..).map_or(0, first_length);
        is_first = false;
    }
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
    let fits =
        |start: &usize| text.get(*start..span.end).is_some_and(|text| measure.size(text) <= budget);
    candidates.into_iter().find(fits).unwrap_or(span.start)
}

/// Places from `limit` on where the overlap may begin, the best first.
fn candidates(text: &str, limit: usize, end: usize) -> Vec<usize> {
    let tail = text.get(limit..end).unwrap_or_default();
    let opens = text.get(..limit).and_then(|before| before.chars().next_back());
    let at_word = opens.is_none_or(char::is_whitespace);
    let words = bounds::words(tail).filter(|at| {
        let begins = tail.get(*at..).and_then(|rest| rest.chars().next());
        (*at > 0 || at_word) && begins.is_some_and(|first| !first.is_whitespace())
    });
    let first_words: Vec<usize> = words.take(4).map(|at| limit + at).collect();
    let sentences = bounds::sentences(tail).into_iter();
    let sentence =
        sentences.map(|sentence| limit + sentence.start).find(|at| *at > limit || at_word);
    // A sentence that leaves most of the overlap out is no good beginning.
    let sentence = sentence.filter(|at| (at - limit) * 2 <= end - limit);
    sentence.into_iter().chain(first_words).collect()
}
