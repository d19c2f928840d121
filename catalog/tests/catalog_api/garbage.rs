//! Which revisions are to be removed, and when they are forgotten.

use catalog::{Garbage, OutcomeKind};
use corpus::{DocumentStatus, Revision};

use crate::support::{Fixture, LEASE, OWNER, failed, ignored, outcome, partial};

#[tokio::test]
async fn what_is_being_written_is_garbage_once_it_is_abandoned() {
    let fixture = Fixture::new().await;
    let revision = fixture.begin("a").await;
    fixture.catalog.abandon("another owner").await.unwrap();
    assert_eq!(fixture.catalog.garbage(fixture.kb, 10).await.unwrap(), []);
    fixture.catalog.abandon(OWNER).await.unwrap();
    let (knowledge_base_id, document) = (fixture.kb, fixture.id("a"));
    let garbage = Garbage { knowledge_base_id, document, revision };
    assert_eq!(fixture.catalog.garbage(fixture.kb, 10).await.unwrap(), [garbage]);
}

#[tokio::test]
async fn who_takes_over_gives_up_what_was_written_and_may_claim_at_once() {
    let mut fixture = Fixture::new().await;
    let job = fixture.running_job().await;
    fixture.index(Some(job), "a").await;
    fixture.begin("a").await;
    fixture.begin("b").await;
    fixture.reopen().await;
    fixture.catalog.take_over().await.unwrap();
    let expect = [("a".to_owned(), 2), ("b".to_owned(), 1)];
    assert_eq!(fixture.garbage(&["a", "b"]).await, expect);
    assert!(fixture.is_live("a").await);
    assert_eq!(fixture.catalog.claim_job("next", LEASE).await.unwrap().unwrap().id, job);
}

#[tokio::test]
async fn documents_of_what_was_given_up_are_again_what_they_were() {
    let fixture = Fixture::new().await;
    let status = async |key| {
        let document = fixture.document(key).await.unwrap();
        (document.status, document.status_reason)
    };
    for taken_over in [false, true] {
        let indexed = partial(fixture.begin("indexed").await, "a page");
        fixture.record(None, vec![outcome("indexed", indexed)]).await;
        fixture.record(None, vec![outcome("ignored", ignored("a picture"))]).await;
        fixture.record(None, vec![outcome("failed", failed("x"))]).await;
        fixture.push("pushed").await;
        fixture.begin("removed").await;
        fixture.remove("removed").await;
        let keys = ["indexed", "ignored", "failed", "new", "pushed"];
        for key in keys {
            fixture.begin(key).await;
            assert_eq!(status(key).await, (DocumentStatus::InProgress, None), "{key}");
        }
        if taken_over {
            fixture.catalog.take_over().await.unwrap();
        } else {
            fixture.catalog.abandon("another owner").await.unwrap();
            assert_eq!(status("new").await.0, DocumentStatus::InProgress);
            fixture.catalog.abandon(OWNER).await.unwrap();
        }
        let reason = |reason: &str| Some(reason.to_owned());
        let partial = (DocumentStatus::PartiallyIndexed, reason("a page"));
        assert_eq!(status("indexed").await, partial);
        assert_eq!(status("ignored").await, (DocumentStatus::Ignored, reason("a picture")));
        for key in ["failed", "new", "pushed"] {
            assert_eq!(status(key).await, (DocumentStatus::Pending, None), "{key}");
        }
        assert_eq!(status("removed").await.0, DocumentStatus::Deleting);
    }
}

#[tokio::test]
async fn a_pushed_document_that_was_given_up_waits_though_it_was_indexed() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    fixture.push("a").await;
    fixture.begin("a").await;
    fixture.catalog.abandon(OWNER).await.unwrap();
    assert_eq!(fixture.document("a").await.unwrap().status, DocumentStatus::Pending);
    assert!(fixture.is_live("a").await);
}

#[tokio::test]
async fn garbage_stays_until_it_is_forgotten() {
    let mut fixture = Fixture::new().await;
    for _ in 0..4 {
        fixture.index(None, "a").await;
    }
    fixture.reopen().await;
    let two = fixture.catalog.garbage(fixture.kb, 2).await.unwrap();
    assert_eq!(two.iter().map(|row| row.revision).collect::<Vec<_>>(), [Revision(1), Revision(2)]);
    fixture.catalog.forget_garbage(&two).await.unwrap();
    fixture.catalog.forget_garbage(&two).await.unwrap();
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), 3)]);
}

#[tokio::test]
async fn attempts_that_were_given_up_are_garbage() {
    let fixture = Fixture::new().await;
    fixture.begin("a").await;
    fixture.begin("a").await;
    fixture.begin("b").await;
    fixture.record(None, vec![outcome("a", failed("x"))]).await;
    let expect = [("a".to_owned(), 1), ("a".to_owned(), 2)];
    assert_eq!(fixture.garbage(&["a"]).await, expect);
    fixture.begin("b").await;
    fixture.record(None, vec![outcome("b", OutcomeKind::Deleted)]).await;
    assert_eq!(fixture.garbage(&["a", "b"]).await.len(), 4);
}

#[tokio::test]
async fn a_knowledge_base_being_removed_takes_its_garbage_with_it() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    fixture.index(None, "a").await;
    assert_eq!(fixture.garbage(&["a"]).await.len(), 1);
    fixture.catalog.delete_knowledge_base(fixture.kb).await.unwrap();
    assert_eq!(fixture.garbage(&["a"]).await, []);
    fixture.catalog.forget_knowledge_base(fixture.kb).await.unwrap();
    assert_eq!(fixture.garbage(&["a"]).await, []);
}
