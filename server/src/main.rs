//! The binary `outcrop`: configuration, wiring, lifecycle, commands.
//!
//! Every command but `check` is a client of the HTTP API. Where no server holds the data
//! directory, the command runs the service in its own process for as long as it needs it.

mod answer;
mod attachment;
mod bedrock;
mod cli;
mod client;
mod commands;
mod config;
mod context;
mod data_dir;
mod handbook;
mod logging;
mod model_files;
mod parsing;
mod platform;
mod progress;
mod secret_key;
mod service;
mod signals;
mod terminal;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::task::JoinSet;

use crate::attachment::Interrupted;
use crate::cli::{Cli, Command};
use crate::commands::Outcome;
use crate::config::{Config, Environment};
use crate::context::Context;
use crate::logging::Loudness;
use crate::signals::Stop;
use crate::terminal::Terminal;

/// How long threads that block may take to end.
const LAST_GRACE: Duration = Duration::from_secs(2);

/// What shells expect of a program that was interrupted.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::ParserProcess(arguments) = &cli.command {
        return parsing::serve(arguments);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(run(cli));
            // A download that was interrupted may hang on a thread of its own.
            runtime.shutdown_timeout(LAST_GRACE);
            result
        }
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::FAILURE,
        Err(error) => {
            // Nothing is left to do where not even this can be written.
            drop(writeln!(io::stderr(), "error: {error:#}"));
            match error.downcast_ref::<Interrupted>() {
                Some(Interrupted) => ExitCode::from(INTERRUPTED),
                None => ExitCode::FAILURE,
            }
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let environment = Environment::of_process();
    let terminal = Terminal::new(&environment, cli.global.json());
    let loaded = match Config::load(&environment, &cli.global.flags()) {
        Ok(loaded) => loaded,
        Err(error) if matches!(cli.command, Command::Check) => {
            return commands::check::misconfigured(&terminal, error);
        }
        Err(error) => return Err(error.into()),
    };
    let loudness = match cli.command {
        Command::Serve => Loudness::Informative,
        _ => Loudness::Quiet,
    };
    let (filter, format) = (loaded.config.log.as_deref(), loaded.config.log_format);
    logging::start(loudness, cli.global.verbose, filter, format, &terminal.bars)?;
    let stop = Stop::default();
    let mut signals = JoinSet::new();
    signals.spawn(signals::listen(stop.clone()));
    let context = Context {
        config: loaded.config,
        file: loaded.file,
        listen_chosen: loaded.listen_chosen,
        repeated_flags: cli.global.repeated(),
        terminal,
        stop,
    };
    match cli.command {
        Command::Quickstart(arguments) => commands::quickstart::run(&context, arguments).await,
        Command::Serve => commands::serve::run(&context).await,
        Command::Ingest(arguments) => commands::ingest::run(&context, arguments).await,
        Command::Sync(arguments) => commands::sync::run(&context, arguments).await,
        Command::Ask(arguments) => commands::ask::run(&context, arguments).await,
        Command::Secret(arguments) => commands::secret::run(&context, arguments).await,
        Command::Status => commands::status::run(&context).await,
        Command::Check => commands::check::run(&context).await,
        Command::Parse(arguments) => commands::parse::run(&context, &arguments).await,
        Command::Chunk(arguments) => commands::chunk::run(&context, &arguments).await,
        // Served before anything else is begun.
        Command::ParserProcess(_) => Ok(Outcome::Bad),
    }
}
