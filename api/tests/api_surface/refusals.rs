//! What is refused, and how.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;

use crate::support::{Server, knowledge_base};

#[tokio::test]
async fn operations_that_are_not_built_say_so() {
    let server = Server::new().await;
    for (method, path, name) in [
        (Method::GET, "/foundation-models", "ListFoundationModels of bedrock "),
        (Method::POST, "/agents/", "ListAgents of bedrock-agent "),
        (Method::POST, "/agenticRetrieveStream", "AgenticRetrieveStream of bedrock-agent-runtime "),
        (Method::POST, "/model/amazon.titan%3A0/converse", "Converse of bedrock-runtime "),
        (Method::GET, "/knowledgebases/", "GET /knowledgebases/"),
        (Method::GET, "/elsewhere", "GET /elsewhere"),
    ] {
        let reply = server.call(method, path, json!({})).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        assert_eq!(reply.error(), "UnknownOperationException");
        assert!(reply.message().contains(name), "{reply:?}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_objects() {
    let server = Server::new().await;
    let deep = "[".repeat(100_000);
    for (body, part) in [
        ("{", "not JSON"),
        (deep.as_str(), "not JSON"),
        ("\u{0}", "not JSON"),
        ("[]", "a JSON object"),
        ("{}", "3 validation errors detected"),
        ("", "3 validation errors detected"),
    ] {
        let request = Request::put("/knowledgebases/").body(Body::from(body.to_owned())).unwrap();
        let reply = server.send(request).await;
        assert_eq!((reply.status, reply.error()), (StatusCode::BAD_REQUEST, "ValidationException"));
        assert!(reply.message().contains(part), "{reply:?}");
    }
}

#[tokio::test]
async fn fields_are_listed_where_the_service_has_them() {
    let server = Server::new().await;
    let mut request = knowledge_base("not a name");
    request["tags"] = json!({"k": 1});
    let reply = server.call(Method::PUT, "/knowledgebases/", request).await;
    let fields: Vec<&str> = reply.body["fieldList"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["name", "tags.1.value"]);
    let reply = server.call(Method::POST, "/retrieveAndGenerate", json!({})).await;
    assert_eq!(reply.error(), "ValidationException");
    assert!(reply.body.get("fieldList").is_none(), "{reply:?}");
}

#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let server = Server::new().await;
    for path in ["/knowledgebases/", "/elsewhere", "/livez", "/readyz", "/outcrop/status"] {
        for header in [("origin", "https://pages.example"), ("host", "pages.example")] {
            let request = Request::get(path).header(header.0, header.1);
            let reply = server.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(reply.error(), "AccessDeniedException", "{path}");
            assert_eq!(reply.headers["x-amzn-requestid"].len(), 36);
        }
    }
}
