//! Direct ingestion.

use catalog::{
    NewContent, NewDocument, NewMetadata, OutcomeKind, Submitted, Waiting, WaitingContent,
    WaitingKind,
};
use corpus::DocumentStatus::{self, Deleting, Failed, InProgress, Indexed, Pending};
use corpus::{DocumentKey, Revision, S3Object};
use std::time::Duration;

use crate::support::{
    Fixture, failed, indexed, is_conflict, is_not_found, knowledge_base, location, metadata,
    outcome,
};

fn document(key: &str, text: &str) -> NewDocument {
    NewDocument {
        key: DocumentKey::new(key),
        location: location(key),
        content: NewContent::Inline(text.as_bytes().to_vec()),
        media_type: Some("text/plain".to_owned()),
        metadata: NewMetadata::Inline(metadata(text)),
    }
}

/// Pushes documents: pairs of key and text.
async fn ingest(fixture: &Fixture, documents: &[(&str, &str)]) {
    let documents = documents.iter().map(|(key, text)| document(key, text)).collect();
    fixture.catalog.ingest_documents(fixture.kb, fixture.ds, documents, None).await.unwrap();
}

/// Removes documents, and returns the keys of those that were there.
async fn delete(fixture: &Fixture, keys: &[&str]) -> Vec<String> {
    let keys: Vec<_> = keys.iter().copied().map(DocumentKey::new).collect();
    let catalog = &fixture.catalog;
    let removed = catalog.delete_documents(fixture.kb, fixture.ds, &keys, None).await.unwrap();
    removed.iter().map(|submitted| submitted.key.to_string()).collect()
}

async fn waiting(fixture: &Fixture) -> Vec<Waiting> {
    fixture.catalog.waiting_submissions(fixture.kb, 100).await.unwrap()
}

async fn status(fixture: &Fixture, key: &str) -> DocumentStatus {
    fixture.document(key).await.unwrap().status
}

/// Does what the worker does with a submission to ingest.
async fn done(fixture: &Fixture, submission: &Waiting, what: OutcomeKind) {
    let mut outcome = outcome(submission.key.as_str(), what);
    outcome.submission = Some(submission.sequence);
    fixture.record(None, vec![outcome]).await;
}

#[tokio::test]
async fn what_is_submitted_waits_and_survives() {
    let mut fixture = Fixture::new().await;
    ingest(&fixture, &[("a", "one"), ("b", "two")]).await;
    assert_eq!(status(&fixture, "a").await, Pending);
    assert!(!fixture.is_live("a").await);
    fixture.reopen().await;
    let queue = waiting(&fixture).await;
    let expect: Vec<_> = queue
        .iter()
        .zip([("a", "one"), ("b", "two")])
        .map(|(submission, (key, text))| Waiting {
            sequence: submission.sequence,
            knowledge_base_id: fixture.kb,
            data_source_id: fixture.ds,
            key: DocumentKey::new(key),
            location: location(key),
            kind: WaitingKind::Ingest {
                content: WaitingContent::Kept { size: text.len() as u64 },
                media_type: Some("text/plain".to_owned()),
                metadata: NewMetadata::Inline(metadata(text)),
            },
        })
        .collect();
    assert_eq!(queue, expect);
    assert!(queue[0].sequence < queue[1].sequence);
    assert_eq!(fixture.catalog.waiting_submissions(fixture.kb, 1).await.unwrap(), queue[..1]);
    assert_eq!(fixture.catalog.knowledge_bases_that_wait().await.unwrap(), [fixture.kb]);
    let content = fixture.catalog.submitted_content(queue[1].sequence).await.unwrap();
    assert_eq!(content.as_deref(), Some(&b"two"[..]));

    let revision = fixture.begin("a").await;
    assert_eq!(status(&fixture, "a").await, InProgress);
    done(&fixture, &queue[0], indexed(revision)).await;
    assert_eq!(status(&fixture, "a").await, Indexed);
    assert_eq!(waiting(&fixture).await, queue[1..]);
    done(&fixture, &queue[1], failed("odd")).await;
    assert_eq!(status(&fixture, "b").await, Failed);
    assert_eq!(waiting(&fixture).await, []);
}

