//! The contract of connectors.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Connector, Metadata};
use fixtures::connector_contract::{self, Source};
use fixtures::s3_server::{Order, S3Server};
use serde_json::{Map, Value, json};

use crate::support::connector;

struct Bucket(S3Server);

#[async_trait]
impl Source for Bucket {
    fn connector(&self) -> Arc<dyn Connector> {
        Arc::new(connector(&self.0))
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        self.0.put(key, bytes);
    }

    async fn put_metadata(&self, key: &str, metadata: &Metadata) {
        let attributes: Map<String, Value> =
            metadata.iter().map(|(key, value)| (key.clone(), value.to_json())).collect();
        let sidecar = json!({ "metadataAttributes": attributes }).to_string();
        self.0.put(&format!("{key}.metadata.json"), sidecar);
    }

    async fn remove(&self, key: &str) {
        self.0.remove(key);
        self.0.remove(&format!("{key}.metadata.json"));
    }

    async fn take_away(&self) {
        self.0.take_away();
    }
}

#[tokio::test]
async fn a_bucket_keeps_the_contract() {
    let server = S3Server::start().await;
    server.page_size(100);
    connector_contract::check(&Bucket(server)).await;
}

#[tokio::test]
async fn a_bucket_without_order_keeps_the_contract() {
    let server = S3Server::start().await;
    server.page_size(100);
    server.order(Order::Backwards);
    connector_contract::check(&Bucket(server)).await;
}
