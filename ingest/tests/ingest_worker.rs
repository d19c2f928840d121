//! The worker through its public surface: a real catalog on disk, an index and an embedder in
//! memory, and a source that the test changes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use corpus::{DocumentStatus, IngestionJobStatus, JobStatistics};
use fixtures::embedder::Trouble;
use support::{Behaviour, World};

#[tokio::test]
async fn a_first_sync_indexes_everything_once() {
    let world = World::start().await;
    world.source.put("a.md", "# Ropes\n\nRopes are changed every five years.");
    world.source.put("b.txt", "Radios are charged overnight.");
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(
        job.statistics,
        JobStatistics {
            documents_scanned: 2,
            new_documents_indexed: 2,
            chunks_indexed: 2,
            ..JobStatistics::default()
        }
    );
    assert_eq!(job.documents_listed, Some(2));
    assert_eq!(
        world.texts(),
        ["# Ropes\n\nRopes are changed every five years.", "Radios are charged overnight."]
    );
}

#[tokio::test]
async fn an_unchanged_source_costs_nothing() {
    let world = World::start().await;
    for number in 0..50 {
        world.source.put(&format!("{number}.txt"), &format!("Document {number}."));
    }
    world.sync().await;
    let (calls, opens) = (world.embedder.calls(), world.source.opens());
    let job = world.sync().await;
    assert_eq!(job.statistics, JobStatistics { documents_scanned: 50, ..JobStatistics::default() });
    assert_eq!((world.embedder.calls(), world.source.opens()), (calls, opens));
}

#[tokio::test]
async fn a_touched_document_is_read_but_not_embedded() {
    let world = World::start().await;
    world.source.put("a.txt", "The same words.");
    world.sync().await;
    let calls = world.embedder.calls();
    world.source.put("a.txt", "The same words.");
    let job = world.sync().await;
    assert_eq!(job.statistics, JobStatistics { documents_scanned: 1, ..JobStatistics::default() });
    assert_eq!(world.embedder.calls(), calls);
}

#[tokio::test]
async fn changes_replace_and_removals_remove() {
    let world = World::start().await;
    world.source.put("a.txt", "Old words.");
    world.source.put("b.txt", "Words that go.");
    world.sync().await;
    world.source.put("a.txt", "New words.");
    world.source.remove("b.txt");
    let job = world.sync().await;
    assert_eq!(
        job.statistics,
        JobStatistics {
            documents_scanned: 1,
            modified_documents_indexed: 1,
            documents_deleted: 1,
            chunks_indexed: 1,
            ..JobStatistics::default()
        }
    );
    assert_eq!(world.texts(), ["New words."]);
}

#[tokio::test]
async fn broken_documents_are_listed_and_the_job_completes() {
    let world = World::start().await;
    world.source.put("empty.txt", "");
    world.source.put("good.txt", "Good words.");
    world.source.put("program.exe", "MZ\u{0}\u{1}\u{2}");
    world.source.behave("vanished.txt", Behaviour::Vanish);
    world.source.behave("endless.txt", Behaviour::Endless);
    world.source.behave("stalled.txt", Behaviour::Stall);
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(job.statistics.documents_scanned, 6);
    assert_eq!(job.statistics.new_documents_indexed, 1);
    assert_eq!(job.statistics.documents_failed + job.statistics.documents_skipped, 5);
    for key in ["empty.txt", "vanished.txt", "endless.txt", "stalled.txt"] {
        let document = world.document(key).await.unwrap();
        assert_eq!(document.status, DocumentStatus::Failed, "{key}");
        let reason = document.status_reason.unwrap();
        assert!(job.failure_reasons.iter().any(|line| line.contains(key)), "{key}: {reason}");
    }
}

#[tokio::test]
async fn a_document_that_fails_keeps_its_live_revision() {
    let world = World::start().await;
    world.source.put("a.txt", "Words that stay.");
    world.sync().await;
    world.source.behave("a.txt", Behaviour::Vanish);
    let job = world.sync().await;
    assert_eq!(job.statistics.documents_failed, 1);
    assert_eq!(world.texts(), ["Words that stay."]);
    assert!(world.document("a.txt").await.unwrap().live_revision.is_some());
}

