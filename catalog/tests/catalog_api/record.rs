//! What outcomes do to documents.

use catalog::{Outcome, OutcomeKind};
use corpus::DocumentStatus::{Failed, Ignored, InProgress, Indexed, PartiallyIndexed};
use corpus::{ChangeKey, ContentHash, DocumentKey, Metadata, Revision, SourceLocation};

use crate::support::{
    Fixture, OWNER, failed, ignored, indexed, indexed_with, is_conflict, is_not_found, location,
    metadata, outcome, unchanged,
};

#[tokio::test]
async fn a_revision_is_live_once_it_is_recorded() {
    let fixture = Fixture::new().await;
    let revision = fixture.begin("a.md").await;
    assert_eq!(revision, Revision(1));
    let begun = fixture.document("a.md").await.unwrap();
    assert_eq!((begun.status, begun.live_revision), (InProgress, None));
    assert!(!fixture.is_live("a.md").await);

    fixture.record(None, vec![outcome("a.md", indexed_with(revision, metadata("x")))]).await;
    let document = fixture.document("a.md").await.unwrap();
    assert_eq!(document.status, Indexed);
    assert_eq!(document.live_revision, Some(revision));
    assert_eq!(document.chunk_count, 3);
    assert_eq!(document.content_hash, Some(ContentHash::of(b"content")));
    assert_eq!(document.change_key, Some(ChangeKey::of_content("size=7")));
    assert_eq!(document.metadata, metadata("x"));
    assert_eq!(document.location, location("a.md"));
    assert!(fixture.is_live("a.md").await);
    assert_eq!(fixture.garbage(&[]).await, []);
}

#[tokio::test]
async fn a_loss_and_a_note_are_told() {
    let fixture = Fixture::new().await;
    let check = async |partial: Option<&str>, note: Option<&str>, status, reason: Option<&str>| {
        let revision = fixture.begin("a").await;
        let OutcomeKind::Indexed { chunk_count, content_hash, change_key, metadata, .. } =
            indexed(revision)
        else {
            panic!("not indexed")
        };
        let (partial, note) = (partial.map(str::to_owned), note.map(str::to_owned));
        let what = OutcomeKind::Indexed {
            revision,
            chunk_count,
            content_hash,
            change_key,
            metadata,
            recipe: None,
            partial,
            note,
            likeness: None,
        };
        fixture.record(None, vec![outcome("a", what)]).await;
        let document = fixture.document("a").await.unwrap();
        assert_eq!((document.status, document.status_reason.as_deref()), (status, reason));
    };
    check(Some("page 3"), None, PartiallyIndexed, Some("page 3")).await;
    check(None, Some("long"), Indexed, Some("long")).await;
    check(Some("page 3"), Some("long"), PartiallyIndexed, Some("page 3; long")).await;
    check(None, None, Indexed, None).await;
}

#[tokio::test]
async fn the_old_revision_answers_until_the_new_one_is_recorded() {
    let fixture = Fixture::new().await;
    let first = fixture.index(None, "a").await;
    let second = fixture.begin("a").await;
    let during = fixture.document("a").await.unwrap();
    assert_eq!((during.live_revision, during.status), (Some(first), InProgress));
    assert!(fixture.is_live("a").await);
    fixture.record(None, vec![outcome("a", indexed(second))]).await;
    assert_eq!(fixture.document("a").await.unwrap().live_revision, Some(second));
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), 1)]);
}

#[tokio::test]
async fn a_failure_keeps_what_was_live() {
    let fixture = Fixture::new().await;
    let live = fixture.index(None, "a").await;
    fixture.begin("a").await;
    fixture.record(None, vec![outcome("a", failed("broken")), outcome("b", failed("odd"))]).await;
    let document = fixture.document("a").await.unwrap();
    assert_eq!(document.live_revision, Some(live));
    assert_eq!((document.status, document.status_reason.as_deref()), (Failed, Some("broken")));
    assert_eq!(document.change_key, Some(ChangeKey::of_content("size=7")));
    assert!(fixture.is_live("a").await);
    assert!(!fixture.is_live("b").await);
    assert_eq!(fixture.document("b").await.unwrap().status, Failed);
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), 2)]);

    // The content is what it was again.
    fixture.record(None, vec![outcome("a", unchanged())]).await;
    let document = fixture.document("a").await.unwrap();
    assert_eq!((document.status, document.status_reason), (Indexed, None));
}

#[tokio::test]
async fn unchanged_restores_what_was_shown() {
    let fixture = Fixture::new().await;
    let revision = fixture.begin("a").await;
    let OutcomeKind::Indexed { content_hash, .. } = indexed(revision) else { panic!() };
    let what = OutcomeKind::Indexed {
        revision,
        chunk_count: 1,
        content_hash,
        change_key: None,
        metadata: Metadata::new(),
        recipe: None,
        partial: Some("page 3 is a picture".to_owned()),
        note: None,
        likeness: None,
    };
    fixture.record(None, vec![outcome("a", what)]).await;
    fixture.begin("a").await;
    fixture.record(None, vec![outcome("a", unchanged())]).await;
    let document = fixture.document("a").await.unwrap();
    assert_eq!(document.status, PartiallyIndexed);
    assert_eq!(document.status_reason.as_deref(), Some("page 3 is a picture"));
    assert_eq!(document.change_key, Some(ChangeKey::of_content("size=7")));
    assert_eq!(document.live_revision, Some(revision));
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), 2)]);
}

