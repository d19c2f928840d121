//! Grants of OAuth 2.0 (RFC 6749): a token for client credentials, or for a refresh token.

use std::time::Duration;

use corpus::{ConnectorError, SecretError};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::api::{error_of, unreached};
use crate::network::{Network, Patience, body};

/// The longest answer that is taken.
const LONGEST: u64 = 256 * 1024;

/// A request for a token.
pub(crate) struct Grant<'a> {
    /// Where to.
    pub(crate) url: Url,
    /// What it says; it holds secrets.
    pub(crate) fields: Vec<(&'static str, &'a str)>,
    /// How it says it.
    pub(crate) form: Form,
    /// How long the login host is asked again.
    pub(crate) patience: Patience,
}

/// How a request says its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a web form, as the standard has it.
    Web,
    /// As an object of JSON.
    Json,
}

impl<'a> Grant<'a> {
    /// A grant for client credentials (§4.4), which may be asked for again and again.
    pub(crate) fn of_client(url: Url, fields: Vec<(&'static str, &'a str)>) -> Self {
        Self { url, fields, form: Form::Web, patience: Patience(Duration::from_mins(1)) }
    }

    /// Asks for a token. What a refusal means is said by its status, code and message.
    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        network: &Network,
        refusal: impl Fn(u16, &str, &str) -> ConnectorError,
    ) -> Result<T, ConnectorError> {
        let (kind, words) = self.words();
        let request = || {
            let mut request = Request::new(Method::POST, self.url.clone());
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            *request.body_mut() = Some(words.clone().into());
            request
        };
        let response = self.patience.send(network, request).await;
        let response = response.map_err(|error| unreached(&error))?;
        let status = response.status();
        let bytes = body(response, LONGEST).await.map_err(|error| unreached(&error))?;
        let host = self.url.host_str().unwrap_or_default();
        if status.is_server_error() || status.as_u16() == 429 {
            let reason = format!("the login host {host} does not answer (HTTP {status})");
            return Err(ConnectorError::Unavailable { reason });
        }
        if !status.is_success() {
            let (code, message) = error_of(&bytes);
            return Err(refusal(status.as_u16(), &code, &message));
        }
        // What cannot be read may hold the token: it is not repeated.
        serde_json::from_slice(&bytes).map_err(|_unreadable| ConnectorError::Unavailable {
            reason: format!("the login host {host} gave no token, though it calls that a success"),
        })
    }

    /// The media type and the words of the request.
    fn words(&self) -> (&'static str, String) {
        match self.form {
            Form::Web => {
                let mut words = form_urlencoded::Serializer::new(String::new());
                ("application/x-www-form-urlencoded", words.extend_pairs(&self.fields).finish())
            }
            Form::Json => {
                let fields =
                    self.fields.iter().map(|&(name, value)| (name.to_owned(), value.into()));
                ("application/json", Value::Object(fields.collect()).to_string())
            }
        }
    }
}

/// What a failure to read the secret means.
pub(crate) fn of_secret(error: &SecretError) -> ConnectorError {
    ConnectorError::Misconfigured { reason: error.to_string() }
}
