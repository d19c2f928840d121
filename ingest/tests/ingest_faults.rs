//! The worker where something goes wrong beside it: no source, index or knowledge base keeps
//! another, and nothing is left behind.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use corpus::{DocumentStatus, IngestionJobStatus, MetadataValue};
use fixtures::embedder::Trouble;
use support::World;

#[tokio::test]
async fn a_source_that_hangs_can_be_stopped() {
    let world = World::start().await;
    world.source.hang();
    let job = world.begin_sync().await;
    world.until_running(job.id).await;
    world.catalog.stop_job(job.knowledge_base_id, job.data_source_id, job.id).await.unwrap();
    assert_eq!(world.ended(job.id).await.status, IngestionJobStatus::Stopped);
}

#[tokio::test]
async fn a_job_that_is_stopping_when_it_is_claimed_does_nothing() {
    let mut world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.stop_worker().await;
    let job = world.begin_sync().await;
    world.catalog.stop_job(job.knowledge_base_id, job.data_source_id, job.id).await.unwrap();
    world.start_worker();
    assert_eq!(world.ended(job.id).await.status, IngestionJobStatus::Stopped);
    assert_eq!(world.source.opens(), 0);
}

#[tokio::test]
async fn garbage_that_cannot_be_removed_fails_no_job() {
    let world = World::start().await;
    world.source.put("a.txt", "Old words.");
    world.sync().await;
    world.vectors.refuse_deletes(true);
    world.source.put("a.txt", "New words.");
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(job.statistics.modified_documents_indexed, 1);
    assert_eq!(world.texts(), ["New words.", "Old words."]);
    world.vectors.refuse_deletes(false);
    world.source.put("b.txt", "Other words.");
    world.sync().await;
    assert_eq!(world.texts(), ["New words.", "Other words."]);
}

#[tokio::test]
async fn a_write_that_outlives_its_job_leaves_nothing() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.vectors.hold_upserts();
    let job = world.begin_sync().await;
    world.until(|| world.vectors.held() == 1).await;
    world.catalog.stop_job(job.knowledge_base_id, job.data_source_id, job.id).await.unwrap();
    // Long after the document was given up.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert!(!world.job(job.id).await.status.is_final());
    world.vectors.release();
    assert_eq!(world.ended(job.id).await.status, IngestionJobStatus::Stopped);
    assert!(world.texts().is_empty());
}

#[tokio::test]
async fn pushes_to_one_knowledge_base_keep_no_other() {
    let world = World::start().await;
    let (knowledge_base, data_source) = world.another("second").await;
    world.embedder.trouble(Trouble::Stall, 1);
    world.push("stalled", "Words that wait.").await;
    world.until(|| world.embedder.stalled() == 1).await;
    world.push_to((&knowledge_base, &data_source), "free", "Words that go.").await;
    world.until(|| !world.vectors.memory.chunks(knowledge_base.id).is_empty()).await;
    assert!(world.texts().is_empty());
    world.embedder.release(1);
    world.until_indexed("stalled", 1).await;
}

#[tokio::test]
async fn a_data_source_is_removed_beside_pushes_and_whatever_its_policy() {
    let world = World::start().await;
    let (knowledge_base, data_source) = (world.knowledge_base.id, world.data_source.id);
    world.push("kept", "Words that were there.").await;
    world.until_indexed("kept", 1).await;
    world.vectors.hold_upserts();
    world.push("late", "Words that come too late.").await;
    world.until(|| world.vectors.held() == 1).await;
    world.catalog.delete_data_source(knowledge_base, data_source).await.unwrap();
    world.vectors.release();
    world.until_gone(data_source).await;
    assert!(world.texts().is_empty());
}

#[tokio::test]
async fn the_same_document_pushed_again_is_not_embedded_again() {
    let world = World::start().await;
    world.push("a", "The same words.").await;
    world.until_indexed("a", 1).await;
    let calls = world.embedder.calls();
    world.push("a", "The same words.").await;
    world.until_indexed("a", 1).await;
    assert_eq!(world.embedder.calls(), calls);
    world.push("a", "Other words.").await;
    world.until(|| world.texts() == ["Other words."]).await;
}

#[tokio::test]
async fn a_text_that_the_model_refuses_fails_its_document_alone() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.sync().await;
    world.source.put("a.txt", "Words that are refused.");
    world.embedder.trouble(Trouble::Refuse, 1);
    let job = world.sync().await;
    assert_eq!(job.status, IngestionJobStatus::Complete);
    assert_eq!(job.statistics.documents_failed, 1);
    let failed = world.document("a.txt").await.unwrap();
    assert_eq!(failed.status, DocumentStatus::Failed);
    assert!(failed.live_revision.is_some());
    assert_eq!(world.texts(), ["Words."]);
}

#[tokio::test]
async fn chunks_can_be_filtered_by_where_they_came_from() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.sync().await;
    let chunk = world.vectors.memory.chunks(world.knowledge_base.id).remove(0);
    let expect = MetadataValue::String("a.txt".to_owned());
    assert_eq!(chunk.metadata.get(corpus::SOURCE_URI), Some(&expect));
    assert!(chunk.metadata.contains_key(corpus::DATA_SOURCE_ID));
}
