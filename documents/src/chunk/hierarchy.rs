//! Chunks in two sizes: parents, and the children that they are cut into.

use std::ops::Range;

use corpus::{Chunk, Parent};

use super::context::Contexts;
use super::measure::Measure;
use super::overlap;
use super::place::place;
use super::split::{Cut, Cutter};
use crate::extracted::Extracted;

/// Tokens of the two sizes, and those that chunks of one size have in common with the one before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Levels {
    pub(super) parent: usize,
    pub(super) child: usize,
    pub(super) overlap: usize,
}

/// The children of a text. The first of each parent carries it.
pub(super) fn children(
    extracted: &Extracted,
    levels: Levels,
    contexts: &Contexts,
    measure: &Measure<'_>,
) -> Vec<Chunk> {
    let all = 0..extracted.text.len();
    // What a parent has of its own. Children stay within it, so that they follow each other.
    let share = overlap::share(levels.overlap, levels.parent);
    let least = levels.parent - share;
    let cutter = Cutter::new(extracted, measure, least, least);
    let own = cutter.cut(all);
    let mut parents = own.clone();
    overlap::draw_out(extracted, measure, levels.parent, share, &mut parents);
    let mut cuts: Vec<Cut> = Vec::new();
    let mut families: Vec<Range<usize>> = Vec::new();
    for Cut { range, .. } in own {
        let first = cuts.len();
        let share = overlap::share(levels.overlap, levels.child);
        cuts.extend(overlap::cut(extracted, measure, levels.child, share, range));
        families.push(first..cuts.len());
    }
    let only: Vec<bool> = families
        .iter()
        .zip(&parents)
        .map(|(family, parent)| {
            family.len() == 1 && cuts.get(family.start).is_some_and(|child| child == parent)
        })
        .collect();
    let mut chunks = place(extracted, &cuts, contexts, measure);
    let parents = place(extracted, &parents, contexts, measure);
    for ((family, parent), is_only) in families.into_iter().zip(parents).zip(only) {
        // A parent that is its only child needs not be kept.
        let (false, Some(first)) = (is_only, chunks.get(family.start)) else { continue };
        let ordinal = first.ordinal;
        for chunk in chunks.get_mut(family).unwrap_or_default() {
            chunk.parent = Some(Parent::With(ordinal));
        }
        if let Some(first) = chunks.get_mut(ordinal as usize) {
            let parent = Chunk { ordinal, context: String::new(), ..parent };
            first.parent = Some(Parent::Carried(Box::new(parent)));
        }
    }
    chunks
}