#[tokio::test]
async fn the_later_submission_replaces_the_earlier() {
    let fixture = Fixture::new().await;
    ingest(&fixture, &[("a", "old"), ("b", "x"), ("a", "newer")]).await;
    ingest(&fixture, &[("a", "newest")]).await;
    let queue = waiting(&fixture).await;
    let keys: Vec<_> = queue.iter().map(|submission| submission.key.as_str()).collect();
    assert_eq!(keys, ["b", "a"]);
    let content = fixture.catalog.submitted_content(queue[1].sequence).await.unwrap();
    assert_eq!(content.as_deref(), Some(&b"newest"[..]));
}

#[tokio::test]
async fn a_submission_made_meanwhile_stays() {
    let fixture = Fixture::new().await;
    ingest(&fixture, &[("a", "old")]).await;
    let first = waiting(&fixture).await.remove(0);
    let revision = fixture.begin("a").await;
    ingest(&fixture, &[("a", "new")]).await;
    done(&fixture, &first, indexed(revision)).await;
    let document = fixture.document("a").await.unwrap();
    assert_eq!((document.status, document.live_revision), (Pending, Some(revision)));
    assert_eq!(waiting(&fixture).await.len(), 1);
    assert!(fixture.is_live("a").await);
}

#[tokio::test]
async fn a_document_that_is_to_be_removed_is_not_returned() {
    let fixture = Fixture::new().await;
    let live = fixture.index(None, "a").await;
    assert_eq!(delete(&fixture, &["a", "unknown"]).await, ["a"]);
    assert_eq!(status(&fixture, "a").await, Deleting);
    assert!(!fixture.is_live("a").await);
    let queue = waiting(&fixture).await;
    assert_eq!(queue.len(), 1);
    assert_eq!(queue[0].kind, WaitingKind::Delete);
    fixture.begin("a").await;
    assert_eq!(status(&fixture, "a").await, Deleting);
    done(&fixture, &queue[0], OutcomeKind::Deleted).await;
    assert_eq!(fixture.document("a").await, None);
    assert_eq!(waiting(&fixture).await, []);
    let garbage = fixture.garbage(&["a"]).await;
    assert_eq!(garbage, [("a".to_owned(), live.0), ("a".to_owned(), 2)]);
}

#[tokio::test]
async fn a_removed_document_that_is_pushed_again_never_answers_as_before() {
    let fixture = Fixture::new().await;
    let live = fixture.index(None, "a").await;
    delete(&fixture, &["a"]).await;
    ingest(&fixture, &[("a", "again")]).await;
    assert!(!fixture.is_live("a").await);
    let document = fixture.document("a").await.unwrap();
    assert_eq!((document.status, document.live_revision), (Pending, None));
    assert_eq!((document.content_hash, document.change_key), (None, None));
    assert!(document.metadata.is_empty());
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), live.0)]);
    let [again] = waiting(&fixture).await.try_into().unwrap();
    done(&fixture, &again, failed("broken")).await;
    assert_eq!(status(&fixture, "a").await, Failed);
    assert!(!fixture.is_live("a").await);
}

#[tokio::test]
async fn what_was_under_way_before_a_removal_does_not_come_back() {
    let fixture = Fixture::new().await;
    ingest(&fixture, &[("a", "before")]).await;
    let before = waiting(&fixture).await.remove(0);
    // The worker has it, and has not begun a revision yet.
    delete(&fixture, &["a"]).await;
    ingest(&fixture, &[("a", "after")]).await;
    let after = waiting(&fixture).await.remove(0);
    let revision = fixture.begin("a").await;
    done(&fixture, &before, indexed(revision)).await;
    assert!(!fixture.is_live("a").await);
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), revision.0)]);
    done(&fixture, &before, failed("late")).await;
    done(&fixture, &before, OutcomeKind::Unchanged { change_key: None }).await;
    assert_eq!(waiting(&fixture).await, std::slice::from_ref(&after));
    let revision = fixture.begin("a").await;
    done(&fixture, &after, indexed(revision)).await;
    assert_eq!(status(&fixture, "a").await, Indexed);
    assert!(fixture.is_live("a").await);
}

#[tokio::test]
async fn a_document_that_comes_back_while_it_is_removed_waits() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    delete(&fixture, &["a"]).await;
    let removal = waiting(&fixture).await.remove(0);
    ingest(&fixture, &[("a", "again")]).await;
    assert_eq!(status(&fixture, "a").await, Pending);
    done(&fixture, &removal, OutcomeKind::Deleted).await;
    let document = fixture.document("a").await.unwrap();
    assert_eq!((document.status, document.live_revision), (Pending, None));
    assert_eq!(document.chunk_count, 0);
    assert_eq!(fixture.begin("a").await, Revision(2));
}

