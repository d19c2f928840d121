//! Killed at any moment, an index opens again with all that was flushed, nothing twice, and
//! nothing that was deleted.
//!
//! The test runs itself as a child that writes documents, deletes some, and says on standard
//! output what is flushed; kills it while it writes or optimises; and looks at what it left.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use corpus::{IndexSpec, KnowledgeBaseId, SearchInput, SearchQuery, Selector, VectorStore as _};
use fixtures::vector_store_contract::{Sample, document};
use vectors::{EdgeConfig, EdgeStore};

/// Set for the child: the directory, and the first document that it may write.
const CHILD: &str = "OUTCROP_TEST_CRASH_CHILD";
const CHUNKS: u32 = 40;
/// One document in so many is deleted again, so many documents later.
const DELETED_EVERY: u32 = 3;

fn index() -> KnowledgeBaseId {
    KnowledgeBaseId::from_random(42)
}

async fn open(directory: &Path) -> EdgeStore {
    let config = EdgeConfig { optimise_at: 1_200, ..EdgeConfig::default() };
    EdgeStore::open(directory, config).await.unwrap()
}

fn chunks(number: u32) -> Vec<Sample> {
    let sample = |ordinal: u32| {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let angle = (number * CHUNKS + ordinal) as f32;
        let vector = [angle.sin(), angle.cos(), (angle * 7.0).sin(), 0.1];
        Sample::new(number, &format!("text w{number}")).ordinal(ordinal).vector(vector)
    };
    (0..CHUNKS).map(sample).collect()
}

/// The child: writes until it is killed. In the parent's run it does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let (first, directory) = order.split_once(' ').unwrap();
    let say = |line: String| writeln!(std::io::stdout(), "\n{line}").unwrap();
    let store = open(Path::new(directory)).await;
    store.create_index(IndexSpec { index: index(), dimensions: 4 }).await.unwrap();
    for number in first.parse::<u32>().unwrap().. {
        let chunks = chunks(number).iter().map(Sample::chunk).collect();
        store.upsert(index(), chunks).await.unwrap();
        store.flush(index()).await.unwrap();
        say(format!("written {number}"));
        if number.is_multiple_of(DELETED_EVERY) && number >= DELETED_EVERY {
            let old = number - DELETED_EVERY;
            store.delete(index(), Selector::Document(document(old, 1))).await.unwrap();
            store.flush(index()).await.unwrap();
            say(format!("deleted {old}"));
        }
        if store.is_optimising() {
            say("optimising".to_owned());
        }
    }
}

/// When a child is killed: after so many lines, or so many lines after it began to optimise.
#[derive(Clone, Copy)]
enum Moment {
    Line(usize),
    Optimising(usize),
}

fn start(directory: &Path, first: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, format!("{first} {}", directory.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Runs a child until the moment, and adds to `kept` what it flushed.
fn run(directory: &Path, first: u32, moment: Moment, kept: &mut BTreeSet<u32>) -> bool {
    let mut child = start(directory, first);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut optimising, mut left) = (
        false,
        match moment {
            Moment::Line(left) | Moment::Optimising(left) => left,
        },
    );
    for line in lines.map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("written", number)) => drop(kept.insert(number.parse().unwrap())),
            Some(("deleted", number)) => drop(kept.remove(&number.parse().unwrap())),
            _ if line == "optimising" => optimising = true,
            _ => continue,
        }
        if optimising || matches!(moment, Moment::Line(_)) {
            if left == 0 {
                // What it still says until it is dead is read to the end.
                child.kill().unwrap();
            }
            left = left.wrapping_sub(1);
        }
    }
    child.wait().unwrap();
    optimising
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment() {
    let directory = tempfile::tempdir().unwrap();
    let mut kept = BTreeSet::new();
    let mut next = 0;
    let moments = (0..6)
        .map(|round| Moment::Line(1 + round * round * 3))
        .chain((0..8).map(|round| Moment::Optimising(round * 2)));
    let mut while_optimising = 0;
    for moment in moments {
        while_optimising += usize::from(run(directory.path(), next, moment, &mut kept));
        let store = open(directory.path()).await;
        // The child may have begun the next steps, and not have said that they were done.
        let highest = kept.last().copied().unwrap_or(0);
        for number in highest + 1..=highest + 2 {
            store.delete(index(), Selector::Document(document(number, 1))).await.unwrap();
        }
        let due = |number: &u32| {
            number.is_multiple_of(DELETED_EVERY) && number + DELETED_EVERY <= highest
        };
        for number in kept.extract_if(.., |number| due(number)) {
            store.delete(index(), Selector::Document(document(number, 1))).await.unwrap();
        }
        store.flush(index()).await.unwrap();
        check(&store, &kept, highest).await;
        assert!(store.close(|| true).await);
        next = highest + 1;
    }
    assert!(while_optimising >= 5, "{while_optimising}");
}

/// Every document that was kept is there once and whole, and no other is.
async fn check(store: &EdgeStore, kept: &BTreeSet<u32>, highest: u32) {
    let expected = u64::from(CHUNKS) * kept.len() as u64;
    assert_eq!(store.count(index(), Selector::All).await.unwrap(), expected);
    for number in 0..=highest {
        let expected = if kept.contains(&number) { CHUNKS } else { 0 };
        let count = store.count(index(), Selector::Document(document(number, 1))).await.unwrap();
        assert_eq!(count, u64::from(expected), "document {number}");
        let input = SearchInput::Lexical(format!("w{number}"));
        let query = SearchQuery { input, data_sources: None, filter: None, limit: 100 };
        let hits = store.search(index(), query).await.unwrap();
        assert_eq!(hits.len(), expected as usize, "document {number}");
    }
    for number in kept.iter().step_by(7) {
        let sample = &chunks(*number)[0];
        let input = SearchInput::Dense(sample.vector.to_vec());
        let query = SearchQuery { input, data_sources: None, filter: None, limit: 1 };
        let hits = store.search(index(), query).await.unwrap();
        assert!(hits[0].score > 0.999, "{hits:?}");
    }
}
