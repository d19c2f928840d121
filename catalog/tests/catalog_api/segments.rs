//! Runs of documents that are seen as one.

use std::sync::Arc;

use async_trait::async_trait;
use catalog::{Gone, Segment, SegmentBuilder, SegmentDigest};
use corpus::{
    Body, ChangeKey, Content, DocumentKey, IngestionJobId, IngestionJobStatus, JobStatistics,
    ReadError, SourceDocument, SourceMetadata,
};

use crate::support::{Fixture, failed, location, outcome, unchanged};

const KEYS: [&str; 3] = ["a", "b", "c"];

#[derive(Debug)]
struct Nothing;

#[async_trait]
impl Content for Nothing {
    async fn open(&self) -> Result<Body, ReadError> {
        Err(ReadError::Vanished)
    }
}

/// What the source says of a document that [`Fixture::index`] indexed.
fn listed(key: &str) -> SourceDocument {
    SourceDocument {
        key: DocumentKey::new(key),
        location: location(key),
        change_key: Some(ChangeKey::of_content("size=7")),
        size: None,
        media_type: None,
        metadata: SourceMetadata::None,
        access: None,
        content: Arc::new(Nothing),
    }
}

fn segment(fixture: &Fixture, keys: &[&str]) -> Segment {
    segment_of(fixture, &keys.iter().map(|key| listed(key)).collect::<Vec<_>>())
}

fn segment_of(fixture: &Fixture, documents: &[SourceDocument]) -> Segment {
    let mut segment = SegmentBuilder::default();
    for document in documents {
        assert_eq!(segment.add(fixture.ds, document), Some(fixture.id(document.key.as_str())));
    }
    segment.build()
}

async fn keep(fixture: &Fixture, job: IngestionJobId, keys: &[&str]) -> SegmentDigest {
    let segment = segment(fixture, keys);
    let digest = segment.digest();
    fixture.catalog.keep_segments(job, fixture.ds, &[segment]).await.unwrap();
    digest
}

async fn see(fixture: &Fixture, job: IngestionJobId, digest: SegmentDigest) -> bool {
    fixture.catalog.see_segments(job, fixture.ds, &[digest]).await.unwrap()[0]
}

async fn unseen(fixture: &Fixture, job: IngestionJobId) -> Vec<String> {
    let unseen = fixture.catalog.gone(fixture.ds, Gone::Unseen(job), 100).await.unwrap();
    let losses = fixture.catalog.losses(fixture.ds, Gone::Unseen(job)).await.unwrap();
    assert_eq!(losses.lost, unseen.len() as u64);
    unseen.into_iter().map(|document| document.key.as_str().to_owned()).collect()
}

async fn next_job(fixture: &Fixture, last: IngestionJobId) -> IngestionJobId {
    fixture.catalog.finish_job(last, IngestionJobStatus::Complete, &[]).await.unwrap();
    fixture.running_job().await
}

/// A catalog with three documents in a segment, and the job after the one that indexed them.
async fn with_segment() -> (Fixture, SegmentDigest, IngestionJobId) {
    let fixture = Fixture::new().await;
    let job = fixture.running_job().await;
    for key in KEYS {
        fixture.index(Some(job), key).await;
    }
    let digest = keep(&fixture, job, &KEYS).await;
    let job = next_job(&fixture, job).await;
    (fixture, digest, job)
}

fn scanned(documents_scanned: u64) -> JobStatistics {
    JobStatistics { documents_scanned, ..JobStatistics::default() }
}

#[tokio::test]
async fn all_documents_of_a_segment_are_seen_and_counted_once() {
    let (fixture, digest, job) = with_segment().await;
    assert_eq!(unseen(&fixture, job).await, KEYS);
    for _ in 0..2 {
        assert!(see(&fixture, job, digest).await);
        assert_eq!(fixture.statistics(job).await, scanned(3));
    }
    assert!(unseen(&fixture, job).await.is_empty());
    assert!(!see(&fixture, job, segment(&fixture, &["a", "b"]).digest()).await);
    // One by one, they are not counted once more.
    fixture.record(Some(job), vec![outcome("b", unchanged())]).await;
    assert_eq!(fixture.statistics(job).await, scanned(3));
}

#[tokio::test]
async fn a_change_of_one_document_ends_its_segment_and_leaves_the_others_seen() {
    let (fixture, digest, job) = with_segment().await;
    assert!(see(&fixture, job, digest).await);
    fixture.index(None, "b").await;
    assert!(unseen(&fixture, job).await.is_empty());
    let job = next_job(&fixture, job).await;
    assert!(!see(&fixture, job, digest).await);
    assert_eq!(unseen(&fixture, job).await, KEYS);
}

#[tokio::test]
async fn whatever_touches_a_document_ends_its_segment() {
    for touch in ["begin", "push", "remove"] {
        let (fixture, digest, job) = with_segment().await;
        match touch {
            "begin" => drop(fixture.begin("a").await),
            "push" => fixture.push("a").await,
            _ => fixture.remove("a").await,
        }
        assert!(!see(&fixture, job, digest).await, "{touch}");
    }
}

#[tokio::test]
async fn only_what_is_settled_as_it_was_told_is_kept() {
    let (fixture, digest, job) = with_segment().await;
    fixture.record(Some(job), KEYS.map(|key| outcome(key, unchanged())).to_vec()).await;
    fixture.record(Some(job), vec![outcome("c", failed("no"))]).await;
    keep(&fixture, job, &KEYS).await;
    assert!(!see(&fixture, job, digest).await, "one failed");
    assert!(see(&fixture, job, keep(&fixture, job, &["b", "a"]).await).await);

    let job = next_job(&fixture, job).await;
    let other = keep(&fixture, job, &["a"]).await;
    assert!(!see(&fixture, job, other).await, "this job has not seen it");
    fixture.record(Some(job), vec![outcome("a", unchanged())]).await;
    let mut told = listed("a");
    told.change_key = Some(ChangeKey::of_content("size=8"));
    let told = segment_of(&fixture, &[told]);
    let digest = told.digest();
    fixture.catalog.keep_segments(job, fixture.ds, &[told]).await.unwrap();
    assert!(!see(&fixture, job, digest).await, "another version was told");
    let twice = keep(&fixture, job, &["a", "a"]).await;
    assert!(!see(&fixture, job, twice).await, "a document belongs to a segment once");
}

#[tokio::test]
async fn a_job_that_is_over_sees_nothing_more() {
    let (fixture, digest, job) = with_segment().await;
    let next = next_job(&fixture, job).await;
    fixture.catalog.see_segments(job, fixture.ds, &[digest]).await.unwrap_err();
    assert_eq!(unseen(&fixture, next).await, KEYS);
}

#[tokio::test]
async fn segments_go_with_their_data_source() {
    let (fixture, digest, job) = with_segment().await;
    fixture.catalog.forget_data_source(fixture.kb, fixture.ds).await.unwrap();
    assert!(!see(&fixture, job, digest).await);
}
