//! Parsing in the binary itself: whatever a parser does, it takes down its own process and its own
//! document.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use documents::ExtractError;
use ingest::{Bounds, Extractor, Isolation, ReadError};

/// A bound on memory that only one test has: its processes are known by it.
const KILLED_MB: u32 = 513;

fn extractor(arguments: &[&str], seconds: u64) -> Extractor {
    bounded(arguments, Bounds { time: Duration::from_secs(seconds), memory_mb: 512 })
}

fn bounded(arguments: &[&str], bounds: Bounds) -> Extractor {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_outcrop"));
    let arguments = std::iter::once(&"parser-process").chain(arguments);
    let arguments = arguments.map(ToString::to_string).collect();
    Extractor::new(Isolation::Processes { program, arguments }, bounds)
}

async fn read(extractor: &Extractor, text: &str) -> Result<String, ReadError> {
    let read = extractor.extract(text.as_bytes(), "a.txt", None).await;
    read.map(|extracted| extracted.text)
}

#[tokio::test]
async fn a_stack_that_overflows_costs_one_document() {
    let error = read(&extractor(&["--drill=stack"], 60), "text").await.unwrap_err().to_string();
    assert_eq!(
        error,
        "the parser overflowed its stack on this file; please report it with the file"
    );
}

#[tokio::test]
async fn two_gigabytes_are_not_given() {
    let error = read(&extractor(&["--drill=memory"], 60), "text").await.unwrap_err();
    assert!(matches!(error, ReadError::Memory { megabytes: 512 }), "{error}");
}

#[tokio::test]
async fn a_parser_that_hangs_is_given_up() {
    let error = read(&extractor(&["--drill=hang"], 1), "text").await.unwrap_err();
    assert!(matches!(error, ReadError::Timeout { seconds: 1 }), "{error}");
}

#[tokio::test]
async fn documents_are_read_one_after_the_other_and_side_by_side() {
    let extractor = extractor(&[], 60);
    let texts: Vec<String> = (0..40).map(|number| format!("text {number}")).collect();
    let reads = texts.iter().map(|text| read(&extractor, text));
    let found: Result<Vec<String>, ReadError> =
        futures::future::join_all(reads).await.into_iter().collect();
    assert_eq!(found.unwrap(), texts);
    let empty = read(&extractor, "").await.unwrap_err();
    assert!(matches!(empty, ReadError::Document(ExtractError::Empty)), "{empty}");
}

#[tokio::test]
async fn a_process_that_is_killed_is_replaced() {
    let bounds = Bounds { time: Duration::from_mins(1), memory_mb: KILLED_MB };
    let extractor = bounded(&[], bounds);
    assert_eq!(read(&extractor, "one").await.unwrap(), "one");
    kill_children();
    assert_eq!(read(&extractor, "two").await.unwrap(), "two");
}

/// Kills the parsers that have this test's bound on memory.
fn kill_children() {
    let flag = format!("--memory-mb={KILLED_MB}");
    let mut killed = 0;
    for process in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let arguments = fs::read(process.path().join("cmdline")).unwrap_or_default();
        if arguments.split(|byte| *byte == 0).any(|argument| argument == flag.as_bytes()) {
            let number = process.file_name().into_string().unwrap();
            let kill = Command::new("sh").arg("-c").arg(format!("kill -KILL {number}")).status();
            killed += u32::from(kill.unwrap().success());
        }
    }
    assert_eq!(killed, 1);
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told() {
    let isolation = Isolation::Processes { program: "/nowhere/outcrop".into(), arguments: vec![] };
    let bounds = Bounds { time: Duration::from_secs(1), memory_mb: 512 };
    let error = read(&Extractor::new(isolation, bounds), "text").await.unwrap_err().to_string();
    assert!(error.contains("/nowhere/outcrop"), "{error}");
}
