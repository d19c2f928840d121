//! Why a page was not rendered.

use corpus::ConnectorError;

use super::protocol::Fault;

/// Why a page was not rendered.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum RenderError {
    /// There is no browser.
    #[error(
        "there is no {what}, which renders pages: install Chromium (Debian: apt install chromium), \
         name it with 'connectors.browser.executable' in the configuration, or set the data \
         source's 'render' to false"
    )]
    Missing {
        /// What was looked for.
        what: String,
    },
    /// The browser cannot confine its pages, as when it is started by root.
    #[error(
        "Chromium's sandbox does not work here ({said}): run Outcrop as a user other than root, \
         where user namespaces are allowed. Only where all pages are trusted, or something else \
         confines them: set 'connectors.browser.sandbox' to false in the configuration"
    )]
    Sandbox {
        /// What it says.
        said: String,
    },
    /// The browser does not start.
    #[error("the browser {executable} does not start: {reason}")]
    Start {
        /// The browser.
        executable: String,
        /// What was seen.
        reason: String,
    },
    /// It ended too often.
    #[error("the browser ended {times} times in a row while it rendered pages")]
    Unstable {
        /// How often.
        times: u32,
    },
    /// The browser ended, or no longer answers.
    #[error("the browser ended while it rendered the page: {reason}")]
    Lost {
        /// What was seen.
        reason: String,
    },
    /// The page's process ended.
    #[error("the page broke down in the browser, as pages do that take too much memory")]
    Crashed,
    /// The page keeps the browser busy.
    #[error("the page's scripts left the browser no time to read it within {seconds} s")]
    Late {
        /// How long it had.
        seconds: u64,
    },
    /// There is too much of it.
    #[error("the rendered page is longer than {limit} bytes")]
    TooLarge {
        /// The most bytes.
        limit: u64,
    },
    /// The browser has something against it.
    #[error("the page cannot be rendered: {reason}")]
    Page {
        /// What it says.
        reason: String,
    },
}

impl RenderError {
    /// Whether another try may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }

    /// Whether it concerns one page alone, and others may well be rendered.
    pub(crate) fn is_of_page(&self) -> bool {
        match self {
            Self::Missing { .. }
            | Self::Sandbox { .. }
            | Self::Start { .. }
            | Self::Unstable { .. } => false,
            Self::Lost { .. }
            | Self::Crashed
            | Self::Late { .. }
            | Self::TooLarge { .. }
            | Self::Page { .. } => true,
        }
    }

    /// What it means for a whole data source.
    pub(crate) fn into_source(self) -> ConnectorError {
        let reason = self.to_string();
        match self {
            Self::Missing { .. } | Self::Sandbox { .. } => ConnectorError::Misconfigured { reason },
            _ => ConnectorError::Unavailable { reason },
        }
    }
}

impl From<Fault> for RenderError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Gone | Fault::Silent { .. } => Self::Lost { reason: fault.to_string() },
            Fault::Refused { .. } => Self::Page { reason: fault.to_string() },
        }
    }
}
