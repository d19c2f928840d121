//! Cuts a text into spans within a budget of tokens, window by window, so that neither time nor
//! memory grows faster than the text.

use std::cell::Cell;
use std::ops::Range;

use text_splitter::{ChunkConfig, TextSplitter};
use unicode_segmentation::UnicodeSegmentation;

use super::bounds::{clauses, words};
use super::context::Contexts;
use super::measure::Measure;
use super::pack::{Item, MOST_UNITS, pack};
use super::sizer::Sizer;
use super::trimmed;
use super::unit::{Bound, Unit, Units};
use crate::extracted::Extracted;

/// Bytes of a window for each token of the budget: some ten chunks of prose.
const WINDOW_PER_TOKEN: usize = 48;

/// The smallest window in bytes: each costs a little to set up.
const SMALLEST_WINDOW: usize = 16 << 10;

/// The last chunks of a window are cut again with what follows: it may have cut them short.
const REDONE: usize = 2;

/// How often a window is doubled that holds no more chunks than are cut again.
const MOST_DOUBLINGS: u32 = 3;

/// A count this near to the budget is checked by tokenising the chunk itself: some tokenizers see
/// the first word of a text otherwise than one within.
const NEAR: usize = 8;

/// A piece of the text, and what is shown before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// Where the header of its table stands; empty where there is none, or it is in the range.
    pub(super) lead: Range<usize>,
}

impl Cut {
    /// A piece with nothing before it.
    pub(super) fn alone(range: Range<usize>) -> Self {
        Self { range, lead: 0..0 }
    }
}

/// Cuts one text.
#[derive(Debug)]
pub(super) struct Cutter<'a> {
    extracted: &'a Extracted,
    measure: &'a Measure<'a>,
    /// Tokens that a chunk has at most, with its lead.
    budget: usize,
    /// Tokens that it has at best.
    aim: usize,
    /// What the model is to see at once together with the chunk.
    contexts: Option<&'a Contexts>,
    /// The header that was measured last, and its tokens: a long table has one for all its rows.
    header: Cell<Option<(usize, usize, usize)>>,
}

impl<'a> Cutter<'a> {
    /// For chunks of at most `budget` tokens with their lead, and of `aim` at best.
    pub(super) fn new(
        extracted: &'a Extracted,
        measure: &'a Measure<'a>,
        budget: usize,
        aim: usize,
    ) -> Self {
        Self { extracted, measure, budget, aim, contexts: None, header: Cell::new(None) }
    }

    /// Leaves room in the model's window for what stands above each chunk.
    pub(super) fn beside(self, contexts: &'a Contexts) -> Self {
        Self { contexts: Some(contexts), ..self }
    }

    /// The pieces of a part of the text.
    pub(super) fn cut(&self, part: Range<usize>) -> Vec<Cut> {
        let mut cuts: Vec<Cut> = Vec::new();
        let mut from = part.start;
        let mut doublings = 0;
        while from < part.end {
            let to = self.window_end(from, part.end, doublings);
            let mut found = self.cut_window(from..to);
            if to < part.end {
                if found.len() <= REDONE && doublings < MOST_DOUBLINGS {
                    doublings += 1;
                    continue;
                }
                let kept = found.len().saturating_sub(REDONE).max(1);
                from = found.get(kept).map_or(to, |cut| cut.range.start);
                found.truncate(kept);
            } else {
                from = to;
            }
            doublings = 0;
            cuts.extend(found);
        }
        cuts
    }

    fn text(&self, range: Range<usize>) -> &str {
        self.extracted.text.get(range).unwrap_or_default()
    }

    /// Where a window ends: at a line's end, if there is one near.
    fn window_end(&self, from: usize, most: usize, doublings: u32) -> usize {
        let size = self.budget.saturating_mul(WINDOW_PER_TOKEN).max(SMALLEST_WINDOW) << doublings;
        let end = self.extracted.text.floor_char_boundary(from.saturating_add(size));
        if end >= most {
            return most;
        }
        let near = self.extracted.text.floor_char_boundary(end - size / 8);
        self.text(near..end).rfind('\n').map_or(end, |line| near + line + 1)
    }

    fn cut_window(&self, window: Range<usize>) -> Vec<Cut> {
        let sizer = Sizer::new(self.text(window.clone()), window.start, self.measure);
        let units = Units::of(self.extracted, window);
        let (units, items) = self.items(units, &sizer);
        let mut cuts = Vec::new();
        for run in pack(&items, self.aim) {
            let (Some(first), Some(last)) = (units.get(run.start), units.get(run.end - 1)) else {
                continue;
            };
            let range = first.range.start..last.range.end;
            let room = items.get(run.start).map_or(self.budget, |item| item.room);
            let lead = self.lead(first).map_or(0..0, |(lead, _)| lead);
            let is_sure = self.is_clean(&range) && sizer.count(&range) + NEAR <= room;
            let parts = if is_sure { vec![range] } else { self.fit(&range, room) };
            cuts.extend(parts.into_iter().map(|range| Cut { range, lead: lead.clone() }));
        }
        cuts
    }

