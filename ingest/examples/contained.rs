//! What it costs to read documents in processes of their own: `contained PROGRAM FILE…` reads the
//! files on threads and by PROGRAM (the binary `outcrop`), in turns, and prints the times of both.

#![expect(clippy::print_stdout, reason = "this is what the program is for")]

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use ingest::{Bounds, Extractor, Isolation};

/// How often each way is taken; the quickest counts.
const ROUNDS: usize = 20;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().context("usage: contained PROGRAM FILE…")?;
    let files: Vec<(String, Vec<u8>)> = arguments
        .map(|file| Ok((file.clone(), fs::read(&file).with_context(|| file.clone())?)))
        .collect::<Result<_>>()?;
    let bounds = Bounds { time: Duration::from_mins(2), memory_mb: 1_024 };
    let threads = Extractor::new(Isolation::Threads, bounds);
    let arguments = vec!["parser-process".to_owned()];
    let isolation = Isolation::Processes { program: program.into(), arguments };
    let processes = Extractor::new(isolation, bounds);
    let mut best = [Duration::MAX; 2];
    for _ in 0..=ROUNDS {
        for (extractor, best) in [&threads, &processes].into_iter().zip(&mut best) {
            *best = (*best).min(read(extractor, &files).await);
        }
    }
    let [bare, contained] = best.map(|time| time.as_secs_f64());
    println!(
        "{} files: {bare:.3} s on a thread, {contained:.3} s in a process: {:.3} times",
        files.len(),
        contained / bare
    );
    Ok(())
}

async fn read(extractor: &Extractor, files: &[(String, Vec<u8>)]) -> Duration {
    let started = Instant::now();
    for (name, bytes) in files {
        // What cannot be read costs as well.
        drop(extractor.extract(bytes, name, None).await);
    }
    started.elapsed()
}
