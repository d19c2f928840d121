//! Requests to one site, and where its APIs are.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderMap;
use reqwest::{Method, Request, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::address::{Bases, Site};
use super::fault::Fault;
use crate::api::{Api, read};
use crate::network::Patience;

/// How long an answer that a listing cannot do without is asked for.
pub(super) const PATIENT: Patience = Patience(Duration::from_mins(5));

/// How long an answer is asked for that has a substitute.
pub(super) const BRIEF: Patience = Patience(Duration::from_secs(2));

/// Asked once.
pub(super) const ONCE: Patience = Patience(Duration::ZERO);

/// What does not stand for itself in a part of a path.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// Speaks to one site.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) api: Api,
    pub(super) site: Site,
    /// Whether an app logs in, which only the gateway takes.
    is_app: bool,
    bases: OnceCell<Bases>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tenant {
    cloud_id: String,
}

impl Client {
    pub(super) fn new(api: Api, site: Site, is_app: bool) -> Self {
        Self { api, site, is_app, bases: OnceCell::new() }
    }

    /// Where the APIs are. The gateway is asked for by an id that the site tells to anybody.
    pub(super) async fn bases(&self) -> Result<&Bases, Fault> {
        self.bases
            .get_or_try_init(|| async {
                if !self.is_app {
                    return Ok(self.site.bases());
                }
                let url = parse(&self.site.tenant_info())?;
                let request = || Request::new(Method::GET, url.clone());
                let tenant: Tenant = read(BRIEF.send(self.api.network(), request).await?).await?;
                Site::gateway(&tenant.cloud_id).ok_or_else(|| Fault::Malformed {
                    reason: "the site has no id at Atlassian's gateway".to_owned(),
                })
            })
            .await
    }

    /// Asks for something in JSON.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        url: &Url,
        patience: Patience,
    ) -> Result<T, Fault> {
        Ok(self.api.ask(url, &HeaderMap::new(), patience).await?)
    }
}

/// A URL of an API, its query encoded.
pub(super) fn url(base: &str, path: &str, query: &[(&str, &str)]) -> Result<Url, Fault> {
    let mut url = parse(&format!("{base}{path}"))?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

/// Text as a part of a path.
pub(super) fn part(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn parse(url: &str) -> Result<Url, Fault> {
    Url::parse(url).map_err(|error| Fault::Malformed { reason: format!("no URL: {error}") })
}
