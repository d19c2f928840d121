//! Pages whose text is made by scripts: they are given to a headless Chromium, and what it makes of
//! them is read.
//!
//! * **The crawler fetches the page**, as any other; the browser is given what came. So a page's
//!   status, type and redirects are known before, and it is asked for once.
//! * **Whatever the page asks for** goes through [`proxy`], the browser's only way out, and past
//!   [`requests`], which heeds `robots.txt` and leaves out what has no text.
//! * **A page that goes elsewhere** by its scripts is a redirect, and the crawl decides.
//! * **One browser** at most is running, for as long as crawls are that use it. It is started when
//!   the first page needs it, anew after so many pages and whenever it broke down; nothing of it is
//!   left behind.

mod browser;
mod config;
mod failure;
mod process;
mod protocol;
mod proxy;
mod requests;
mod tab;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{RwLock, RwLockReadGuard, Semaphore};
use url::Url;

use super::fetch::Fetcher;
use crate::network::Network;
use browser::Browser;
pub use config::BrowserConfig;
pub(crate) use failure::RenderError;

/// How often in a row the browser may break down before it is given up.
const LOSSES: u32 = 10;

/// What became of a page.
#[derive(Debug)]
pub(super) enum Rendered {
    /// What its readers see, as HTML.
    Html(String),
    /// Its scripts lead elsewhere; none where that is nothing that is fetched.
    Moved(Option<Url>),
}

/// Renders the pages of all data sources of a process.
#[derive(Debug, Clone)]
pub(crate) struct Renderer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: BrowserConfig,
    network: Network,
    /// Pages at the same time.
    places: Semaphore,
    /// What the sessions have in common.
    slot: Mutex<Weak<Slot>>,
}

/// The place of the browser.
#[derive(Debug, Default)]
struct Slot {
    /// Read while a page is rendered; written to start the browser, when no page is.
    browser: RwLock<Option<Browser>>,
    /// How often in a row it broke down.
    losses: AtomicU32,
}

/// The right to have pages rendered. When the last one is dropped, the browser ends.
#[derive(Debug)]
pub(super) struct Session {
    inner: Arc<Inner>,
    slot: Arc<Slot>,
}

impl Renderer {
    /// A renderer that has started nothing yet.
    pub(crate) fn new(config: &BrowserConfig, network: Network) -> Self {
        Self(Arc::new(Inner {
            config: config.clone(),
            network,
            places: Semaphore::new(config.pages.get()),
            slot: Mutex::default(),
        }))
    }

    /// For one crawl.
    pub(super) fn session(&self) -> Session {
        let mut known = self.0.slot.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = known.upgrade().unwrap_or_default();
        *known = Arc::downgrade(&slot);
        Session { inner: Arc::clone(&self.0), slot }
    }
}

impl Session {
    /// Whether pages can be rendered at all: the browser is started.
    pub(super) async fn probe(&self) -> Result<(), RenderError> {
        self.browser().await.map(drop)
    }

    /// Renders a page that was fetched.
    pub(super) async fn render(
        &self,
        fetcher: &Fetcher,
        url: &Url,
        html: &str,
    ) -> Result<Rendered, RenderError> {
        let gone = |_closed| RenderError::Lost { reason: "the server ends".to_owned() };
        let _place = self.inner.places.acquire().await.map_err(gone)?;
        let browser = self.browser().await?;
        browser.count();
        let page = tab::Page { fetcher, url, html, config: &self.inner.config };
        let rendered = tab::render(&browser, &page).await;
        match &rendered {
            Err(RenderError::Lost { .. }) => browser.give_up(),
            _ => self.slot.losses.store(0, Ordering::Relaxed),
        }
        rendered
    }

    /// The browser, which is started where it is not running.
    async fn browser(&self) -> Result<RwLockReadGuard<'_, Browser>, RenderError> {
        let running = self.slot.browser.read().await;
        if let Ok(browser) = RwLockReadGuard::try_map(running, |place| usable(place.as_ref())) {
            return Ok(browser);
        }
        // Pages that are still being rendered by the old one end first.
        let mut place = self.slot.browser.write().await;
        if usable(place.as_ref()).is_none() {
            if let Some(old) = place.take() {
                if old.is_lost() {
                    self.slot.losses.fetch_add(1, Ordering::Relaxed);
                }
                old.end().await;
            }
            let times = self.slot.losses.load(Ordering::Relaxed);
            if times >= LOSSES {
                return Err(RenderError::Unstable { times });
            }
            *place = Some(Browser::start(&self.inner.config, &self.inner.network).await?);
        }
        let lost = |_| RenderError::Lost { reason: "it ended at once".to_owned() };
        RwLockReadGuard::try_map(place.downgrade(), |place| usable(place.as_ref())).map_err(lost)
    }
}

fn usable(place: Option<&Browser>) -> Option<&Browser> {
    place.filter(|browser| browser.is_usable())
}
