//! What went wrong with a request, and what that means to who asked.

use corpus::{ConnectorError, ReadError};

use crate::api::Unanswered;
use crate::download;
use crate::network::FetchError;

/// Why a request has no answer that is of use.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// Nothing came.
    #[error("{0}")]
    Fetch(#[from] FetchError),
    /// The source as a whole cannot be asked, as where the secret cannot be used.
    #[error("{0}")]
    Source(#[from] ConnectorError),
    /// The credentials are not accepted.
    #[error(
        "Confluence answers 401: the user name, password or token in the secret is wrong or has \
         expired, or the token lacks a scope"
    )]
    Login,
    /// Something other than an API answered.
    #[error("{}", Unanswered::Page)]
    WebPage,
    /// It may not be seen.
    #[error("Confluence answers 403: give the crawler's account the right to view it")]
    Forbidden,
    /// It is not there, or is not for us to see.
    #[error(
        "Confluence answers 404: hostUrl or hostType may be wrong (Cloud is at \
         https://SITE.atlassian.net)"
    )]
    NotFound,
    /// Too many requests, for longer than we wait.
    #[error("Confluence answers 429: its rate limit is used up, try again later")]
    Throttled,
    /// The server failed.
    #[error("Confluence answers {status}: the server failed, try again later")]
    Server {
        /// The status.
        status: u16,
    },
    /// It is refused for another reason.
    #[error("Confluence answers {status}, which is not expected here")]
    Refused {
        /// The status.
        status: u16,
    },
    /// The answer has no meaning.
    #[error("Confluence's answer has no meaning: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
}

impl Fault {
    /// Whether another try may succeed.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_transient(),
            Self::Source(error) => error.is_transient(),
            Self::Throttled | Self::Server { .. } => true,
            Self::Login
            | Self::WebPage
            | Self::Forbidden
            | Self::NotFound
            | Self::Refused { .. }
            | Self::Malformed { .. } => false,
        }
    }
}

impl From<Unanswered> for Fault {
    fn from(unanswered: Unanswered) -> Self {
        let refusal = match unanswered {
            Unanswered::Source(error) => return Self::Source(error),
            Unanswered::Fetch(error) => return Self::Fetch(error),
            Unanswered::Page => return Self::WebPage,
            Unanswered::Unreadable { reason } => return Self::Malformed { reason },
            Unanswered::Refused(refusal) => refusal,
        };
        match refusal.status {
            // Where an API sends us elsewhere, it is to a login.
            300..=399 => Self::WebPage,
            401 => Self::Login,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            429 => Self::Throttled,
            status @ 500..=599 => Self::Server { status },
            status => Self::Refused { status },
        }
    }
}

impl From<Fault> for ConnectorError {
    fn from(fault: Fault) -> Self {
        let reason = fault.to_string();
        match fault {
            Fault::Source(error) => error,
            fault if fault.is_transient() => Self::Unavailable { reason },
            Fault::Login | Fault::WebPage | Fault::Forbidden => Self::Denied { reason },
            // The listing lied: nothing may follow from it, and the next one may not.
            Fault::Malformed { .. } => Self::Unavailable { reason },
            _ => Self::Misconfigured { reason },
        }
    }
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> Self {
        let reason = fault.to_string();
        match fault {
            Fault::NotFound => Self::Vanished,
            Fault::Source(error) => download::of_source(&error),
            fault if fault.is_transient() => Self::Interrupted { reason },
            _ => Self::Denied { reason },
        }
    }
}
