//! Direct ingestion.

use catalog::{NewSubmission, OutcomeKind, SubmissionKind, Waiting, WaitingKind};
use corpus::DocumentStatus::{self, Deleting, Failed, InProgress, Indexed, Pending};
use corpus::{DocumentKey, Revision};

use crate::support::{
    Fixture, failed, indexed, is_conflict, is_not_found, knowledge_base, location, metadata,
    outcome,
};

fn ingest(key: &str, text: &str) -> NewSubmission {
    NewSubmission {
        key: DocumentKey::new(key),
        location: location(key),
        kind: SubmissionKind::Ingest {
            bytes: text.as_bytes().to_vec(),
            media_type: Some("text/plain".to_owned()),
            metadata: metadata(text),
        },
    }
}

fn delete(key: &str) -> NewSubmission {
    let kind = SubmissionKind::Delete;
    NewSubmission { key: DocumentKey::new(key), location: location(key), kind }
}

async fn submit(fixture: &Fixture, submissions: Vec<NewSubmission>) -> Vec<DocumentStatus> {
    let (kb, ds) = (fixture.kb, fixture.ds);
    let documents = fixture.catalog.submit(kb, ds, submissions, None).await.unwrap();
    documents.iter().map(|document| document.status).collect()
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
    let submitted = submit(&fixture, vec![ingest("a", "one"), ingest("b", "two")]).await;
    assert_eq!(submitted, [Pending, Pending]);
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
                size: text.len() as u64,
                media_type: Some("text/plain".to_owned()),
                metadata: metadata(text),
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
    submit(&fixture, vec![ingest("a", "old"), ingest("b", "x"), ingest("a", "newer")]).await;
    submit(&fixture, vec![ingest("a", "newest")]).await;
    let queue = waiting(&fixture).await;
    let keys: Vec<_> = queue.iter().map(|submission| submission.key.as_str()).collect();
    assert_eq!(keys, ["b", "a"]);
    let content = fixture.catalog.submitted_content(queue[1].sequence).await.unwrap();
    assert_eq!(content.as_deref(), Some(&b"newest"[..]));
}

#[tokio::test]
async fn a_submission_made_meanwhile_stays() {
    let fixture = Fixture::new().await;
    submit(&fixture, vec![ingest("a", "old")]).await;
    let first = waiting(&fixture).await.remove(0);
    let revision = fixture.begin("a").await;
    submit(&fixture, vec![ingest("a", "new")]).await;
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
    assert_eq!(submit(&fixture, vec![delete("a"), delete("unknown")]).await, [Deleting]);
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
async fn a_document_that_comes_back_while_it_is_removed_waits() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    submit(&fixture, vec![delete("a")]).await;
    let removal = waiting(&fixture).await.remove(0);
    submit(&fixture, vec![ingest("a", "again")]).await;
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
    submit(&fixture, vec![ingest("a", "x")]).await;
    let first = waiting(&fixture).await.remove(0);
    let revision = fixture.begin("a").await;
    submit(&fixture, vec![delete("a")]).await;
    done(&fixture, &first, indexed(revision)).await;
    assert_eq!(status(&fixture, "a").await, Deleting);
    assert!(!fixture.is_live("a").await);
}

#[tokio::test]
async fn a_client_token_submits_once() {
    let fixture = Fixture::new().await;
    let (kb, ds, catalog) = (fixture.kb, fixture.ds, &fixture.catalog);
    let token = || Some("token".to_owned());
    catalog.submit(kb, ds, vec![ingest("a", "x")], token()).await.unwrap();
    let first = waiting(&fixture).await.remove(0);
    let again = catalog.submit(kb, ds, vec![ingest("a", "x")], token()).await.unwrap();
    assert_eq!(again[0].status, Pending);
    assert_eq!(waiting(&fixture).await, std::slice::from_ref(&first));
    let revision = fixture.begin("a").await;
    done(&fixture, &first, indexed(revision)).await;
    let again = catalog.submit(kb, ds, vec![ingest("a", "x")], token()).await.unwrap();
    assert_eq!(again[0].status, Indexed);
    assert_eq!(waiting(&fixture).await, []);

    // Removal is another operation.
    let removed = catalog.submit(kb, ds, vec![delete("a")], token()).await.unwrap();
    assert_eq!(removed[0].status, Deleting);
}

#[tokio::test]
async fn what_is_being_removed_takes_no_submissions() {
    let fixture = Fixture::new().await;
    let (kb, ds, catalog) = (fixture.kb, fixture.ds, &fixture.catalog);
    let other = catalog.create_knowledge_base(knowledge_base("other")).await.unwrap().id;
    let wrong = catalog.submit(other, ds, vec![ingest("a", "x")], None).await;
    assert!(is_not_found(&wrong, "data source"));
    submit(&fixture, vec![ingest("a", "x")]).await;
    catalog.delete_data_source(kb, ds).await.unwrap();
    assert!(is_conflict(&catalog.submit(kb, ds, vec![ingest("a", "x")], None).await));
    assert_eq!(waiting(&fixture).await, []);
    catalog.forget_data_source(kb, ds).await.unwrap();
}
