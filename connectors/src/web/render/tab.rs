//! One page in the browser: opened in a context of its own, which shares nothing with others, and
//! closed in any case.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;
use url::Url;

use super::browser::Browser;
use super::config::BrowserConfig;
use super::protocol::Event;
use super::proxy::Pass;
use super::requests::Requests;
use super::{RenderError, Rendered};
use crate::web::fetch::Fetcher;
use crate::web::location;

/// Bytes that a page may receive and send, all that it asks for together.
const BYTES: u64 = 50_000_000;

/// How long a page may take to be opened, and to be read at the end.
const OPEN: Duration = Duration::from_secs(20);
const READ: Duration = Duration::from_secs(5);

/// UTF-16 units of a piece of a page; the protocol writes each with up to six bytes.
const PIECE: usize = 256 * 1024;

const PRELUDE: &str = include_str!("prelude.js");
const SETTLE: &str = include_str!("settle.js");
const KEEP: &str = include_str!("read.js");

/// What is rendered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) fetcher: &'a Fetcher,
    pub(super) url: &'a Url,
    /// What came from there.
    pub(super) html: &'a str,
    pub(super) config: &'a BrowserConfig,
}

/// Renders a page.
pub(super) async fn render(browser: &Browser, page: &Page<'_>) -> Result<Rendered, RenderError> {
    let open = timeout(OPEN, Tab::open(browser, &page.fetcher.agent.header)).await;
    let silent = |_| RenderError::Lost { reason: "it does not open a page".to_owned() };
    let (tab, mut events) = open.map_err(silent)??;
    let requests = Requests::new(&tab, page);
    tokio::select! {
        rendered = requests.serve(&mut events) => rendered,
        rendered = tab.show(page, &requests) => rendered,
    }
}

/// A page in the browser; closed when it is dropped.
#[derive(Debug)]
pub(super) struct Tab<'a> {
    pub(super) browser: &'a Browser,
    pub(super) session: String,
    /// Its outermost frame.
    pub(super) frame: String,
    pub(super) pass: Pass,
    _context: Context<'a>,
}

/// A part of the browser that shares nothing with others.
#[derive(Debug)]
struct Context<'a> {
    browser: &'a Browser,
    id: String,
    session: Option<String>,
}

