//! Reading documents.

use std::collections::HashMap;

use catalog::{Gone, OutcomeKind, Page};
use corpus::{DocumentKey, DocumentStatus, KnowledgeBaseId};

use crate::support::{Fixture, failed, ignored, is_not_found, knowledge_base, outcome, unchanged};

#[tokio::test]
async fn documents_are_found_by_key_however_many() {
    let fixture = Fixture::new().await;
    let outcomes = (0..600).map(|n| outcome(&format!("{n}"), failed("x"))).collect();
    fixture.record(None, outcomes).await;
    for count in [0, 1, 2, 16, 17, 256, 257, 700] {
        let keys: Vec<_> = (0..count).map(|n| DocumentKey::new(n.to_string())).collect();
        let found = fixture.catalog.documents_by_key(fixture.ds, &keys).await.unwrap();
        assert_eq!(found.len(), count.min(600));
        assert!(found.iter().all(|(key, document)| document.key == *key));
    }
}

#[tokio::test]
async fn documents_are_listed_in_the_order_in_which_they_came() {
    let fixture = Fixture::new().await;
    for key in ["z", "a", "m"] {
        fixture.index(None, key).await;
    }
    let list = async |after| {
        let page = Page { limit: 2, after };
        let listing = fixture.catalog.documents(fixture.kb, fixture.ds, page).await.unwrap();
        let keys: Vec<_> = listing.items.iter().map(|item| item.key.to_string()).collect();
        (keys, listing.next)
    };
    let (keys, next) = list(None).await;
    assert_eq!(keys, ["z", "a"]);
    fixture.record(None, vec![outcome("a", OutcomeKind::Deleted)]).await;
    fixture.index(None, "b").await;
    let (keys, next) = list(next).await;
    assert_eq!((keys.as_slice(), next), (["m".to_owned(), "b".to_owned()].as_slice(), None));
}

