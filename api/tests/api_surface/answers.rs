//! `Retrieve` and `RetrieveAndGenerate`.

use axum::http::{Method, StatusCode};
use corpus::{GenerateError, Metadata, MetadataValue};
use serde_json::{Value, json};

use crate::support::{Reply, Server};

const GLACIER: &str = "A glacier moves slowly.";
const REEF: &str = "A reef grows in warm water.";

/// A server with a knowledge base of two documents, and the knowledge base's id.
async fn library() -> (Server, String) {
    let server = Server::new().await;
    let id = server.knowledge_base("kb").await;
    let source = server.data_source(&id).await;
    let topic = |topic: &str| {
        Metadata::from([
            ("topic".to_owned(), MetadataValue::String(topic.to_owned())),
            ("x-amz-bedrock-kb-source-uri".to_owned(), MetadataValue::Boolean(false)),
        ])
    };
    server.index(&source, "glacier", GLACIER, topic("ice")).await;
    server.index(&source, "reef", REEF, topic("sea")).await;
    (server, id)
}

async fn retrieve(server: &Server, id: &str, settings: Value) -> Reply {
    let request = json!({
        "retrievalQuery": {"text": "how a glacier moves"},
        "retrievalConfiguration": {"vectorSearchConfiguration": settings},
    });
    server.call(Method::POST, &format!("/knowledgebases/{id}/retrieve"), request).await
}

