//! What a page asks for, and what of it is let out.
//!
//! The page itself is given what the crawler fetched. Scripts, styles and what scripts ask for may
//! be fetched where `robots.txt` allows it; everything else is left out: images, fonts, media,
//! frames (their pages are followed as links), and whatever is neither http nor https.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use url::Url;

use super::protocol::Event;
use super::tab::{Page, Tab};
use super::{RenderError, Rendered};
use crate::web::location;

/// Requests that are judged at the same time.
const AT_ONCE: usize = 32;

/// The most requests of a page.
const MOST: usize = 500;

/// What is fetched besides the page itself, by the protocol's names.
const FETCHED: [&str; 6] = ["Script", "Stylesheet", "XHR", "Fetch", "EventSource", "Preflight"];

/// The requests of a page.
#[derive(Debug)]
pub(super) struct Requests<'a> {
    tab: &'a Tab<'a>,
    page: &'a Page<'a>,
    /// The page's address as the browser writes it, once it was given the page.
    given: OnceLock<Url>,
}

/// A request that waits to be let out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paused {
    request_id: String,
    request: Asked,
    frame_id: String,
    resource_type: String,
}

#[derive(Debug, Deserialize)]
struct Asked {
    url: String,
    method: String,
}

/// Somebody on the way wants to know who asks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Challenged {
    request_id: String,
    auth_challenge: Challenge,
}

#[derive(Debug, Deserialize)]
struct Challenge {
    source: String,
    origin: String,
}

/// What becomes of a request.
#[derive(Debug)]
enum Verdict {
    /// It is the page itself.
    Given,
    /// It may be let out, if the host's rules allow it.
    Asked(Url),
    /// It is not let out.
    Refused,
    /// The page goes elsewhere.
    Moved(Option<Url>),
}

impl<'a> Requests<'a> {
    pub(super) fn new(tab: &'a Tab<'a>, page: &'a Page<'a>) -> Self {
        Self { tab, page, given: OnceLock::new() }
    }

    /// The page's address as the browser writes it.
    pub(super) fn given(&self) -> Option<&Url> {
        self.given.get()
    }

    /// Answers whatever the page asks for; returns when the page goes elsewhere or breaks down.
    pub(super) async fn serve(
        &self,
        events: &mut Receiver<Event>,
    ) -> Result<Rendered, RenderError> {
        let mut answering = FuturesUnordered::new();
        let mut asked = 0;
        loop {
            let event = tokio::select! {
                event = events.recv(), if answering.len() < AT_ONCE => event,
                Some(()) = answering.next() => continue,
            };
            let ended = || RenderError::Lost { reason: "it ended".to_owned() };
            let Event { method, params } = event.ok_or_else(ended)?;
            match method.as_str() {
                "Fetch.requestPaused" => {
                    let Ok(paused) = serde_json::from_value::<Paused>(params) else { continue };
                    asked += 1;
                    match self.judge(&paused) {
                        Verdict::Moved(to) => return Ok(Rendered::Moved(to)),
                        Verdict::Asked(_) if asked > MOST => {
                            answering.push(self.answer(paused, Verdict::Refused));
                        }
                        verdict => answering.push(self.answer(paused, verdict)),
                    }
                }
                "Fetch.authRequired" => self.introduce(params).await,
                "Page.javascriptDialogOpening" => {
                    let params = json!({"accept": false});
                    self.tell("Page.handleJavaScriptDialog", params).await;
                }
                "Inspector.targetCrashed" => return Err(RenderError::Crashed),
                "Inspector.detached" => {
                    return Err(RenderError::Page { reason: "it closes itself".to_owned() });
                }
                _ => {}
            }
        }
    }

    fn judge(&self, paused: &Paused) -> Verdict {
        let Ok(url) = Url::parse(&paused.request.url) else { return Verdict::Refused };
        if paused.resource_type == "Document" {
            return self.judge_document(paused, url);
        }
        let is_wanted = FETCHED.contains(&paused.resource_type.as_str());
        if is_wanted && self.page.fetcher.network.check(&url).is_ok() {
            Verdict::Asked(url)
        } else {
            Verdict::Refused
        }
    }

    fn judge_document(&self, paused: &Paused, url: Url) -> Verdict {
        if paused.frame_id != self.tab.frame {
            return Verdict::Refused;
        }
        let to = location::normalise(url);
        let Some(given) = self.given.get() else {
            let own = to.unwrap_or_else(|| self.page.url.clone());
            // Nobody else sets it.
            self.given.get_or_init(|| own);
            return Verdict::Given;
        };
        // One that is loaded anew stays what it is, and forms are not sent.
        if to.as_ref() == Some(given) || paused.request.method != "GET" {
            return Verdict::Refused;
        }
        Verdict::Moved(to)
    }

    async fn answer(&self, paused: Paused, verdict: Verdict) {
        let id = &paused.request_id;
        match verdict {
            Verdict::Given => {
                let kind = json!({"name": "content-type", "value": "text/html; charset=utf-8"});
                let body = BASE64.encode(self.page.html);
                let params = json!({
                    "requestId": id, "responseCode": 200, "responseHeaders": [kind], "body": body,
                });
                self.tell("Fetch.fulfillRequest", params).await;
            }
            Verdict::Asked(url) if self.is_allowed(&url).await => {
                self.tell("Fetch.continueRequest", json!({"requestId": id})).await;
            }
            Verdict::Asked(_) | Verdict::Refused | Verdict::Moved(_) => {
                // A page that is told anything else gives way to a report of the failure.
                let params = json!({"requestId": id, "errorReason": "Aborted"});
                self.tell("Fetch.failRequest", params).await;
            }
        }
    }

    async fn is_allowed(&self, url: &Url) -> bool {
        let rules = self.page.fetcher.robots_soon(url).await;
        rules.is_ok_and(|rules| rules.allow_url(url))
    }

    /// Shows the proxy the page's pass, and no one else anything.
    async fn introduce(&self, params: Value) {
        let Ok(challenged) = serde_json::from_value::<Challenged>(params) else { return };
        let Challenge { source, origin } = challenged.auth_challenge;
        let is_ours = source == "Proxy" && origin == self.tab.browser.proxy.url();
        let answer = if is_ours {
            let pass = &self.tab.pass;
            json!({
                "response": "ProvideCredentials", "username": pass.user, "password": pass.password,
            })
        } else {
            json!({"response": "CancelAuth"})
        };
        let params = json!({"requestId": challenged.request_id, "authChallengeResponse": answer});
        self.tell("Fetch.continueWithAuth", params).await;
    }

    /// Says something to the page. Where it does not want to hear it, as when the request was given
    /// up meanwhile, nothing is lost.
    async fn tell(&self, method: &'static str, params: Value) {
        let told = self.tab.browser.connection.call(Some(&self.tab.session), method, params).await;
        if let Err(fault) = told {
            tracing::debug!(%fault, "a page was not told");
        }
    }
}
