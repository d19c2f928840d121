//! Access tokens: got once, shared by all who ask, and got anew when the server no longer takes
//! them.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use corpus::ConnectorError;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::origin::Origin;

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_mins(2);

/// What logs requests in, and where it may go.
#[derive(Debug)]
pub(crate) struct Token {
    /// The value of the `Authorization` header.
    pub(crate) authorization: HeaderValue,
    /// The only place where it may be sent.
    pub(crate) origin: Origin,
    /// When it ends, where the server told.
    pub(crate) ends: Option<Instant>,
}

/// Gets tokens.
#[async_trait]
pub(crate) trait Login: Send + Sync + Debug {
    /// Gets a token; another one than the header that was refused, if there is another.
    async fn log_in(&self, refused: Option<&HeaderValue>) -> Result<Token, ConnectorError>;
}

/// The token that is in use.
#[derive(Debug)]
pub(crate) struct Tokens {
    login: Box<dyn Login>,
    /// Held while a token is got, so that others wait for it instead of getting their own.
    kept: Mutex<Option<Arc<Token>>>,
}

impl Tokens {
    pub(crate) fn new(login: impl Login + 'static) -> Self {
        Self { login: Box::new(login), kept: Mutex::new(None) }
    }

    /// A token, other than the one that was refused, if there is another.
    pub(crate) async fn token(
        &self,
        refused: Option<&Arc<Token>>,
    ) -> Result<Arc<Token>, ConnectorError> {
        let mut kept = self.kept.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| is_good(token, refused)) {
            return Ok(Arc::clone(token));
        }
        let refused = refused.map(|token| &token.authorization);
        let token = Arc::new(self.login.log_in(refused).await?);
        *kept = Some(Arc::clone(&token));
        Ok(token)
    }
}

/// The header of a bearer token (RFC 6750).
pub(crate) fn bearer(token: &SecretString) -> Result<HeaderValue, ConnectorError> {
    sensitive(&format!("Bearer {}", token.expose_secret()))
}

/// The header of a user and a password (RFC 7617).
pub(crate) fn basic(
    user: &SecretString,
    password: &SecretString,
) -> Result<HeaderValue, ConnectorError> {
    let pair = format!("{}:{}", user.expose_secret(), password.expose_secret());
    sensitive(&format!("Basic {}", STANDARD.encode(pair)))
}

fn sensitive(value: &str) -> Result<HeaderValue, ConnectorError> {
    let mut header = HeaderValue::from_str(value).map_err(|_not_shown| {
        let reason = "the token or password has characters that no HTTP header may have: correct \
                      it in the secret"
            .to_owned();
        ConnectorError::Misconfigured { reason }
    })?;
    header.set_sensitive(true);
    Ok(header)
}

fn is_good(token: &Arc<Token>, refused: Option<&Arc<Token>>) -> bool {
    let lasts = token.ends.is_none_or(|ends| ends > Instant::now() + MARGIN);
    lasts && refused.is_none_or(|refused| !Arc::ptr_eq(token, refused))
}
