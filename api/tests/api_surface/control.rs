//! Knowledge bases, data sources, jobs, documents and tags.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use catalog::{Batch, Outcome, OutcomeKind};
use corpus::{Embedder, Generator, ModelError, Models};
use serde_json::{Value, json};

use crate::support::{Server, knowledge_base};

const TOKEN: &str = "0123456789-0123456789-0123456789-0123456789";

#[tokio::test]
async fn a_knowledge_base_lives_and_goes() {
    let server = Server::new().await;
    let mut request = knowledge_base("kb");
    request["description"] = "d".into();
    request["clientToken"] = TOKEN.into();
    let created = server.call(Method::PUT, "/knowledgebases/", request.clone()).await;
    assert_eq!(created.status, StatusCode::ACCEPTED, "{created:?}");
    let body = &created.body["knowledgeBase"];
    let id = body["knowledgeBaseId"].as_str().unwrap();
    assert_eq!(
        *body,
        json!({
            "knowledgeBaseId": id,
            "name": "kb",
            "description": "d",
            "roleArn": request["roleArn"],
            "knowledgeBaseArn":
                format!("arn:aws:bedrock:us-east-1:000000000000:knowledge-base/{id}"),
            "knowledgeBaseConfiguration": request["knowledgeBaseConfiguration"],
            "status": "ACTIVE",
            "createdAt": "2026-01-02T03:04:05Z",
            "updatedAt": "2026-01-02T03:04:05Z",
        })
    );
    let again = server.call(Method::PUT, "/knowledgebases", request.clone()).await;
    assert_eq!(again.body, created.body);
    let path = format!("/knowledgebases/{id}");
    assert_eq!(server.call(Method::GET, &path, Value::Null).await.error(), "ValidationException");
    let got = server.call(Method::GET, &path, json!({})).await;
    assert_eq!((got.status, &got.body), (StatusCode::OK, &created.body));
    let taken = server.call(Method::PUT, "/knowledgebases/", knowledge_base("kb")).await;
    assert_eq!((taken.status, taken.error()), (StatusCode::CONFLICT, "ConflictException"));
    let updated = server.call(Method::PUT, &path, knowledge_base("renamed")).await;
    assert_eq!(updated.status, StatusCode::ACCEPTED, "{updated:?}");
    assert_eq!(updated.body["knowledgeBase"]["name"], "renamed");
    assert_eq!(updated.body["knowledgeBase"]["description"], Value::Null);
    let deleted = server.call(Method::DELETE, &path, json!({})).await;
    assert_eq!(deleted.status, StatusCode::ACCEPTED);
    assert_eq!(deleted.body, json!({"knowledgeBaseId": id, "status": "DELETING"}));
    assert_eq!(
        server.call(Method::GET, &path, json!({})).await.body["knowledgeBase"]["status"],
        "DELETING"
    );
    server.state.catalog.forget_knowledge_base(id.parse().unwrap()).await.unwrap();
    let gone = server.call(Method::GET, &path, json!({})).await;
    assert_eq!((gone.status, gone.error()), (StatusCode::NOT_FOUND, "ResourceNotFoundException"));
}

