//! What jobs owe to sources that move: losses that are not believed, memory that is saved in
//! time, sources that are stuck, and content that stays where it is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use corpus::{DeletionProtection, DocumentStatus, IngestionJob, IngestionJobStatus, Metadata};
use corpus::{MetadataValue, SidecarContents};
use fixtures::embedder::Trouble;
use support::{Behaviour, World};

/// A world with so many documents, all ingested.
async fn with_documents(count: usize) -> World {
    let world = World::start().await;
    for number in 0..count {
        world.source.put(&name(number), &format!("Document {number}."));
    }
    world.sync().await;
    world
}

fn name(number: usize) -> String {
    format!("{number:02}.txt")
}

fn deleted(job: &IngestionJob) -> u64 {
    assert_eq!(job.status, IngestionJobStatus::Complete, "{job:?}");
    job.statistics.documents_deleted
}

#[tokio::test]
async fn a_job_that_would_remove_more_than_it_may_removes_nothing() {
    let world = with_documents(10).await;
    world.protect(DeletionProtection::AtMost(20)).await;
    (0..3).for_each(|number| world.source.remove(&name(number)));
    let job = world.sync().await;
    assert_eq!(deleted(&job), 0);
    let reason = job.failure_reasons.join("\n");
    assert!(reason.contains("3 of 10 documents"), "{reason}");
    assert!(reason.contains("x-outcrop-accept-deletions: true"), "{reason}");
    assert_eq!(world.texts().len(), 10);

    world.source.put(&name(2), "Document 2 is back.");
    assert_eq!(deleted(&world.sync().await), 2, "as much as it may");
    assert_eq!(world.texts().len(), 8);
}

#[tokio::test]
async fn whoever_agrees_to_deletions_has_them_once() {
    let world = with_documents(10).await;
    world.protect(DeletionProtection::AtMost(0)).await;
    (0..5).for_each(|number| world.source.remove(&name(number)));
    assert_eq!(deleted(&world.sync().await), 0);
    assert_eq!(deleted(&world.sync_accepting_deletions().await), 5);
    world.source.remove(&name(5));
    assert_eq!(deleted(&world.sync().await), 0);
}

#[tokio::test]
async fn an_empty_source_is_believed_where_that_is_agreed_or_asked_for() {
    let world = with_documents(20).await;
    (0..20).for_each(|number| world.source.remove(&name(number)));
    assert_eq!(deleted(&world.sync().await), 0);
    world.protect(DeletionProtection::Off).await;
    assert_eq!(deleted(&world.sync().await), 20);
    assert!(world.texts().is_empty());
}

#[tokio::test]
async fn a_few_documents_may_all_go() {
    let world = with_documents(19).await;
    (0..19).for_each(|number| world.source.remove(&name(number)));
    assert_eq!(deleted(&world.sync().await), 19);
}

#[tokio::test]
async fn what_a_source_says_was_deleted_is_removed_whatever_is_protected() {
    let world = with_documents(4).await;
    world.protect(DeletionProtection::AtMost(0)).await;
    (0..3).for_each(|number| world.source.tell_deletion(&name(number)));
    assert_eq!(deleted(&world.sync().await), 3);
    assert_eq!(world.texts(), ["Document 3."]);
}

#[tokio::test]
async fn what_a_listing_of_a_part_did_not_have_goes_as_far_as_it_may() {
    let world = with_documents(20).await;
    let names: Vec<String> = (0..20).map(name).collect();
    world.source.tell_absence(&names[..4]);
    assert_eq!(deleted(&world.sync().await), 4);

    world.protect(DeletionProtection::AtMost(10)).await;
    world.source.tell_absence(&names[4..7]);
    for _told_once in 0..2 {
        let job = world.sync().await;
        assert_eq!(deleted(&job), 0);
        let reason = job.failure_reasons.join("\n");
        assert!(reason.contains("3 of 16 documents"), "{reason}");
    }
    world.source.put(&names[4], "It is back.");
    assert_eq!(deleted(&world.sync().await), 0, "2 of 16 are 12.5 %");
    assert_eq!(deleted(&world.sync_accepting_deletions().await), 2);
    assert_eq!(world.texts().len(), 14);
}

#[tokio::test]
async fn parts_that_lose_all_there_is_are_not_believed() {
    let world = with_documents(20).await;
    let names: Vec<String> = (0..20).map(name).collect();
    world.source.tell_absence(&names);
    let job = world.sync().await;
    assert_eq!(deleted(&job), 0);
    let reason = job.failure_reasons.join("\n");
    assert!(reason.contains("had 20 documents and now has none"), "{reason}");
    assert_eq!(deleted(&world.sync_accepting_deletions().await), 20);
}

