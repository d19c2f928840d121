//! Why nothing was fetched.

use std::error::Error;

/// An address that may not be dialled. It does not say which: who configures a data source need
/// not learn what there is in the operator's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the host's address is not allowed: it is private or reserved; the operator allows ranges \
     with 'allow' under [connectors.network] in the configuration"
)]
pub(crate) struct Blocked;

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// The address may not be dialled.
    #[error(transparent)]
    Blocked(#[from] Blocked),
    /// Neither http nor https.
    #[error("'{scheme}' is no scheme that is fetched: use https or http")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// The name has no address, or nobody answers there.
    #[error("no connection: {reason}")]
    Connect {
        /// What was seen.
        reason: String,
    },
    /// It took too long.
    #[error("no answer in time: {reason}")]
    Timeout {
        /// What was seen.
        reason: String,
    },
    /// The body is longer than allowed.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The most bytes.
        limit: u64,
    },
    /// It is encoded in a way that was not asked for.
    #[error("the answer is encoded with {name}, which was not asked for")]
    Encoding {
        /// The encoding.
        name: String,
    },
    /// It broke off, or is no HTTP.
    #[error("the answer broke off: {reason}")]
    Broken {
        /// What was seen.
        reason: String,
    },
}

impl FetchError {
    /// Whether another try may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Timeout { .. } | Self::Broken { .. } => true,
            Self::Blocked(_)
            | Self::Scheme { .. }
            | Self::TooLarge { .. }
            | Self::Encoding { .. } => false,
        }
    }
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        if is_blocked(&error) {
            return Self::Blocked(Blocked);
        }
        let reason = causes(&error);
        if error.is_timeout() {
            Self::Timeout { reason }
        } else if error.is_connect() {
            Self::Connect { reason }
        } else {
            Self::Broken { reason }
        }
    }
}

fn is_blocked(error: &reqwest::Error) -> bool {
    sources(error).any(<dyn Error>::is::<Blocked>)
}

/// The causes of an error. The error itself names the URL, which may hold secrets.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let causes: Vec<String> = sources(error).map(ToString::to_string).collect();
    if causes.is_empty() { "the request failed".to_owned() } else { causes.join(": ") }
}

fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |error| (*error).source())
}
