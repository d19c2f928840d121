//! Asking a JSON API with a bearer token: the token is renewed once where it is refused, what
//! passes is waited for, and an answer that breaks off or is empty is asked for again.

use std::time::Duration;

use bytes::Bytes;
use corpus::ConnectorError;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, Request, Response, StatusCode};
use secrecy::ExposeSecret;
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
const LONGEST: u64 = 32 * 1024 * 1024;

/// The most bytes of an error that are looked at.
const LONGEST_ERROR: u64 = 64 * 1024;

/// How often an answer is asked for that breaks off or is empty.
const ATTEMPTS: u32 = 3;

/// The most characters of a server's message that are repeated.
const MESSAGE: usize = 500;

/// Why there is no answer.
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
    ) -> Result<Response, ConnectorError> {
        let token = self.tokens.token(None).await?;
        let response = self.send(&token, url, headers, patience).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let token = self.tokens.token(Some(&token)).await?;
        self.send(&token, url, headers, patience).await
    }

    /// The answer to a GET.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        url: &Url,
        headers: &HeaderMap,
    ) -> Result<T, ApiError> {
        let mut attempt = 1;
        loop {
            let response = self.get(url, headers, PATIENCE).await?;
            if !response.status().is_success() {
                return Err(refused(response).await);
            }
            let answer = body(response, LONGEST).await;
            let reason = match answer {
                Ok(bytes) => match serde_json::from_slice(&bytes) {
                    Ok(answer) => return Ok(answer),
                    Err(error) => unreadable(&bytes, &error),
                },
                Err(error) if error.is_transient() => error.to_string(),
                Err(error) => return Err(unreached(&error).into()),
            };
            if attempt == ATTEMPTS {
                return Err(ConnectorError::Unavailable { reason }.into());
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
    ) -> Result<Response, ConnectorError> {
        let foreign = |foreign: crate::origin::Foreign| ConnectorError::Denied {
            reason: format!("{foreign}; if the host has moved, correct the data source"),
        };
        token.origin.admit(url.as_str()).map_err(foreign)?;
        let bearer = format!("Bearer {}", token.bearer.expose_secret());
        let mut bearer = HeaderValue::from_str(&bearer).map_err(|_bytes| {
            let reason = "the login host gave a token that is none".to_owned();
            ConnectorError::Unavailable { reason }
        })?;
        bearer.set_sensitive(true);
        let request = || {
            let mut request = Request::new(Method::GET, url.clone());
            request.headers_mut().extend(headers.clone());
            request.headers_mut().insert(AUTHORIZATION, bearer.clone());
            request
        };
        patience.send(&self.network, request).await.map_err(|error| unreached(&error))
    }
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

/// What an answer that is no success means.
pub(crate) async fn refused(response: Response) -> ApiError {
    let status = response.status();
    let location =
        response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let bytes = body(response, LONGEST_ERROR).await.unwrap_or_default();
    let (code, message) = error_of(&bytes);
    let refusal = Refusal { status: status.as_u16(), code, message, location };
    if status == StatusCode::TOO_MANY_REQUESTS {
        let reason =
            format!("it is still throttling after many tries ({refusal}): sync less often");
        return ConnectorError::Unavailable { reason }.into();
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return ConnectorError::Unavailable { reason: refusal.to_string() }.into();
    }
    if status == StatusCode::UNAUTHORIZED {
        let reason = format!("a new token was refused too ({refusal}): check what the app may do");
        return ConnectorError::Denied { reason }.into();
    }
    ApiError::Refused(refusal)
}

/// The code and message of an error in one of the forms that are in use: `{"error": {"code",
/// "message"}}`, `{"error", "error_description"}`, `[{"errorCode", "message"}]`.
pub(crate) fn error_of(bytes: &[u8]) -> (String, String) {
    let json: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (code, message) = if let Some(first) = json.get(0) {
        (text(&first["errorCode"]), text(&first["message"]))
    } else if json["error"].is_object() {
        (text(&json["error"]["code"]), text(&json["error"]["message"]))
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
        check("<html>", "", "");
        check("", "", "");
    }
}
