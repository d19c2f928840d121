//! When a checkpoint may be saved: what precedes it is an epoch, and an epoch is over when all its
//! documents are recorded, and all epochs before it are over. Documents of later epochs go on
//! meanwhile.

use std::collections::VecDeque;

/// The epochs that are not over.
#[derive(Debug)]
pub(crate) struct Epochs<T> {
    /// The number of the oldest epoch that is not over.
    first: u64,
    /// How many documents of each were recorded, from the oldest on.
    recorded: VecDeque<u64>,
    /// How many documents each has, and the checkpoint at its end; of those that have one.
    closed: VecDeque<(u64, T)>,
}

impl<T> Default for Epochs<T> {
    fn default() -> Self {
        Self { first: 0, recorded: VecDeque::new(), closed: VecDeque::new() }
    }
}

impl<T> Epochs<T> {
    /// Takes notice that a document of an epoch is recorded.
    pub(crate) fn record(&mut self, epoch: u64) {
        // An epoch that is over has no document left.
        let place = usize::try_from(epoch.saturating_sub(self.first)).unwrap_or(usize::MAX);
        while self.recorded.len() <= place {
            self.recorded.push_back(0);
        }
        if let Some(recorded) = self.recorded.get_mut(place) {
            *recorded += 1;
        }
    }

    /// Ends the oldest epoch that has no end yet, by a checkpoint after so many documents.
    pub(crate) fn close(&mut self, documents: u64, checkpoint: T) {
        self.closed.push_back((documents, checkpoint));
    }

    /// The next checkpoint that may be saved.
    pub(crate) fn next_due(&mut self) -> Option<T> {
        let (documents, _) = self.closed.front()?;
        if self.recorded.front().copied().unwrap_or(0) < *documents {
            return None;
        }
        self.recorded.pop_front();
        self.first += 1;
        self.closed.pop_front().map(|(_, checkpoint)| checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever the order in which documents are recorded and checkpoints arrive, each
        /// checkpoint is due in its turn, as soon as all before it is recorded and not before.
        #[test]
        fn a_checkpoint_waits_for_all_that_precedes_it(
            sizes in vec(0_u64..4, 1..8),
            order in vec(any::<proptest::sample::Index>(), 64),
        ) {
            let mut waiting: Vec<u64> = (0..)
                .zip(&sizes)
                .flat_map(|(epoch, size)| std::iter::repeat_n(epoch, usize::try_from(*size).unwrap_or(0)))
                .collect();
            let mut left = sizes.clone();
            let mut epochs = Epochs::default();
            let mut ends = (0..).zip(&sizes);
            let mut closed = 0;
            let mut due = Vec::new();
            for choice in order {
                // A third of the steps close an epoch; the others record a document.
                if choice.index(3) == 0 {
                    if let Some((epoch, size)) = ends.next() {
                        epochs.close(*size, epoch);
                        closed += 1;
                    }
                } else if !waiting.is_empty() {
                    let epoch = waiting.swap_remove(choice.index(waiting.len()));
                    epochs.record(epoch);
                    left[usize::try_from(epoch).unwrap_or(0)] -= 1;
                }
                while let Some(epoch) = epochs.next_due() {
                    due.push(epoch);
                }
                let over = left.iter().take_while(|left| **left == 0).count().min(closed);
                let expect: Vec<u64> = (0..).take(over).collect();
                prop_assert_eq!(&due, &expect);
            }
        }
    }
}