#[tokio::test]
async fn results_have_bedrocks_shape() {
    let (server, id) = library().await;
    let reply = retrieve(&server, &id, json!({"numberOfResults": 1})).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let results = reply.body["retrievalResults"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let result = &results[0];
    assert_eq!(result["content"], json!({"type": "TEXT", "text": GLACIER}));
    assert_eq!(
        result["location"],
        json!({"type": "CUSTOM", "customDocumentLocation": {"id": "glacier"}})
    );
    assert!(result["score"].as_f64().unwrap() > 0.1);
    let metadata = &result["metadata"];
    assert_eq!(metadata["topic"], "ice");
    assert_eq!(metadata["x-amz-bedrock-kb-source-uri"], "glacier", "reserved names win");
    assert_eq!(metadata["x-amz-bedrock-kb-document-page-number"].to_string(), "3.0");
    assert_eq!(metadata["x-outcrop-headings"], json!(["H"]));
    assert_eq!(metadata["x-outcrop-span-end"], GLACIER.len());
    let arn = format!("arn%3Aaws%3Abedrock%3Aus-east-1%3A000000000000%3Aknowledge-base%2F{id}");
    let by_arn = retrieve(&server, &arn, json!({"numberOfResults": 1})).await;
    assert_eq!(by_arn.body, reply.body);
}

#[tokio::test]
async fn filters_go_to_the_index() {
    let (server, id) = library().await;
    let sea = json!({"equals": {"key": "topic", "value": "sea"}});
    let reply = retrieve(&server, &id, json!({"filter": sea})).await;
    let results = reply.body["retrievalResults"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["content"]["text"], REEF);
    for (values, expect) in [(json!(["sea", 1, true]), 1), (json!([1]), 0)] {
        let filter = json!({"in": {"key": "topic", "value": values}});
        let found = retrieve(&server, &id, json!({"filter": filter})).await;
        assert_eq!(found.status, StatusCode::OK, "{found:?}");
        assert_eq!(found.body["retrievalResults"].as_array().unwrap().len(), expect);
    }
    let both = json!({"equals": {"key": "k", "value": 1}, "in": {"key": "k", "value": []}});
    let refused = retrieve(&server, &id, json!({"filter": both})).await;
    assert!(refused.message().contains("exactly one of these set"), "{refused:?}");
}

async fn ask(server: &Server, id: &str, session: Value) -> Reply {
    let request = json!({
        "input": {"text": "how does a glacier move"},
        "sessionId": session,
        "retrieveAndGenerateConfiguration": {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {"knowledgeBaseId": id, "modelArn": "some.model-v1:0"},
        },
    });
    server.call(Method::POST, "/retrieveAndGenerate", request).await
}

#[tokio::test]
async fn citations_agree_with_the_text() {
    let (server, id) = library().await;
    server.generator.answer("Gletscher — ❄️ — bewegen sich langsam [1]. Mehr ist nicht bekannt.");
    let reply = ask(&server, &id, Value::Null).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let text: Vec<char> = reply.body["output"]["text"].as_str().unwrap().chars().collect();
    assert!(!text.contains(&'['));
    let citations = reply.body["citations"].as_array().unwrap();
    assert!(!citations.is_empty());
    for citation in citations {
        let part = &citation["generatedResponsePart"]["textResponsePart"];
        let position = |name: &str| usize::try_from(part["span"][name].as_u64().unwrap()).unwrap();
        let cited: String = text[position("start")..=position("end")].iter().collect();
        assert_eq!(part["text"], cited.as_str());
    }
    let reference = &citations[0]["retrievedReferences"][0];
    assert_eq!(reference["content"]["text"], GLACIER);
    assert!(reference["metadata"]["x-outcrop-score"].as_f64().is_some());
    assert!(reference.get("score").is_none());
    let session = reply.body["sessionId"].clone();
    let again = ask(&server, &id, session.clone()).await;
    assert_eq!(again.body["sessionId"], session);
}

#[tokio::test]
async fn a_session_goes_on_without_its_configuration() {
    let (server, id) = library().await;
    let sea = json!({"equals": {"key": "topic", "value": "sea"}});
    let request = json!({
        "input": {"text": "what grows"},
        "retrieveAndGenerateConfiguration": {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {
                "knowledgeBaseId": id,
                "modelArn": "some.model-v1:0",
                "retrievalConfiguration": {"vectorSearchConfiguration": {"filter": sea}},
            },
        },
    });
    let path = "/retrieveAndGenerate";
    server.generator.answer("It grows [1].");
    let first = server.call(Method::POST, path, request).await;
    let session = &first.body["sessionId"];
    server.generator.answer("In warm water [1].");
    let more = json!({"input": {"text": "how a glacier moves"}, "sessionId": session});
    let second = server.call(Method::POST, path, more).await;
    assert_eq!(second.status, StatusCode::OK, "{second:?}");
    assert_eq!(second.body["sessionId"], *session);
    let reference = &second.body["citations"][0]["retrievedReferences"][0];
    assert_eq!(reference["content"]["text"], REEF, "the filter is the session's");
    let unknown = json!({"input": {"text": "q"}, "sessionId": "unknown"});
    let refused = server.call(Method::POST, path, unknown).await;
    assert_eq!(refused.error(), "ValidationException");
    assert!(refused.message().contains("session 'unknown' is not known"), "{refused:?}");
    let refused = server.call(Method::POST, path, json!({"input": {"text": "q"}})).await;
    assert!(refused.message().contains("unless sessionId"), "{refused:?}");
}

#[tokio::test]
async fn failures_have_their_exceptions() {
    let (server, id) = library().await;
    let refused = ask(&server, &id, "unknown".into()).await;
    assert_eq!(refused.error(), "ValidationException");
    let unknown = ask(&server, "ABCDEFGHIJ", Value::Null).await;
    assert_eq!(unknown.error(), "ResourceNotFoundException");
    for (failure, status, error) in [
        (
            GenerateError::Refused { reason: "no".to_owned() },
            StatusCode::FAILED_DEPENDENCY,
            "DependencyFailedException",
        ),
        (
            GenerateError::PromptTooLong { reason: "too long".to_owned() },
            StatusCode::BAD_REQUEST,
            "ValidationException",
        ),
    ] {
        server.generator.fail(failure);
        let reply = ask(&server, &id, Value::Null).await;
        assert_eq!((reply.status, reply.error()), (status, error), "{reply:?}");
    }
}

#[tokio::test]
async fn status_counts() {
    let (server, id) = library().await;
    let status = server.call(Method::GET, "/outcrop/status", json!({})).await.body;
    let knowledge_base = &status["knowledgeBases"][0];
    assert_eq!(knowledge_base["knowledgeBaseId"], id.as_str());
    assert_eq!(knowledge_base["chunks"], 2);
    assert_eq!(knowledge_base["dataSources"][0]["documents"], json!({"INDEXED": 2}));
}

#[tokio::test]
async fn an_empty_knowledge_base_answers_too() {
    let server = Server::new().await;
    let id = server.knowledge_base("kb").await;
    let found = retrieve(&server, &id, json!({})).await;
    assert_eq!((found.status, found.body), (StatusCode::OK, json!({"retrievalResults": []})));
    let answer = ask(&server, &id, Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.body["citations"][0]["retrievedReferences"], json!([]));
}
