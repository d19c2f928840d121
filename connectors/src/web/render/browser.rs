//! One running browser with its proxy.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};

use super::RenderError;
use super::config::BrowserConfig;
use super::process::Process;
use super::protocol::{Connection, Fault};
use super::proxy::Proxy;
use crate::network::Network;

/// How long the browser may take to say that it is there.
const START: Duration = Duration::from_secs(30);

/// How long its last words may take to arrive.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// One running browser with its proxy; killed when it is dropped.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) connection: Connection,
    pub(super) proxy: Proxy,
    process: Process,
    /// Pages that it may still render.
    left: AtomicU32,
    is_broken: AtomicBool,
}

impl Browser {
    /// Starts a browser.
    pub(super) async fn start(
        config: &BrowserConfig,
        network: &Network,
    ) -> Result<Self, RenderError> {
        let executable = config.found()?;
        let failed = |reason: String| RenderError::Start {
            executable: executable.display().to_string(),
            reason,
        };
        let proxy = Proxy::start(network.clone()).await.map_err(|e| failed(e.to_string()))?;
        let started = Process::start(&executable, &proxy.url(), config.sandbox);
        let (process, pipes) = started.map_err(|error| failed(error.to_string()))?;
        let connection = Connection::new(pipes.to, pipes.from);
        let answer = connection.call_within(START, None, "Browser.getVersion", json!({})).await;
        if let Err(fault) = answer {
            return Err(last_words(process, &executable, &fault).await);
        }
        let left = AtomicU32::new(config.pages_per_process.get());
        Ok(Self { connection, proxy, process, left, is_broken: AtomicBool::new(false) })
    }

    /// Whether it renders more pages.
    pub(super) fn is_usable(&self) -> bool {
        !self.is_lost() && self.left.load(Ordering::Relaxed) > 0
    }

    /// Whether it ended, or does not do what it is told.
    pub(super) fn is_lost(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed) || self.connection.is_gone()
    }

    /// Another page is rendered.
    pub(super) fn count(&self) {
        let less = |left: u32| Some(left.saturating_sub(1));
        // The update always succeeds.
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).unwrap_or_default();
    }

    /// It is not to be used any more.
    pub(super) fn give_up(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }

    /// Ends it; nothing is left of it then.
    pub(super) async fn end(self) {
        drop(self.connection);
        self.process.end().await;
    }
}

/// Why a browser does not start, by what it said.
async fn last_words(process: Process, executable: &Path, fault: &Fault) -> RenderError {
    if matches!(fault, Fault::Gone) {
        // They come by a pipe of their own.
        sleep(LAST_WORDS).await;
    }
    let remarks = process.remarks();
    if timeout(START, process.end()).await.is_err() {
        tracing::warn!("a browser that did not start could not be ended");
    }
    let lines = || remarks.lines().map(str::trim).filter(|line| !line.is_empty());
    let said =
        lines().find(|line| line.contains("--no-sandbox") || line.contains("usable sandbox"));
    match (said, lines().next_back()) {
        (Some(said), _) => RenderError::Sandbox { said: plain(said) },
        (None, said) => RenderError::Start {
            executable: executable.display().to_string(),
            reason: said.map_or_else(|| fault.to_string(), plain),
        },
    }
}

/// A line of the browser's log without where in its source it comes from.
fn plain(line: &str) -> String {
    let text = line.rsplit_once("] ").map_or(line, |(_, text)| text);
    text.chars().take(300).collect()
}
