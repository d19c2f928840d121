//! The last part of a job: removes the documents that it has not seen, unless that would be more
//! than the data source may lose. What a source says was deleted is no part of this.

use catalog::OutcomeKind;
use corpus::DeletionProtection;

use crate::document::Fault;
use crate::job::{JobRun, Seen, outcome};
use crate::pipeline::Pipeline;

/// Documents that are removed in one transaction.
const REMOVALS: usize = 256;

/// A source that had this many documents and now has none is not believed.
const SUSPICIOUS_LOSS: u64 = 20;

impl JobRun<'_> {
    /// Counts what there is before anything changes, where that is to be compared in the end.
    pub(crate) async fn count_before(&self) -> Result<(), Fault> {
        if let DeletionProtection::AtMost(_) = self.protection {
            self.run.ask(|| self.run.catalog.documents_before(self.job.id)).await?;
        }
        Ok(())
    }

    /// Removes the documents that this job has not seen; tells what there is to say about it.
    pub(crate) async fn remove_unseen(
        &self,
        pipeline: &mut Pipeline,
        seen: Seen,
    ) -> Result<Vec<String>, Fault> {
        if let Some(reason) = self.protected(seen).await? {
            tracing::warn!(job.id = %self.job.id, "nothing is removed: {reason}");
            return Ok(vec![reason]);
        }
        loop {
            let run = &self.run;
            let unseen =
                run.ask(|| run.catalog.unseen(self.job.id, run.data_source, REMOVALS)).await?;
            if unseen.is_empty() {
                return Ok(Vec::new());
            }
            for document in unseen {
                let deleted = outcome(document.key, document.location, OutcomeKind::Deleted);
                pipeline.note(deleted).await?;
            }
            pipeline.drain().await?;
        }
    }

    /// Why what was not seen stays; none where it may go.
    async fn protected(&self, seen: Seen) -> Result<Option<String>, Fault> {
        let protection = self.protection;
        if self.job.accepts_deletions || protection == DeletionProtection::Off {
            return Ok(None);
        }
        let run = &self.run;
        let lost = run.ask(|| run.catalog.count_unseen(self.job.id, run.data_source)).await?;
        let found = match protection {
            DeletionProtection::Standard if seen.documents == 0 && lost >= SUSPICIOUS_LOSS => {
                format!("the source had {lost} documents and now has none")
            }
            DeletionProtection::Standard | DeletionProtection::Off => return Ok(None),
            DeletionProtection::AtMost(percent) => {
                let before = run.ask(|| run.catalog.documents_before(self.job.id)).await?;
                if lost.saturating_mul(100) <= before.saturating_mul(percent.into()) {
                    return Ok(None);
                }
                format!(
                    "{lost} of {before} documents are no longer in the source, which is more than \
                     the {percent} % that a job may remove"
                )
            }
        };
        Ok(Some(format!(
            "{found}; nothing was removed. If that is right, run 'outcrop sync --accept-deletions', \
             or start the job once more with the header x-outcrop-accept-deletions: true"
        )))
    }
}
