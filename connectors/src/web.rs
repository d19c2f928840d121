//! Pages of web sites, found by following links from seeds.
//!
//! * **Key**: the page's URL in its normal form ([`location`]), after redirects: a page has one
//!   key, whatever led to it. A canonical URL that a page names takes its place where it is on the
//!   same site, in the scope, and can be read.
//! * **Scope**: see [`corpus::WebScope`]; links to files (PDF and the like) are followed out of it.
//!   Exclusions win over inclusions. A seed that no inclusion matches is read for its links only.
//!   A seed that redirects out of the scope takes the scope along, and says so.
//! * **Change**: a hash of the page's text, structure and links, so that new scripts, styles and
//!   session marks change nothing; of other files, of their bytes. `ETag` and `Last-Modified` are
//!   sent back; on 304 the links that are remembered are followed.
//! * **Manners**: `robots.txt` by RFC 9309; one request at a time to a host, at the data source's
//!   rate or the host's own, whichever is slower; `Retry-After` is honoured.
//! * **Removal**: a page that answers 404 (twice) or 410 is removed, as is one that asks not to be
//!   indexed, that `robots.txt` forbids, or that leads elsewhere. One that answers with another
//!   bad status stays for one crawl. One that cannot be reached, or is closed (401, 403), stays.
//!   One that nothing links to is asked for before it is judged. Where a seed cannot be read, the
//!   crawl ends with an error, and nothing is removed.
//! * **Limit**: more than `max_pages` documents end the crawl with an error. Bedrock ingests nothing
//!   then; here, what was found until then was ingested already, and nothing is removed.
//! * **Attributes**: `title` and `language`, as the page says them.
//!
//! It remembers each URL, and what is still to be visited: a crawl that was cut off goes on.

mod again;
mod agent;
mod charset;
mod crawl;
mod directives;
mod fetch;
mod filters;
mod frontier;
mod hosts;
mod limits;
mod location;
mod markup;
mod memory;
mod page;
mod refetch;
mod robots;
mod scope;
mod sitemap;
mod traps;
mod visit;

use std::collections::HashSet;
use std::io::BufRead;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use corpus::{Connector, ConnectorError, DocumentKey, SourceEvent, SourceState, WebSource};
use futures::stream::{self, BoxStream, StreamExt};
use sha2::{Digest, Sha256};
use url::Url;

use crate::network::{Network, NetworkConfig};
use agent::Agent;
use crawl::{Crawl, Plan};
use fetch::{Fetcher, RobotsFault};
use filters::Filters;
use hosts::Hosts;
pub use limits::WebLimits;

/// The longest time that asking for the rules of the seeds' hosts may take.
const PROBE: Duration = Duration::from_secs(90);

/// Where a page leads: the links that a crawl would follow, in their normal form. Public for fuzzing.
pub fn links_of(html: &str, url: &Url) -> Vec<Url> {
    page::read(html, url, Agent::PRODUCT, SystemTime::now()).links
}

/// What a sitemap lists, as it is written: at most so many locations. Public for fuzzing.
pub fn locations_of(sitemap: impl BufRead, most: usize) -> Vec<String> {
    let locations = sitemap::read(sitemap, most).locations;
    locations.into_iter().map(|(_, location)| location).collect()
}

/// Reads pages of web sites.
#[derive(Debug, Clone)]
pub struct WebConnector {
    source: Arc<WebSource>,
    seeds: Vec<Url>,
    network: Network,
    limits: WebLimits,
}

impl WebConnector {
    /// A connector for these seeds; an error where a URL or a filter has no meaning.
    pub fn new(
        source: &WebSource,
        network: &NetworkConfig,
        limits: WebLimits,
    ) -> Result<Self, ConnectorError> {
        let network = Network::new(network)
            .map_err(|error| ConnectorError::Misconfigured { reason: error.to_string() })?;
        Self::on(source, network, limits)
    }

