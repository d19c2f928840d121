//! Requests to one site: authorised, repeated where that helps, judged by what comes back.

use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::{Request, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::address::{Bases, Site};
use super::credentials::Credentials;
use super::fault::Fault;
use crate::network::{FetchError, Network, Patience, body};

/// How long an answer that a listing cannot do without is asked for.
pub(super) const PATIENT: Patience = Patience(Duration::from_mins(5));

/// How long an answer is asked for that has a substitute.
pub(super) const BRIEF: Patience = Patience(Duration::from_secs(2));

/// Asked once.
pub(super) const ONCE: Patience = Patience(Duration::ZERO);

/// The most bytes of an answer in JSON.
const ANSWER: u64 = 64 * 1024 * 1024;

/// How often an answer is asked for that breaks off.
const ATTEMPTS: u32 = 3;

/// How often a download is sent elsewhere.
const REDIRECTS: u32 = 3;

/// What does not stand for itself in a part of a path.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// Speaks to one site.
#[derive(Debug)]
pub(super) struct Client {
    network: Network,
    pub(super) site: Site,
    credentials: Credentials,
    bases: OnceCell<Bases>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tenant {
    cloud_id: String,
}

impl Client {
    pub(super) fn new(network: Network, site: Site, credentials: Credentials) -> Self {
        Self { network, site, credentials, bases: OnceCell::new() }
    }

    /// Where the APIs are. The gateway is asked for by an id that the site tells to anybody.
    pub(super) async fn bases(&self) -> Result<&Bases, Fault> {
        self.bases
            .get_or_try_init(|| async {
                if !self.credentials.are_of_app() {
                    return Ok(self.site.bases());
                }
                let url = parse(&self.site.tenant_info())?;
                let response =
                    BRIEF.send(&self.network, || Request::new(reqwest::Method::GET, url.clone()));
                let tenant: Tenant = json(response.await?).await?;
                Site::gateway(&tenant.cloud_id).ok_or_else(|| Fault::Malformed {
                    reason: "the site has no id at Atlassian's gateway".to_owned(),
                })
            })
            .await
    }

    /// Asks for something in JSON. An answer that breaks off is asked for again.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        url: &Url,
        patience: Patience,
    ) -> Result<T, Fault> {
        let mut attempt = 1;
        loop {
            let response = self.send(url, "application/json", patience).await?;
            match json(response).await {
                Err(Fault::Fetch(error)) if error.is_transient() && attempt < ATTEMPTS => {
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    /// Begins a download. It is sent elsewhere as often as not: our credentials do not go there,
    /// and where that is, is not told to anybody, for whoever knows it may read the file.
    pub(super) async fn download(&self, url: &Url) -> Result<Response, Fault> {
        let mut response = self.send(url, "*/*", BRIEF).await?;
        let mut at = url.clone();
        for _ in 0..REDIRECTS {
            if !response.status().is_redirection() {
                return judged(response);
            }
            let target = target(&at, &response).ok_or(Fault::Malformed {
                reason: "the download is sent to no https URL".to_owned(),
            })?;
            let request = || Request::new(reqwest::Method::GET, target.clone());
            response = BRIEF.send(&self.network, request).await?;
            at = target;
        }
        Err(Fault::Malformed { reason: "the download is sent on and on".to_owned() })
    }

    /// Sends a request with our credentials, renewed once if they are not accepted.
    async fn send(
        &self,
        url: &Url,
        accept: &'static str,
        patience: Patience,
    ) -> Result<Response, Fault> {
        let header = self.credentials.header().await?;
        let response = self.send_with(url, accept, &header, patience).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        match self.credentials.renew(&header).await? {
            Some(renewed) => self.send_with(url, accept, &renewed, patience).await,
            None => Ok(response),
        }
    }

    async fn send_with(
        &self,
        url: &Url,
        accept: &'static str,
        header: &HeaderValue,
        patience: Patience,
    ) -> Result<Response, Fault> {
        let request = || {
            let mut request = Request::new(reqwest::Method::GET, url.clone());
            request.headers_mut().insert(AUTHORIZATION, header.clone());
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
            request
        };
        Ok(patience.send(&self.network, request).await?)
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

async fn json<T: DeserializeOwned>(response: Response) -> Result<T, Fault> {
    let response = judged(response)?;
    if !media_type(&response).contains("json") {
        return Err(Fault::WebPage);
    }
    let bytes: Bytes = body(response, ANSWER).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::Malformed { reason: format!("{:?} in JSON", error.classify()) })
}

/// The media type of an answer, as it is said.
pub(super) fn media_type(response: &Response) -> &str {
    let header = response.headers().get(CONTENT_TYPE);
    header.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn judged(response: Response) -> Result<Response, Fault> {
    let status = response.status();
    Err(match status.as_u16() {
        200..=299 => return Ok(response),
        // Where an API sends us elsewhere, it is to a login.
        300..=399 => Fault::WebPage,
        401 => Fault::Login {
            reason: "Confluence answers 401: the user name, password or token in the secret is \
                     wrong or has expired, or the token lacks a scope"
                .to_owned(),
        },
        403 => Fault::Forbidden,
        404 => Fault::NotFound,
        429 => Fault::Throttled,
        status @ 500..=599 => Fault::Server { status },
        status => Fault::Refused { status },
    })
}

fn target(at: &Url, response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    at.join(location).ok().filter(|url| url.scheme() == "https")
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        Self::Fetch(FetchError::from(error))
    }
}
