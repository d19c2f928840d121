//! The contract of connectors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use corpus::{Connector, DocumentKey};
use fixtures::connector_contract::{Ability, Source};
use fixtures::scripted_server::Scripted;
use serde_json::json;

use crate::kinds::knowledge;
use crate::support::{Org, id};

/// Articles in one language. Each is published anew when it changes; what is archived is gone.
struct Articles {
    org: Org,
    /// Counts what is published; a second passes each time.
    published: AtomicU32,
}

impl Articles {
    async fn start() -> Self {
        let org = knowledge().await;
        org.server.set_page_size(5);
        Self { org, published: AtomicU32::new(0) }
    }

    fn publish(&self, number: usize, status: &str, text: &str) {
        let now = self.published.fetch_add(1, Ordering::Relaxed);
        let changed = format!("2026-01-01T{:02}:{:02}:{:02}Z", now / 3600, now / 60 % 60, now % 60);
        let fields = json!({
            "KnowledgeArticleId": article(number), "Title": format!("Article {number}"),
            "Language": "en_US", "PublishStatus": status, "IsLatestVersion": true,
            "Answer__c": format!("<p>{text}</p>"),
        });
        self.org.server.put("Knowledge__kav", &article(number), &changed, &fields);
    }
}

fn article(number: usize) -> String {
    id(u32::try_from(number).unwrap() + 1)
}

#[async_trait]
impl Source for Articles {
    fn connector(&self) -> Arc<dyn Connector> {
        self.org.connector()
    }

    fn lacks(&self) -> &'static [(Ability, &'static str)] {
        const ITSELF: &str = "a record comes with its list: there is nothing to read behind it";
        &[
            (
                Ability::Describe,
                "attributes are fields, and every change of one is one of the record",
            ),
            (Ability::Deny, ITSELF),
            (Ability::Vanish, ITSELF),
            (Ability::CountReads, ITSELF),
        ]
    }

    fn key(&self, number: usize) -> DocumentKey {
        DocumentKey::new(format!("Knowledge__kav/en_US/{}", article(number)))
    }

    async fn put(&self, number: usize, text: &str) {
        self.publish(number, "Online", text);
    }

    async fn remove(&self, number: usize) {
        self.publish(number, "Archived", "");
    }

    async fn break_listings(&self, broken: bool) {
        if broken {
            // The second page of a list, once.
            let refusal = json!([{"errorCode": "INSUFFICIENT_ACCESS", "message": "No access"}]);
            self.org.server.script("/query/01g", Scripted::json(403, &refusal));
        }
    }

    async fn leave(&self) {
        self.org.server.hide_object("Knowledge__kav");
    }

    fn requests(&self) -> usize {
        self.org.server.requests().len()
    }
}

fixtures::connector_contract!(Articles::start().await);