#[tokio::test]
async fn only_what_may_be_returned_is_live() {
    let fixture = Fixture::new().await;
    let (kb, ds, catalog) = (fixture.kb, fixture.ds, &fixture.catalog);
    fixture.index(None, "live").await;
    fixture.index(None, "failed since").await;
    fixture.record(None, vec![outcome("failed since", failed("x"))]).await;
    fixture.record(None, vec![outcome("ignored", ignored("x"))]).await;
    fixture.begin("begun").await;
    let ids: Vec<_> =
        ["live", "failed since", "ignored", "begun", "unknown"].map(|key| fixture.id(key)).into();
    let live = catalog.live(kb, &ids).await.unwrap();
    assert_eq!(live.len(), 2, "{live:?}");
    assert!(live.contains_key(&ids[0]) && live.contains_key(&ids[1]));

    let other = catalog.create_knowledge_base(knowledge_base("other")).await.unwrap().id;
    assert!(catalog.live(other, &ids).await.unwrap().is_empty());
    let unknown: KnowledgeBaseId = "ZZZZZZZZZZ".parse().unwrap();
    assert!(catalog.live(unknown, &ids).await.unwrap().is_empty());

    catalog.delete_data_source(kb, ds).await.unwrap();
    assert!(catalog.live(kb, &ids).await.unwrap().is_empty());
    catalog.fail_delete_data_source(kb, ds, "x").await.unwrap();
    assert!(catalog.live(kb, &ids).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_knowledge_base_being_removed_answers_nothing() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    assert!(fixture.is_live("a").await);
    fixture.catalog.delete_knowledge_base(fixture.kb).await.unwrap();
    assert!(!fixture.is_live("a").await);
}

#[tokio::test]
async fn gone_are_those_without_an_outcome_in_the_job() {
    let fixture = Fixture::new().await;
    let keys = ["a", "b", "c", "d"];
    for key in keys {
        fixture.index(None, key).await;
    }
    let unseen = async |job, limit| {
        let documents = fixture.catalog.gone(fixture.ds, Gone::Unseen(job), limit).await.unwrap();
        documents.iter().map(|document| document.key.to_string()).collect::<Vec<_>>()
    };
    let first = fixture.running_job().await;
    assert_eq!(unseen(first, 9).await, keys);
    assert_eq!(unseen(first, 2).await.len(), 2);
    fixture.record(Some(first), vec![outcome("a", unchanged()), outcome("c", failed("x"))]).await;
    fixture.record(Some(first), vec![outcome("new", ignored("x"))]).await;
    assert_eq!(unseen(first, 9).await, ["b", "d"]);
    fixture.record(Some(first), vec![outcome("b", OutcomeKind::Deleted)]).await;
    assert_eq!(unseen(first, 9).await, ["d"]);
    let done = corpus::IngestionJobStatus::Complete;
    fixture.catalog.finish_job(first, done, &[]).await.unwrap();

    let second = fixture.running_job().await;
    assert_eq!(unseen(second, 9).await, ["a", "c", "d", "new"]);
}

#[tokio::test]
async fn absent_documents_are_gone_until_they_are_told_of() {
    let fixture = Fixture::new().await;
    for key in ["a", "b", "c"] {
        fixture.index(None, key).await;
    }
    let gone = async |gone| {
        let documents = fixture.catalog.gone(fixture.ds, gone, 9).await.unwrap();
        let losses = fixture.catalog.losses(fixture.ds, gone).await.unwrap();
        assert_eq!(losses.lost, documents.len() as u64);
        assert_eq!(losses.lost + losses.left, 3);
        documents.iter().map(|document| document.key.to_string()).collect::<Vec<_>>()
    };
    let absent = |key| outcome(key, OutcomeKind::Absent);
    let first = fixture.running_job().await;
    let outcomes = vec![outcome("a", unchanged()), absent("a"), absent("b"), absent("unknown")];
    fixture.record(Some(first), outcomes).await;
    assert_eq!(gone(Gone::Absent).await, ["a", "b"]);
    assert_eq!(gone(Gone::Unseen(first)).await, ["a", "b", "c"]);
    assert!(fixture.is_live("b").await, "nothing happens to it yet");
    let statistics = fixture.job(first).await.statistics;
    assert_eq!((statistics.documents_scanned, statistics.documents_deleted), (1, 0));
    fixture.catalog.finish_job(first, corpus::IngestionJobStatus::Complete, &[]).await.unwrap();

    let second = fixture.running_job().await;
    assert_eq!(gone(Gone::Absent).await, ["a", "b"], "another job knows it too");
    fixture.record(Some(second), vec![outcome("a", OutcomeKind::Seen)]).await;
    assert_eq!(gone(Gone::Absent).await, ["b"]);
    fixture.record(Some(second), vec![absent("b"), outcome("b", unchanged())]).await;
    assert!(gone(Gone::Absent).await.is_empty());
}

#[tokio::test]
async fn a_summary_counts_documents_and_chunks() {
    let fixture = Fixture::new().await;
    fixture.index(None, "a").await;
    fixture.index(None, "b").await;
    fixture.record(None, vec![outcome("b", failed("x")), outcome("c", ignored("x"))]).await;
    let first = fixture.running_job().await;
    let done = corpus::IngestionJobStatus::Complete;
    fixture.catalog.finish_job(first, done, &[]).await.unwrap();
    let last = fixture.start_job().await;
    let summary = fixture.catalog.summary(fixture.kb).await.unwrap();
    assert_eq!(summary.knowledge_base.id, fixture.kb);
    let [source] = summary.data_sources.as_slice() else { panic!("{summary:?}") };
    assert_eq!(source.data_source.id, fixture.ds);
    let expect = HashMap::from([
        (DocumentStatus::Indexed, 1),
        (DocumentStatus::Failed, 1),
        (DocumentStatus::Ignored, 1),
    ]);
    assert_eq!(source.documents, expect);
    assert_eq!(source.chunks, 6);
    assert_eq!(source.last_job, Some(last));
}

#[tokio::test]
async fn documents_of_an_unknown_data_source_are_not_found() {
    let fixture = Fixture::new().await;
    let (catalog, kb, ds) = (&fixture.catalog, fixture.kb, fixture.ds);
    let other = catalog.create_knowledge_base(knowledge_base("other")).await.unwrap().id;
    assert!(is_not_found(&catalog.documents(other, ds, Page::default()).await, "data source"));
    fixture.index(None, "a").await;
    catalog.forget_data_source(other, ds).await.unwrap();
    assert!(fixture.is_live("a").await, "forgotten through another knowledge base");
    catalog.forget_data_source(kb, ds).await.unwrap();
    assert_eq!(fixture.document("a").await, None);
}