#[tokio::test]
async fn unchanged_follows_the_document_to_its_new_place() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    let moved = SourceLocation::Custom { id: "file:///elsewhere/a".to_owned() };
    let outcome = Outcome { location: moved.clone(), ..outcome("a", unchanged()) };
    fixture.record(None, vec![outcome]).await;
    assert_eq!(fixture.document("a").await.unwrap().location, moved);
}

#[tokio::test]
async fn unchanged_says_nothing_of_a_document_that_is_not_there() {
    let fixture = Fixture::new().await;
    let job = fixture.running_job().await;
    fixture.record(Some(job), vec![outcome("a", unchanged())]).await;
    assert_eq!(fixture.document("a").await, None);
    assert_eq!(fixture.statistics(job).await.documents_scanned, 0);
}

#[tokio::test]
async fn what_is_ignored_is_not_live_any_more() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    fixture.record(None, vec![outcome("a", ignored("a picture"))]).await;
    let document = fixture.document("a").await.unwrap();
    assert_eq!((document.status, document.live_revision), (Ignored, None));
    assert_eq!((document.chunk_count, document.content_hash), (0, None));
    assert!(!fixture.is_live("a").await);
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), 1)]);
}

#[tokio::test]
async fn what_is_deleted_is_gone_and_its_numbers_are_not_used_again() {
    let fixture = Fixture::new().await;
    for _ in 0..3 {
        fixture.index(None, "a").await;
    }
    fixture.begin("b").await;
    fixture.record(None, vec![outcome("a", OutcomeKind::Deleted)]).await;
    assert_eq!(fixture.document("a").await, None);
    assert!(!fixture.is_live("a").await);
    assert_eq!(fixture.garbage(&["a"]).await.len(), 3);
    assert_eq!(fixture.begin("a").await, Revision(4));
    fixture.record(None, vec![outcome("unknown", OutcomeKind::Deleted)]).await;
}

#[tokio::test]
async fn a_document_that_goes_and_comes_in_one_batch_stays() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    let second = fixture.begin("a").await;
    let both = vec![outcome("a", OutcomeKind::Deleted), outcome("a", indexed(second))];
    fixture.record(None, both).await;
    assert_eq!(fixture.document("a").await.unwrap().live_revision, Some(second));
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), 1)]);
    assert_eq!(fixture.begin("a").await, Revision(3));
}

#[tokio::test]
async fn a_revision_that_was_given_up_does_not_become_live() {
    let fixture = Fixture::new().await;
    let late = fixture.begin("a").await;
    fixture.record(None, vec![outcome("a", failed("timeout"))]).await;
    let garbage = fixture.catalog.garbage(fixture.kb, 10).await.unwrap();
    fixture.catalog.forget_garbage(&garbage).await.unwrap();
    fixture.record(None, vec![outcome("a", indexed(late))]).await;
    assert_eq!(fixture.document("a").await.unwrap().live_revision, None);
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), 1)]);
}

#[tokio::test]
async fn an_older_revision_does_not_replace_a_newer_one() {
    let fixture = Fixture::new().await;
    let older = fixture.begin("a").await;
    let newer = fixture.index(None, "a").await;
    fixture.record(None, vec![outcome("a", indexed(older))]).await;
    assert_eq!(fixture.document("a").await.unwrap().live_revision, Some(newer));
    assert_eq!(fixture.garbage(&["a"]).await, [("a".to_owned(), older.0)]);
}

#[tokio::test]
async fn revisions_come_in_the_order_of_the_documents() {
    let fixture = Fixture::new().await;
    fixture.begin("b").await;
    let wanted = ["a", "b", "c", "b"].map(|key| (DocumentKey::new(key), location(key)));
    let catalog = &fixture.catalog;
    let revisions = catalog.begin_revisions(OWNER, fixture.kb, fixture.ds, &wanted).await.unwrap();
    assert_eq!(revisions, [1, 2, 1, 3].map(Revision));
    assert_eq!(catalog.begin_revisions(OWNER, fixture.kb, fixture.ds, &[]).await.unwrap(), []);
}

#[tokio::test]
async fn nothing_is_recorded_for_what_is_gone_or_over() {
    let fixture = Fixture::new().await;
    let job = fixture.running_job().await;
    let over = corpus::IngestionJobStatus::Complete;
    fixture.catalog.finish_job(job, over, &[]).await.unwrap();
    let late = fixture.try_record(Some(job), vec![outcome("a", failed("x"))]).await;
    assert!(is_conflict(&late));
    assert_eq!(fixture.document("a").await, None);

    fixture.catalog.forget_data_source(fixture.kb, fixture.ds).await.unwrap();
    let gone = fixture.try_record(None, vec![outcome("a", failed("x"))]).await;
    assert!(is_not_found(&gone, "data source"));
    let documents = [(DocumentKey::new("a"), location("a"))];
    let (catalog, kb, ds) = (&fixture.catalog, fixture.kb, fixture.ds);
    let gone = catalog.begin_revisions(OWNER, kb, ds, &documents).await;
    assert!(is_not_found(&gone, "data source"));
}
