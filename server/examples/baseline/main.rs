//! The bare parts of Outcrop, for `tests/benchmark` to measure the whole beside: extraction and
//! chunking, the local embedding model, question to hits in process; and a light client of the
//! HTTP API. Each prints one JSON object, `chunks` one for each chunk.

mod chunks;
mod embed;
mod retrieve;
mod search;

mod load;
mod local;

use std::io::{self, Write};

use clap::Parser;
use serde::Serialize;

/// Measures a part of Outcrop by itself.
#[derive(Debug, Parser)]
enum Baseline {
    /// Print the chunks that ingestion makes of the files of a folder
    Chunks(chunks::Arguments),
    /// Embed such chunks as ingestion does, and nothing else
    Embed(embed::Arguments),
    /// Embed questions and search the index of a data directory that no server holds
    Search(search::Arguments),
    /// Ask a server's Retrieve
    Retrieve(retrieve::Arguments),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Baseline::parse() {
        Baseline::Chunks(arguments) => chunks::run(&arguments),
        Baseline::Embed(arguments) => print(&embed::run(&arguments).await?),
        Baseline::Search(arguments) => print(&search::run(&arguments).await?),
        Baseline::Retrieve(arguments) => print(&retrieve::run(&arguments).await?),
    }
}

fn print(result: &impl Serialize) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{}", serde_json::to_string(result)?)?;
    Ok(())
}
