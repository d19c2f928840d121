//! The embedded store over its life: reopened, shared out among many, optimised, healed.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use corpus::{
    IndexSpec, KnowledgeBaseId, SearchInput, SearchQuery, Selector, VectorStore, VectorStoreError,
};
use fixtures::vector_store_contract::{Sample, document, fresh_index, index_of};
use vectors::{EdgeConfig, EdgeStore};

/// Long enough for anything here on a slow machine.
const PATIENCE: Duration = Duration::from_mins(2);

async fn open(path: &Path) -> EdgeStore {
    EdgeStore::open(path, EdgeConfig::default()).await.unwrap()
}

/// Optimises after so few changes that a test can make them.
fn eager(optimise_at: u64) -> EdgeConfig {
    EdgeConfig { optimise_at, ..EdgeConfig::default() }
}

async fn count(store: &EdgeStore, index: KnowledgeBaseId) -> u64 {
    store.count(index, Selector::All).await.unwrap()
}

async fn texts(store: &EdgeStore, index: KnowledgeBaseId, question: &str) -> Vec<String> {
    let input = SearchInput::Lexical(question.to_owned());
    let query = SearchQuery { input, data_sources: None, filter: None, limit: 10 };
    let hits = store.search(index, query).await.unwrap();
    hits.into_iter().map(|hit| hit.chunk.text).collect()
}

/// Some chunks whose vectors differ.
fn samples(numbers: std::ops::Range<u32>) -> Vec<Sample> {
    let sample = |number: u32| {
        let angle = f64::from(number).sin();
        #[expect(clippy::cast_possible_truncation, reason = "between -1 and 1")]
        let vector = [angle as f32, angle.cos() as f32, (angle * 7.0).sin() as f32, 0.1];
        Sample::new(number, &format!("number n{number} of many")).vector(vector)
    };
    numbers.map(sample).collect()
}