#[tokio::test]
async fn a_broken_listing_fails_the_job_and_removes_nothing() {
    let world = World::start().await;
    world.source.put("a.txt", "Words that stay.");
    world.source.put("b.txt", "These too.");
    world.sync().await;
    world.source.remove("a.txt");
    world.source.break_listing("the door is shut");
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Failed);
    assert!(job.failure_reasons.iter().any(|reason| reason.contains("the door is shut")));
    assert_eq!(world.texts().len(), 2);
}

#[tokio::test]
async fn a_source_that_is_suddenly_empty_is_not_believed() {
    let world = World::start().await;
    for number in 0..25 {
        world.source.put(&format!("{number}.txt"), &format!("Document {number}."));
    }
    world.sync().await;
    for number in 0..25 {
        world.source.remove(&format!("{number}.txt"));
    }
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(job.statistics.documents_deleted, 0);
    assert!(job.failure_reasons.iter().any(|reason| reason.contains("nothing was removed")));
    assert_eq!(world.texts().len(), 25);
}

#[tokio::test]
async fn throttling_slows_a_job_and_does_not_fail_it() {
    let world = World::start().await;
    for number in 0..5 {
        world.source.put(&format!("{number}.txt"), &format!("Document {number}."));
    }
    // More often than any of them would be tried if tries were counted.
    let retry_after = Some(std::time::Duration::from_millis(5));
    world.embedder.trouble(Trouble::Throttle { retry_after }, 100);
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(job.statistics.new_documents_indexed, 5);
}

#[tokio::test]
async fn a_vector_store_that_fails_for_a_while_is_tried_again() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.vectors.memory.fail_next(3);
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(world.texts(), ["Words."]);
}

#[tokio::test]
async fn a_job_stops_when_asked_and_the_next_one_goes_on() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.source.put("b.txt", "More words.");
    world.embedder.trouble(Trouble::Stall, 2);
    let job = world.begin_sync().await;
    world.until(|| world.embedder.stalled() > 0).await;
    world.catalog.stop_job(job.knowledge_base_id, job.data_source_id, job.id).await.unwrap();
    let job = world.ended(job.id).await;
    assert_eq!(job.status, IngestionJobStatus::Stopped);
    world.embedder.release(2);
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(world.texts(), ["More words.", "Words."]);
}

#[tokio::test]
async fn a_job_pauses_with_the_server_and_resumes() {
    let mut world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.source.put("b.txt", "More words.");
    world.embedder.trouble(Trouble::Stall, 1);
    let job = world.begin_sync().await;
    world.until(|| world.embedder.stalled() > 0).await;
    world.stop_worker().await;
    let paused = world.job(job.id).await;
    assert!(!paused.status.is_final());
    world.embedder.release(1);
    world.start_worker();
    let job = world.ended(job.id).await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(job.statistics.documents_scanned, 2);
    assert_eq!(job.statistics.new_documents_indexed, 2);
    assert_eq!(world.texts(), ["More words.", "Words."]);
}

#[tokio::test]
async fn a_model_that_is_routed_elsewhere_fails_the_job_with_the_remedy() {
    let mut world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.stop_worker().await;
    world.route_to(fixtures::embedder::FakeEmbedder::new().with_name("another"));
    world.start_worker();
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Failed);
    assert!(
        job.failure_reasons.iter().any(|reason| reason.contains("restore the route")),
        "{job:?}"
    );
}

#[tokio::test]
async fn pushed_documents_are_indexed_replaced_and_removed() {
    let world = World::start().await;
    world.push("one", "First words.").await;
    world.until_indexed("one", 1).await;
    world.push("one", "Second words.").await;
    world.push("two", "Other words.").await;
    world.until_indexed("two", 1).await;
    world.until(|| world.texts() == ["Other words.", "Second words."]).await;
    world.push_delete("one").await;
    world.until(|| world.texts() == ["Other words."]).await;
    assert!(world.document("one").await.is_none());
}

#[tokio::test]
async fn deleting_a_data_source_removes_its_chunks() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.sync().await;
    let (knowledge_base, data_source) = (world.knowledge_base.id, world.data_source.id);
    world.catalog.delete_data_source(knowledge_base, data_source).await.unwrap();
    world.until(|| world.texts().is_empty()).await;
    world.until_gone(data_source).await;
}
