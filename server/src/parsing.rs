//! Parsing in processes of their own: this program, started again for that.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use ingest::{Bounds, Drill, Extractor, IngestConfig, Isolation, ReadError};

use crate::cli::{DrillKind, ParserProcessArguments};

/// The command that reads documents for another process.
const COMMAND: &str = "parser-process";

/// What shows that this very program is running, whatever has become of its file since.
const RUNNING: &str = "/proc/self/exe";

/// How long a check waits for a parser that hangs.
const DRILL_TIME: Duration = Duration::from_secs(2);

/// How documents are parsed; `arguments` go to the parser's process.
pub(crate) fn isolation(arguments: &[&str]) -> anyhow::Result<Isolation> {
    let running = PathBuf::from(RUNNING);
    let program = if running.exists() {
        running
    } else {
        std::env::current_exe().context("this program does not find its own file")?
    };
    let arguments = std::iter::once(COMMAND).chain(arguments.iter().copied());
    Ok(Isolation::Processes { program, arguments: arguments.map(str::to_owned).collect() })
}

/// Reads documents for the process that started this one.
pub(crate) fn serve(arguments: &ParserProcessArguments) -> ExitCode {
    let drill = arguments.drill.map(|drill| match drill {
        DrillKind::Stack => Drill::Stack,
        DrillKind::Memory => Drill::Memory,
        DrillKind::Hang => Drill::Hang,
    });
    // Without the standard library's buffers, which split what is written at line breaks.
    let input = io::stdin().as_fd().try_clone_to_owned().map(File::from);
    let output = io::stdout().as_fd().try_clone_to_owned().map(File::from);
    let served = input.and_then(|input| ingest::serve(input, output?, arguments.memory_mb, drill));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do where not even this can be written.
            drop(writeln!(io::stderr(), "error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Has parsers overflow their stack, allocate two gigabytes and hang, on this machine, and tells
/// whether that is contained.
pub(crate) async fn check(config: &IngestConfig) -> Vec<(String, anyhow::Result<String>)> {
    let drills = [("stack", "its stack"), ("memory", "its memory"), ("hang", "its time")];
    let mut found = Vec::new();
    for (drill, what) in drills {
        let result = run_drill(config, drill).await;
        found.push((
            "parser".to_owned(),
            result.map(|()| format!("one that is over {what} is ended")),
        ));
    }
    found
}

async fn run_drill(config: &IngestConfig, drill: &str) -> anyhow::Result<()> {
    let bounds = Bounds {
        time: if drill == "hang" { DRILL_TIME } else { config.bounds().time },
        ..config.bounds()
    };
    let extractor = Extractor::new(isolation(&["--drill", drill])?, bounds);
    let read = extractor.extract(b"text", "drill.txt", None).await;
    match (drill, read) {
        ("stack", Err(ReadError::Died { how })) if how.contains("stack") => Ok(()),
        ("memory", Err(ReadError::Memory { .. })) | ("hang", Err(ReadError::Timeout { .. })) => {
            Ok(())
        }
        ("memory", Ok(_)) => Err(anyhow!(
            "this system does not bound a process's memory: documents that eat memory can only be \
             kept off by the limits of the container or the user"
        )),
        (_, Ok(_)) => Err(anyhow!("the drill did nothing; please report it")),
        (_, Err(error)) => Err(anyhow!(error).context("the drill ended otherwise than it should")),
    }
}
