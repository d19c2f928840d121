//! Asking a JSON API as somebody who logged in: a token is renewed once where it is refused, what
//! passes is waited for, and an answer that breaks off or is empty is asked for again.

use std::time::Duration;

use bytes::Bytes;
use corpus::ConnectorError;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::network::{FetchError, Network, Patience, body};
use crate::origin::Origin;
use crate::token::{Login, Token, Tokens};

/// How long an API is asked again while it fails for passing reasons: less than a job waits for
/// the next event.
const PATIENCE: Patience = Patience(Duration::from_mins(9));

/// The longest answer that is taken.
const LONGEST: u64 = 64 * 1024 * 1024;

/// The most bytes of an error that are looked at.
const LONGEST_ERROR: u64 = 64 * 1024;

/// How often an answer is asked for that breaks off or is empty.
const ATTEMPTS: u32 = 3;

/// The most characters of a server's message that are repeated.
const MESSAGE: usize = 500;

/// Why there is no answer, as it was seen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    /// There is no token, or it may not go there.
    #[error(transparent)]
    Source(#[from] ConnectorError),
    /// Nothing came, or it broke off.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It is refused, whatever the status.
    #[error("{0}")]
    Refused(Refusal),
    /// Something other than an API answered.
    #[error(
        "the site answered with a web page, as login pages do: the credentials or the configured \
         host are wrong, or a single sign-on stands before the API"
    )]
    Page,
    /// The answer has no meaning.
    #[error("{reason}")]
    Unreadable {
        /// What is wrong with it.
        reason: String,
    },
}

/// Why there is no answer, by what it means.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// The source as a whole cannot be asked.
    #[error(transparent)]
    Source(#[from] ConnectorError),
    /// This one thing is refused.
    #[error("{0}")]
    Refused(Refusal),
}

/// What a server says when it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The API's own name of the error; empty where it gives none.
    pub(crate) code: String,
    /// The API's own words, shortened.
    pub(crate) message: String,
    /// Where it says to go instead.
    pub(crate) location: Option<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        for part in [&self.code, &self.message] {
            if !part.is_empty() {
                write!(f, " {part}")?;
            }
        }
        Ok(())
    }
}

/// An API and the tokens for it.
#[derive(Debug)]
pub(crate) struct Api {
    network: Network,
    tokens: Tokens,
}

impl Api {
    pub(crate) fn new(network: Network, login: impl Login + 'static) -> Self {
        Self { network, tokens: Tokens::new(login) }
    }

    /// The way out, for what is asked without a token.
    pub(crate) fn network(&self) -> &Network {
        &self.network
    }

    /// Where requests go; logs in where that is not known yet.
    pub(crate) async fn origin(&self) -> Result<Origin, ConnectorError> {
        Ok(self.tokens.token(None).await?.origin.clone())
    }

    /// The head of the answer to a GET, whatever its status is; a refused token is renewed once.
    pub(crate) async fn get(
        &self,
        url: &Url,
        headers: &HeaderMap,
        patience: Patience,
    ) -> Result<Response, Unanswered> {
        let token = self.tokens.token(None).await?;
        let response = self.send(&token, url, headers, patience).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let other = self.tokens.token(Some(&token)).await?;
        if other.authorization == token.authorization {
            return Ok(response);
        }
        self.send(&other, url, headers, patience).await
    }

    /// The answer to a GET.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        url: &Url,
        headers: &HeaderMap,
    ) -> Result<T, ApiError> {
        Ok(self.ask(url, headers, PATIENCE).await?)
    }

    /// The answer to a GET, asked for with some patience.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        url: &Url,
        headers: &HeaderMap,
        patience: Patience,
    ) -> Result<T, Unanswered> {
        let mut headers = headers.clone();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut attempt = 1;
        loop {
            let answer = read(self.get(url, &headers, patience).await?).await;
            let may_pass = match &answer {
                Err(Unanswered::Fetch(error)) => error.is_transient(),
                Err(Unanswered::Unreadable { .. }) => true,
                _ => false,
            };
            if !may_pass || attempt == ATTEMPTS {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(100) * attempt).await;
            attempt += 1;
        }
    }

    async fn send(
        &self,
        token: &Token,
        url: &Url,
        headers: &HeaderMap,
        patience: Patience,
    ) -> Result<Response, Unanswered> {
        let foreign = |foreign: crate::origin::Foreign| ConnectorError::Denied {
            reason: format!("{foreign}; if the host has moved, correct the data source"),
        };
        token.origin.admit(url.as_str()).map_err(foreign)?;
        let request = || {
            let mut request = Request::new(Method::GET, url.clone());
            request.headers_mut().extend(headers.clone());
            request.headers_mut().insert(AUTHORIZATION, token.authorization.clone());
            request
        };
        Ok(patience.send(&self.network, request).await?)
    }
}

