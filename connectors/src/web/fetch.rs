//! One request: at the host's pace, with a crawler's headers, within bounds. Redirects are told,
//! not followed; whoever asks decides.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LINK, LOCATION, USER_AGENT,
};
use reqwest::{Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use url::Url;

use super::agent::Agent;
use super::hosts::{Host, Hosts, Turn};
use super::limits::WebLimits;
use super::location;
use super::render::Session;
use super::robots::{self, Robots};
use crate::network::{
    Blocked, BodyLimits, ENCODINGS, FetchError, Network, Stored, head, receive, retry_after,
};

/// Redirects of a `robots.txt` that are followed, by the standard's minimum.
const ROBOTS_HOPS: usize = 5;

/// How long whoever cannot wait waits for a `robots.txt`.
const SOON: Duration = Duration::from_secs(3);

/// What is best liked to get.
const ACCEPTED: &str = "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5";

/// Fetches for one crawl.
#[derive(Debug)]
pub(super) struct Fetcher {
    pub(super) network: Network,
    pub(super) hosts: Hosts,
    pub(super) limits: WebLimits,
    pub(super) agent: Agent,
    /// Where the data source wants its pages rendered.
    pub(super) rendering: Option<Session>,
}

/// What a host said of a page when it gave it, to be told when it is asked again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) modified: Option<String>,
}

/// What came.
#[derive(Debug)]
pub(super) enum Answer {
    /// A body.
    Body(Received),
    /// A body of a type that has no text; it was not received.
    Textless {
        /// The media type.
        media_type: String,
    },
    /// It is as it was.
    NotModified,
    /// It is elsewhere.
    Redirect {
        /// Where; none where that is nothing that is fetched.
        to: Option<Url>,
    },
    /// There is nothing to read.
    Status(StatusCode),
}

/// A body with what was said of it.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) body: Stored,
    pub(super) content_type: Option<String>,
    pub(super) validators: Validators,
    /// The values of `X-Robots-Tag`.
    pub(super) robots_tags: Vec<String>,
    /// The canonical URL by a `Link` header.
    pub(super) canonical: Option<String>,
}

/// Why a host's rules are not known.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum RobotsFault {
    /// The host may not be reached at all.
    #[error(transparent)]
    Blocked(#[from] Blocked),
    /// The standard has everything disallowed then.
    #[error("robots.txt unreachable: {reason}")]
    Unreachable {
        /// What was seen.
        reason: String,
    },
}

impl Fetcher {
    /// The rules of a URL's host, which are fetched once.
    pub(super) async fn robots(&self, url: &Url) -> Result<Arc<Robots>, RobotsFault> {
        let host = self.hosts.of(url);
        let rules = host.robots.get_or_init(|| self.fetch_rules(&host, url));
        rules.await.clone()
    }

    /// As [`Self::robots`], for what a page asks for while it is rendered. A host whose rules do not
    /// come soon is not waited for again.
    pub(super) async fn robots_soon(&self, url: &Url) -> Result<Arc<Robots>, RobotsFault> {
        let host = self.hosts.of(url);
        if !host.is_slow.load(Ordering::Relaxed) || host.robots.initialized() {
            match timeout(SOON, self.robots(url)).await {
                Ok(rules) => return rules,
                Err(_) => host.is_slow.store(true, Ordering::Relaxed),
            }
        }
        Err(RobotsFault::Unreachable { reason: "it did not come in time".to_owned() })
    }

    async fn fetch_rules(&self, host: &Host, url: &Url) -> Result<Arc<Robots>, RobotsFault> {
        let unreachable = |reason: &str| RobotsFault::Unreachable { reason: reason.to_owned() };
        let at = url.join("/robots.txt").map_err(|error| unreachable(&error.to_string()))?;
        let mut attempt = 1;
        let rules = loop {
            match self.robots_once(at.clone()).await {
                Err(RobotsFault::Unreachable { .. }) if attempt < self.limits.attempts => {}
                answer => break answer?,
            }
            attempt += 1;
        };
        if let Some(delay) = rules.delay() {
            host.keep_pause(delay.min(self.limits.crawl_delay)).await;
        }
        Ok(Arc::new(rules))
    }

