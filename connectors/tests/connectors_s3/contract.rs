//! The contract of connectors.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Connector, DocumentKey};
use fixtures::connector_contract::Source;
use fixtures::s3_server::{Order, Refusal, S3Server};
use serde_json::json;

use crate::support::connector;

/// Keys that are not all alike.
const KEYS: [&str; 6] = ["b.md", "a/z.md", "a/b/c.txt", "ümlaut und leer.md", "0", "a+b %20 c.md"];

struct Bucket(S3Server);

impl Bucket {
    async fn listed(order: Order) -> Self {
        let server = S3Server::start().await;
        server.page_size(5);
        server.order(order);
        Self(server)
    }

    fn name(number: usize) -> String {
        KEYS.get(number).map_or_else(|| format!("many/{number}.md"), |&key| key.to_owned())
    }
}

#[async_trait]
impl Source for Bucket {
    fn connector(&self) -> Arc<dyn Connector> {
        Arc::new(connector(&self.0))
    }

    fn key(&self, number: usize) -> DocumentKey {
        DocumentKey::new(Self::name(number))
    }

    async fn put(&self, number: usize, text: &str) {
        self.0.put(&Self::name(number), text);
    }

    async fn remove(&self, number: usize) {
        self.0.remove(&Self::name(number));
        self.0.remove(&format!("{}.metadata.json", Self::name(number)));
    }

    async fn describe(&self, number: usize, topic: &str) {
        let sidecar = json!({ "metadataAttributes": { "topic": topic } }).to_string();
        self.0.put(&format!("{}.metadata.json", Self::name(number)), sidecar);
    }

    async fn deny(&self, number: usize, denied: bool) {
        let key = Self::name(number);
        if denied {
            self.0.refuse(&key, denial());
        } else {
            self.0.allow(&key);
        }
    }

    async fn break_listings(&self, broken: bool) {
        if broken {
            self.0.refuse_listing(2, denial());
        } else {
            self.0.allow_listing();
        }
    }

    async fn leave(&self) {
        self.0.take_away();
    }

    fn requests(&self) -> usize {
        self.0.received().len()
    }

    fn reads(&self) -> usize {
        self.0.count("GetObject")
    }
}

fn denial() -> Refusal {
    Refusal { status: 403, code: "AccessDenied", message: "Access Denied" }
}

mod in_order {
    use super::{Bucket, Order};

    fixtures::connector_contract!(Bucket::listed(Order::Bytes).await);
}

mod without_order {
    use super::{Bucket, Order};

    fixtures::connector_contract!(Bucket::listed(Order::Backwards).await);
}