    /// The units with their sizes: what is too long in parts, what is very short together.
    fn items(&self, units: Vec<Unit>, sizer: &Sizer) -> (Vec<Unit>, Vec<Item>) {
        let grain = self.budget / (MOST_UNITS / 2);
        let mut found: (Vec<Unit>, Vec<Item>) = (Vec::new(), Vec::new());
        let mut add = |unit: Unit, size: usize, room: usize| {
            let (units, items) = &mut found;
            if let (Some(unit_before), Some(before)) = (units.last_mut(), items.last_mut())
                && before.size + size <= grain.min(before.room)
                && !matches!(unit.bound, Bound::Heading(_))
                && unit_before.header == unit.header
            {
                unit_before.range.end = unit.range.end;
                before.size += size;
                return;
            }
            items.push(Item { size, room, bound: unit.bound });
            units.push(unit);
        };
        for unit in units {
            let room = self.room(&unit);
            // What has no token counts as one, so that a chunk has no end of units.
            let size = sizer.count(&unit.range).max(1);
            if size <= room {
                add(unit, size, room);
                continue;
            }
            for (range, bound) in self.parts(&unit.range, room, sizer) {
                let size = sizer.count(&range).max(1);
                let part = Unit { range, bound: bound.unwrap_or(unit.bound), ..unit.clone() };
                let room = self.room(&part);
                add(part, size, room);
            }
        }
        found
    }

    /// Tokens that a chunk which begins with a unit may have.
    fn room(&self, unit: &Unit) -> usize {
        let lead = self.lead(unit).map_or(0, |(_, tokens)| tokens);
        let window = self.measure.window as usize;
        let context = self.contexts.map_or(0, |contexts| contexts.at(unit.range.start).tokens);
        self.budget.min(window.saturating_sub(context).max(1)).saturating_sub(lead).max(1)
    }

    /// The header that goes before a chunk which begins with a unit, and its tokens; none where it
    /// would take more than half of the chunk.
    fn lead(&self, unit: &Unit) -> Option<(Range<usize>, usize)> {
        let header = unit.header.clone()?;
        let tokens = match self.header.get() {
            // The rows of a table follow each other.
            Some((start, end, tokens)) if (start..end) == header => tokens,
            _ => self.measure.size(self.text(header.clone())),
        };
        self.header.set(Some((header.start, header.end, tokens)));
        (tokens * 2 <= self.budget).then_some((header, tokens))
    }

    /// What is too long by itself in parts: of a sentence, else between words, else between
    /// characters. The bound before the first is the whole's.
    fn parts(
        &self,
        range: &Range<usize>,
        room: usize,
        sizer: &Sizer,
    ) -> Vec<(Range<usize>, Option<Bound>)> {
        let mut parts = Vec::new();
        for clause in clauses(self.text(range.clone())) {
            let clause = range.start + clause.start..range.start + clause.end;
            if sizer.count(&clause) <= room {
                parts.push((clause, Bound::Clause));
                continue;
            }
            let text = self.text(clause.clone());
            let mut ends: Vec<usize> = words(text).skip(1).collect();
            ends.push(text.len());
            let mut bound = Bound::Clause;
            let mut start = clause.start;
            for end in ends.into_iter().map(|end| clause.start + end) {
                let word = start..end;
                start = end;
                if sizer.count(&word) <= room {
                    parts.push((word, bound));
                } else {
                    self.letters(&word, room, sizer, &mut parts);
                }
                bound = Bound::Word;
            }
        }
        let mut parts: Vec<_> = parts
            .into_iter()
            .filter_map(|(range, bound)| Some((trimmed(&self.extracted.text, range)?, Some(bound))))
            .collect();
        if let Some((_, bound)) = parts.first_mut() {
            *bound = None;
        }
        parts
    }

    /// A word that is too long, in parts between characters as readers see them.
    fn letters(
        &self,
        word: &Range<usize>,
        room: usize,
        sizer: &Sizer,
        parts: &mut Vec<(Range<usize>, Bound)>,
    ) {
        let share = (room / 8).max(1);
        let mut start = word.start;
        if self.text(word.clone()).is_ascii() {
            while let Some(end) = sizer.reach(start, share).filter(|end| *end < word.end) {
                parts.push((start..end, Bound::Word));
                start = end;
            }
            return parts.push((start..word.end, Bound::Word));
        }
        for (at, letter) in self.text(word.clone()).grapheme_indices(true) {
            let letter = word.start + at..word.start + at + letter.len();
            // A letter may be made of too many of Unicode's characters.
            let is_whole = sizer.count(&letter) <= room;
            let characters = self
                .text(letter.clone())
                .char_indices()
                .map(|(at, c)| (letter.start + at, letter.start + at + c.len_utf8()));
            let pieces = characters.filter(|_| !is_whole);
            for (from, end) in
                is_whole.then_some((letter.start, letter.end)).into_iter().chain(pieces)
            {
                if from > start && sizer.count(&(start..end)) > share {
                    parts.push((start..from, Bound::Word));
                    start = from;
                }
            }
        }
        parts.push((start..word.end, Bound::Word));
    }

    /// A piece that may be over its room, in parts that are not.
    fn fit(&self, range: &Range<usize>, room: usize) -> Vec<Range<usize>> {
        let piece = self.text(range.clone());
        if self.measure.size(piece) <= room {
            return vec![range.clone()];
        }
        let splitter = TextSplitter::new(ChunkConfig::new(room).with_sizer(self.measure));
        let mut parts = Vec::new();
        for (start, part) in splitter.chunk_indices(piece) {
            let start = range.start + start;
            if self.measure.size(part) <= room {
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

    /// Whether a span is cut between words: then its tokens are those that it has within the text.
    fn is_clean(&self, span: &Range<usize>) -> bool {
        let is_open = |c: Option<char>| c.is_none_or(char::is_whitespace);
        is_open(self.text(0..span.start).chars().next_back())
            && is_open(self.text(span.end..self.extracted.text.len()).chars().next())
    }
}
