//! Sites to fill, and what a crawl finds there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use connectors::{BrowserConfig, HostConfig, NetworkConfig, WebConnector, WebLimits};
use corpus::{Connector, DocumentKey, ReadError, SourceDocument, SourceEvent, WebScope, WebSource};
use fixtures::connector::{self, MemoryState};
use fixtures::web_sites::{Reply, WebSites};
use futures::StreamExt;

/// Hosts that all are the same server.
const HOSTS: [&str; 6] =
    ["a.example", "b.example", "www.a.example", "docs.a.example", "files.example", "c.example"];

/// Sites, a crawler for them, and what it remembers.
pub(crate) struct World {
    pub(crate) sites: WebSites,
    pub(crate) source: WebSource,
    pub(crate) browser: BrowserConfig,
    pub(crate) limits: WebLimits,
    pub(crate) state: Arc<MemoryState>,
}

/// What a crawl came to, by URL.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) documents: BTreeMap<String, SourceDocument>,
    pub(crate) deleted: Vec<String>,
    pub(crate) seen: Vec<String>,
    pub(crate) failed: BTreeMap<String, String>,
    pub(crate) ignored: BTreeMap<String, String>,
    pub(crate) error: Option<String>,
    pub(crate) is_complete: bool,
}

impl World {
    /// Sites without pages, to be crawled from these seeds.
    pub(crate) async fn new(seeds: &[&str]) -> Self {
        Self {
            sites: WebSites::start().await,
            source: WebSource {
                seed_urls: seeds.iter().map(|&seed| seed.to_owned()).collect(),
                scope: WebScope::SeedPath,
                inclusion_filters: Vec::new(),
                exclusion_filters: Vec::new(),
                // No pauses worth mentioning; the rate has tests of its own.
                rate_limit: u32::MAX,
                max_pages: 25_000,
                user_agent_suffix: None,
                user_agent_header: None,
                render: false,
                keep_duplicates: false,
            },
            browser: BrowserConfig::default(),
            limits: WebLimits {
                first_byte: Duration::from_millis(500),
                idle: Duration::from_millis(300),
                total: Duration::from_secs(1),
                attempts: 2,
                retry_pause: Duration::from_millis(1),
                ..WebLimits::default()
            },
            state: Arc::default(),
        }
    }

    /// A page with these links.
    pub(crate) fn page(&self, target: &str, links: &[&str]) -> &Self {
        self.sites.put(target, Reply::html(html(target, links)));
        self
    }

    pub(crate) fn network(&self) -> NetworkConfig {
        let address = self.sites.address();
        let hosts: HashMap<_, _> =
            HOSTS.iter().map(|&host| (host.to_owned(), HostConfig { address })).collect();
        NetworkConfig { hosts, ..NetworkConfig::default() }
    }

    pub(crate) fn connector(&self) -> WebConnector {
        let (network, limits) = (self.network(), self.limits.clone());
        WebConnector::new(&self.source, &network, &self.browser, limits).unwrap()
    }

    /// Crawls to the end, as a job does.
    pub(crate) async fn crawl(&self) -> Found {
        self.crawl_until(usize::MAX).await
    }

    /// Crawls until so many documents were found, and breaks off.
    pub(crate) async fn crawl_until(&self, documents: usize) -> Found {
        let state: Arc<MemoryState> = Arc::clone(&self.state);
        let mut events = self.connector().enumerate(state);
        let mut found = Found::default();
        while found.documents.len() < documents
            && let Some(event) = events.next().await
        {
            assert!(!found.is_complete && found.error.is_none(), "something came after the end");
            match event {
                Ok(event) => found.take(event, &self.state),
                Err(error) => found.error = Some(error.to_string()),
            }
        }
        found
    }

    /// Reads some pages once more.
    pub(crate) async fn again(&self, urls: &[&str]) -> Found {
        let keys = urls.iter().map(|url| DocumentKey::new(*url)).collect();
        let mut events = self.connector().again(keys);
        let mut found = Found::default();
        while let Some(event) = events.next().await {
            found.take(event.unwrap(), &self.state);
        }
        found
    }
}

impl Found {
    fn take(&mut self, event: SourceEvent, state: &MemoryState) {
        match event {
            SourceEvent::Upsert(document) => {
                let key = document.key.as_str().to_owned();
                assert_eq!(document.location.uri(), key);
                let twice = self.documents.insert(key, document);
                assert!(twice.is_none(), "a document came twice: {twice:?}");
            }
            SourceEvent::Delete(key) | SourceEvent::Absent(key) => {
                self.deleted.push(key.as_str().to_owned());
            }
            SourceEvent::Seen(key) => self.seen.push(key.as_str().to_owned()),
            SourceEvent::Failure { key, reason, .. } => {
                self.failed.insert(key.as_str().to_owned(), reason);
            }
            SourceEvent::Ignored { key, reason, .. } => {
                self.ignored.insert(key.as_str().to_owned(), reason);
            }
            SourceEvent::Checkpoint(entries) => state.save(&entries),
            SourceEvent::Complete => self.is_complete = true,
        }
    }

    /// The URLs of the documents, without `http://`.
    pub(crate) fn urls(&self) -> Vec<&str> {
        self.documents.keys().map(|key| key.trim_start_matches("http://")).collect()
    }

    /// The text of a document.
    pub(crate) async fn text(&self, url: &str) -> String {
        let document = self.documents.get(url).unwrap_or_else(|| panic!("no {url}: {self:?}"));
        String::from_utf8(read(document).await.unwrap()).unwrap()
    }

    pub(crate) fn change_key(&self, url: &str) -> String {
        self.documents[url].change_key.clone().unwrap().content
    }
}

pub(crate) async fn read(document: &SourceDocument) -> Result<Vec<u8>, ReadError> {
    connector::read(document.content.as_ref()).await
}

/// A page with a title and links.
pub(crate) fn html(title: &str, links: &[&str]) -> String {
    let links: Vec<String> =
        links.iter().map(|link| format!("<p><a href=\"{link}\">to {link}</a></p>")).collect();
    format!("<html lang=en><title>{title}</title><h1>{title}</h1>{}</html>", links.concat())
}

/// Bytes in gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// So many blanks in gzip, which are never in memory.
pub(crate) fn bomb(blanks: usize) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let piece = [b' '; 1 << 13];
    for _ in 0..blanks / piece.len() {
        encoder.write_all(&piece).unwrap();
    }
    encoder.finish().unwrap()
}
