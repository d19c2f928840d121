//! Records what became of documents: the one place where a revision becomes live.
//!
//! The rows that a batch is about are loaded, changed in memory by [`ledger::Ledger`], and saved,
//! in one transaction.

mod ledger;
mod load;
mod save;
mod texts;

use corpus::{
    Access, ChangeKey, ContentHash, DataSourceId, DocumentId, DocumentKey, IngestionJobId,
    KnowledgeBaseId, Metadata, Revision, SourceLocation,
};

use crate::catalog::Catalog;
use crate::error::Result;
use crate::likeness::{Likeness, judge};

use load::load;
use save::save;
use texts::Texts;

/// Outcomes that become durable together.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The job whose statistics they count in; none for direct ingestion.
    pub job: Option<IngestionJobId>,
    /// The knowledge base.
    pub knowledge_base_id: KnowledgeBaseId,
    /// The data source of all of them.
    pub data_source_id: DataSourceId,
    /// What became of each document.
    pub outcomes: Vec<Outcome>,
}

/// What became of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The document.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// The submission that is done with this, and removed.
    pub submission: Option<i64>,
    /// Whether it came with a sidecar file.
    pub sidecar: bool,
    /// Who may read it, where its source says so. Of no account where it failed or was deleted.
    pub access: Option<Access>,
    /// What became of it.
    pub what: OutcomeKind,
}

/// The ways in which a document can end.
#[derive(Debug, Clone, PartialEq)]
pub enum OutcomeKind {
    /// It is as it was; counts as scanned.
    Unchanged {
        /// What the source says of it now.
        change_key: Option<ChangeKey>,
    },
    /// The source tells nothing new of it: all stays as it is; counts as scanned.
    Seen,
    /// This revision is in the index, flushed, and is live from now on. Counts as scanned, and as
    /// new or modified.
    Indexed {
        /// The revision.
        revision: Revision,
        /// Number of its chunks.
        chunk_count: u64,
        /// Hash of its bytes.
        content_hash: ContentHash,
        /// What the source says of it.
        change_key: Option<ChangeKey>,
        /// Its attributes.
        metadata: Metadata,
        /// How they shaped its chunks; see [`corpus::Document::recipe`].
        recipe: Option<String>,
        /// What was lost, where something was.
        partial: Option<String>,
        /// What else a reader should know of it, where there is something.
        note: Option<String>,
        /// What its text is like, where it is compared with others; see [`Likeness`].
        likeness: Option<Likeness>,
    },
    /// Only what is said of it changed: this revision has the chunks of another that was live,
    /// under new attributes, and is live from now on. Counts as scanned; as modified where its
    /// sidecar is not what changed.
    Redescribed {
        /// The revision that the chunks are from. Where it is live no longer, nothing is changed.
        from: Revision,
        /// The revision.
        revision: Revision,
        /// What the source says of it.
        change_key: Option<ChangeKey>,
        /// Its attributes.
        metadata: Metadata,
    },
    /// It could not be ingested; what was live stays. Counts as scanned and failed.
    Failed {
        /// Why.
        reason: String,
    },
    /// It is deliberately left out; what was live is garbage. Counts as scanned and skipped.
    Ignored {
        /// Why.
        reason: String,
        /// What the source says of it.
        change_key: Option<ChangeKey>,
    },
    /// Another document says all that it says, and it is left out; what was live is garbage. Counts
    /// as scanned and skipped. Where there is no such document any more, it is due to be read again.
    Duplicate {
        /// What its text is like.
        likeness: Likeness,
        /// What the source says of it.
        change_key: Option<ChangeKey>,
    },
    /// The source has it no longer; what was live is garbage. Counts as deleted if something was.
    Deleted,
}

impl Catalog {
    /// Records outcomes, all or none. Outcomes of one document take effect in their order.
    ///
    /// Recording them again changes nothing more: a document counts once in a job.
    pub async fn record(&self, batch: Batch) -> Result<()> {
        if batch.outcomes.is_empty() {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        let mut ledger = load(&mut transaction, &batch).await?;
        let mut texts = Texts::default();
        for outcome in batch.outcomes {
            texts.note(DocumentId::of(batch.data_source_id, &outcome.key), &outcome);
            ledger.enter(outcome);
        }
        let changes = texts.changes(&ledger);
        let now = self.now();
        save(&mut transaction, &ledger, now).await?;
        let place = (batch.knowledge_base_id, batch.data_source_id);
        judge(&mut transaction, batch.job, place, changes, now).await?;
        transaction.commit().await?;
        Ok(())
    }
}
