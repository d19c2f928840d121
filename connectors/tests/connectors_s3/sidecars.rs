//! Sidecars.

use corpus::MetadataValue;
use fixtures::connector::attributes;
use fixtures::s3_server::{Refusal, S3Server};

use crate::support::{connector, document, found};

const LAW: &str = r#"{"metadataAttributes": {"topic": "law"}}"#;

#[tokio::test]
async fn a_sidecar_is_found_past_what_comes_between_and_over_pages() {
    let server = S3Server::start().await;
    server.page_size(1);
    for key in ["a.md", "a.md-x", "a.md.bak", "b.md"] {
        server.put(key, "x");
    }
    server.put("a.md.metadata.json", LAW);
    let expect = ["+a.md-x", "+a.md with sidecar", "+a.md.bak", "+b.md", "complete"];
    let mut found = found(&connector(&server)).await;
    let mut expect = expect.map(str::to_owned);
    found.sort();
    expect.sort();
    assert_eq!(found, expect);
    let document = document(&connector(&server), "a.md").await;
    let metadata = attributes(&document).await.unwrap();
    assert_eq!(metadata["topic"], MetadataValue::String("law".to_owned()));
}

#[tokio::test]
async fn sidecars_that_nobody_owns_are_no_documents() {
    let server = S3Server::start().await;
    server.put("folder/", "");
    for key in ["a.md.metadata.json", "folder/.metadata.json", ".metadata.json"] {
        server.put(key, LAW);
    }
    server.put("b.md", "x");
    assert_eq!(found(&connector(&server)).await, ["+b.md", "complete"]);
}

#[tokio::test]
async fn an_edit_of_a_sidecar_alone_is_no_change_of_the_bytes() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    server.put("a.md.metadata.json", LAW);
    let key = async || document(&connector(&server), "a.md").await.change_key.unwrap();
    let before = key().await;
    server.put("a.md.metadata.json", r#"{"metadataAttributes": {"topic": "war"}}"#);
    let edited = key().await;
    assert_eq!(before.content, edited.content);
    assert_ne!(before.metadata, edited.metadata);
    server.remove("a.md.metadata.json");
    let removed = key().await;
    assert_eq!((removed.content, removed.metadata), (before.content, None));
}

#[tokio::test]
async fn a_sidecar_without_meaning_is_named() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    let error = async || {
        let document = document(&connector(&server), "a.md").await;
        attributes(&document).await.unwrap_err().to_string()
    };
    server.put("a.md.metadata.json", "{");
    let said = error().await;
    assert!(said.contains("its sidecar a.md.metadata.json is no valid JSON"), "{said}");
    server.put("a.md.metadata.json", vec![b' '; 100_000]);
    let said = error().await;
    assert!(said.contains("longer than 10240 bytes"), "{said}");
}

#[tokio::test]
async fn a_sidecar_that_cannot_be_read_says_why() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    server.put("a.md.metadata.json", LAW);
    let document = document(&connector(&server), "a.md").await;
    let refusal = Refusal { status: 403, code: "AccessDenied", message: "Access Denied" };
    server.refuse("a.md.metadata.json", refusal);
    let said = attributes(&document).await.unwrap_err().to_string();
    assert!(said.contains("s3://books/a.md.metadata.json"), "{said}");
    server.put("a.md.metadata.json", LAW);
}

#[tokio::test]
async fn a_sidecar_that_vanishes_is_not_the_document_vanishing() {
    let server = S3Server::start().await;
    server.put("a.md", "x");
    server.put("a.md.metadata.json", LAW);
    let document = document(&connector(&server), "a.md").await;
    server.remove("a.md.metadata.json");
    let said = attributes(&document).await.unwrap_err().to_string();
    assert!(said.contains("its sidecar a.md.metadata.json vanished"), "{said}");
}
