//! What sources other than direct ingestion add to the operations: names of documents that lead
//! back, content in S3, deletions that are agreed to, attributes of single chunks.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use catalog::{Batch, Outcome, OutcomeKind, WaitingContent, WaitingKind};
use corpus::{DataSourceId, DocumentKey, KnowledgeBaseId, SourceLocation};
use serde_json::{Value, json};

use crate::support::Server;

/// Creates a data source and returns its path.
async fn source(server: &Server, knowledge_base: &str, configuration: Value) -> String {
    let path = format!("/knowledgebases/{knowledge_base}/datasources");
    let name = configuration["type"].clone();
    let body = json!({"name": name, "dataSourceConfiguration": configuration});
    let reply = server.call(Method::PUT, &path, body).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    format!("{path}/{}", reply.body["dataSource"]["dataSourceId"].as_str().unwrap())
}

fn bucket() -> Value {
    json!({"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::b"}})
}

fn web() -> Value {
    let urls = json!({"seedUrls": [{"url": "https://example.com/"}]});
    json!({"type": "WEB", "webConfiguration": {"sourceConfiguration": {"urlConfiguration": urls}}})
}

fn folder() -> Value {
    json!({"type": "FOLDER", "folderConfiguration": {"path": "/docs"}})
}

/// The ids in the path of a data source.
fn ids(path: &str) -> (KnowledgeBaseId, DataSourceId) {
    let mut parts = path.split('/').skip(2).step_by(2);
    (parts.next().unwrap().parse().unwrap(), parts.next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn the_name_of_a_listed_document_leads_back_to_it() {
    let server = Server::new().await;
    let knowledge_base = server.knowledge_base("kb").await;
    for (configuration, key, location) in [
        (bucket(), "a/b c.pdf", SourceLocation::S3 { uri: "s3://b/a/b c.pdf".to_owned() }),
        (
            web(),
            "https://example.com/a",
            SourceLocation::Web { url: "https://example.com/a?lang=de".to_owned() },
        ),
        (folder(), "a b/c.md", SourceLocation::Custom { id: "file:///docs/a%20b/c.md".to_owned() }),
        (json!({"type": "CUSTOM"}), "c-1", SourceLocation::Custom { id: "c-1".to_owned() }),
    ] {
        let path = source(&server, &knowledge_base, configuration.clone()).await;
        let (knowledge_base_id, data_source_id) = ids(&path);
        let what = OutcomeKind::Failed { reason: "locked".to_owned() };
        let key = DocumentKey::new(key);
        let outcome =
            Outcome { key, location, submission: None, sidecar: false, access: None, what };
        let outcomes = vec![outcome];
        let batch = Batch { job: None, knowledge_base_id, data_source_id, outcomes };
        server.state.catalog.record(batch).await.unwrap();

        let path = format!("{path}/documents");
        let listed = server.call(Method::POST, &path, json!({})).await;
        let name = &listed.body["documentDetails"][0]["identifier"];
        let asked = json!({"documentIdentifiers": [name]});
        for (operation, status) in [("getDocuments", "FAILED"), ("deleteDocuments", "DELETING")] {
            let path = format!("{path}/{operation}");
            let got = server.call(Method::POST, &path, asked.clone()).await;
            let detail = &got.body["documentDetails"][0];
            assert_eq!(detail["status"], status, "{configuration} {got:?}");
            assert_eq!(detail["identifier"], *name);
        }
    }
}

#[tokio::test]
async fn objects_of_a_bucket_are_pushed_by_name() {
    let server = Server::new().await;
    let knowledge_base = server.knowledge_base("kb").await;
    let path = source(&server, &knowledge_base, bucket()).await;
    let object = json!({"uri": "s3://b/k.pdf"});
    let content = json!({"dataSourceType": "S3", "s3": {"s3Location": object}});
    let document = json!({"content": content});
    let path = format!("{path}/documents");
    let accepted = server.call(Method::PUT, &path, json!({"documents": [document]})).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{accepted:?}");
    let name = json!({"dataSourceType": "S3", "s3": {"uri": "s3://b/k.pdf"}});
    assert_eq!(accepted.body["documentDetails"][0]["identifier"], name);
    let (id, _) = ids(&path);
    let waiting = server.state.catalog.waiting_submissions(id, 10).await.unwrap().remove(0);
    let WaitingKind::Ingest { content: WaitingContent::Object(object), .. } = waiting.kind else {
        unreachable!("{waiting:?}")
    };
    assert_eq!((object.bucket.as_str(), object.key.as_str()), ("b", "k.pdf"));

    let twice = json!({"documents": [document, document]});
    let refused = server.call(Method::PUT, &path, twice).await;
    assert_eq!(refused.error(), "ValidationException");
    assert!(refused.message().contains("same document as documents.1"), "{refused:?}");
    let custom = json!({"dataSourceType": "CUSTOM", "custom": {"id": "k.pdf"}});
    let asked = json!({"documentIdentifiers": [custom]});
    let refused = server.call(Method::POST, &format!("{path}/getDocuments"), asked).await;
    assert!(refused.message().contains("use S3"), "{refused:?}");
}

#[tokio::test]
async fn a_header_agrees_to_deletions() {
    let server = Server::new().await;
    let source = server.data_source(&server.knowledge_base("kb").await).await;
    let path = format!("{source}/ingestionjobs/");
    let start = async |agreed: Option<&str>, body: Value| {
        let mut request = Request::builder().method(Method::PUT).uri(&path);
        if let Some(agreed) = agreed {
            request = request.header("x-outcrop-accept-deletions", agreed);
        }
        server.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let refused = start(Some("perhaps"), json!({})).await;
    assert_eq!(refused.error(), "ValidationException");
    assert!(refused.message().contains("must be true or false"), "{refused:?}");
    let (knowledge_base, data_source) = ids(&path);
    for (header, body, expect) in [
        (None, json!({}), false),
        (Some("true"), json!({}), true),
        (Some("false"), json!({}), false),
        (None, json!({"x-outcrop-accept-deletions": true}), false),
    ] {
        let started = start(header, body).await;
        assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
        let job = started.body["ingestionJob"]["ingestionJobId"].as_str().unwrap();
        let id = job.parse().unwrap();
        let catalog = &server.state.catalog;
        let job = catalog.stop_job(knowledge_base, data_source, id).await.unwrap();
        assert_eq!(job.accepts_deletions, expect, "{header:?}");
    }
}

#[tokio::test]
async fn pushed_documents_may_name_an_object_as_their_content() {
    let server = Server::new().await;
    let source = server.data_source(&server.knowledge_base("kb").await).await;
    let object = json!({"customDocumentIdentifier": {"id": "a"}, "sourceType": "S3_LOCATION",
        "s3Location": {"uri": "s3://b/k.pdf", "bucketOwnerAccountId": "123456789012"}});
    let document = json!({"content": {"dataSourceType": "CUSTOM", "custom": object}});
    let path = format!("{source}/documents");
    let accepted = server.call(Method::PUT, &path, json!({"documents": [document]})).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{accepted:?}");
    let id = &accepted.body["documentDetails"][0]["identifier"]["custom"]["id"];
    assert_eq!(id, "a");
}
