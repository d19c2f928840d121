//! As what documents count in the statistics of a job, where a verdict on duplicates changes that.

use corpus::IngestionJobId;

use crate::catalog::Connection;
use crate::error::Result;
use crate::names::Named;

/// As what a document counts in the statistics of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    New,
    Modified,
    Skipped,
    Failed,
}

impl Named for Counted {
    const ALL: &'static [Self] = &[Self::New, Self::Modified, Self::Skipped, Self::Failed];

    fn name(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Modified => "MODIFIED",
            Self::Skipped => "SKIPPED",
            Self::Failed => "FAILED",
        }
    }
}

/// Counts documents as something else than before; none is what is unchanged.
///
/// A document that a job counted, removed and meets again is not counted again, and as what it was
/// counted went with its row: a correction of it may be of the wrong count. No count goes below
/// zero for that, which would make the job unreadable.
pub(super) async fn correct_statistics(
    connection: &mut Connection,
    job: IngestionJobId,
    corrections: &[(Option<Counted>, Counted)],
) -> Result<()> {
    if corrections.is_empty() {
        return Ok(());
    }
    let more = |counted: Counted| -> i64 {
        let change = |(from, to): &(Option<Counted>, Counted)| {
            i64::from(*to == counted) - i64::from(*from == Some(counted))
        };
        corrections.iter().map(change).sum()
    };
    sqlx::query(
        "UPDATE ingestion_jobs SET \
         new_documents_indexed = MAX(0, new_documents_indexed + $2), \
         modified_documents_indexed = MAX(0, modified_documents_indexed + $3), \
         documents_skipped = MAX(0, documents_skipped + $4), \
         documents_failed = MAX(0, documents_failed + $5) WHERE id = $1",
    )
    .bind(job.as_str())
    .bind(more(Counted::New))
    .bind(more(Counted::Modified))
    .bind(more(Counted::Skipped))
    .bind(more(Counted::Failed))
    .execute(connection)
    .await?;
    Ok(())
}