#[tokio::test]
async fn lists_come_in_pages() {
    let server = Server::new().await;
    for number in 0..5 {
        server.knowledge_base(&format!("kb-{number}")).await;
    }
    let (mut names, mut token) = (Vec::new(), Value::Null);
    loop {
        let request = json!({"maxResults": 2, "nextToken": token});
        let page = server.call(Method::POST, "/knowledgebases/", request).await.body;
        let items = page["knowledgeBaseSummaries"].as_array().unwrap().clone();
        names.extend(items.into_iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names, ["kb-0", "kb-1", "kb-2", "kb-3", "kb-4"]);
    let request = json!({"nextToken": "made-up"});
    let refused = server.call(Method::POST, "/knowledgebases/", request).await;
    assert_eq!(refused.error(), "ValidationException");
    assert_eq!(refused.body["fieldList"][0]["name"], "nextToken");
}

#[tokio::test]
async fn folders_are_probed() {
    let server = Server::new().await;
    let id = server.knowledge_base("kb").await;
    let path = format!("/knowledgebases/{id}/datasources/");
    let request = |folder: &str| {
        json!({"name": "f", "dataSourceConfiguration":
            {"type": "FOLDER", "folderConfiguration": {"path": folder}}})
    };
    let refused = server.call(Method::PUT, &path, request("/missing")).await;
    assert_eq!(refused.error(), "ValidationException");
    assert!(refused.message().contains("the folder is missing: create it"), "{refused:?}");
    let created = server.call(Method::PUT, &path, request("/docs")).await;
    assert_eq!(created.status, StatusCode::OK, "{created:?}");
    let data_source = &created.body["dataSource"];
    assert_eq!(data_source["status"], "AVAILABLE");
    assert_eq!(data_source["dataDeletionPolicy"], "DELETE");
    let path = format!("{path}{}", data_source["dataSourceId"].as_str().unwrap());
    let refused = server.call(Method::PUT, &path, request("/missing")).await;
    assert_eq!(refused.error(), "ValidationException");
    let mut other_chunking = request("/docs");
    other_chunking["vectorIngestionConfiguration"] =
        json!({"chunkingConfiguration": {"chunkingStrategy": "NONE"}});
    let refused = server.call(Method::PUT, &path, other_chunking).await;
    assert!(refused.message().contains("cannot be changed"), "{refused:?}");
    let deleted = server.call(Method::DELETE, &path, json!({})).await;
    assert_eq!(deleted.body["status"], "DELETING");
    assert_eq!(
        server.call(Method::GET, &path, json!({})).await.body["dataSource"]["status"],
        "DELETING"
    );
}

#[tokio::test]
async fn jobs_are_rows() {
    let server = Server::new().await;
    let source = server.data_source(&server.knowledge_base("kb").await).await;
    let jobs = format!("{source}/ingestionjobs/");
    let started = server.call(Method::PUT, &jobs, json!({"clientToken": TOKEN})).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    let job = &started.body["ingestionJob"];
    assert_eq!(job["status"], "STARTING");
    assert_eq!(job["statistics"]["numberOfDocumentsScanned"], 0);
    assert_eq!(job["outcrop"], json!({"chunksIndexed": 0}));
    let again = server.call(Method::PUT, &jobs, json!({"clientToken": TOKEN})).await;
    assert_eq!(again.body, started.body);
    let second = server.call(Method::PUT, &jobs, json!({})).await;
    assert_eq!(second.error(), "ConflictException");
    let path = format!("{jobs}{}", job["ingestionJobId"].as_str().unwrap());
    assert_eq!(server.call(Method::GET, &path, json!({})).await.body, started.body);
    let stopped = server.call(Method::POST, &format!("{path}/stop"), json!({})).await;
    assert_eq!(stopped.status, StatusCode::ACCEPTED);
    assert_eq!(stopped.body["ingestionJob"]["status"], "STOPPED");
    let refused = server.call(Method::POST, &format!("{path}/stop"), json!({})).await;
    assert_eq!(refused.error(), "ConflictException");
    for (value, expect) in [("STOPPED", 1), ("FAILED", 0)] {
        let filter = json!({"attribute": "STATUS", "operator": "EQ", "values": [value]});
        let listed = server.call(Method::POST, &jobs, json!({"filters": [filter]})).await;
        assert_eq!(listed.body["ingestionJobSummaries"].as_array().unwrap().len(), expect);
    }
}

#[tokio::test]
async fn documents_are_pushed_and_asked_for() {
    let server = Server::new().await;
    let source = server.data_source(&server.knowledge_base("kb").await).await;
    let document = json!({"content": {"dataSourceType": "CUSTOM", "custom": {
        "customDocumentIdentifier": {"id": "a"},
        "sourceType": "IN_LINE",
        "inlineContent": {"type": "TEXT", "textContent": {"data": "text"}},
    }}});
    let path = format!("{source}/documents");
    let request = json!({"documents": [document]});
    let accepted = server.call(Method::PUT, &path, request).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{accepted:?}");
    assert_eq!(accepted.body["documentDetails"][0]["status"], "STARTING");
    let waiting = server.state.catalog.knowledge_bases_that_wait().await.unwrap();
    assert_eq!(waiting.len(), 1);
    let name = |id: &str| json!({"dataSourceType": "CUSTOM", "custom": {"id": id}});
    let asked = json!({"documentIdentifiers": [name("unknown"), name("a")]});
    let got = server.call(Method::POST, &format!("{path}/getDocuments"), asked.clone()).await;
    let states = |body: &Value| -> Vec<(String, String)> {
        let details = body["documentDetails"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        details
            .map(|detail| (text(&detail["identifier"]["custom"]["id"]), text(&detail["status"])))
            .collect()
    };
    let pair = |id: &str, status: &str| (id.to_owned(), status.to_owned());
    assert_eq!(states(&got.body), [pair("unknown", "NOT_FOUND"), pair("a", "PENDING")]);
    let listed = server.call(Method::POST, &path, json!({})).await;
    assert_eq!(states(&listed.body), [pair("a", "PENDING")]);
    let removed = server.call(Method::POST, &format!("{path}/deleteDocuments"), asked).await;
    assert_eq!(removed.status, StatusCode::ACCEPTED, "{removed:?}");
    assert_eq!(states(&removed.body), [pair("unknown", "NOT_FOUND"), pair("a", "DELETING")]);
}

#[tokio::test]
async fn tags_are_under_the_arn() {
    let server = Server::new().await;
    let id = server.knowledge_base("kb").await;
    let arn = format!("arn%3Aaws%3Abedrock%3Aus-east-1%3A000000000000%3Aknowledge-base%2F{id}");
    let path = format!("/tags/{arn}");
    let tags = json!({"tags": {"a b": "1", "c": "2"}});
    let tagged = server.call(Method::POST, &path, tags.clone()).await;
    assert_eq!((tagged.status, &tagged.body), (StatusCode::OK, &json!({})));
    assert_eq!(server.call(Method::GET, &path, json!({})).await.body, tags);
    let untag = format!("{path}?tagKeys=a%20b&tagKeys=x");
    assert_eq!(server.call(Method::DELETE, &untag, json!({})).await.status, StatusCode::OK);
    let left = server.call(Method::GET, &path, json!({})).await.body;
    assert_eq!(left, json!({"tags": {"c": "2"}}));
    let untag = server.call(Method::DELETE, &path, json!({"tagKeys": ["c"]})).await;
    assert!(untag.message().contains("'tagKeys'"), "the query alone names keys: {untag:?}");
}

#[tokio::test]
async fn a_removal_that_is_repeated_is_answered_as_before() {
    let server = Server::new().await;
    let source = server.data_source(&server.knowledge_base("kb").await).await;
    server.index(&source, "a", "text", corpus::Metadata::new()).await;
    let name = |id: &str| json!({"dataSourceType": "CUSTOM", "custom": {"id": id}});
    let request =
        json!({"clientToken": TOKEN, "documentIdentifiers": [name("a"), name("unknown")]});
    let path = format!("{source}/documents/deleteDocuments");
    let first = server.call(Method::POST, &path, request.clone()).await;
    assert_eq!(first.body["documentDetails"][0]["status"], "DELETING");
    assert_eq!(first.body["documentDetails"][1]["status"], "NOT_FOUND");
    let catalog = &server.state.catalog;
    let knowledge_base = catalog.knowledge_bases_that_wait().await.unwrap().remove(0);
    let removal = catalog.waiting_submissions(knowledge_base, 10).await.unwrap().remove(0);
    let outcome = Outcome {
        key: removal.key,
        location: removal.location,
        submission: Some(removal.sequence),
        sidecar: false,
        access: None,
        what: OutcomeKind::Deleted,
    };
    let batch = Batch {
        job: None,
        knowledge_base_id: removal.knowledge_base_id,
        data_source_id: removal.data_source_id,
        outcomes: vec![outcome],
    };
    catalog.record(batch).await.unwrap();
    assert_eq!(server.call(Method::POST, &path, request).await.body, first.body);
}

#[tokio::test]
async fn a_data_source_that_is_being_deleted_takes_no_documents() {
    let server = Server::new().await;
    let source = server.data_source(&server.knowledge_base("kb").await).await;
    server.call(Method::DELETE, &source, json!({})).await;
    let custom = json!({"customDocumentIdentifier": {"id": "a"}, "sourceType": "IN_LINE",
        "inlineContent": {"type": "TEXT", "textContent": {"data": "text"}}});
    let document = json!({"content": {"dataSourceType": "CUSTOM", "custom": custom}});
    let ingest = json!({"documents": [document]});
    let name = json!({"dataSourceType": "CUSTOM", "custom": {"id": "a"}});
    let delete = json!({"documentIdentifiers": [name]});
    let path = format!("{source}/documents");
    for (method, path, request) in [
        (Method::PUT, path.clone(), ingest),
        (Method::POST, format!("{path}/deleteDocuments"), delete),
    ] {
        // The model gives neither operation a ConflictException.
        let refused = server.call(method, &path, request).await;
        assert_eq!(refused.error(), "ValidationException", "{refused:?}");
        assert!(refused.message().contains("is being deleted"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_failed_deletion_says_why_and_what_is_changed_is_echoed() {
    let server = Server::new().await;
    let id = server.knowledge_base("kb").await;
    let source = server.data_source(&id).await;
    let (kb, ds) = (id.parse().unwrap(), source.rsplit('/').next().unwrap().parse().unwrap());
    let catalog = &server.state.catalog;
    server.call(Method::DELETE, &source, json!({})).await;
    catalog.fail_delete_data_source(kb, ds, "the index is away").await.unwrap();
    let stuck = server.call(Method::GET, &source, json!({})).await;
    assert_eq!(stuck.body["dataSource"]["status"], "DELETE_UNSUCCESSFUL");
    assert_eq!(stuck.body["dataSource"]["failureReasons"], json!(["the index is away"]));
    // Another way to write what it was created with.
    let chunking = json!({});
    let update = json!({"name": "ds", "dataSourceConfiguration": {"type": "CUSTOM"},
        "dataDeletionPolicy": "RETAIN", "vectorIngestionConfiguration": chunking});
    let updated = server.call(Method::PUT, &source, update).await;
    assert_eq!(updated.status, StatusCode::OK, "{updated:?}");
    assert_eq!(updated.body["dataSource"]["dataDeletionPolicy"], "RETAIN");
    assert_eq!(updated.body["dataSource"]["vectorIngestionConfiguration"], chunking);
    let again = server.call(Method::DELETE, &source, json!({})).await;
    assert_eq!(again.body["status"], "DELETING");

    let path = format!("/knowledgebases/{id}");
    server.call(Method::DELETE, &path, json!({})).await;
    catalog.fail_delete_knowledge_base(kb, "the index is away").await.unwrap();
    let stuck = server.call(Method::GET, &path, json!({})).await;
    assert_eq!(stuck.body["knowledgeBase"]["status"], "DELETE_UNSUCCESSFUL");
    assert_eq!(stuck.body["knowledgeBase"]["failureReasons"], json!(["the index is away"]));
    let again = server.call(Method::DELETE, &path, json!({})).await;
    assert_eq!(again.body["status"], "DELETING");
    let told = server.call(Method::GET, &path, json!({})).await;
    assert_eq!(told.body["knowledgeBase"]["failureReasons"], Value::Null);
}

/// Has no model: none is routed, or none can be loaded.
#[derive(Debug)]
struct NoModels {
    routed: bool,
}

impl NoModels {
    fn error(&self, model_arn: &str) -> ModelError {
        let model = model_arn.to_owned();
        if self.routed {
            ModelError::Unavailable { model, reason: "the file is damaged".to_owned() }
        } else {
            ModelError::NoRoute { model, kind: "embedding" }
        }
    }
}

impl Models for NoModels {
    fn embedder(&self, model_arn: &str) -> Result<Arc<dyn Embedder>, ModelError> {
        Err(self.error(model_arn))
    }

    fn generator(&self, model_arn: &str) -> Result<Arc<dyn Generator>, ModelError> {
        Err(self.error(model_arn))
    }
}

#[tokio::test]
async fn a_model_that_is_not_there_is_the_clients_fault_or_the_servers() {
    let mut server = Server::new().await;
    let mut request = knowledge_base("kb");
    request["clientToken"] = TOKEN.into();
    let created = server.call(Method::PUT, "/knowledgebases/", request.clone()).await;
    server.use_models(Arc::new(NoModels { routed: false }));
    let refused = server.call(Method::PUT, "/knowledgebases/", knowledge_base("other")).await;
    assert_eq!(refused.error(), "ValidationException");
    assert!(refused.message().contains("no route for model"), "{refused:?}");
    server.use_models(Arc::new(NoModels { routed: true }));
    let failed = server.call(Method::PUT, "/knowledgebases/", knowledge_base("other")).await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(failed.error(), "InternalServerException");
    let again = server.call(Method::PUT, "/knowledgebases/", request).await;
    assert_eq!((again.status, again.body), (StatusCode::ACCEPTED, created.body));
}