#[tokio::test]
async fn a_removal_overtakes_an_ingestion_that_runs() {
    let fixture = Fixture::new().await;
    ingest(&fixture, &[("a", "x")]).await;
    let first = waiting(&fixture).await.remove(0);
    let revision = fixture.begin("a").await;
    delete(&fixture, &["a"]).await;
    done(&fixture, &first, indexed(revision)).await;
    assert_eq!(status(&fixture, "a").await, Deleting);
    assert!(!fixture.is_live("a").await);
}

#[tokio::test]
async fn a_client_token_submits_once_and_is_told_the_same() {
    let fixture = Fixture::new().await;
    let (kb, ds, catalog) = (fixture.kb, fixture.ds, &fixture.catalog);
    let token = Some("token");
    let push = async |text| {
        catalog.ingest_documents(kb, ds, vec![document("a", text)], token).await.unwrap()
    };
    let told = push("x").await;
    let expect = Submitted {
        key: DocumentKey::new("a"),
        location: location("a"),
        accepted_at: fixture.document("a").await.unwrap().updated_at,
    };
    assert_eq!(told, [expect]);
    let first = waiting(&fixture).await.remove(0);
    fixture.clock.advance(Duration::from_secs(1));
    assert_eq!(push("another").await, told);
    assert_eq!(waiting(&fixture).await, std::slice::from_ref(&first));
    let revision = fixture.begin("a").await;
    done(&fixture, &first, indexed(revision)).await;
    assert_eq!(push("another").await, told);
    assert_eq!(waiting(&fixture).await, []);

    // Removal is another operation.
    let keys = ["a", "unknown"].map(DocumentKey::new);
    let remove = async || catalog.delete_documents(kb, ds, &keys, token).await.unwrap();
    let told = remove().await;
    assert_eq!(told.len(), 1);
    let removal = waiting(&fixture).await.remove(0);
    done(&fixture, &removal, OutcomeKind::Deleted).await;
    assert_eq!(fixture.document("a").await, None);
    assert_eq!(remove().await, told);
    assert_eq!(waiting(&fixture).await, []);
    catalog.delete_data_source(kb, ds).await.unwrap();
    assert_eq!(remove().await, told);
}

#[tokio::test]
async fn what_is_being_removed_takes_no_submissions() {
    let fixture = Fixture::new().await;
    let (kb, ds, catalog) = (fixture.kb, fixture.ds, &fixture.catalog);
    let push = async |kb| catalog.ingest_documents(kb, ds, vec![document("a", "x")], None).await;
    let other = catalog.create_knowledge_base(knowledge_base("other")).await.unwrap().id;
    assert!(is_not_found(&push(other).await, "data source"));
    push(kb).await.unwrap();
    catalog.delete_data_source(kb, ds).await.unwrap();
    assert!(is_conflict(&push(kb).await));
    let keys = [DocumentKey::new("a")];
    assert!(is_conflict(&catalog.delete_documents(kb, ds, &keys, None).await));
    assert_eq!(waiting(&fixture).await, []);
    catalog.forget_data_source(kb, ds).await.unwrap();
}

#[tokio::test]
async fn objects_in_s3_are_named_until_it_is_their_turn() {
    let fixture = Fixture::new().await;
    let object = |key: &str| S3Object {
        bucket: "b".to_owned(),
        key: key.to_owned(),
        expected_owner: Some("123456789012".to_owned()),
    };
    let document = NewDocument {
        content: NewContent::Object(object("a.pdf")),
        media_type: None,
        metadata: NewMetadata::Object(object("a.json")),
        ..document("a", "")
    };
    let pushed = vec![document];
    fixture.catalog.ingest_documents(fixture.kb, fixture.ds, pushed, None).await.unwrap();
    let queue = waiting(&fixture).await;
    let expect = WaitingKind::Ingest {
        content: WaitingContent::Object(object("a.pdf")),
        media_type: None,
        metadata: NewMetadata::Object(object("a.json")),
    };
    assert_eq!(queue[0].kind, expect);
    ingest(&fixture, &[("a", "inline again")]).await;
    let queue = waiting(&fixture).await;
    assert_eq!(queue.len(), 1);
    let WaitingKind::Ingest { content, .. } = &queue[0].kind else { panic!() };
    assert_eq!(*content, WaitingContent::Kept { size: 12 });
}