    pub(crate) fn on(
        source: &WebSource,
        network: Network,
        limits: WebLimits,
    ) -> Result<Self, ConnectorError> {
        let misconfigured = |reason: String| ConnectorError::Misconfigured { reason };
        if source.render {
            let reason = "pages cannot be rendered by a browser on this server: set 'render' to \
                          false, which reads pages as they are served";
            return Err(misconfigured(reason.to_owned()));
        }
        Filters::new(&source.inclusion_filters, &source.exclusion_filters)?;
        let seed = |text: &String| {
            Url::parse(text).ok().and_then(location::normalise).ok_or_else(|| {
                misconfigured(format!(
                    "the seed '{text}' is no URL that is read: it is to begin with https:// or \
                     http:// and has neither a user's name in it nor more than 2000 characters"
                ))
            })
        };
        let seeds: Vec<Url> = source.seed_urls.iter().map(seed).collect::<Result<_, _>>()?;
        if seeds.is_empty() {
            return Err(misconfigured("there is no seed URL: name one to begin with".to_owned()));
        }
        Ok(Self { source: Arc::new(source.clone()), seeds, network, limits })
    }

    fn fetcher(&self) -> Fetcher {
        let interval = Duration::from_mins(1) / self.source.rate_limit.max(1);
        Fetcher {
            network: self.network.clone(),
            hosts: Hosts::new(interval),
            limits: self.limits.clone(),
            agent: Agent::of(&self.source),
        }
    }

    fn plan(&self) -> Result<Plan, ConnectorError> {
        let source = &self.source;
        let mut hash = Sha256::new();
        // What decides which pages are found and what becomes of them.
        hash.update(format!(
            "{:?}",
            (
                &source.seed_urls,
                source.scope,
                &source.inclusion_filters,
                &source.exclusion_filters,
                &source.user_agent_header
            )
        ));
        Ok(Plan {
            seeds: self.seeds.clone(),
            kind: source.scope,
            filters: Filters::new(&source.inclusion_filters, &source.exclusion_filters)?,
            max_pages: u64::from(source.max_pages),
            configuration: page::hex(&hash.finalize()),
            fetcher: Arc::new(self.fetcher()),
        })
    }
}

#[async_trait]
impl Connector for WebConnector {
    /// Asks the seeds' hosts for their rules. One that answers is enough: the crawl tells of others.
    async fn check(&self) -> Result<(), ConnectorError> {
        let fetcher = Arc::new(self.fetcher());
        let mut asked = HashSet::new();
        let hosts: Vec<Url> =
            self.seeds.iter().filter(|seed| asked.insert(hosts::name(seed))).cloned().collect();
        let probes = stream::iter(hosts).map(|seed| {
            let fetcher = Arc::clone(&fetcher);
            async move {
                fetcher.robots(&seed).await.map(drop).map_err(|fault| {
                    let reason = format!("the seed {seed}: {fault}");
                    match fault {
                        RobotsFault::Blocked(_) => ConnectorError::Denied { reason },
                        RobotsFault::Unreachable { .. } => ConnectorError::Unavailable { reason },
                    }
                })
            }
        });
        let mut answers = probes.buffer_unordered(self.limits.hosts);
        let first_good = async {
            let mut last = Ok(());
            while let Some(answer) = answers.next().await {
                last = answer;
                if last.is_ok() {
                    break;
                }
            }
            last
        };
        tokio::time::timeout(PROBE, first_good).await.unwrap_or_else(|_| {
            let reason = "the seeds' hosts do not answer in time".to_owned();
            Err(ConnectorError::Unavailable { reason })
        })
    }

    fn enumerate(
        &self,
        state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        match self.plan() {
            Ok(plan) => stream::unfold(Crawl::new(Arc::new(plan), state), Crawl::next).boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }

    /// One page after the other: they are few, and of the same hosts.
    fn again(
        &self,
        keys: Vec<DocumentKey>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        let fetcher = Arc::new(self.fetcher());
        let urls = keys.into_iter().filter_map(|key| Url::parse(key.as_str()).ok());
        stream::iter(urls)
            .then(move |url| {
                let fetcher = Arc::clone(&fetcher);
                async move { Ok(again::again(&fetcher, &url).await) }
            })
            .boxed()
    }
}
