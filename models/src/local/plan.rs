//! Which waiting windows are embedded together.
//!
//! Padding costs as much as text, so windows of nearly the same length belong together, whichever
//! documents they come from; and the oldest window always goes, so that none waits for ever.

/// What a window costs beside its tokens, in tokens: a run of its own. Measured on
/// all-MiniLM-L6-v2; more padding than this is dearer than another run.
const RUN_COST: usize = 5;

/// The places of the windows to embed next, ascending, out of the lengths of those that wait, the
/// oldest first: together at most `budget` tokens with padding, or the oldest alone.
pub(super) fn next(lengths: &[usize], budget: usize) -> Vec<usize> {
    let Some(&anchor) = lengths.first() else { return Vec::new() };
    let mut near: Vec<usize> = (1..lengths.len()).collect();
    near.sort_by_key(|&at| (lengths[at].abs_diff(anchor), at));
    let mut batch = vec![0];
    let mut longest = anchor;
    for at in near {
        let padded = longest * batch.len();
        let new_longest = longest.max(lengths[at]);
        let new_padded = new_longest * (batch.len() + 1);
        if new_padded > budget || new_padded > padded + lengths[at] + RUN_COST {
            break;
        }
        batch.push(at);
        longest = new_longest;
    }
    batch.sort_unstable();
    batch
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(lengths: &[usize], budget: usize, expect: &[usize]) {
        assert_eq!(next(lengths, budget), expect, "{lengths:?} within {budget}");
    }

    #[test]
    fn windows_of_one_length_go_together() {
        check(&[], 256, &[]);
        check(&[300], 256, &[0]);
        check(&[200, 200], 256, &[0]);
        check(&[20, 200, 21, 19, 254, 20], 256, &[0, 2, 3, 5]);
        check(&[20, 30, 26], 256, &[0]);
        check(&[20, 16], 256, &[0, 1]);
        check(&[20, 20, 20], 40, &[0, 1]);
    }

    proptest! {
        /// Batch after batch, every window goes once, and no batch is over the budget.
        #[test]
        fn every_window_goes_within_the_budget(
            lengths in prop::collection::vec(2_usize..300, 0..200),
            budget in 64_usize..1024,
        ) {
            let mut waiting: Vec<(usize, usize)> = lengths.iter().copied().enumerate().collect();
            let mut gone = Vec::new();
            while !waiting.is_empty() {
                let oldest = waiting[0].0;
                let batch = next(&waiting.iter().map(|(_, length)| *length).collect::<Vec<_>>(), budget);
                let longest = batch.iter().map(|at| waiting[*at].1).max().unwrap_or(0);
                prop_assert!(batch.len() == 1 || longest * batch.len() <= budget);
                prop_assert!(batch.is_sorted() && batch[0] == 0);
                for at in batch.into_iter().rev() {
                    gone.push(waiting.remove(at).0);
                }
                prop_assert!(gone.contains(&oldest));
            }
            gone.sort_unstable();
            prop_assert_eq!(gone, (0..lengths.len()).collect::<Vec<_>>());
        }
    }
}
