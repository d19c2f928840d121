//! The contract of connectors.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Connector, DocumentKey};
use fixtures::connector_contract::Source;
use fixtures::scripted_server::Scripted;
use serde_json::json;

use crate::support::{DRIVE, Tenant, file};

/// Files of one library, in folders.
struct Library(Tenant);

impl Library {
    async fn start() -> Self {
        let tenant = Tenant::new().await;
        tenant.server.set_page_size(5);
        tenant.server.put_folder(DRIVE, None, "f", "Folder");
        tenant.server.put_folder(DRIVE, Some("f"), "g", "Below");
        Self(tenant)
    }

    fn id(number: usize) -> String {
        format!("i{number:03}")
    }
}

#[async_trait]
impl Source for Library {
    fn connector(&self) -> Arc<dyn Connector> {
        self.0.connector()
    }

    fn key(&self, number: usize) -> DocumentKey {
        DocumentKey::new(file(&Self::id(number)))
    }

    async fn put(&self, number: usize, text: &str) {
        let parent = [None, Some("f"), Some("g")][number % 3];
        let (id, name) = (Self::id(number), format!("{number}.md"));
        self.0.server.put_file(DRIVE, parent, &id, &name, text);
    }

    async fn remove(&self, number: usize) {
        self.0.server.delete(DRIVE, &Self::id(number));
    }

    async fn describe(&self, number: usize, topic: &str) {
        let editor = json!({"user": {"id": "u2", "displayName": topic}});
        self.0.server.set_facet(DRIVE, &Self::id(number), "lastModifiedBy", editor);
    }

    async fn deny(&self, number: usize, denied: bool) {
        self.0.server.refuse_content(DRIVE, &Self::id(number), denied.then_some(423));
    }

    async fn break_listings(&self, broken: bool) {
        if broken {
            // The second page of a list, once.
            let refusal = json!({"error": {"code": "accessDenied", "message": "Access denied"}});
            self.0.server.script("root/delta?$skiptoken", Scripted::json(403, &refusal));
        }
    }

    async fn leave(&self) {
        self.0.server.refuse_site("sites/a", Some(403));
    }

    fn requests(&self) -> usize {
        self.0.server.requests().len()
    }

    fn reads(&self) -> usize {
        self.0.server.count("/content")
    }
}

fixtures::connector_contract!(Library::start().await);
