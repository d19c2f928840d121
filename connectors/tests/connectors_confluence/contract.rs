//! The contract of connectors, in both flavours.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Connector, DocumentKey};
use fixtures::confluence_server::{Flavour, ItemKind};
use fixtures::connector_contract::Source;

use crate::support::Site;

/// The space of whose pages every other one is.
const SECOND: &str = "LAW";

/// Pages of two spaces.
struct Pages {
    site: Site,
    flavour: Flavour,
}

impl Pages {
    async fn start(flavour: Flavour) -> Self {
        let site = Site::start(flavour).await;
        site.change(|wiki| {
            wiki.add_space("2", SECOND, "Law");
            wiki.page_size = 5;
        });
        Self { site, flavour }
    }

    fn id(number: usize) -> String {
        (1_000 + number).to_string()
    }
}

#[async_trait]
impl Source for Pages {
    fn connector(&self) -> Arc<dyn Connector> {
        self.site.connector()
    }

    fn key(&self, number: usize) -> DocumentKey {
        DocumentKey::new(format!("page/{}", Self::id(number)))
    }

    async fn put(&self, number: usize, text: &str) {
        let (id, space) = (Self::id(number), (number % 2 + 1).to_string());
        self.site.change(|wiki| {
            if !wiki.items.contains_key(&id) {
                wiki.add(ItemKind::Page, &id, &format!("Page {number}"), &space, None);
            }
            let page = wiki.item(&id);
            page.body = Some(format!("<p>{text}</p>"));
            page.version += 1;
        });
    }

    async fn remove(&self, number: usize) {
        self.site.change(|wiki| wiki.items.remove(&Self::id(number)));
    }

    async fn describe(&self, number: usize, topic: &str) {
        let labels = vec![topic.to_owned()];
        self.site.change(|wiki| wiki.item(&Self::id(number)).labels = labels);
    }

    async fn deny(&self, number: usize, denied: bool) {
        self.site.server.mend();
        if denied {
            let path = match self.flavour {
                Flavour::Cloud => format!("/pages/{}?body-format", Self::id(number)),
                Flavour::DataCenter => format!("/content/{}?expand=body", Self::id(number)),
            };
            self.site.server.trouble(&path, 403, None, usize::MAX);
        }
    }

    async fn break_listings(&self, broken: bool) {
        self.site.server.mend();
        if broken {
            let path = match self.flavour {
                Flavour::Cloud => "/spaces/2/pages".to_owned(),
                Flavour::DataCenter => format!("spaceKey={SECOND}"),
            };
            self.site.server.trouble(&path, 400, None, usize::MAX);
        }
    }

    async fn leave(&self) {
        self.site.change(|wiki| wiki.welcome.clear());
    }

    fn requests(&self) -> usize {
        self.site.server.received("").len()
    }

    fn reads(&self) -> usize {
        let received = self.site.server.received("");
        let asks = |request: &&fixtures::confluence_server::Received| {
            request.parameter("body-format").is_some()
                || request.parameter("expand").is_some_and(|expand| expand.contains("body"))
        };
        received.iter().filter(asks).count()
    }
}

mod cloud {
    use super::{Flavour, Pages};

    fixtures::connector_contract!(Pages::start(Flavour::Cloud).await);
}

mod data_center {
    use super::{Flavour, Pages};

    fixtures::connector_contract!(Pages::start(Flavour::DataCenter).await);
}
