//! Revisions that have the chunks of another under new attributes.

use catalog::{Outcome, OutcomeKind};
use corpus::DocumentStatus::{Failed, Indexed, PartiallyIndexed};
use corpus::{ChangeKey, IngestionJobStatus, JobStatistics, Revision};

use crate::support::{Fixture, failed, metadata, outcome, partial};

fn redescribed(from: Revision, revision: Revision, topic: &str) -> OutcomeKind {
    let change_key = Some(ChangeKey { content: "c".to_owned(), metadata: Some(topic.to_owned()) });
    OutcomeKind::Redescribed { from, revision, change_key, metadata: metadata(topic) }
}

#[tokio::test]
async fn a_redescribed_document_keeps_all_but_its_attributes() {
    let fixture = Fixture::new().await;
    let first = fixture.begin("a").await;
    fixture.record(None, vec![outcome("a", partial(first, "page 3 is a picture"))]).await;
    let before = fixture.document("a").await.unwrap();
    fixture.record(None, vec![outcome("a", failed("its sidecar is broken"))]).await;
    assert_eq!(fixture.document("a").await.unwrap().status, Failed);
    let second = fixture.begin("a").await;
    let what = redescribed(first, second, "law");
    // Recorded again, as after a crash in between, it changes nothing more.
    for _ in 0..2 {
        fixture.record(None, vec![outcome("a", what.clone())]).await;
        let after = fixture.document("a").await.unwrap();
        assert_eq!(after.live_revision, Some(second));
        assert_eq!(after.metadata, metadata("law"));
        assert_eq!(after.change_key.unwrap().metadata.as_deref(), Some("law"));
        assert_eq!(
            (after.status, after.status_reason),
            (PartiallyIndexed, before.status_reason.clone())
        );
        assert_eq!(
            (after.chunk_count, after.content_hash),
            (before.chunk_count, before.content_hash)
        );
        assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), first.0)]);
    }
}

#[tokio::test]
async fn chunks_of_what_is_live_no_longer_do_not_become_live() {
    let fixture = Fixture::new().await;
    let first = fixture.index(None, "a").await;
    let stale = fixture.begin("a").await;
    let newer = fixture.index(None, "a").await;
    fixture.record(None, vec![outcome("a", redescribed(first, stale, "law"))]).await;
    let document = fixture.document("a").await.unwrap();
    assert_eq!((document.live_revision, document.status), (Some(newer), Indexed));
    assert!(document.metadata.is_empty());
    let never = fixture.begin("b").await;
    fixture.record(None, vec![outcome("b", redescribed(Revision(0), never, "law"))]).await;
    assert_eq!(fixture.document("b").await.unwrap().live_revision, None);
    let garbage = fixture.garbage(&["a", "b"]).await;
    let number = |key: &str, revision: Revision| (key.to_owned(), revision.0);
    assert_eq!(garbage, [number("a", first), number("a", stale), number("b", never)]);
}

#[tokio::test]
async fn changes_of_a_sidecar_count_as_its_own() {
    let fixture = Fixture::new().await;
    let mut live = fixture.index(None, "a").await;
    let mut check = async |sidecar: bool, topic: &str, modified: (u64, u64)| {
        let job = fixture.running_job().await;
        let revision = fixture.begin("a").await;
        let what = redescribed(live, revision, topic);
        live = revision;
        fixture.record(Some(job), vec![Outcome { sidecar, ..outcome("a", what) }]).await;
        let expect = JobStatistics {
            documents_scanned: 1,
            metadata_documents_scanned: u64::from(sidecar),
            modified_documents_indexed: modified.0,
            metadata_documents_modified: modified.1,
            ..JobStatistics::default()
        };
        assert_eq!(fixture.statistics(job).await, expect, "{sidecar} {topic}");
        fixture.catalog.finish_job(job, IngestionJobStatus::Complete, &[]).await.unwrap();
    };
    // Attributes that came with the document itself.
    check(false, "law", (1, 0)).await;
    // A new sidecar is scanned, and neither updated nor deleted.
    check(true, "tax", (0, 0)).await;
    check(true, "art", (0, 1)).await;
    check(false, "law", (0, 1)).await;
    check(false, "tax", (1, 0)).await;
}
