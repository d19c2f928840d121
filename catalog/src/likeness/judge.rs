//! Keeps duplicates decided while documents come, change and go, in the transaction that records
//! them.
//!
//! Whether a document stands for itself depends only on better ones. So what may have changed is
//! judged from the best on, each document once; where a verdict is another than before, worse
//! documents that depend on it are judged too.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use corpus::{
    DataSourceId, DocumentId, DocumentKey, DocumentStatus, IngestionJobId, KnowledgeBaseId,
};
use sqlx::QueryBuilder;
use time::OffsetDateTime;

use super::counted::{Counted, correct_statistics};
use super::near::{Standing, near};
use super::rows::{self, LikenessRow};
use super::{Likeness, Rank};
use crate::catalog::Connection;
use crate::columns::Columns;
use crate::documents::{DocumentRow, IDS, insert_or_update, push_ids, rows_by_id};
use crate::error::Result;
use crate::garbage::{Garbage, discard};
use crate::jobs::{DOCUMENT_REASONS, add_reasons};

/// What shows with a document that is due.
const DUE: &str = "the document that it was a duplicate of is gone or has changed; it is read \
                   again by this job or the next";

/// What a batch did to a document, as far as duplicates are concerned.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The document.
    pub(crate) id: DocumentId,
    /// What its text is now like; none where it has none that is compared.
    pub(crate) likeness: Option<Likeness>,
    /// As what it counts; none where it does not count by this.
    pub(crate) counts: Option<Counted>,
    /// Whether the job had counted it before.
    pub(crate) was_counted: bool,
    /// What to tell of it where it counts as failed only by this.
    pub(crate) failure: Option<String>,
}

/// What is about to be judged.
struct Court<'a> {
    connection: &'a mut Connection,
    job: Option<IngestionJobId>,
    knowledge_base: KnowledgeBaseId,
    data_source: DataSourceId,
    /// Documents to be judged, the best on top.
    docket: BinaryHeap<Reverse<(Rank, DocumentId)>>,
    judged: HashSet<DocumentId>,
    /// Documents that are another thing than they were.
    changed: HashMap<DocumentId, DocumentRow>,
    /// Documents that count as something else than they did.
    corrections: Vec<(Option<Counted>, Counted)>,
    failures: Vec<String>,
}

/// Takes changes in, and decides what they make of the documents of the data source.
pub(crate) async fn judge(
    connection: &mut Connection,
    job: Option<IngestionJobId>,
    (knowledge_base, data_source): (KnowledgeBaseId, DataSourceId),
    changes: Vec<Change>,
    now: OffsetDateTime,
) -> Result<()> {
    let mut court = Court {
        connection,
        job,
        knowledge_base,
        data_source,
        docket: BinaryHeap::new(),
        judged: HashSet::new(),
        changed: HashMap::new(),
        corrections: Vec::new(),
        failures: Vec::new(),
    };
    court.take_in(changes).await?;
    while let Some(Reverse((_, id))) = court.docket.pop() {
        if court.judged.insert(id) {
            court.decide(id).await?;
        }
    }
    let Court { connection, changed, corrections, failures, .. } = court;
    insert_or_update(connection, &changed.values().collect::<Vec<_>>(), now).await?;
    if let Some(job) = job {
        correct_statistics(connection, job, &corrections).await?;
        add_reasons(connection, job, &failures, DOCUMENT_REASONS).await?;
    }
    Ok(())
}

