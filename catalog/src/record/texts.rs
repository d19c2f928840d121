//! What a batch says of the texts of its documents, for the verdict on duplicates.

use std::collections::HashMap;

use corpus::{DocumentId, DocumentStatus, Revision};

use crate::likeness::{Change, Counted, Likeness};

use super::ledger::Ledger;
use super::{Outcome, OutcomeKind};

/// What an outcome says of the text of its document.
#[derive(Debug)]
enum Told {
    /// This revision has it.
    Indexed(Revision, Option<Likeness>),
    /// It is a duplicate.
    Duplicate(Likeness),
    /// There is none.
    None,
    /// It could not be read.
    Failed(String),
}

/// What the outcomes of a batch say of texts: the last word on each document.
#[derive(Debug, Default)]
pub(super) struct Texts(HashMap<DocumentId, Told>);

impl Texts {
    /// Takes notice of an outcome.
    pub(super) fn note(&mut self, id: DocumentId, outcome: &Outcome) {
        let told = match &outcome.what {
            OutcomeKind::Indexed { revision, likeness, .. } => {
                Told::Indexed(*revision, likeness.clone())
            }
            OutcomeKind::Duplicate { likeness, .. } => Told::Duplicate(likeness.clone()),
            OutcomeKind::Ignored { .. } | OutcomeKind::Deleted => Told::None,
            OutcomeKind::Failed { reason } => Told::Failed(format!("{}: {reason}", outcome.key)),
            OutcomeKind::Unchanged { .. } | OutcomeKind::Seen | OutcomeKind::Redescribed { .. } => {
                return;
            }
        };
        self.0.insert(id, told);
    }

    /// What changed by that, once the outcomes are entered.
    pub(super) fn changes(self, ledger: &Ledger) -> Vec<Change> {
        self.0.into_iter().filter_map(|(id, told)| change(ledger, id, told)).collect()
    }
}

fn change(ledger: &Ledger, id: DocumentId, told: Told) -> Option<Change> {
    let before = ledger.before.get(&id);
    let after = ledger.after.get(&id);
    let was_counted = ledger.job.is_some() && before.is_some_and(|row| row.last_job == ledger.job);
    let was_live = before.is_some_and(|row| row.document.live_revision.is_some());
    let live = after.and_then(|row| row.document.live_revision);
    let counts = match &told {
        // Whether it may answer is the ledger's to say.
        Told::Indexed(revision, _) if live != Some(*revision) => return None,
        Told::Indexed(..) if was_live => Some(Counted::Modified),
        Told::Indexed(..) => Some(Counted::New),
        Told::Duplicate(_) => Some(Counted::Skipped),
        Told::None => None,
        // What is due and cannot be read stands for nothing; all else stays what it was.
        Told::Failed(_) => {
            after.filter(|row| live.is_none() && row.settled.is_none())?;
            Some(Counted::Failed)
        }
    };
    // What counts as failed goes on doing so, as for every document.
    let has_failed = before.is_some_and(|row| row.document.status == DocumentStatus::Failed);
    let counts = counts.filter(|_| !(was_counted && has_failed));
    let (likeness, failure) = match told {
        Told::Indexed(_, likeness) => (likeness, None),
        Told::Duplicate(likeness) => (Some(likeness), None),
        Told::None => (None, None),
        Told::Failed(reason) => (None, Some(reason)),
    };
    Some(Change { id, likeness, counts, was_counted, failure })
}