impl Drop for Context<'_> {
    fn drop(&mut self) {
        if let Some(session) = &self.session {
            self.browser.connection.forget(session);
        }
        let params = json!({"browserContextId": self.id});
        if !self.browser.connection.post("Target.disposeBrowserContext", &params) {
            self.browser.give_up();
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    browser_context_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    target_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigated {
    error_text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct World {
    execution_context_id: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evaluated {
    result: Returned,
    exception_details: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Returned {
    #[serde(default)]
    value: Value,
}

/// What a page tells of itself.
#[derive(Debug, Deserialize)]
struct Kept {
    length: usize,
    url: String,
}

impl<'a> Tab<'a> {
    async fn open(
        browser: &'a Browser,
        agent: &str,
    ) -> Result<(Self, Receiver<Event>), RenderError> {
        let connection = &browser.connection;
        let params = json!({"disposeOnDetach": true});
        let created: Created = connection.ask(None, "Target.createBrowserContext", params).await?;
        let id = created.browser_context_id;
        let mut context = Context { browser, id: id.clone(), session: None };
        let params = json!({"behavior": "deny", "browserContextId": id});
        connection.call(None, "Browser.setDownloadBehavior", params).await?;
        let params = json!({"url": "about:blank", "browserContextId": id});
        let opened: Opened = connection.ask(None, "Target.createTarget", params).await?;
        let params = json!({"targetId": opened.target_id, "flatten": true});
        let attached: Attached = connection.ask(None, "Target.attachToTarget", params).await?;
        let session = attached.session_id;
        context.session = Some(session.clone());
        let events = connection.listen(&session);
        let intercept = json!({"patterns": [{"urlPattern": "*"}], "handleAuthRequests": true});
        for (method, params) in [
            ("Page.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Fetch.enable", intercept),
            ("Emulation.setUserAgentOverride", json!({"userAgent": agent})),
            ("Page.addScriptToEvaluateOnNewDocument", json!({"source": PRELUDE})),
        ] {
            connection.call(Some(&session), method, params).await?;
        }
        let (frame, pass) = (opened.target_id, browser.proxy.admit(BYTES));
        Ok((Self { browser, session, frame, pass, _context: context }, events))
    }

    /// Shows the page until it comes to rest, and reads it.
    async fn show(
        &self,
        page: &Page<'_>,
        requests: &Requests<'_>,
    ) -> Result<Rendered, RenderError> {
        let patience = Duration::from_secs(page.config.page_seconds.get().into());
        let settled = timeout(patience, self.settle(page)).await;
        // A page that never comes to rest is read as it is.
        let world = match settled {
            Ok(world) => world?,
            Err(_) => self.world(READ).await?,
        };
        let late = |_| RenderError::Late { seconds: (patience + READ).as_secs() };
        let read = timeout(READ, self.read(world, page.fetcher.limits.page_bytes));
        let (html, url) = read.await.map_err(late)??;
        Ok(requests.moved(&url).unwrap_or(Rendered::Html(html)))
    }

    async fn settle(&self, page: &Page<'_>) -> Result<u64, RenderError> {
        let connection = &self.browser.connection;
        let params = json!({"url": page.url.as_str()});
        let navigated: Navigated =
            connection.ask(Some(&self.session), "Page.navigate", params).await?;
        if let Some(reason) = navigated.error_text {
            return Err(RenderError::Page { reason });
        }
        let world = self.world(OPEN).await?;
        let script = format!("{SETTLE}({})", page.config.quiet_ms);
        // Whoever calls has less patience.
        let patience = OPEN + Duration::from_secs(page.config.page_seconds.get().into());
        self.evaluate(world, &script, patience).await?;
        Ok(world)
    }

    /// A place in the page for our scripts, which its own cannot see.
    async fn world(&self, patience: Duration) -> Result<u64, RenderError> {
        let params = json!({"frameId": self.frame, "worldName": "outcrop"});
        let connection = &self.browser.connection;
        let asked = connection.ask(Some(&self.session), "Page.createIsolatedWorld", params);
        let late = |_| RenderError::Late { seconds: patience.as_secs() };
        let world: World = timeout(patience, asked).await.map_err(late)??;
        Ok(world.execution_context_id)
    }

    /// The page as its readers see it, and what it calls its address.
    async fn read(&self, world: u64, limit: u64) -> Result<(String, String), RenderError> {
        let odd = |error: serde_json::Error| RenderError::Page { reason: error.to_string() };
        let kept = self.evaluate(world, KEEP, OPEN).await?;
        let kept: Kept = serde_json::from_value(kept).map_err(odd)?;
        if kept.length as u64 > limit {
            return Err(RenderError::TooLarge { limit });
        }
        let (mut html, mut at) = (String::with_capacity(kept.length), 0);
        while at < kept.length {
            let end = at + PIECE;
            // No pair of surrogates is parted.
            let script = format!(
                "((text, end) => text.slice({at}, /[\\ud800-\\udbff]/.test(text[end - 1] ?? '') \
                 ? end - 1 : end))(globalThis.outcropPage, {end})"
            );
            let piece = self.evaluate(world, &script, OPEN).await?;
            let piece = piece.as_str().filter(|piece| !piece.is_empty()).unwrap_or_default();
            let cut = || RenderError::Page { reason: "it changes while it is read".to_owned() };
            at += Some(piece.encode_utf16().count()).filter(|count| *count > 0).ok_or_else(cut)?;
            html.push_str(piece);
            if html.len() as u64 > limit {
                return Err(RenderError::TooLarge { limit });
            }
        }
        Ok((html, kept.url))
    }

    async fn evaluate(
        &self,
        world: u64,
        script: &str,
        patience: Duration,
    ) -> Result<Value, RenderError> {
        let params = json!({
            "expression": script, "contextId": world, "awaitPromise": true, "returnByValue": true,
        });
        let (connection, session) = (&self.browser.connection, Some(self.session.as_str()));
        let evaluated: Evaluated =
            connection.ask_within(patience, session, "Runtime.evaluate", params).await?;
        match evaluated.exception_details {
            None => Ok(evaluated.result.value),
            Some(details) => {
                let said = &details["exception"]["description"];
                let reason = said.as_str().unwrap_or("it cannot be read").chars().take(300);
                Err(RenderError::Page { reason: reason.collect() })
            }
        }
    }
}

impl Requests<'_> {
    /// Where a page is that gave itself another address without being loaded anew; none where that
    /// is the same page. What stands behind `?` and `#` may be its state.
    fn moved(&self, url: &str) -> Option<Rendered> {
        let shown = Url::parse(url).ok().and_then(location::normalise);
        let place = |url: &Url| url[..url::Position::AfterPath].to_owned();
        let is_same = shown.as_ref().map(place) == self.given().map(place);
        (!is_same).then_some(Rendered::Moved(shown))
    }
}