/// What an answer says.
pub(crate) async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Unanswered> {
    if !response.status().is_success() {
        return Err(Unanswered::Refused(Refusal::of(response).await));
    }
    if is_page(media_type(&response)) {
        return Err(Unanswered::Page);
    }
    let bytes = body(response, LONGEST).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Unanswered::Unreadable { reason: unreadable(&bytes, &error) })
}

/// The media type of an answer, as it is said.
pub(crate) fn media_type(response: &Response) -> &str {
    let header = response.headers().get(CONTENT_TYPE);
    header.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a media type is that of web pages.
pub(crate) fn is_page(media_type: &str) -> bool {
    media_type.starts_with("text/html")
}

/// What a failed request says of the source.
pub(crate) fn unreached(error: &FetchError) -> ConnectorError {
    let reason = error.to_string();
    if error.is_transient() {
        ConnectorError::Unavailable { reason }
    } else {
        ConnectorError::Misconfigured { reason }
    }
}

impl Refusal {
    /// What an answer that is no success says.
    pub(crate) async fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let location = response.headers().get(LOCATION);
        let location = location.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let bytes = body(response, LONGEST_ERROR).await.unwrap_or_default();
        let (code, message) = error_of(&bytes);
        Self { status, code, message, location }
    }
}

impl From<Unanswered> for ApiError {
    fn from(unanswered: Unanswered) -> Self {
        let refusal = match unanswered {
            Unanswered::Source(error) => return error.into(),
            Unanswered::Fetch(error) => return unreached(&error).into(),
            Unanswered::Refused(refusal) => refusal,
            Unanswered::Page | Unanswered::Unreadable { .. } => {
                let reason = unanswered.to_string();
                return ConnectorError::Unavailable { reason }.into();
            }
        };
        match refusal.status {
            401 => ConnectorError::Denied {
                reason: format!(
                    "a new token was refused too ({refusal}): check what the app may do"
                ),
            },
            429 => ConnectorError::Unavailable {
                reason: format!(
                    "it is still throttling after many tries ({refusal}): sync less often"
                ),
            },
            408 | 500..=599 => ConnectorError::Unavailable { reason: refusal.to_string() },
            _ => return Self::Refused(refusal),
        }
        .into()
    }
}

/// The code and message of an error in one of the forms that are in use: `{"error": {"code",
/// "message"}}`, `{"error", "error_description"}`, `[{"errorCode", "message"}]`, `{"message"}`.
pub(crate) fn error_of(bytes: &[u8]) -> (String, String) {
    let json: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (code, message) = if let Some(first) = json.get(0) {
        (text(&first["errorCode"]), text(&first["message"]))
    } else if json["error"].is_object() {
        (text(&json["error"]["code"]), text(&json["error"]["message"]))
    } else if json["message"].is_string() {
        (String::new(), text(&json["message"]))
    } else {
        (text(&json["error"]), text(&json["error_description"]))
    };
    // Entra ID adds what only its own support can use.
    let message = message.split("Trace ID:").next().unwrap_or_default();
    let words: Vec<&str> = message.split_whitespace().collect();
    (code, words.join(" ").chars().take(MESSAGE).collect())
}

fn unreadable(bytes: &Bytes, error: &serde_json::Error) -> String {
    if bytes.is_empty() {
        "the answer is empty though it is called a success".to_owned()
    } else {
        format!("the answer is not of the API: {error}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_read_in_each_form() {
        let check = |json: &str, code: &str, message: &str| {
            assert_eq!(error_of(json.as_bytes()), (code.to_owned(), message.to_owned()), "{json}");
        };
        check(r#"{"error": {"code": "notFound", "message": "No."}}"#, "notFound", "No.");
        check(r#"{"error": "bad", "error_description": "No.\r\nTrace ID: 1"}"#, "bad", "No.");
        check(r#"[{"errorCode": "BAD", "message": "No.", "fields": []}]"#, "BAD", "No.");
        check(r#"{"statusCode": 404, "message": "No."}"#, "", "No.");
        check("<html>", "", "");
        check("", "", "");
    }
}
