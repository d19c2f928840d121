//! Chunks that end where the meaning turns. What the sentences mean is for whoever can embed them:
//! groups of sentences are given out, and the distances between them come back.

use std::ops::Range;

use corpus::Chunk;

use super::context::Contexts;
use super::measure::Measure;
use super::place::place;
use super::split::{Cut, Cutter};
use super::unit::{Bound, Units};
use crate::extracted::Extracted;

/// The sentences of a text, each together with its neighbours.
#[derive(Debug)]
pub struct Sentences {
    sentences: Vec<Range<usize>>,
    buffer_size: usize,
}

impl Sentences {
    /// Those of a text, each with `buffer_size` others on either side. Rows of tables, lines of
    /// code and items are sentences too; a heading is part of the first one under it.
    pub fn of(extracted: &Extracted, buffer_size: u32) -> Self {
        let mut sentences: Vec<Range<usize>> = Vec::new();
        for unit in Units::of(extracted, 0..extracted.text.len()) {
            match sentences.last_mut() {
                Some(last) if unit.bound == Bound::Glued => last.end = unit.range.end,
                _ => sentences.push(unit.range),
            }
        }
        Self { sentences, buffer_size: buffer_size as usize }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sentences.len()
    }

    /// A sentence of that text with its neighbours: what is to be embedded.
    pub fn group<'t>(&self, extracted: &'t Extracted, index: usize) -> &'t str {
        let first = self.sentences.get(index.saturating_sub(self.buffer_size));
        let last = (index + self.buffer_size).min(self.sentences.len().saturating_sub(1));
        let range = first.zip(self.sentences.get(last)).map(|(first, last)| first.start..last.end);
        range.and_then(|range| extracted.text.get(range)).unwrap_or_default()
    }

    /// Cuts the text where two groups that follow each other are further apart than `percentile`
    /// percent of all, and what is still longer than `max_tokens` as texts are cut otherwise.
    /// `distances` are those of each group to the next one.
    pub fn cut(
        &self,
        extracted: &Extracted,
        distances: &[f32],
        percentile: u32,
        max_tokens: u32,
        measure: &Measure<'_>,
    ) -> Vec<Chunk> {
        let threshold = at_percentile(distances, percentile);
        let budget = max_tokens.max(1) as usize;
        let cutter = Cutter::new(extracted, measure, budget, budget);
        let turns = self.sentences.iter().skip(1).zip(distances);
        let turns = turns.filter(|(_, distance)| **distance > threshold);
        let ends = turns.map(|(next, _)| next.start).chain([extracted.text.len()]);
        let mut cuts: Vec<Cut> = Vec::new();
        let mut start = 0;
        for end in ends {
            cuts.extend(cutter.cut(start..end));
            start = end;
        }
        place(extracted, &cuts, &Contexts::of(extracted, measure), measure)
    }
}

/// The value that `percentile` percent are not above, between two of them in proportion.
fn at_percentile(values: &[f32], percentile: u32) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let place = sorted.len().saturating_sub(1) * percentile.min(100) as usize;
    let (Some(below), share) = (sorted.get(place / 100), place % 100) else {
        return f32::INFINITY;
    };
    let above = sorted.get(place / 100 + 1).unwrap_or(below);
    #[expect(clippy::cast_precision_loss, reason = "it is less than a hundred")]
    let share = share as f32 / 100.0;
    below + (above - below) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_places_a_share_is_above_the_percentile() {
        let distances: Vec<f32> = (0..100_u8).map(|number| f32::from(number * 7 % 100)).collect();
        for percentile in [50, 90, 95, 99] {
            let threshold = at_percentile(&distances, percentile);
            let above = distances.iter().filter(|distance| **distance > threshold).count();
            assert_eq!(above, 100 - percentile as usize);
        }
        assert!(at_percentile(&[], 50).is_infinite());
        assert!((at_percentile(&[1.0], 99) - 1.0).abs() < f32::EPSILON);
        assert!((at_percentile(&[1.0, 2.0], 50) - 1.5).abs() < f32::EPSILON);
    }
}
