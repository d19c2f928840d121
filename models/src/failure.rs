//! What can go wrong at a provider, before it is an error of one port or the other.

use std::time::Duration;

use corpus::{EmbedError, GenerateError};

/// Why a provider did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It asks for fewer calls.
    Throttled {
        /// When it asked to be called again.
        retry_after: Option<Duration>,
    },
    /// It does not answer, or failed for a reason that may pass.
    Unavailable(String),
    /// The input is longer than the model reads.
    TooLong(String),
    /// It refuses this input, and would again.
    Refused(String),
    /// It refuses the account, the model or the configuration, and would whatever the input; the
    /// words name the remedy.
    Denied(String),
}

impl From<Failure> for EmbedError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Throttled { retry_after } => Self::Throttled { retry_after },
            Failure::Unavailable(reason) => Self::Unavailable { reason },
            Failure::TooLong(reason) | Failure::Refused(reason) => Self::Refused { reason },
            Failure::Denied(reason) => Self::Denied { reason },
        }
    }
}

impl From<Failure> for GenerateError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Throttled { retry_after } => Self::Throttled { retry_after },
            Failure::Unavailable(reason) => Self::Unavailable { reason },
            Failure::TooLong(reason) => Self::PromptTooLong { reason },
            Failure::Refused(reason) | Failure::Denied(reason) => Self::Refused { reason },
        }
    }
}

/// Whether a provider's message says that the input is longer than the model reads. There is no
/// code for it that providers share.
pub(crate) fn says_too_long(message: &str) -> bool {
    let message = message.to_lowercase();
    // Of the answer, on Bedrock.
    if message.contains("maximum tokens you requested") {
        return false;
    }
    let length = ["too long", "too many", "exceed", "longer than", "maximum context"];
    let input = ["context", "token", "input", "prompt", "length"];
    length.iter().any(|word| message.contains(word))
        && input.iter().any(|word| message.contains(word))
}

/// The beginning of a provider's message: enough to understand it, too little to flood a log.
pub(crate) fn excerpt(message: &str) -> String {
    const MOST: usize = 300;
    match message.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", message[..end].trim()),
        None => message.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_from_other_refusals() {
        for message in [
            "Input is too long for requested model.",
            "prompt is too long: 210012 tokens > 200000 maximum",
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
            "the request exceeds the available context size",
            "400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9000",
        ] {
            assert!(says_too_long(message), "{message}");
        }
        for message in [
            "The provided model identifier is invalid.",
            "Malformed input request",
            "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.",
        ] {
            assert!(!says_too_long(message), "{message}");
        }
    }

    #[test]
    fn long_messages_are_cut_on_character_bounds() {
        assert_eq!(excerpt(" short "), "short");
        assert_eq!(excerpt(&"ä".repeat(1000)).chars().count(), 301);
    }
}
