//! Clients that ask one question after another for some time, and how long each answer took.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Args;
use serde::Serialize;
use tokio::task::JoinSet;

/// How long clients ask before it counts.
const WARM_UP: Duration = Duration::from_secs(1);

/// How much is asked.
#[derive(Debug, Args)]
pub(crate) struct Load {
    /// A file of questions, one a line
    #[arg(long)]
    questions: PathBuf,
    /// Clients that ask at the same time
    #[arg(long)]
    clients: usize,
    /// For how long
    #[arg(long)]
    seconds: f64,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Latency {
    questions: usize,
    per_second: f64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
}

impl Load {
    /// Has the clients ask, and measures.
    pub(crate) async fn run<Asked>(
        &self,
        ask: impl Fn(String) -> Asked + Clone + Send + 'static,
    ) -> anyhow::Result<Latency>
    where
        Asked: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let text = fs::read_to_string(&self.questions)?;
        let questions: Arc<[String]> = text.lines().map(str::to_owned).collect();
        ensure!(!questions.is_empty(), "there are no questions");
        let begin = Instant::now() + WARM_UP;
        let end = begin + Duration::from_secs_f64(self.seconds);
        let mut clients = JoinSet::new();
        for client in 0..self.clients {
            let (questions, ask) = (Arc::clone(&questions), ask.clone());
            // Each begins elsewhere in the questions.
            let first = client * questions.len() / self.clients;
            clients.spawn(async move {
                let mut times = Vec::new();
                for question in questions.iter().cycle().skip(first) {
                    let asked = Instant::now();
                    if asked >= end {
                        break;
                    }
                    ask(question.clone()).await?;
                    if asked >= begin {
                        times.push(asked.elapsed());
                    }
                }
                anyhow::Ok(times)
            });
        }
        let mut times = Vec::new();
        while let Some(ended) = clients.join_next().await {
            times.extend(ended.context("a client panicked")??);
        }
        ensure!(!times.is_empty(), "no question was answered in time");
        times.sort_unstable();
        Ok(Latency::of(&times, begin.elapsed()))
    }
}

impl Latency {
    #[expect(clippy::cast_precision_loss, reason = "there are not so many questions")]
    fn of(sorted: &[Duration], passed: Duration) -> Self {
        let percentile = |share: usize| {
            let at = (sorted.len() * share).div_ceil(100).max(1) - 1;
            sorted.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
        };
        Self {
            questions: sorted.len(),
            per_second: sorted.len() as f64 / passed.as_secs_f64(),
            p50_ms: percentile(50),
            p95_ms: percentile(95),
            p99_ms: percentile(99),
        }
    }
}
