//! A queue with a bucket's events.

use connectors::{S3Config, S3Connector};
use corpus::{Connector, ConnectorError, S3Source};
use fixtures::s3_server::{BUCKET, S3Server};
use fixtures::sqs_server::SqsServer;
use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::json;

use crate::support::{config, connector, connector_for, found, source};

fn event(name: &str, key: &str, sequencer: &str) -> String {
    json!({"Records": [{
        "eventName": name,
        "s3": {"bucket": {"name": BUCKET}, "object": {"key": key, "sequencer": sequencer}},
    }]})
    .to_string()
}

fn listening(server: &S3Server, queue: &SqsServer) -> S3Connector {
    let config = S3Config { sqs_endpoint_url: Some(queue.url()), ..config(server) };
    let source = S3Source {
        prefix: Some("shelf/".to_owned()),
        event_queue_url: Some(queue.queue_url()),
        ..source()
    };
    connector_for(&source, config)
}

/// The next hint, if it comes while somebody waits who does not wait long.
async fn hint(changes: &mut BoxStream<'static, Result<(), ConnectorError>>) -> bool {
    let patience = std::time::Duration::from_millis(200);
    tokio::time::timeout(patience, changes.next()).await.is_ok_and(|hint| hint.unwrap().is_ok())
}

#[tokio::test]
async fn messages_are_kept_until_the_next_hint_is_asked_for() {
    let (server, queue) = (S3Server::start().await, SqsServer::start().await);
    let connector = listening(&server, &queue);
    queue.send(&event("ObjectCreated:Put", "shelf/a.md", "01"));
    queue.send(&event("ObjectCreated:Put", "shelf/b.md", "02"));
    let mut changes = connector.changes().unwrap();
    assert!(hint(&mut changes).await);
    assert_eq!(queue.messages().len(), 2, "a message was deleted before there was a job");

    // The server dies here; another one hears of it again.
    drop(changes);
    queue.show_again();
    let mut changes = connector.changes().unwrap();
    assert!(hint(&mut changes).await);
    assert!(!hint(&mut changes).await, "a hint without a message");
    assert!(queue.messages().is_empty());
}

#[tokio::test]
async fn what_is_about_other_things_is_thrown_away_and_what_is_strange_is_left() {
    let (server, queue) = (S3Server::start().await, SqsServer::start().await);
    queue.send(&json!({"Event": "s3:TestEvent", "Bucket": BUCKET}).to_string());
    queue.send(&event("ObjectCreated:Put", "elsewhere/a.md", "01"));
    queue.send("hello");
    let mut changes = listening(&server, &queue).changes().unwrap();
    assert!(!hint(&mut changes).await);
    assert_eq!(queue.messages(), ["hello"]);
}

#[tokio::test]
async fn events_twice_and_backwards_lead_to_what_is_there() {
    let (server, queue) = (S3Server::start().await, SqsServer::start().await);
    server.put("shelf/a.md", "x");
    server.remove("shelf/a.md");
    server.put("shelf/b.md", "x");
    let connector = listening(&server, &queue);
    let mut changes = connector.changes().unwrap();
    for (name, sequencer) in
        [("ObjectRemoved:Delete", "02"), ("ObjectCreated:Put", "01"), ("ObjectCreated:Put", "01")]
    {
        queue.send(&event(name, "shelf/a.md", sequencer));
    }
    queue.send(&event("ObjectCreated:Put", "shelf/b.md", "03"));
    assert!(hint(&mut changes).await);
    assert_eq!(found(&connector).await, ["+shelf/b.md", "complete"]);
    assert!(!hint(&mut changes).await, "one hint for all");
}

#[tokio::test]
async fn a_queue_that_refuses_ends_with_an_error_that_names_it() {
    let (server, queue) = (S3Server::start().await, SqsServer::start().await);
    queue.refuse("QueueDoesNotExist");
    let mut changes = listening(&server, &queue).changes().unwrap();
    let error = changes.next().await.unwrap().unwrap_err();
    let said = error.to_string();
    assert!(said.contains(&queue.queue_url()) && said.contains("sqs:ReceiveMessage"), "{said}");
    assert!(changes.next().await.is_none());
}

#[tokio::test]
async fn without_a_queue_there_are_no_hints() {
    let server = S3Server::start().await;
    assert!(connector(&server).changes().is_none());
}
