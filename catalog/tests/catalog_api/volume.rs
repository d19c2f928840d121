//! A large data source in which nothing changed costs little.

use std::time::{Duration, Instant};

use catalog::Gone;
use corpus::DocumentKey;

use crate::support::{Fixture, indexed, location, outcome, unchanged};

const DOCUMENTS: usize = 20_000;
const BATCH: usize = 256;

#[tokio::test]
async fn a_job_of_unchanged_documents_is_cheap() {
    let fixture = Fixture::new().await;
    let keys: Vec<String> = (0..DOCUMENTS).map(|n| format!("folder/{n}.md")).collect();
    let job = fixture.running_job().await;
    let start = Instant::now();
    for batch in keys.chunks(BATCH) {
        let wanted: Vec<_> =
            batch.iter().map(|key| (DocumentKey::new(key), location(key))).collect();
        let owner = crate::support::OWNER;
        let (kb, ds) = (fixture.kb, fixture.ds);
        let revisions = fixture.catalog.begin_revisions(owner, kb, ds, &wanted).await.unwrap();
        let outcomes = batch
            .iter()
            .zip(revisions)
            .map(|(key, revision)| outcome(key, indexed(revision)))
            .collect();
        fixture.record(Some(job), outcomes).await;
    }
    let indexing = start.elapsed();
    let done = corpus::IngestionJobStatus::Complete;
    fixture.catalog.finish_job(job, done, &[]).await.unwrap();

    let job = fixture.running_job().await;
    let start = Instant::now();
    for batch in keys.chunks(BATCH) {
        let wanted: Vec<_> = batch.iter().map(DocumentKey::new).collect();
        let known = fixture.catalog.documents_by_key(fixture.ds, &wanted).await.unwrap();
        assert_eq!(known.len(), batch.len());
        let outcomes = batch.iter().map(|key| outcome(key, unchanged())).collect();
        fixture.record(Some(job), outcomes).await;
    }
    assert!(fixture.catalog.gone(fixture.ds, Gone::Unseen(job), BATCH).await.unwrap().is_empty());
    let unchanged = start.elapsed();
    assert_eq!(fixture.statistics(job).await.documents_scanned, DOCUMENTS as u64);

    let start = Instant::now();
    let ids: Vec<_> = keys[..100].iter().map(|key| fixture.id(key)).collect();
    assert_eq!(fixture.catalog.live(fixture.kb, &ids).await.unwrap().len(), 100);
    let live = start.elapsed();

    let start = Instant::now();
    fixture.catalog.forget_data_source(fixture.kb, fixture.ds).await.unwrap();
    let forgetting = start.elapsed();
    let report = format!(
        "{DOCUMENTS} documents: indexed {indexing:?}, unchanged {unchanged:?}, \
         100 live {live:?}, forgotten {forgetting:?}"
    );
    // Some twentyfold of what it takes on two slow cores; a scan for each document takes minutes.
    assert!(unchanged < Duration::from_secs(30), "{report}");
}