    /// Follows redirects wherever they lead: the rules are those of the host that was asked first.
    async fn robots_once(&self, mut url: Url) -> Result<Robots, RobotsFault> {
        for _ in 0..=ROBOTS_HOPS {
            let mut turn = self.hosts.of(&url).turn().await;
            let request = self.request(&url);
            let fault = |error| match error {
                FetchError::Blocked(blocked) => RobotsFault::Blocked(blocked),
                error => RobotsFault::Unreachable { reason: error.to_string() },
            };
            let answer = async {
                let response = self.send(request).await?;
                let status = response.status();
                if status.is_success() {
                    let text = head(response, robots::BYTES, self.limits.idle).await?;
                    return Ok(Ok(Robots::parse(&text, &self.agent.product)));
                }
                Ok(Err(response))
            };
            let answer = self.within(answer).await;
            if answer.is_err() {
                turn.pause(self.limits.retry_pause);
            }
            let response = match answer.map_err(fault)? {
                Ok(rules) => return Ok(rules),
                Err(response) => response,
            };
            let status = response.status();
            if status.is_redirection() {
                match target(&url, response.headers()) {
                    Some(to) => url = to,
                    None => return Ok(Robots::none()),
                }
            } else if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
                self.leave_alone(&mut turn, &response);
                return Err(RobotsFault::Unreachable { reason: format!("it answers {status}") });
            } else {
                return Ok(Robots::none());
            }
        }
        // What cannot be found within these redirects is not there.
        Ok(Robots::none())
    }

    /// Fetches a URL. The rules of its host are the caller's to heed.
    pub(super) async fn get(&self, url: &Url, seen: &Validators) -> Result<Answer, FetchError> {
        let mut turn = self.hosts.of(url).turn().await;
        let mut request = self.request(url);
        let headers = request.headers_mut();
        insert(headers, ACCEPT_ENCODING, ENCODINGS);
        for (name, value) in [(IF_NONE_MATCH, &seen.etag), (IF_MODIFIED_SINCE, &seen.modified)] {
            if let Some(value) = value {
                insert(headers, name, value);
            }
        }
        let answer = self.within(self.exchange(url, request, &mut turn)).await;
        if answer.as_ref().is_err_and(FetchError::is_transient) {
            turn.pause(self.limits.retry_pause);
        }
        answer
    }

    async fn exchange(
        &self,
        url: &Url,
        request: Request,
        turn: &mut Turn,
    ) -> Result<Answer, FetchError> {
        let response = self.send(request).await?;
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(Answer::NotModified);
        }
        if status.is_redirection() && response.headers().contains_key(LOCATION) {
            return Ok(Answer::Redirect { to: target(url, response.headers()) });
        }
        // 206 was not asked for; 204 and 205 have no body.
        if status != StatusCode::OK && status != StatusCode::NON_AUTHORITATIVE_INFORMATION {
            if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
                self.leave_alone(turn, &response);
            }
            return Ok(Answer::Status(status));
        }
        let content_type = text(response.headers(), &CONTENT_TYPE);
        let media_type = media_type(content_type.as_deref());
        if is_textless(&media_type) {
            return Ok(Answer::Textless { media_type });
        }
        let headers = response.headers();
        let validators =
            Validators { etag: text(headers, &ETAG), modified: text(headers, &LAST_MODIFIED) };
        let tags = headers.get_all("x-robots-tag").iter();
        let robots_tags = tags.filter_map(|tag| tag.to_str().ok().map(str::to_owned)).collect();
        let canonical = canonical(headers);
        let bytes = match media_type.as_str() {
            "text/html" | "application/xhtml+xml" => self.limits.page_bytes,
            _ => self.limits.file_bytes,
        };
        let body = receive(response, self.body_limits(bytes)).await?;
        Ok(Answer::Body(Received { body, content_type, validators, robots_tags, canonical }))
    }

    /// The bounds of a body of so many bytes.
    pub(super) fn body_limits(&self, bytes: u64) -> BodyLimits {
        BodyLimits { bytes, expansion: self.limits.expansion, idle: self.limits.idle }
    }

    fn request(&self, url: &Url) -> Request {
        let mut request = Request::new(reqwest::Method::GET, url.clone());
        insert(request.headers_mut(), USER_AGENT, &self.agent.header);
        insert(request.headers_mut(), ACCEPT, ACCEPTED);
        request
    }

    async fn send(&self, request: Request) -> Result<Response, FetchError> {
        let late = |_| FetchError::Timeout { reason: "nothing came".to_owned() };
        timeout(self.limits.first_byte, self.network.send(request)).await.map_err(late)?
    }

    /// Bounds a whole exchange: what drips ends here.
    async fn within<T>(
        &self,
        exchange: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let late = |_| {
            let seconds = self.limits.total.as_secs();
            FetchError::Timeout { reason: format!("the answer took longer than {seconds} s") }
        };
        timeout(self.limits.total, exchange).await.map_err(late)?
    }

    fn leave_alone(&self, turn: &mut Turn, response: &Response) {
        let asked: Option<Duration> = retry_after(response);
        let pause = asked.unwrap_or(self.limits.retry_pause).min(self.limits.longest_pause);
        let is_overload = matches!(
            response.status(),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        );
        if is_overload {
            turn.back_off(pause);
        } else {
            turn.pause(pause);
        }
    }
}

/// Where a redirect leads.
fn target(url: &Url, headers: &HeaderMap) -> Option<Url> {
    // Some servers send it in UTF-8, which is no valid header, and means what it says.
    let location = String::from_utf8_lossy(headers.get(LOCATION)?.as_bytes()).into_owned();
    location::resolve(url, &location)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = value.parse() {
        headers.insert(name, value);
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The media type without parameters, in lower case.
pub(super) fn media_type(content_type: Option<&str>) -> String {
    let content_type = content_type.unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_textless(media_type: &str) -> bool {
    let kind = media_type.split('/').next().unwrap_or_default();
    matches!(kind, "image" | "audio" | "video" | "font")
        || matches!(
            media_type,
            "text/css"
                | "text/javascript"
                | "application/javascript"
                | "application/x-javascript"
                | "application/wasm"
                | "text/event-stream"
        )
}

/// The target of `Link: <…>; rel="canonical"`.
fn canonical(headers: &HeaderMap) -> Option<String> {
    headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).find_map(|value| {
        value.split(",<").flat_map(|part| part.split(", <")).find_map(|link| {
            let (target, parameters) = link.trim().trim_start_matches('<').split_once('>')?;
            let is_canonical = parameters.split(';').any(|parameter| {
                let parameter = parameter.replace(['"', ' '], "").to_ascii_lowercase();
                parameter == "rel=canonical"
            });
            is_canonical.then(|| target.to_owned())
        })
    })
}
