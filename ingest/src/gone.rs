//! The last part of a job: removes the documents that listings did not have, unless that would be
//! more than the data source may lose. What a source says was deleted is no part of this.

use catalog::{Gone, Losses, OutcomeKind};
use corpus::DeletionProtection;

use crate::document::Fault;
use crate::job::{JobRun, outcome};
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

    /// Removes the documents that are gone; tells what there is to say about it.
    pub(crate) async fn remove_gone(
        &self,
        pipeline: &mut Pipeline,
        gone: Gone,
    ) -> Result<Vec<String>, Fault> {
        let run = &self.run;
        let some = || run.ask(|| run.catalog.gone(run.data_source, gone, REMOVALS));
        let mut documents = some().await?;
        // To count what is left takes a look at every document.
        if !documents.is_empty()
            && let Some(reason) = self.protected(gone).await?
        {
            tracing::warn!(job.id = %self.job.id, "nothing is removed: {reason}");
            return Ok(vec![reason]);
        }
        while !documents.is_empty() {
            for document in documents {
                let deleted = outcome(document.key, document.location, OutcomeKind::Deleted);
                pipeline.note(deleted).await?;
            }
            pipeline.drain().await?;
            documents = some().await?;
        }
        Ok(Vec::new())
    }

    /// Why what is gone stays; none where it may go.
    async fn protected(&self, gone: Gone) -> Result<Option<String>, Fault> {
        let protection = self.protection;
        if self.job.accepts_deletions || protection == DeletionProtection::Off {
            return Ok(None);
        }
        let run = &self.run;
        let Losses { lost, left } = run.ask(|| run.catalog.losses(run.data_source, gone)).await?;
        let found = match protection {
            DeletionProtection::Standard if left == 0 && lost >= SUSPICIOUS_LOSS => {
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
