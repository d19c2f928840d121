//! The progress of an ingestion job: a bar on a terminal, now and then a line elsewhere.

mod estimate;

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use self::estimate::Estimate;
use crate::terminal::Terminal;

/// How often a line is printed where there is no bar.
const LINE_INTERVAL: Duration = Duration::from_secs(5);

/// The part of the past that the rate is that of.
const RATE_WINDOW: Duration = Duration::from_secs(20);

/// One line of any terminal: what does not fit is cut, since a line that wraps leaves its rest
/// behind. At 80 columns all of it fits.
const TEMPLATE: &str = "  {spinner} [{bar:14}] {wide_msg}";

/// What a job has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Done {
    /// Documents that it is through with.
    pub(crate) documents: u64,
    /// Documents in the source, once they are all known.
    pub(crate) listed: Option<u64>,
    /// Those that could not be ingested.
    pub(crate) failed: u64,
    /// Those that were as they had been.
    pub(crate) unchanged: u64,
    /// Chunks that it wrote.
    pub(crate) chunks: u64,
}

impl Done {
    /// Reads a job.
    pub(crate) fn of(job: &Value) -> Self {
        let failed = statistic(job, "numberOfDocumentsFailed");
        Self {
            documents: statistic(job, "numberOfDocumentsScanned"),
            failed,
            unchanged: unchanged(job),
            listed: job["outcrop"]["documentsListed"].as_u64(),
            chunks: job["outcrop"]["chunksIndexed"].as_u64().unwrap_or(0),
        }
    }
}

/// One of Bedrock's statistics of a job.
pub(crate) fn statistic(job: &Value, name: &str) -> u64 {
    job["statistics"][name].as_u64().unwrap_or(0)
}

/// Documents of a job that were as they had been: all that nothing else was done with.
pub(crate) fn unchanged(job: &Value) -> u64 {
    statistic(job, "numberOfDocumentsScanned").saturating_sub(
        statistic(job, "numberOfNewDocumentsIndexed")
            + statistic(job, "numberOfModifiedDocumentsIndexed")
            + statistic(job, "numberOfDocumentsFailed")
            + statistic(job, "numberOfDocumentsSkipped"),
    )
}

/// Shows the progress of a job until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    terminal: Terminal,
    bar: ProgressBar,
    /// How many documents there may be, as counted here until the server knows; none where they
    /// cannot be counted.
    estimate: Option<Estimate>,
    last_line: Instant,
    /// What was done when, oldest first.
    history: Vec<(Instant, Done)>,
}

impl Progress {
    /// Begins to show a job, on a folder where one is given.
    pub(crate) fn start(terminal: &Terminal, folder: Option<&Path>) -> Self {
        // A bar of length 0 would begin full.
        let bar = terminal.bars.add(ProgressBar::new(1));
        // The template is a constant, and a test reads it.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("=> "));
        }
        if terminal.watched && !terminal.json() {
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self {
            terminal: terminal.clone(),
            bar,
            estimate: folder.map(Estimate::start),
            last_line: Instant::now(),
            history: Vec::new(),
        }
    }

    /// Shows how far the job is.
    pub(crate) fn update(&mut self, done: Done) -> io::Result<()> {
        let now = Instant::now();
        self.history.retain(|(when, _)| now.duration_since(*when) < RATE_WINDOW);
        self.history.push((now, done));
        let first = self.history.first().copied().unwrap_or((now, done));
        let total = done.listed.or_else(|| self.estimate.as_ref().map(Estimate::files));
        let total = total.map(|total| total.max(done.documents));
        let line = line(done, total, first.1, now.duration_since(first.0));
        // Nothing is known to be left where nothing is known: the bar stays empty.
        self.bar.set_length(total.unwrap_or(u64::MAX));
        self.bar.set_position(done.documents);
        self.bar.set_message(line.clone());
        let lines = self.bar.is_hidden() && !self.terminal.json();
        if lines && self.last_line.elapsed() >= LINE_INTERVAL {
            self.last_line = now;
            self.terminal.note(format_args!("  {line}"))?;
        }
        Ok(())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Documents, chunks, rate and what is left, in words. The least important comes last: a small
/// terminal cuts it.
fn line(done: Done, total: Option<u64>, before: Done, elapsed: Duration) -> String {
    let mut parts = vec![match total {
        Some(total) => format!("{}/{total} documents", done.documents),
        None => format!("{} documents", done.documents),
    }];
    let seconds = elapsed.as_secs_f64();
    let rate = |now: u64, before: u64| {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let count = now.saturating_sub(before) as f64;
        if seconds > 0.5 { count / seconds } else { 0.0 }
    };
    let chunks = rate(done.chunks, before.chunks);
    let rate_of_chunks = if chunks > 0.0 { format!(" ({chunks:.0}/s)") } else { String::new() };
    parts.push(format!("{} chunks{rate_of_chunks}", done.chunks));
    let documents = rate(done.documents, before.documents);
    let left = total.unwrap_or(0).saturating_sub(done.documents);
    if documents > 0.0 && left > 0 {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let seconds = left as f64 / documents;
        parts.push(format!("{} left", duration(Duration::from_secs_f64(seconds.min(1e7)))));
    }
    for (count, what) in [(done.failed, "failed"), (done.unchanged, "unchanged")] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(" · ")
}

/// A time in words, to the precision that matters.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(now: (u64, u64), before: (u64, u64), seconds: f64, expect: &str) {
        let done = |(documents, chunks)| Done { documents, chunks, ..Done::default() };
        let elapsed = Duration::from_secs_f64(seconds);
        let shown = line(done(now), Some(100), done(before), elapsed);
        assert_eq!(shown, expect);
    }

    #[test]
    fn the_line_says_what_is_known() {
        check((0, 0), (0, 0), 0.0, "0/100 documents · 0 chunks");
        check((50, 200), (0, 0), 10.0, "50/100 documents · 200 chunks (20/s) · 10 s left");
        check((100, 400), (0, 0), 10.0, "100/100 documents · 400 chunks (40/s)");
        check((50, 0), (40, 0), 100.0, "50/100 documents · 0 chunks · 8 min left");
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let done = Done { documents: 40, failed: 2, unchanged: 30, ..Done::default() };
        let shown = line(done, None, Done::default(), Duration::from_secs(10));
        assert_eq!(shown, "40 documents · 0 chunks · 2 failed · 30 unchanged");
    }

    #[test]
    fn the_bar_fits_a_small_terminal() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
        let done = |documents, chunks| Done { documents, chunks, ..Done::default() };
        let (now, before) = (done(12_345, 67_890), done(0, 0));
        let line = line(now, Some(99_999), before, Duration::from_secs(20));
        let beside = "  x [] ".len() + 14;
        assert!(beside + console::measure_text_width(&line) <= 80, "{line}");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(duration(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(4000)), "66 min");
        assert_eq!(duration(Duration::from_mins(150)), "2 h 30 min");
    }
}
