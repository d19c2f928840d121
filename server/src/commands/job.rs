//! Running an ingestion job to its end, in view of the user.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Outcome;
use super::accounts::{self, Account};
use crate::attachment::{Attachment, Interrupted};
use crate::client::{Removals, Start, is_final, text};
use crate::context::Context;
use crate::progress::{Done, Progress, duration, statistic, unchanged};
use crate::terminal::{Terminal, plain};

/// How often the job is looked at.
const INTERVAL: Duration = Duration::from_millis(150);

/// What is to be synchronised, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    /// The id of the knowledge base.
    pub(super) knowledge_base: &'a str,
    /// The id of the data source.
    pub(super) data_source: &'a str,
    /// The folder that it reads, where it reads one: its files are counted beside the job.
    pub(super) folder: Option<&'a Path>,
    /// Whether it may remove more than its deletion protection lets it.
    pub(super) removals: Removals,
}

/// A job that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Whether this command started it.
    pub(super) start: Start,
    /// `ingestionJob`, as the API has it.
    pub(super) job: Value,
    /// How long this command waited for it.
    pub(super) time: Duration,
}

/// Starts a job, or finds the one that runs, and follows it to its end. A server that goes away is
/// waited for, or replaced: jobs resume.
pub(super) async fn run(
    context: &Context,
    attachment: &mut Attachment,
    Order { knowledge_base, data_source, folder, removals }: Order<'_>,
) -> anyhow::Result<Ended> {
    let begun = Instant::now();
    let (job, start) = attachment.client.start_job(knowledge_base, data_source, removals).await?;
    if start == Start::Joined {
        context.terminal.note("  a job runs already; this is how it goes")?;
    }
    let mut progress = Progress::start(&context.terminal, folder);
    let id = text(&job, "ingestionJobId").to_owned();
    loop {
        match attachment.client.job(knowledge_base, data_source, &id).await {
            Ok(job) => {
                progress.update(Done::of(&job))?;
                if is_final(&job) {
                    return Ok(Ended { start, job, time: begun.elapsed() });
                }
            }
            Err(error) if error.is_unreachable() => attachment.reattach(context).await?,
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// What the user is told who interrupts a command that follows a job.
pub(super) fn paused(error: anyhow::Error) -> anyhow::Error {
    if error.is::<Interrupted>() {
        error.context(
            "the job goes on in the server that holds the data directory, or with the next one",
        )
    } else {
        error
    }
}

impl Ended {
    /// Tells what the job did, and what became of each document that is not indexed whole.
    pub(super) fn report(
        &self,
        terminal: &Terminal,
        accounts: &[Account],
    ) -> anyhow::Result<Outcome> {
        if terminal.json() {
            let mut result = self.to_json();
            result["documents"] = accounts.iter().map(Account::to_json).collect();
            terminal.print_json(&result)?;
        } else {
            terminal.print(format_args!("  {}", self.summary()))?;
            terminal.print(terminal.dim(format_args!("  {}", self.balance())))?;
            if let Some(asked) = self.asked() {
                terminal.print(terminal.dim(format_args!("  {asked}")))?;
            }
            accounts::print(terminal, accounts)?;
            for reason in self.own_reasons(accounts) {
                terminal.print(format_args!("  ! {reason}"))?;
            }
        }
        if self.is_complete() {
            return Ok(Outcome::Done);
        }
        terminal.note(format_args!("the job is {}", text(&self.job, "status")))?;
        Ok(Outcome::Bad)
    }

    /// Where every document that was seen went.
    fn balance(&self) -> String {
        let of = |name| statistic(&self.job, name);
        let indexed = of("numberOfNewDocumentsIndexed") + of("numberOfModifiedDocumentsIndexed");
        format!(
            "{} scanned = {indexed} indexed + {} unchanged + {} failed + {} skipped",
            of("numberOfDocumentsScanned"),
            self.unchanged(),
            of("numberOfDocumentsFailed"),
            of("numberOfDocumentsSkipped"),
        )
    }

    /// What the job asked of language models, if anything.
    fn asked(&self) -> Option<String> {
        let used = &self.job["outcrop"]["modelUse"];
        let of = |name: &str| used[name].as_u64().unwrap_or_default();
        used.is_object().then(|| {
            format!(
                "asked language models {} times: {} tokens in, {} tokens out",
                of("calls"),
                of("inputTokens"),
                of("outputTokens"),
            )
        })
    }

    /// Whether the job did its work; single documents may have failed.
    pub(super) fn is_complete(&self) -> bool {
        text(&self.job, "status") == "COMPLETE"
    }

    /// Documents that were as they had been.
    pub(super) fn unchanged(&self) -> u64 {
        unchanged(&self.job)
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
        let of_a_document = |reason: &&str| accounts.iter().any(|account| account.says(reason));
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