#[tokio::test]
async fn memory_is_saved_behind_what_precedes_it_while_the_rest_goes_on() {
    let mut world = World::start().await;
    world.source.put("a.txt", "Words that stall.");
    world.source.checkpoint_after("a.txt", "first");
    world.embedder.trouble(Trouble::Stall, 1);
    let job = world.begin_sync().await;
    world.until(|| world.embedder.stalled() == 1).await;
    assert_eq!(world.remembered("first").await, None);
    world.stop_worker().await;
    assert_eq!(world.remembered("first").await, None, "the document is not done");

    world.source.put("b.txt", "Words that go.");
    world.source.checkpoint_after("b.txt", "second");
    // What stalled before was given up, and waits no longer.
    world.embedder.trouble(Trouble::Stall, 1);
    world.start_worker();
    // One of the two stalls; the other is indexed all the same.
    let indexed = async {
        loop {
            let first = world.document("a.txt").await.is_some_and(|it| it.live_revision.is_some());
            let second = world.document("b.txt").await.is_some_and(|it| it.live_revision.is_some());
            if first || second {
                return first;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let first = tokio::time::timeout(Duration::from_secs(20), indexed).await.unwrap();
    assert_eq!(world.remembered("second").await, None, "one of two is not done");
    if !first {
        assert_eq!(world.remembered("first").await, None);
    }
    world.embedder.release(1);
    let job = world.ended(job.id).await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(world.remembered("first").await.as_deref(), Some(b"a.txt".as_slice()));
    assert_eq!(world.remembered("second").await.as_deref(), Some(b"b.txt".as_slice()));
}

#[tokio::test]
async fn more_checkpoints_than_may_wait_are_all_saved() {
    let world = World::start().await;
    for number in 0..60 {
        world.source.put(&name(number), &format!("Document {number}."));
        world.source.checkpoint_after(&name(number), &format!("state/{number}"));
    }
    assert_eq!(world.sync().await.statistics.new_documents_indexed, 60);
    for number in 0..60 {
        assert!(world.remembered(&format!("state/{number}")).await.is_some(), "{number}");
    }
}

/// Stops a job that is under way, and tells how long that took.
async fn stop(world: &World, job: &IngestionJob) -> Duration {
    let asked = Instant::now();
    world.catalog.stop_job(job.knowledge_base_id, job.data_source_id, job.id).await.unwrap();
    assert_eq!(world.ended(job.id).await.status, IngestionJobStatus::Stopped);
    asked.elapsed()
}

#[tokio::test]
async fn a_job_stops_soon_wherever_its_source_is_stuck() {
    let check = World::start().await;
    check.source.hang();
    let listing = World::start().await;
    listing.source.hang_listing();
    let content = World::start().await;
    content.source.behave("a.txt", Behaviour::Stall);
    content.source.put("b.txt", "Words.");
    for world in [check, listing, content] {
        let job = world.begin_sync().await;
        world.until_running(job.id).await;
        let took = stop(&world, &job).await;
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

#[tokio::test]
async fn stalled_documents_are_reported_and_hold_nobody() {
    let world = World::start().await;
    for number in 0..100 {
        world.source.behave(&format!("stalled-{number}.txt"), Behaviour::Stall);
    }
    world.source.put("z.txt", "Words behind them.");
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(job.statistics.documents_failed, 100);
    assert_eq!(world.texts(), ["Words behind them."]);
    let reason = world.document("stalled-7.txt").await.unwrap().status_reason.unwrap();
    assert!(reason.contains("no data came"), "{reason}");
}

#[tokio::test]
async fn pushed_references_are_read_when_it_is_their_turn() {
    let world = World::start().await;
    world.source.put("manual.txt", "Words in a bucket.");
    let metadata = Metadata::from([("topic".to_owned(), MetadataValue::Boolean(true))]);
    let contents = SidecarContents { metadata: metadata.clone(), ..SidecarContents::default() };
    world.source.describe("manual.txt", contents);
    world.push_object("a", "manual.txt", Some("manual.txt")).await;
    world.until_indexed("a", 1).await;
    assert_eq!(world.texts(), ["Words in a bucket."]);
    assert_eq!(world.document("a").await.unwrap().metadata, metadata);
}

#[tokio::test]
async fn a_reference_that_may_not_be_read_fails_with_the_reason() {
    let world = World::start().await;
    world.source.put("manual.txt", "Words in a bucket.");
    world.push_object("content", "secret.txt", None).await;
    world.push_object("sidecar", "manual.txt", Some("secret.json")).await;
    for key in ["content", "sidecar"] {
        let failed = async {
            loop {
                let document = world.document(key).await.unwrap();
                if document.status == DocumentStatus::Failed {
                    return document.status_reason.unwrap();
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let reason = tokio::time::timeout(Duration::from_secs(20), failed).await.unwrap();
        assert!(reason.contains("AccessDenied"), "{reason}");
    }
    assert!(world.texts().is_empty());
}
