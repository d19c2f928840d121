//! Why a document has no text, in words for whoever owns it.

use serde::{Deserialize, Serialize};

use super::Kind;

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ExtractError {
    /// There are no bytes.
    #[error("the file is empty")]
    Empty,
    /// A kind of file that is not read.
    #[error("{what} are not read yet")]
    Unsupported {
        /// The kind, in the plural: `office documents (.docx)`.
        what: String,
    },
    /// The bytes are not what the name or the media type says.
    #[error("this is no {claimed}, though its name or type says so: its bytes are {found}")]
    Mismatch {
        /// What it is said to be.
        claimed: Kind,
        /// What it is.
        found: String,
    },
    /// The bytes begin as that kind, and cannot be read.
    #[error("the {kind} cannot be read: {reason}")]
    Damaged {
        /// What it is.
        kind: Kind,
        /// What is wrong with it.
        reason: String,
    },
    /// It opens only with a password.
    #[error("the {kind} is locked with a password; store a copy without one")]
    Locked {
        /// What it is.
        kind: Kind,
    },
    /// The parser has a defect.
    #[error("the parser failed on this file; please report it with the file")]
    Defect,
    /// It was read, and there is no text in it.
    #[error("no text was found in the {kind}: {reason}")]
    NoText {
        /// What it is.
        kind: Kind,
        /// Why that may be.
        reason: String,
    },
}

impl ExtractError {
    /// It begins as that kind, and cannot be read.
    pub(crate) fn damaged(kind: Kind, reason: impl Into<String>) -> Self {
        Self::Damaged { kind, reason: reason.into() }
    }

    /// It was read, and there is no text in it.
    pub(crate) fn no_text(kind: Kind, reason: impl Into<String>) -> Self {
        Self::NoText { kind, reason: reason.into() }
    }

    /// Whether the file is left out for what it is, not for a fault of its own.
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Self::Unsupported { .. })
    }
}
