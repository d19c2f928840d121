//! What happens when there is too much to do.

use std::sync::Arc;

use api::Limits;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use futures::{StreamExt, stream};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::Server;

#[tokio::test]
async fn a_full_server_refuses_and_stays_alive() {
    let limits = Limits { concurrent_requests: 1, ..Limits::default() };
    let server = Arc::new(Server::with_limits(limits).await);
    // The first request holds the only permit while its body arrives.
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let (polled, first_poll) = tokio::sync::oneshot::channel::<()>();
    let rest = stream::once(async move {
        polled.send(()).unwrap();
        receiver.await.unwrap();
        Ok::<_, std::io::Error>(Bytes::from_static(b"{}"))
    });
    let mut first = JoinSet::new();
    {
        let server = Arc::clone(&server);
        let request = Request::post("/knowledgebases/").body(Body::from_stream(rest.boxed()));
        first.spawn(async move { server.send(request.unwrap()).await });
    }
    first_poll.await.unwrap();
    let refused = server.call(Method::POST, "/knowledgebases/", json!({})).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.error(), "ThrottlingException");
    assert_eq!(refused.headers["retry-after"], "1");
    for path in ["/livez", "/readyz", "/outcrop/status"] {
        assert_eq!(server.call(Method::GET, path, json!({})).await.status, StatusCode::OK);
    }
    sender.send(()).unwrap();
    assert_eq!(first.join_next().await.unwrap().unwrap().status, StatusCode::OK);
    let taken = server.call(Method::POST, "/knowledgebases/", json!({})).await;
    assert_eq!(taken.status, StatusCode::OK);
}

#[tokio::test]
async fn an_index_that_fails_shows_in_readiness() {
    let server = Server::new().await;
    server.vectors.fail_next(1);
    let reply = server.call(Method::GET, "/readyz", json!({})).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.body.as_str().unwrap().starts_with("index: "), "{reply:?}");
    assert_eq!(server.call(Method::GET, "/livez", json!({})).await.status, StatusCode::OK);
    assert_eq!(server.call(Method::GET, "/readyz", json!({})).await.status, StatusCode::OK);
}
