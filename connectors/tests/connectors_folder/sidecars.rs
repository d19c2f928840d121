//! Sidecar files.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::symlink;

use corpus::{Metadata, MetadataValue, SourceMetadata};
use fixtures::connector::attributes;

use crate::support::{Folder, found, make_fifo};

const LAW: &str = r#"{"metadataAttributes": {"topic": "law"}}"#;

fn law() -> Metadata {
    Metadata::from([("topic".to_owned(), MetadataValue::String("law".to_owned()))])
}

#[tokio::test]
async fn a_sidecar_belongs_to_its_file_and_is_no_document() {
    let folder = Folder::new();
    folder.write("a.md", "x").write("a.md.metadata.json", LAW);
    folder.write("orphan.md.metadata.json", "not even JSON").write("b/a.md", "x");
    assert_eq!(folder.found().await, ["+a.md", "+b/a.md", "complete"]);
    assert_eq!(attributes(&folder.document("a.md").await).await.unwrap(), law());
    assert!(matches!(folder.document("b/a.md").await.metadata, SourceMetadata::None));
}

#[tokio::test]
async fn patterns_are_about_documents_not_sidecars() {
    let folder = Folder::new();
    folder.write("a.md", "x").write("a.md.metadata.json", LAW).write("b.json", "x");
    let connector = folder.connector_for(&["*.md", "*.json"], &[]);
    assert_eq!(found(&connector).await, ["+a.md", "+b.json", "complete"]);
    assert_eq!(attributes(&folder.document("a.md").await).await.unwrap(), law());
}

#[tokio::test]
async fn a_sidecar_that_comes_changes_and_goes_is_noticed() {
    let folder = Folder::new();
    folder.write("a.md", "x");
    let mut keys = vec![folder.document("a.md").await.change_key];
    folder.write("a.md.metadata.json", LAW);
    keys.push(folder.document("a.md").await.change_key);
    folder.write("a.md.metadata.json", "{\"metadataAttributes\": {}}");
    keys.push(folder.document("a.md").await.change_key);
    assert_eq!(attributes(&folder.document("a.md").await).await.unwrap(), Metadata::new());
    fs::remove_file(folder.path("a.md.metadata.json")).unwrap();
    let after = folder.document("a.md").await.change_key;
    assert_eq!(after, keys[0]);
    let contents: HashSet<_> = keys.iter().flatten().map(|key| key.content.clone()).collect();
    assert_eq!(contents.len(), 1, "the bytes did not change");
    assert_eq!(keys.into_iter().collect::<HashSet<_>>().len(), 3);
}

#[tokio::test]
async fn a_broken_sidecar_fails_its_document_and_no_other() {
    let folder = Folder::new();
    let long = format!("{{\"metadataAttributes\": {{\"k\": \"{}\"}}}}", "x".repeat(10 * 1024));
    for (name, sidecar) in [
        ("a", ""),
        ("b", r#"{"metadataAttributes": {"k": null}}"#),
        ("c", LAW),
        ("d", long.as_str()),
    ] {
        folder.write(name, "x").write(&format!("{name}.metadata.json"), sidecar);
    }
    for name in ["e", "f", "g"] {
        folder.write(name, "x");
    }
    make_fifo(&folder.path("e.metadata.json"));
    symlink("c.metadata.json", folder.path("f.metadata.json")).unwrap();
    fs::create_dir(folder.path("g.metadata.json")).unwrap();
    let found = folder.found().await;
    let expect = [
        "!a: its sidecar a.metadata.json is no valid JSON: EOF while parsing",
        "!b: its sidecar b.metadata.json gives the attribute \"k\" a value that is no text",
        "+c",
        "!d: its sidecar d.metadata.json is longer than 10240 bytes: shorten it",
        "!e: its sidecar e.metadata.json is no regular file",
        "!f: its sidecar f.metadata.json is no regular file",
        "!g: its sidecar g.metadata.json is no regular file",
        "complete",
    ];
    assert_eq!(found.len(), expect.len(), "{found:#?}");
    for (found, expect) in found.iter().zip(expect) {
        assert!(found.starts_with(expect), "{found}\n{expect}");
    }
}

#[tokio::test]
async fn a_sidecar_of_exactly_the_limit_is_read() {
    let folder = Folder::new();
    let mut sidecar = LAW.to_owned();
    sidecar.push_str(&" ".repeat(10 * 1024 - sidecar.len()));
    folder.write("a.md", "x").write("a.md.metadata.json", sidecar);
    assert_eq!(attributes(&folder.document("a.md").await).await.unwrap(), law());
}