impl Court<'_> {
    async fn take_in(&mut self, changes: Vec<Change>) -> Result<()> {
        let ids: Vec<_> = changes.iter().map(|change| change.id).collect();
        let known = self.known(&ids).await?;
        let mut affected = Vec::new();
        for Change { id, likeness, counts, was_counted, failure } in changes {
            let before =
                if known.contains(&id) { rows::get(self.connection, id).await? } else { None };
            if before.is_some() {
                affected.extend(rows::duplicates(self.connection, id).await?);
            }
            let earlier = before.as_ref().filter(|_| was_counted).and_then(|row| self.counts(row));
            if earlier == Some(Counted::Skipped) {
                self.failures.extend(failure);
            }
            let counts = if was_counted { self.correct(earlier, counts) } else { counts };
            let counted = self.job.zip(counts);
            match likeness {
                Some(likeness) => {
                    let row = LikenessRow { likeness, original: None, counted };
                    rows::put(self.connection, self.data_source, id, &row).await?;
                    affected.push(id);
                }
                None if before.is_some() => rows::remove(self.connection, id).await?,
                None => {}
            }
        }
        self.summon(&affected).await
    }

    /// Those of these documents that have a likeness.
    async fn known(&mut self, ids: &[DocumentId]) -> Result<HashSet<DocumentId>> {
        let mut known = HashSet::new();
        for some in ids.chunks(IDS) {
            let mut statement =
                QueryBuilder::new("SELECT document_id FROM likenesses WHERE document_id IN ");
            push_ids(&mut statement, some);
            for row in statement.build().fetch_all(&mut *self.connection).await? {
                known.insert(row.document_id("document_id")?);
            }
        }
        Ok(known)
    }

    /// Puts documents on the docket.
    async fn summon(&mut self, ids: &[DocumentId]) -> Result<()> {
        for some in ids.chunks(IDS) {
            let mut statement = QueryBuilder::new(
                "SELECT document_id, words, key FROM likenesses \
                 JOIN documents ON documents.id = document_id WHERE document_id IN ",
            );
            push_ids(&mut statement, some);
            for row in statement.build().fetch_all(&mut *self.connection).await? {
                let key = DocumentKey::new(row.text("key")?);
                let rank = Rank::new(row.natural("words")?, &key);
                self.docket.push(Reverse((rank, row.document_id("document_id")?)));
            }
        }
        Ok(())
    }

    async fn decide(&mut self, id: DocumentId) -> Result<()> {
        let Some(own) = rows::get(self.connection, id).await? else { return Ok(()) };
        let Some(document) = rows_by_id(self.connection, &[id]).await?.remove(&id) else {
            return Ok(());
        };
        let rank = Rank::new(own.likeness.words, &document.document.key);
        let is_live = document.document.live_revision.is_some();
        let near = near(self.connection, self.data_source, id, &own.likeness).await?;
        let original = near
            .iter()
            .filter(|other| other.is_live || !is_live)
            .filter(|other| other.rank() < rank && own.likeness.is_within(&other.likeness))
            .min_by_key(|other| other.rank());
        if let Some(original) = original {
            self.leave_out(document, &own, original).await?;
            // Whatever it stood for looks for another original.
            let duplicates = rows::duplicates(self.connection, id).await?;
            return self.summon(&duplicates).await;
        }
        if !is_live {
            self.call_back(document, &own).await?;
        }
        let worse: Vec<_> = near
            .iter()
            .filter(|other| is_live || !other.is_live)
            .filter(|other| rank < other.rank() && other.likeness.is_within(&own.likeness))
            .map(|other| other.id)
            .collect();
        self.summon(&worse).await
    }

    /// Another document stands for this one.
    async fn leave_out(
        &mut self,
        mut row: DocumentRow,
        own: &LikenessRow,
        original: &Standing,
    ) -> Result<()> {
        let id = row.document.id;
        let reason = Some(format!("duplicate of {}", original.location.uri()));
        let verdict = Some((DocumentStatus::Ignored, reason.clone()));
        if own.original == Some(original.id) && row.settled == verdict {
            return Ok(());
        }
        let mut counted = own.counted;
        let change_key = row.document.change_key.clone();
        if let Some(revision) = row.withdraw() {
            let garbage =
                Garbage { knowledge_base_id: self.knowledge_base, document: id, revision };
            discard(self.connection, self.data_source, garbage).await?;
            if self.has_counted(&row) {
                let earlier = self.counts(own);
                counted = self.job.zip(self.correct(earlier, Some(Counted::Skipped)));
            }
        }
        row.document.change_key = change_key;
        row.settled = verdict;
        row.show(DocumentStatus::Ignored, reason);
        self.changed.insert(id, row);
        rows::set_original(self.connection, id, Some(original.id), counted).await
    }

    /// Nothing stands for a document that was left out: it is to be read again, whatever its source
    /// says of changes.
    async fn call_back(&mut self, mut row: DocumentRow, own: &LikenessRow) -> Result<()> {
        let id = row.document.id;
        if row.settled.is_none() && own.original.is_none() {
            return Ok(());
        }
        let counts = if self.has_counted(&row) { self.counts(own) } else { None };
        row.withdraw();
        row.show(DocumentStatus::Pending, Some(DUE.to_owned()));
        self.changed.insert(id, row);
        rows::set_original(self.connection, id, None, self.job.zip(counts)).await
    }

    /// Whether the job has counted a document, and not as failed, which it stays.
    fn has_counted(&self, row: &DocumentRow) -> bool {
        let has_failed = row.document.status == DocumentStatus::Failed;
        row.last_job.is_some() && row.last_job == self.job && !has_failed
    }

    /// As what a document counts in this job that has counted it; none where it is unchanged.
    fn counts(&self, row: &LikenessRow) -> Option<Counted> {
        let counted = row.counted.filter(|(job, _)| Some(*job) == self.job);
        counted.map(|(_, counted)| counted).or(row.original.map(|_| Counted::Skipped))
    }

    /// Counts a document as something else where it was, or is now, left out; returns as what it
    /// counts then.
    fn correct(&mut self, earlier: Option<Counted>, now: Option<Counted>) -> Option<Counted> {
        let Some(now) = now.filter(|now| Some(*now) != earlier) else { return earlier };
        if earlier != Some(Counted::Skipped) && now != Counted::Skipped {
            return earlier;
        }
        self.corrections.push((earlier, now));
        Some(now)
    }
}
