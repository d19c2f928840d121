//! Running an ingestion job to its end, in view of the user.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::accounts::Account;
use crate::attachment::Attachment;
use crate::client::{is_final, text};
use crate::context::Context;
use crate::progress::{Done, Progress, duration, statistic};
use crate::terminal::plain;

/// How often the job is looked at.
const INTERVAL: Duration = Duration::from_millis(150);

/// A job that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// `ingestionJob`, as the API has it.
    pub(super) job: Value,
    /// How long this command waited for it.
    pub(super) time: Duration,
}

/// Starts a job on a folder, or finds the one that runs, and follows it to its end. A server that
/// goes away is waited for, or replaced: jobs resume.
pub(super) async fn run(
    context: &Context,
    attachment: &mut Attachment,
    (knowledge_base, data_source): (&str, &str),
    folder: &Path,
) -> anyhow::Result<Ended> {
    let start = Instant::now();
    let job = attachment.client.start_job(knowledge_base, data_source).await?;
    let mut progress = Progress::start(&context.terminal, folder);
    let id = text(&job, "ingestionJobId").to_owned();
    loop {
        match attachment.client.job(knowledge_base, data_source, &id).await {
            Ok(job) => {
                progress.update(Done::of(&job))?;
                if is_final(&job) {
                    return Ok(Ended { job, time: start.elapsed() });
                }
            }
            Err(error) if error.is_unreachable() => attachment.reattach(context).await?,
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

impl Ended {
    /// Whether the job did its work; single documents may have failed.
    pub(super) fn is_complete(&self) -> bool {
        text(&self.job, "status") == "COMPLETE"
    }

    /// Documents that were as they had been.
    pub(super) fn unchanged(&self) -> u64 {
        let of = |name| statistic(&self.job, name);
        of("numberOfDocumentsScanned").saturating_sub(
            of("numberOfNewDocumentsIndexed")
                + of("numberOfModifiedDocumentsIndexed")
                + of("numberOfDocumentsFailed")
                + of("numberOfDocumentsSkipped"),
        )
    }

    /// What the job did, in a line.
    pub(super) fn summary(&self) -> String {
        let of = |name| statistic(&self.job, name);
        let chunks = self.job["outcrop"]["chunksIndexed"].as_u64().unwrap_or(0);
        let counts = [
            (of("numberOfNewDocumentsIndexed"), "new"),
            (of("numberOfModifiedDocumentsIndexed"), "changed"),
            (self.unchanged(), "unchanged"),
            (of("numberOfDocumentsDeleted"), "removed"),
            (of("numberOfDocumentsSkipped"), "skipped"),
            (of("numberOfDocumentsFailed"), "failed"),
        ];
        let said: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let documents = if said.is_empty() {
            "no documents".to_owned()
        } else {
            format!("documents: {}", said.join(", "))
        };
        if chunks == 0 {
            return format!("{documents}, in {}", duration(self.time));
        }
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let rate = chunks as f64 / self.time.as_secs_f64().max(0.001);
        format!("{documents}; {chunks} chunks in {} ({rate:.0}/s)", duration(self.time))
    }

    /// What the job says of itself rather than of one of these documents.
    pub(super) fn own_reasons(&self, accounts: &[Account]) -> Vec<String> {
        let reasons = self.job["failureReasons"].as_array().into_iter().flatten();
        let of_a_document =
            |reason: &&str| accounts.iter().any(|account| account.is_subject_of(reason));
        reasons
            .filter_map(Value::as_str)
            .filter(|reason| !of_a_document(reason))
            .map(plain)
            .collect()
    }

    /// The job for programs.
    pub(super) fn to_json(&self) -> Value {
        let mut job = self.job.clone();
        job["seconds"] = json!((self.time.as_secs_f64() * 1000.0).round() / 1000.0);
        job["unchanged"] = self.unchanged().into();
        job
    }
}
