//! What came of a call, in words that tables of expectations can hold.

use corpus::{EmbedError, GenerateError};

/// The kind of an outcome, and what it says.
pub(crate) struct Outcome {
    pub(crate) kind: String,
    pub(crate) words: String,
}

pub(crate) fn embedded<T>(result: Result<T, EmbedError>) -> Outcome {
    let Err(error) = result else { return succeeded() };
    let kind = match &error {
        EmbedError::Throttled { retry_after } => format!("throttled {retry_after:?}"),
        EmbedError::Unavailable { .. } => "unavailable".to_owned(),
        EmbedError::Refused { .. } => "refused".to_owned(),
        EmbedError::Denied { .. } => "denied".to_owned(),
    };
    Outcome { kind, words: error.to_string() }
}

pub(crate) fn generated<T>(result: Result<T, GenerateError>) -> Outcome {
    let Err(error) = result else { return succeeded() };
    let kind = match &error {
        GenerateError::Throttled { retry_after } => format!("throttled {retry_after:?}"),
        GenerateError::Unavailable { .. } => "unavailable".to_owned(),
        GenerateError::PromptTooLong { .. } => "too long".to_owned(),
        GenerateError::Refused { .. } => "refused".to_owned(),
    };
    Outcome { kind, words: error.to_string() }
}

fn succeeded() -> Outcome {
    Outcome { kind: "ok".to_owned(), words: String::new() }
}
