//! Log lines: to standard error, for people or as JSON. Commands that answer and leave are quiet
//! unless something is wrong.

use std::io::{self, Write};

use anyhow::Context as _;
use indicatif::MultiProgress;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::LogFormat;

/// How much a command says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loudness {
    /// Warnings and errors.
    Quiet,
    /// What happens, too.
    Informative,
}

/// Starts logging. `filter` wins over everything; `verbose` counts `-v`.
pub(crate) fn start(
    loudness: Loudness,
    verbose: u8,
    filter: Option<&str>,
    format: LogFormat,
    bars: &MultiProgress,
) -> anyhow::Result<()> {
    let filter = match filter {
        Some(filter) => EnvFilter::builder().parse(filter).with_context(|| {
            format!(
                "'log' is '{filter}', which is no filter: give one as 'info' or 'warn,ingest=debug'"
            )
        })?,
        None => EnvFilter::new(default_filter(loudness, verbose)),
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(console::user_attended_stderr() && console::colors_enabled_stderr())
        .log_internal_errors(false)
        .with_writer(Lines(bars.clone()));
    let started = match format {
        LogFormat::Human => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot be started: {error}"))
}

fn default_filter(loudness: Loudness, verbose: u8) -> String {
    const OURS: [&str; 9] = [
        "outcrop",
        "api",
        "catalog",
        "connectors",
        "ingest",
        "models",
        "retrieve",
        "vectors",
        "corpus",
    ];
    let ours = match (loudness, verbose) {
        (Loudness::Quiet, 0) => "warn",
        (Loudness::Informative, 0) | (_, 1) => "info",
        (_, 2) => "debug",
        _ => "trace",
    };
    // The index engine warns of its own internals, the PDF library of what it could repair.
    let others = if verbose > 2 { "info" } else { "warn,qdrant_edge=error,lopdf=error" };
    let directives = OURS.iter().map(|part| format!("{part}={ours}"));
    std::iter::once(others.to_owned()).chain(directives).collect::<Vec<_>>().join(",")
}

/// Standard error, below which progress bars move on. Where it cannot be written to, as when a pipe
/// is closed, lines are lost: a server does not end for that.
#[derive(Debug, Clone)]
struct Lines(MultiProgress);

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
