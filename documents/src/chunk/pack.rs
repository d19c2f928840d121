//! Puts units together to chunks, so that the sum of what each chunk and each cut costs is least:
//! chunks near their aim rather than full ones with a small rest, cuts where the text ends by
//! itself rather than within a paragraph.

use std::ops::Range;

use super::unit::Bound;

/// A unit as far as packing is concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// Its tokens.
    pub(super) size: usize,
    /// Tokens that a chunk which begins with it may have.
    pub(super) room: usize,
    /// What stands before it.
    pub(super) bound: Bound,
}

/// The most units of a chunk: where they are smaller than a share of the budget, several count as
/// one (see `split.rs`), and what packing costs stays linear.
pub(super) const MOST_UNITS: usize = 128;

/// What a chunk of this size costs where `aim` would be best. Measured, as what cuts cost.
fn size(size: usize, aim: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "sizes of chunks are small")]
    let share = size as f32 / aim.max(1) as f32;
    let weight = if share > 1.0 { 2.0 } else { 1.0 };
    weight * (1.0 - share).powi(2)
}

/// Runs of items that are chunks, all items in order. An item that is larger than its room is one
/// by itself.
pub(super) fn pack(items: &[Item], aim: usize) -> Vec<Range<usize>> {
    // The least that the items before each place cost, and where the last chunk of them begins.
    let mut least: Vec<(f32, usize)> = vec![(0.0, 0)];
    for end in 1..=items.len() {
        let mut best = (f32::INFINITY, end - 1);
        let mut sum = 0;
        for start in (end.saturating_sub(MOST_UNITS)..end).rev() {
            let (Some(item), Some((before, _))) = (items.get(start), least.get(start)) else {
                break;
            };
            sum += item.size;
            if sum > item.room && start + 1 < end {
                // What stands before may have more room, but not by as much as this.
                if sum > 2 * item.room.max(aim) {
                    break;
                }
                continue;
            }
            let begun = if start == 0 { 0.0 } else { item.bound.cost() };
            let cost = before + begun + size(sum, aim);
            if cost < best.0 {
                best = (cost, start);
            }
        }
        least.push(best);
    }
    let mut runs = Vec::new();
    let mut end = items.len();
    while let Some((_, start)) = least.get(end).filter(|_| end > 0) {
        runs.push(*start..end);
        end = *start;
    }
    runs.reverse();
    runs
}
