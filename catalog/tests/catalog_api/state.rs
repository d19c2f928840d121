//! What connectors remember.

use catalog::OutcomeKind;
use corpus::{DataSourceId, DocumentKey, StateEntry};

use crate::support::{Fixture, data_source, failed, ignored, is_not_found, outcome, unchanged};

fn entry(key: &str, value: Option<&str>) -> StateEntry {
    StateEntry { key: key.to_owned(), value: value.map(|value| value.as_bytes().to_vec()) }
}

#[tokio::test]
async fn entries_are_saved_replaced_and_forgotten() {
    let mut fixture = Fixture::new().await;
    let entries = [entry("token", Some("1")), entry("page/1", Some("x")), entry("gone", None)];
    fixture.catalog.save_state(fixture.ds, &entries).await.unwrap();
    let entries = [entry("token", Some("2")), entry("page/1", None)];
    fixture.catalog.save_state(fixture.ds, &entries).await.unwrap();
    fixture.reopen().await;
    let state = fixture.catalog.source_state(fixture.ds);
    assert_eq!(state.load("token").await.unwrap().as_deref(), Some(b"2".as_slice()));
    assert_eq!(state.load("page/1").await.unwrap(), None);
}

#[tokio::test]
async fn a_prefix_is_scanned_in_order_and_in_pages() {
    let fixture = Fixture::new().await;
    let keys = ["page", "page/", "page/a", "page/b", "page/ü", "page/\u{10ffff}", "page0", "z"];
    let entries = keys.map(|key| entry(key, Some(key)));
    fixture.catalog.save_state(fixture.ds, &entries).await.unwrap();
    let state = fixture.catalog.source_state(fixture.ds);
    let check = async |prefix: &str, after: Option<&str>, limit, expect: &[&str]| {
        let found = state.scan(prefix, after, limit).await.unwrap();
        let names: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(names, expect, "{prefix:?} {after:?}");
        assert!(found.iter().all(|(key, value)| key.as_bytes() == value));
    };
    check("page/", None, 9, &keys[1..6]).await;
    check("page/", None, 2, &keys[1..3]).await;
    check("page/", Some("page/a"), 9, &keys[3..6]).await;
    check("page/", Some("z"), 9, &[]).await;
    check("", None, 9, &keys).await;
    check("nothing", None, 9, &[]).await;
}

#[tokio::test]
async fn data_sources_do_not_share_state() {
    let fixture = Fixture::new().await;
    let other = data_source(fixture.kb, "other");
    let other = fixture.catalog.create_data_source(other).await.unwrap().id;
    fixture.catalog.save_state(fixture.ds, &[entry("k", Some("v"))]).await.unwrap();
    assert_eq!(fixture.catalog.source_state(other).load("k").await.unwrap(), None);
    assert!(fixture.catalog.source_state(other).scan("", None, 9).await.unwrap().is_empty());
    let unknown: DataSourceId = "ZZZZZZZZZZ".parse().unwrap();
    let result = fixture.catalog.save_state(unknown, &[entry("k", Some("v"))]).await;
    assert!(is_not_found(&result, "data source"));
    fixture.catalog.forget_data_source(fixture.kb, fixture.ds).await.unwrap();
    assert_eq!(fixture.catalog.source_state(fixture.ds).load("k").await.unwrap(), None);
}

#[tokio::test]
async fn unsettled_documents_are_those_that_failed_or_were_interrupted() {
    let fixture = Fixture::new().await;
    for key in ["b indexed", "c broken", "e then broken", "g interrupted later"] {
        fixture.index(None, key).await;
    }
    let outcomes = vec![
        outcome("a new and broken", failed("locked")),
        outcome("c broken", failed("locked")),
        outcome("d skipped", ignored("a picture")),
        outcome("e then broken", failed("locked")),
    ];
    fixture.record(None, outcomes).await;
    // Their ingestion began, and the process died.
    fixture.begin("f interrupted").await;
    fixture.begin("g interrupted later").await;
    let state = fixture.catalog.source_state(fixture.ds);
    let check = async |after: Option<&str>, limit, expect: &[&str]| {
        let after = after.map(DocumentKey::new);
        let found = state.unsettled(after.as_ref(), limit).await.unwrap();
        assert_eq!(found.iter().map(DocumentKey::as_str).collect::<Vec<_>>(), expect);
    };
    let under_way = ["a new and broken", "c broken", "e then broken", "f interrupted"];
    check(None, 4, &under_way).await;
    check(Some("f interrupted"), 9, &["g interrupted later"]).await;
    fixture.catalog.take_over().await.unwrap();
    // What was settled before is that again; what never was is told again.
    check(None, 9, &under_way).await;
    check(None, 2, &under_way[..2]).await;
    check(Some("c broken"), 1, &["e then broken"]).await;
    fixture.record(None, vec![outcome("c broken", unchanged())]).await;
    fixture.record(None, vec![outcome("a new and broken", OutcomeKind::Deleted)]).await;
    check(None, 9, &["e then broken", "f interrupted"]).await;
}
