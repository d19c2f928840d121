//! The contract of connectors.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use corpus::{Connector, DocumentKey};
use fixtures::connector_contract::{Ability, Source};
use fixtures::web_sites::Reply;

use crate::support::World;

/// Pages of two hosts, to which an index page leads on each, which is no document itself.
struct Pages {
    world: World,
    texts: Mutex<BTreeMap<usize, String>>,
}

impl Pages {
    async fn start() -> Self {
        let mut world = World::new(&["http://a.example/", "http://b.example/"]).await;
        world.limits.checkpoint = 3;
        let pages = Self { world, texts: Mutex::default() };
        pages.link();
        pages
    }

    fn target(number: usize) -> String {
        format!("{}.example/{number}", ["a", "b"][number % 2])
    }

    fn text(&self, number: usize) -> String {
        self.texts.lock().unwrap()[&number].clone()
    }

    fn serve(&self, number: usize) {
        let page = format!("<title>Page {number}</title><p>{}</p>", self.text(number));
        self.world.sites.put(&Self::target(number), Reply::html(page));
    }

    /// Makes the index pages lead to what there is.
    fn link(&self) {
        for (host, parity) in [("a.example/", 0), ("b.example/", 1)] {
            let texts = self.texts.lock().unwrap();
            let numbers = texts.keys().filter(|number| *number % 2 == parity);
            let link = |number: &usize| format!("<a href=\"/{number}\">{number}</a>");
            let links = numbers.map(link).collect::<Vec<_>>().join(" ");
            let index = format!("<meta name=robots content=noindex><title>Index</title>{links}");
            self.world.sites.put(host, Reply::html(index));
        }
    }
}

#[async_trait]
impl Source for Pages {
    fn connector(&self) -> Arc<dyn Connector> {
        Arc::new(self.world.connector())
    }

    fn lacks(&self) -> &'static [(Ability, &'static str)] {
        const FETCHED: &str = "a page is fetched to be found, with its content";
        &[
            (Ability::Describe, "what is said of a page is made of the page"),
            (Ability::Vanish, FETCHED),
            (Ability::CountReads, FETCHED),
            (Ability::Order, "hosts are read side by side, as fast as each answers"),
        ]
    }

    fn key(&self, number: usize) -> DocumentKey {
        DocumentKey::new(format!("http://{}", Self::target(number)))
    }

    async fn put(&self, number: usize, text: &str) {
        self.texts.lock().unwrap().insert(number, text.to_owned());
        self.serve(number);
        self.link();
    }

    async fn remove(&self, number: usize) {
        self.texts.lock().unwrap().remove(&number);
        self.world.sites.remove(&Self::target(number));
        self.link();
    }

    async fn deny(&self, number: usize, denied: bool) {
        if denied {
            self.world.sites.put(&Self::target(number), Reply::status(403));
        } else {
            self.serve(number);
        }
    }

    async fn break_listings(&self, broken: bool) {
        if broken {
            self.world.sites.put("b.example/", Reply::status(500));
        } else {
            self.link();
        }
    }

    async fn leave(&self) {
        for host in ["a.example/", "b.example/"] {
            self.world.sites.put(host, Reply::status(503));
            self.world.sites.put(&format!("{host}robots.txt"), Reply::status(503));
        }
    }

    fn requests(&self) -> usize {
        self.world.sites.visited().len()
    }
}

fixtures::connector_contract!(Pages::start().await);
