//! A bucket to fill, and what a connector finds in it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use connectors::{S3Clients, S3Config, S3Connector};
use corpus::{Connector, ConnectorError, S3Source, SourceDocument, SourceEvent};
use fixtures::connector::MemoryState;
pub(crate) use fixtures::connector::read;
use fixtures::s3_server::{BUCKET, KEY_ID, S3Server, SECRET};
use futures::StreamExt;

pub(crate) fn config(server: &S3Server) -> S3Config {
    S3Config {
        endpoint_url: Some(server.url()),
        region: Some("us-east-1".to_owned()),
        attempts: NonZeroU32::MIN.saturating_add(1),
        ..S3Config::default()
    }
}

pub(crate) fn source() -> S3Source {
    S3Source {
        bucket: BUCKET.to_owned(),
        prefix: None,
        expected_owner: None,
        event_queue_url: None,
    }
}

pub(crate) fn connector(server: &S3Server) -> S3Connector {
    connector_for(&source(), config(server))
}

pub(crate) fn connector_for(source: &S3Source, config: S3Config) -> S3Connector {
    let keys = Credentials::new(KEY_ID, SECRET, None, None, "test");
    let clients = S3Clients::with_credentials(config, SharedCredentialsProvider::new(keys));
    S3Connector::new(source, clients)
}

/// All that an enumeration says.
pub(crate) async fn events(connector: &S3Connector) -> Vec<Result<SourceEvent, ConnectorError>> {
    connector.enumerate(Arc::new(MemoryState::default())).collect().await
}

/// What an enumeration came to, in short; sidecars are said.
pub(crate) async fn found(connector: &S3Connector) -> Vec<String> {
    events(connector).await.iter().map(in_short).collect()
}

pub(crate) fn in_short(event: &Result<SourceEvent, ConnectorError>) -> String {
    let is_described = matches!(event, Ok(SourceEvent::Upsert(document))
        if matches!(document.metadata, corpus::SourceMetadata::Sidecar(_)));
    let short = fixtures::connector::short(event, ToString::to_string);
    if is_described { short + " with sidecar" } else { short }
}

/// The documents of an enumeration, which must be complete, by key.
pub(crate) async fn documents(connector: &S3Connector) -> BTreeMap<String, SourceDocument> {
    let mut events = events(connector).await;
    assert!(matches!(events.pop(), Some(Ok(SourceEvent::Complete))), "the listing is not complete");
    let documents = events.into_iter().map(|event| match event {
        Ok(SourceEvent::Upsert(document)) => (document.key.as_str().to_owned(), document),
        other => panic!("no document: {other:?}"),
    });
    documents.collect()
}

/// One document of an enumeration.
pub(crate) async fn document(connector: &S3Connector, key: &str) -> SourceDocument {
    documents(connector).await.remove(key).unwrap()
}
