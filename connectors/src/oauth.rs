//! The client credentials grant of OAuth 2.0 (RFC 6749 §4.4).

use std::time::Duration;

use corpus::{ConnectorError, SecretError};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use serde::de::DeserializeOwned;
use url::{Url, form_urlencoded};

use crate::api::{error_of, unreached};
use crate::network::{Network, Patience, body};

/// How long a login host is asked again.
const PATIENCE: Patience = Patience(Duration::from_mins(1));

/// The longest answer that is taken.
const LONGEST: u64 = 256 * 1024;

/// A request for a token.
pub(crate) struct Grant<'a> {
    /// Where to.
    pub(crate) url: Url,
    /// What the form says; it holds secrets.
    pub(crate) form: Vec<(&'static str, &'a str)>,
}

impl Grant<'_> {
    /// Asks for a token. What a refusal means is said by its status, code and message.
    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        network: &Network,
        refusal: impl Fn(u16, &str, &str) -> ConnectorError,
    ) -> Result<T, ConnectorError> {
        let form: String =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.form).finish();
        let request = || {
            let mut request = Request::new(Method::POST, self.url.clone());
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers_mut().insert(CONTENT_TYPE, kind);
            *request.body_mut() = Some(form.clone().into());
            request
        };
        let response = PATIENCE.send(network, request).await.map_err(|error| unreached(&error))?;
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
}

/// What a failure to read the secret means.
pub(crate) fn of_secret(error: &SecretError) -> ConnectorError {
    ConnectorError::Misconfigured { reason: error.to_string() }
}
