//! What the operator says of the browser.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use serde::Deserialize;

use super::RenderError;

/// Where browsers usually are.
const PLACES: [&str; 10] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/google-chrome-stable",
    "/usr/bin/google-chrome",
    "/usr/local/bin/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// What the operator says of the browser that renders pages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BrowserConfig {
    /// The browser, Chromium or Chrome. None: where it usually is.
    pub executable: Option<PathBuf>,
    /// Whether the browser confines its pages by its own sandbox.
    pub sandbox: bool,
    /// Pages that are rendered at the same time.
    pub pages: NonZeroUsize,
    /// Pages after which the browser is started anew.
    pub pages_per_process: NonZeroU32,
    /// How long a page must be left unchanged to be taken as finished.
    pub quiet_ms: u32,
    /// How long a page may take until it is taken as it is.
    pub page_seconds: NonZeroU32,
}

impl Default for BrowserConfig {
    fn default() -> Self {
        const TWO: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);
        const TEN: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
        const TWO_HUNDRED: NonZeroU32 = NonZeroU32::MIN.saturating_add(199);
        Self {
            executable: None,
            sandbox: true,
            pages: TWO,
            pages_per_process: TWO_HUNDRED,
            quiet_ms: 500,
            page_seconds: TEN,
        }
    }
}

impl BrowserConfig {
    /// The browser that is started; none where there is none.
    pub fn find(&self) -> Option<PathBuf> {
        let usual = || PLACES.iter().map(PathBuf::from).find(|place| place.is_file());
        match &self.executable {
            Some(path) => path.is_file().then(|| path.clone()),
            None => usual(),
        }
    }

    /// As [`Self::find`], with the reason.
    pub(super) fn found(&self) -> Result<PathBuf, RenderError> {
        let what = || match &self.executable {
            Some(path) => format!("'{}'", path.display()),
            None => "Chromium or Chrome in any usual place".to_owned(),
        };
        self.find().ok_or_else(|| RenderError::Missing { what: what() })
    }
}
