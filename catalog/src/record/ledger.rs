//! What outcomes do to the rows of their documents and to the statistics: no I/O.

use std::collections::{HashMap, HashSet};

use corpus::{
    ChangeKey, DataSourceId, DocumentId, DocumentStatus, IngestionJobId, JobStatistics,
    KnowledgeBaseId, Revision,
};

use crate::documents::DocumentRow;

use super::{Outcome, OutcomeKind};

/// The rows that a batch is about, and what the batch makes of them.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) job: Option<IngestionJobId>,
    pub(super) knowledge_base: KnowledgeBaseId,
    pub(super) data_source: DataSourceId,
    /// The greatest revision that a removed document of the data source had.
    pub(super) floor: Revision,
    /// The documents as they were.
    pub(super) before: HashMap<DocumentId, DocumentRow>,
    /// The documents as they are.
    pub(super) after: HashMap<DocumentId, DocumentRow>,
    /// The documents in the order in which they came up.
    pub(super) order: Vec<DocumentId>,
    /// What documents wait for by a submission that this batch is not about.
    pub(super) waiting: HashMap<DocumentId, DocumentStatus>,
    /// Documents that the job has counted and that have no row.
    pub(super) removed: HashSet<DocumentId>,
    /// Revisions that are being written.
    pub(super) writing: HashSet<(DocumentId, Revision)>,
    /// Revisions that are live now.
    pub(super) indexed: Vec<(DocumentId, Revision)>,
    /// Revisions that are not live any more.
    pub(super) obsolete: Vec<(DocumentId, Revision)>,
    /// What is added to the job's statistics.
    pub(super) statistics: JobStatistics,
    /// What is added to the job's failure reasons.
    pub(super) reasons: Vec<String>,
    /// Submissions that are done.
    pub(super) submissions: Vec<i64>,
}

impl Ledger {
    /// Takes an outcome in.
    pub(super) fn enter(&mut self, outcome: Outcome) {
        let id = DocumentId::of(self.data_source, &outcome.key);
        self.order.push(id);
        self.submissions.extend(outcome.submission);
        if self.after.get(&id).is_some_and(|row| is_superseded(row, &outcome)) {
            if let OutcomeKind::Indexed { revision, .. }
            | OutcomeKind::Redescribed { revision, .. } = outcome.what
            {
                self.obsolete.push((id, revision));
            }
            return;
        }
        let row = self.after.remove(&id);
        let deleted = matches!(outcome.what, OutcomeKind::Deleted);
        if row.is_none()
            && matches!(
                outcome.what,
                OutcomeKind::Deleted | OutcomeKind::Unchanged { .. } | OutcomeKind::Seen
            )
        {
            return;
        }
        let counted = self.is_counted(id, row.as_ref()) || self.count(row.as_ref(), &outcome);
        let mut row = row.unwrap_or_else(|| {
            let (knowledge_base, data_source) = (self.knowledge_base, self.data_source);
            let (key, location) = (&outcome.key, &outcome.location);
            DocumentRow::new(knowledge_base, data_source, key, location, self.floor)
        });
        let waiting = self.waiting.get(&id).copied();
        if deleted && waiting.is_none() {
            self.obsolete.extend(row.document.live_revision.map(|revision| (id, revision)));
            self.floor = self.floor.max(row.last_revision);
            if counted {
                self.removed.insert(id);
            }
            return;
        }
        if !matches!(outcome.what, OutcomeKind::Seen) {
            row.document.location = outcome.location;
        }
        row.last_job = self.job.or(row.last_job);
        if says_who_may_read(&outcome.what) {
            row.document.access = outcome.access;
        }
        self.change(&mut row, outcome.what, outcome.sidecar);
        if let Some(status) = waiting {
            row.show(status, None);
        }
        self.after.insert(id, row);
    }

    /// Whether the document is in the job's statistics already.
    fn is_counted(&self, id: DocumentId, row: Option<&DocumentRow>) -> bool {
        self.removed.contains(&id)
            || row.is_some_and(|row| row.last_job.is_some() && row.last_job == self.job)
    }

    /// Counts an outcome; tells whether it counts.
    fn count(&mut self, row: Option<&DocumentRow>, outcome: &Outcome) -> bool {
        let statistics = &mut self.statistics;
        let was_live = row.is_some_and(|row| row.document.live_revision.is_some());
        // Sidecars that were there before and were updated or deleted count as modified; a new one
        // does not, by the words of Bedrock's model.
        let had_sidecar = row.is_some_and(|row| row.sidecar);
        if matches!(outcome.what, OutcomeKind::Deleted) {
            statistics.documents_deleted += u64::from(was_live);
            statistics.metadata_documents_modified += u64::from(was_live && had_sidecar);
            return was_live;
        }
        let is_left_out = row.is_some_and(DocumentRow::is_left_out);
        statistics.documents_scanned += 1;
        statistics.metadata_documents_scanned += u64::from(outcome.sidecar);
        match &outcome.what {
            OutcomeKind::Deleted => {}
            OutcomeKind::Seen => statistics.documents_skipped += u64::from(is_left_out),
            OutcomeKind::Unchanged { .. } => {
                let gone = had_sidecar && !outcome.sidecar;
                statistics.metadata_documents_modified += u64::from(gone);
                statistics.documents_skipped += u64::from(is_left_out);
            }
            OutcomeKind::Indexed { chunk_count, metadata, .. } => {
                statistics.new_documents_indexed += u64::from(!was_live);
                statistics.modified_documents_indexed += u64::from(was_live);
                statistics.chunks_indexed += chunk_count;
                let gone = had_sidecar && !outcome.sidecar;
                let updated = had_sidecar
                    && was_live
                    && row.is_some_and(|row| row.document.metadata != *metadata);
                statistics.metadata_documents_modified += u64::from(gone || updated);
            }
            OutcomeKind::Redescribed { metadata, .. } => {
                let changed = row.is_some_and(|row| row.document.metadata != *metadata);
                let of_sidecar = had_sidecar || outcome.sidecar;
                // A new sidecar counts as scanned alone.
                let modified = had_sidecar && (changed || !outcome.sidecar);
                statistics.metadata_documents_modified += u64::from(modified);
                statistics.modified_documents_indexed += u64::from(!of_sidecar);
            }
            OutcomeKind::Failed { reason } => {
                statistics.documents_failed += 1;
                self.reasons.push(format!("{}: {reason}", outcome.key));
            }
            OutcomeKind::Ignored { .. } | OutcomeKind::Duplicate { .. } => {
                statistics.documents_skipped += 1;
            }
        }
        true
    }