/// Waits for a condition, with a deadline.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let poll = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, poll).await.is_ok(), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_there_after_a_drop_and_after_a_close() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let index = index_of(&store, &samples(0..10)).await;
    store.upsert(index, vec![Sample::new(20, "unflushed").chunk()]).await.unwrap();
    drop(store);

    let store = open(directory.path()).await;
    assert_eq!(count(&store, index).await, 11);
    assert_eq!(texts(&store, index, "unflushed").await, ["unflushed"]);
    store.delete(index, Selector::Document(document(20, 1))).await.unwrap();
    assert!(store.close(|| true).await);
    let refused = store.count(index, Selector::All).await;
    assert!(matches!(refused, Err(VectorStoreError::Unavailable { .. })), "{refused:?}");
    drop(store);

    let store = open(directory.path()).await;
    assert_eq!(count(&store, index).await, 10);
    assert_eq!(texts(&store, index, "unflushed").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_opened_once() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let error = EdgeStore::open(directory.path(), EdgeConfig::default()).await.unwrap_err();
    assert!(error.to_string().contains("is open already"), "{error}");
    drop(store);
    open(directory.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_indexes_share_a_few_places() {
    let directory = tempfile::tempdir().unwrap();
    let config =
        EdgeConfig { open_indexes: NonZeroUsize::new(4).unwrap(), ..EdgeConfig::default() };
    let store = EdgeStore::open(directory.path(), config).await.unwrap();
    let store = &store;
    let make =
        (0..100).map(|number| async move { index_of(store, &[number_sample(number)]).await });
    let indexes = futures::future::join_all(make).await;
    let search = indexes.iter().map(|index| texts(store, *index, "number"));
    let found = futures::future::join_all(search).await;
    for (number, texts) in found.into_iter().enumerate() {
        assert_eq!(texts, [format!("number n{number}")]);
    }
    let engines = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(engines, 101, "an index each, and the lock");
}

fn number_sample(number: u32) -> Sample {
    Sample::new(number, &format!("number n{number}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_and_writes_go_on_while_an_index_is_optimised() {
    let directory = tempfile::tempdir().unwrap();
    let store = EdgeStore::open(directory.path(), eager(6_000)).await.unwrap();
    let index = index_of(&store, &samples(0..6_000)).await;
    until("it begins", || store.is_optimising()).await;
    let mut during = 0;
    for number in 0_u32.. {
        let new = 10_000 + number;
        store.upsert(index, vec![number_sample(new).chunk()]).await.unwrap();
        store.delete(index, Selector::Document(document(number, 1))).await.unwrap();
        store.flush(index).await.unwrap();
        assert_eq!(texts(&store, index, &format!("n{new}")).await, [format!("number n{new}")]);
        assert_eq!(texts(&store, index, &format!("n{number}")).await, Vec::<String>::new());
        assert_eq!(count(&store, index).await, 6_000);
        if !store.is_optimising() {
            break;
        }
        during += 1;
    }
    assert!(during > 0, "the optimisation was over before anything was tried");
    assert_eq!(count(&store, index).await, 6_000);

    drop(store);
    let store = open(directory.path()).await;
    assert_eq!(count(&store, index).await, 6_000);
    assert_eq!(texts(&store, index, "n0").await, Vec::<String>::new());
    assert_eq!(texts(&store, index, "n10000").await, ["number n10000"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_optimised_index_answers_as_before() {
    let directory = tempfile::tempdir().unwrap();
    let store = EdgeStore::open(directory.path(), eager(2_000)).await.unwrap();
    let samples = samples(0..2_500);
    let index = index_of(&store, &samples[..1_999]).await;
    let query = |sample: &Sample| SearchQuery {
        input: SearchInput::Dense(sample.vector.to_vec()),
        data_sources: None,
        filter: None,
        limit: 5,
    };
    let mut before = Vec::new();
    for sample in samples[..1_999].iter().step_by(100) {
        before.push(store.search(index, query(sample)).await.unwrap());
    }
    store.upsert(index, vec![samples[0].chunk()]).await.unwrap();
    let graph = || has_graph(&directory.path().join(index.as_str()));
    until("a graph is built", || graph() && !store.is_optimising()).await;
    let mut same = 0;
    for (sample, before) in samples[..1_999].iter().step_by(100).zip(&before) {
        let after = store.search(index, query(sample)).await.unwrap();
        assert!((after[0].score - before[0].score).abs() < 1e-4, "{after:?} {before:?}");
        same += usize::from(after[0].id == before[0].id);
    }
    assert!(same >= 19, "{same} of {}", before.len());
}

/// Whether a segment of an index has a graph.
fn has_graph(index: &Path) -> bool {
    let Ok(segments) = index.join("segments").read_dir() else { return false };
    segments.flatten().any(|segment| {
        std::fs::read_to_string(segment.path().join("segment.json"))
            .is_ok_and(|segment| segment.contains("\"hnsw\""))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_removed_while_it_is_optimised() {
    let directory = tempfile::tempdir().unwrap();
    let store = EdgeStore::open(directory.path(), eager(4_000)).await.unwrap();
    let index = index_of(&store, &samples(0..4_000)).await;
    until("it begins", || store.is_optimising()).await;
    store.delete_index(index).await.unwrap();
    let gone = store.count(index, Selector::All).await;
    assert!(matches!(gone, Err(VectorStoreError::NoIndex { .. })), "{gone:?}");
    until("its files go", || directory.path().read_dir().unwrap().count() == 1).await;
    store.create_index(IndexSpec { index, dimensions: 4 }).await.unwrap();
    assert_eq!(count(&store, index).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_leaves_is_cleared() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let index = index_of(&store, &[number_sample(1)]).await;
    drop(store);
    let torso = fresh_index();
    for leftover in [format!(".unfinished-{torso}"), format!(".removed-{torso}"), torso.to_string()]
    {
        let wal = directory.path().join(leftover).join("wal");
        std::fs::create_dir_all(&wal).unwrap();
        std::fs::write(wal.join("open-1"), b"torn").unwrap();
    }
    let store = open(directory.path()).await;
    assert_eq!(directory.path().read_dir().unwrap().count(), 2, "the index, and the lock");
    let missing = store.count(torso, Selector::All).await;
    assert!(matches!(missing, Err(VectorStoreError::NoIndex { .. })), "{missing:?}");
    store.create_index(IndexSpec { index: torso, dimensions: 4 }).await.unwrap();
    assert_eq!(count(&store, index).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_that_a_crash_doubled_are_made_one() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let index = index_of(&store, &samples(0..100)).await;
    drop(store);
    // As if a new segment were in place and the old ones not gone yet, with a deletion noted.
    let path = directory.path().join(index.as_str());
    let segment = path.join("segments").read_dir().unwrap().next().unwrap().unwrap().path();
    for copy in ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"] {
        copy_directory(&segment, &segment.with_file_name(copy));
    }
    let deleted = number_sample(7).chunk().id();
    std::fs::write(path.join("optimising"), format!("-{deleted}\n")).unwrap();

    let store = open(directory.path()).await;
    assert_eq!(count(&store, index).await, 99);
    assert_eq!(texts(&store, index, "n8").await.len(), 1);
    assert_eq!(texts(&store, index, "n7").await, Vec::<String>::new());
    store.delete(index, Selector::Document(document(8, 1))).await.unwrap();
    store.upsert(index, vec![number_sample(200).chunk()]).await.unwrap();
    drop(store);
    let store = open(directory.path()).await;
    assert_eq!(count(&store, index).await, 99);
    assert!(!path.join("optimising").exists());
}

fn copy_directory(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_directory(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_does_not_grow_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let index = fresh_index();
    store.create_index(IndexSpec { index, dimensions: 4 }).await.unwrap();
    let long = "words ".repeat(20_000);
    for number in 0..1_000 {
        let chunk = Sample::new(number % 10, &long).chunk();
        store.upsert(index, vec![chunk]).await.unwrap();
        if number % 100 == 99 {
            store.flush(index).await.unwrap();
        }
    }
    assert_eq!(count(&store, index).await, 10);
    let log = directory.path().join(index.as_str()).join("wal");
    let bytes: u64 =
        log.read_dir().unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes < 96 << 20, "{bytes}");
    // Operations are numbered on from where they were: a number used twice would be ignored.
    store.upsert(index, vec![Sample::new(1, "replaced").chunk()]).await.unwrap();
    assert_eq!(texts(&store, index, "replaced").await, ["replaced"]);
    store.delete(index, Selector::All).await.unwrap();
    assert_eq!(count(&store, index).await, 0);
}
