//! Articles and files, which are more than records.

use corpus::ReadError;
use serde_json::json;

use crate::support::{Org, id, read};

const T1: &str = "2026-01-01T00:00:01Z";
const T2: &str = "2026-01-01T00:00:02Z";

pub(crate) async fn knowledge() -> Org {
    let mut org = Org::new().await;
    let fields = [
        ("KnowledgeArticleId", "reference"),
        ("Title", "string"),
        ("Language", "picklist"),
        ("PublishStatus", "picklist"),
        ("IsLatestVersion", "boolean"),
        ("Answer__c", "html"),
    ];
    org.server.add_object("Knowledge__kav", &fields);
    org.source.filters.clear();
    org.filter("Knowledge", &[], &[]);
    org
}

fn publish(org: &Org, version: u32, article: u32, language: &str, status: &str, changed: &str) {
    let fields = json!({
        "KnowledgeArticleId": id(article), "Title": format!("Article {article}"),
        "Language": language, "PublishStatus": status, "IsLatestVersion": true,
        "Answer__c": "<p>Yes.</p>",
    });
    org.server.put("Knowledge__kav", &id(version), changed, &fields);
}

#[tokio::test]
async fn articles_are_those_online_by_language_under_the_id_of_the_article() {
    let org = knowledge().await;
    publish(&org, 101, 1, "en_US", "Online", T1);
    publish(&org, 102, 1, "de", "Online", T1);
    publish(&org, 103, 2, "en_US", "Draft", T1);
    let expect = ["+Knowledge__kav/en_US/1", "+Knowledge__kav/de/1", "complete"];
    assert_eq!(org.found().await, expect);
    assert!(org.found().await.is_empty());
}

#[tokio::test]
async fn an_article_that_is_published_again_keeps_its_key() {
    let org = knowledge().await;
    publish(&org, 101, 1, "en_US", "Online", T1);
    let before = org.document().await;
    org.server.remove("Knowledge__kav", &id(101));
    publish(&org, 104, 1, "en_US", "Online", T2);
    let after = org.document().await;
    assert_eq!(before.key, after.key);
    assert_eq!(before.location, after.location);
    assert!(org.found().await.is_empty());
}

#[tokio::test]
async fn an_article_that_is_archived_is_gone() {
    let org = knowledge().await;
    publish(&org, 101, 1, "en_US", "Online", T1);
    publish(&org, 102, 2, "en_US", "Online", T1);
    org.found().await;
    publish(&org, 101, 1, "en_US", "Archived", T2);
    assert_eq!(org.found().await, ["?Knowledge__kav/en_US/1"]);
    assert!(org.found().await.is_empty());
}

async fn files() -> Org {
    let mut org = Org::new().await;
    let fields = [
        ("ContentDocumentId", "reference"),
        ("Title", "string"),
        ("FileExtension", "string"),
        ("ContentSize", "int"),
        ("IsLatest", "boolean"),
    ];
    org.server.add_object("ContentVersion", &fields);
    org.server.add_object("ContentDocument", &[]);
    org.source.filters.clear();
    org.filter("ContentVersion", &[], &[]);
    org
}

fn upload(org: &Org, version: u32, document: u32, latest: bool, changed: &str) {
    let fields = json!({
        "ContentDocumentId": id(document), "Title": "Manual", "FileExtension": "pdf",
        "ContentSize": 5, "IsLatest": latest,
    });
    org.server.put("ContentVersion", &id(version), changed, &fields);
}

#[tokio::test]
async fn a_file_is_its_latest_version_read_when_asked_for() {
    let org = files().await;
    upload(&org, 101, 1, false, T1);
    upload(&org, 102, 1, true, T1);
    org.server.put_bytes("ContentVersion", &id(102), "bytes");
    let document = org.document().await;
    assert_eq!(document.key.as_str(), format!("ContentVersion/{}", id(1)));
    assert_eq!(document.media_type.as_deref(), Some("application/pdf"));
    assert_eq!(document.size, Some(5));
    assert_eq!(org.server.count("VersionData"), 0, "it was read too early");
    assert_eq!(read(&document).await.unwrap(), "bytes");
    upload(&org, 102, 1, false, T1);
    upload(&org, 103, 1, true, T2);
    let newer = org.document().await;
    assert_eq!(newer.key, document.key);
    assert_ne!(newer.change_key, document.change_key);
    let error = read(&newer).await.unwrap_err();
    assert!(matches!(error, ReadError::Vanished), "{error}");
}

#[tokio::test]
async fn a_file_is_gone_when_its_document_is() {
    let org = files().await;
    upload(&org, 101, 1, true, T1);
    org.found().await;
    org.server.remove("ContentVersion", &id(101));
    org.server.log_deletion("ContentDocument", &id(1));
    org.wait("ContentVersion", 60).await;
    assert_eq!(org.found().await, ["-ContentVersion/1"]);
}