    /// Whether a revision may become live. One that was given up may not, for its chunks may have
    /// been removed meanwhile; nor may one that is older than what is live.
    fn may_live(&self, row: &DocumentRow, revision: Revision) -> bool {
        let live = row.document.live_revision;
        let begun = revision <= row.last_revision;
        let given_up = begun && !self.writing.contains(&(row.document.id, revision));
        live == Some(revision) || (live < Some(revision) && !given_up)
    }

    /// Makes a revision live in place of the one that is.
    fn make_live(&mut self, row: &mut DocumentRow, revision: Revision) {
        let id = row.document.id;
        row.last_revision = row.last_revision.max(revision);
        let replaced = row.document.live_revision.replace(revision);
        let replaced = replaced.filter(|replaced| *replaced != revision);
        self.obsolete.extend(replaced.map(|replaced| (id, replaced)));
        self.indexed.push((id, revision));
    }

    fn leave_out(
        &mut self,
        row: &mut DocumentRow,
        sidecar: bool,
        change_key: Option<ChangeKey>,
        reason: Option<String>,
    ) {
        let id = row.document.id;
        self.obsolete.extend(row.withdraw().map(|revision| (id, revision)));
        row.document.change_key = change_key;
        row.sidecar = sidecar;
        settle(row, DocumentStatus::Ignored, reason);
    }

    fn change(&mut self, row: &mut DocumentRow, what: OutcomeKind, sidecar: bool) {
        let id = row.document.id;
        match what {
            OutcomeKind::Unchanged { change_key } => {
                // Never settled, it is not known what it is unchanged from.
                if let Some((status, reason)) = row.settled.clone() {
                    row.document.change_key = change_key;
                    row.sidecar = sidecar;
                    row.show(status, reason);
                }
            }
            OutcomeKind::Indexed {
                revision,
                chunk_count,
                content_hash,
                change_key,
                metadata,
                recipe,
                partial,
                note,
                likeness: _,
            } => {
                if !self.may_live(row, revision) {
                    self.obsolete.push((id, revision));
                    return;
                }
                self.make_live(row, revision);
                row.document.recipe = recipe;
                row.document.chunk_count = chunk_count;
                row.document.content_hash = Some(content_hash);
                row.document.change_key = change_key;
                row.document.metadata = metadata;
                row.sidecar = sidecar;
                let status = match partial {
                    Some(_) => DocumentStatus::PartiallyIndexed,
                    None => DocumentStatus::Indexed,
                };
                settle(row, status, joined(partial, note));
            }
            OutcomeKind::Redescribed { from, revision, change_key, metadata } => {
                let live = row.document.live_revision;
                let is_of_live = live == Some(from) || live == Some(revision);
                if !is_of_live || !self.may_live(row, revision) {
                    self.obsolete.push((id, revision));
                    return;
                }
                self.make_live(row, revision);
                row.document.change_key = change_key;
                row.document.metadata = metadata;
                row.sidecar = sidecar;
                if let Some((status, reason)) = row.settled.clone() {
                    row.show(status, reason);
                }
            }
            OutcomeKind::Failed { reason } => row.show(DocumentStatus::Failed, Some(reason)),
            OutcomeKind::Seen => {}
            OutcomeKind::Ignored { reason, change_key } => {
                self.leave_out(row, sidecar, change_key, Some(reason));
            }
            // Of what it is a duplicate is judged when all is entered.
            OutcomeKind::Duplicate { change_key, likeness: _ } => {
                self.leave_out(row, sidecar, change_key, None);
            }
            OutcomeKind::Deleted => {
                self.obsolete.extend(row.withdraw().map(|revision| (id, revision)));
            }
        }
    }
}

/// Whether an outcome is of a submission from before the document was removed and came back.
fn is_superseded(row: &DocumentRow, outcome: &Outcome) -> bool {
    outcome.submission.is_some_and(|submission| submission < row.first_submission)
}

/// Whether an outcome tells who may read the document.
fn says_who_may_read(what: &OutcomeKind) -> bool {
    match what {
        OutcomeKind::Unchanged { .. }
        | OutcomeKind::Redescribed { .. }
        | OutcomeKind::Indexed { .. }
        | OutcomeKind::Ignored { .. }
        | OutcomeKind::Duplicate { .. } => true,
        OutcomeKind::Seen | OutcomeKind::Failed { .. } | OutcomeKind::Deleted => false,
    }
}

/// Shows a status and remembers it.
fn settle(row: &mut DocumentRow, status: DocumentStatus, reason: Option<String>) {
    row.settled = Some((status, reason.clone()));
    row.show(status, reason);
}

fn joined(partial: Option<String>, note: Option<String>) -> Option<String> {
    match (partial, note) {
        (Some(partial), Some(note)) => Some(format!("{partial}; {note}")),
        (partial, note) => partial.or(note),
    }
}
