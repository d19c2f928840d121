//! What is found, in which pages and orders.

use std::sync::Arc;

use corpus::{Connector, S3Source, SourceEvent};
use fixtures::connector::MemoryState;
use fixtures::s3_server::{Order, S3Server};
use futures::StreamExt;

use crate::support::{
    config, connector, connector_for, document, documents, found, in_short, read, source,
};

#[tokio::test]
async fn a_listing_of_more_than_a_page_is_whole() {
    let server = S3Server::start().await;
    for number in 0..1_001 {
        server.put(&format!("{number:04}.md"), "x");
    }
    let documents = documents(&connector(&server)).await;
    assert_eq!(documents.len(), 1_001);
    assert_eq!(server.count("ListObjectsV2"), 2);
}

#[tokio::test]
async fn empty_pages_do_not_end_a_listing() {
    let server = S3Server::start().await;
    server.page_size(2);
    server.empty_pages();
    for key in ["a", "b", "c", "d", "e"] {
        server.put(key, "x");
    }
    assert_eq!(found(&connector(&server)).await, ["+a", "+b", "+c", "+d", "+e", "complete"]);
}

#[tokio::test]
async fn a_prefix_is_literal() {
    let server = S3Server::start().await;
    for key in ["reports/2023/a", "reports/2024-old/b", "reports/2024/c", "reports/20240"] {
        server.put(key, "x");
    }
    let source = S3Source { prefix: Some("reports/2024".to_owned()), ..source() };
    let found = found(&connector_for(&source, config(&server))).await;
    assert_eq!(found, ["+reports/2024-old/b", "+reports/2024/c", "+reports/20240", "complete"]);
}

#[tokio::test]
async fn what_is_unchanged_is_not_asked_for() {
    let server = S3Server::start().await;
    server.put("a.md", "one");
    server.put("b.md", "one");
    server.put("b.md.metadata.json", r#"{"metadataAttributes": {}}"#);
    let keys = async || {
        let documents = documents(&connector(&server)).await;
        documents.into_values().map(|document| document.change_key.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(keys().await, keys().await);
    assert_eq!((server.count("GetObject"), server.count("HeadObject")), (0, 0));
}

#[tokio::test]
async fn the_same_bytes_at_another_time_are_looked_at_again() {
    let server = S3Server::start().await;
    server.put("a.md", "one");
    let before = document(&connector(&server), "a.md").await;
    server.touch("a.md");
    let after = document(&connector(&server), "a.md").await;
    assert_ne!(before.change_key, after.change_key);
    let bytes = read(after.content.as_ref()).await.unwrap();
    assert_eq!(bytes, read(before.content.as_ref()).await.unwrap());
}

#[tokio::test]
async fn what_is_of_an_earlier_time_than_the_last_listing_is_found() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    assert_eq!(found(&connector(&server)).await, ["+a.md", "complete"]);
    server.put("late.md", "x");
    server.backdate("late.md", 86_400);
    assert_eq!(found(&connector(&server)).await, ["+a.md", "+late.md", "complete"]);
}

#[tokio::test]
async fn folders_are_not_found_but_empty_files_are() {
    let server = S3Server::start().await;
    server.put("folder/", "");
    server.put("folder/empty.md", "");
    server.put("folder/full.md", "x");
    let found = found(&connector(&server)).await;
    assert_eq!(found, ["+folder/empty.md", "+folder/full.md", "complete"]);
}

#[tokio::test]
async fn archived_objects_are_ignored_until_they_are_restored() {
    let server = S3Server::start().await;
    for key in ["cold", "deep", "instant", "restored"] {
        server.put(key, "x");
    }
    server.archive("cold", "GLACIER", None);
    server.archive("deep", "DEEP_ARCHIVE", None);
    server.archive("instant", "GLACIER_IR", None);
    server.archive("restored", "GLACIER", Some(3_600));
    let found = found(&connector(&server)).await;
    let remedy = "restore it, or move it to another storage class";
    let expect = [
        format!("~cold: it is archived (GLACIER): {remedy}"),
        format!("~deep: it is archived (DEEP_ARCHIVE): {remedy}"),
        "+instant".to_owned(),
        "+restored".to_owned(),
        "complete".to_owned(),
    ];
    assert_eq!(found, expect);
    assert_eq!(server.count("GetObject"), 0);
}

#[tokio::test]
async fn odd_keys_are_found_and_read() {
    let server = S3Server::start().await;
    let keys = ["a+b %20 c.md", "ü/é.md", "\u{1}control.md", "100%.md", "//double//.md", "😀.md"];
    for key in keys {
        server.put(key, key);
    }
    let documents = documents(&connector(&server)).await;
    assert_eq!(documents.len(), keys.len());
    for key in keys {
        let document = &documents[key];
        assert_eq!(document.location.uri(), format!("s3://books/{key}"));
        let bytes = read(document.content.as_ref()).await.unwrap();
        assert_eq!(bytes, key.as_bytes(), "{key:?}");
    }
}

#[tokio::test]
async fn the_size_is_told_before_anything_is_read() {
    let server = S3Server::start().await;
    server.put("large.pdf", vec![0; 60_000]);
    let document = document(&connector(&server), "large.pdf").await;
    assert_eq!(document.size, Some(60_000));
    assert_eq!(server.count("GetObject"), 0);
}

#[tokio::test]
async fn servers_that_list_by_directories_are_understood() {
    let server = S3Server::start().await;
    server.page_size(1);
    server.order(Order::Directories);
    for key in ["a/z", "a-b", "a-b.metadata.json", "a.md", "a.md.d/x", "a.md.metadata.json"] {
        server.put(key, "x");
    }
    let expect = ["+a/z", "+a-b with sidecar", "+a.md with sidecar", "+a.md.d/x", "complete"];
    assert_eq!(found(&connector(&server)).await, expect);
    assert_eq!(server.count("HeadObject"), 0);
}

#[tokio::test]
async fn without_order_sidecars_are_asked_for() {
    let server = S3Server::start().await;
    server.order(Order::Backwards);
    for key in
        ["a.md", "a.md.metadata.json", "b.md", "c.md", "c.md.metadata.json", "orphan.metadata.json"]
    {
        server.put(key, "x");
    }
    let expect = ["+c.md with sidecar", "+b.md", "+a.md with sidecar", "complete"];
    assert_eq!(found(&connector(&server)).await, expect);
    assert_eq!(server.count("HeadObject"), 3);
}

#[tokio::test]
async fn disorder_that_shows_late_ends_the_job_and_the_next_one_knows() {
    let server = S3Server::start().await;
    server.page_size(2);
    server.order(Order::LastInTheMiddle);
    for key in ["a", "b", "c", "d", "e", "f", "z"] {
        server.put(key, "x");
    }
    let state = Arc::new(MemoryState::default());
    let connector = connector(&server);
    let events: Vec<_> = connector.enumerate(state.clone()).collect().await;
    let short: Vec<String> = events.iter().map(in_short).collect();
    assert_eq!(short[..2], ["+a", "+b"], "{short:?}");
    assert!(short.last().unwrap().starts_with("error: "), "{short:?}");
    for event in events {
        if let Ok(SourceEvent::Checkpoint(entries)) = event {
            state.save(&entries);
        }
    }
    let events: Vec<_> = connector.enumerate(state).collect().await;
    let short: Vec<String> = events.iter().map(in_short).collect();
    assert_eq!(short, ["+a", "+b", "+c", "+z", "+d", "+e", "+f", "complete"]);
    assert_eq!(server.count("HeadObject"), 7);
}
