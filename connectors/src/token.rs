//! Access tokens: got once, shared by all who ask, and got anew when the server no longer takes
//! them.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use corpus::ConnectorError;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::origin::Origin;

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_mins(2);

/// A bearer token, and where it may go.
#[derive(Debug)]
pub(crate) struct Token {
    /// The token.
    pub(crate) bearer: SecretString,
    /// The only place where it may be sent.
    pub(crate) origin: Origin,
    /// When it ends, where the server told.
    pub(crate) ends: Option<Instant>,
}

/// Gets tokens.
#[async_trait]
pub(crate) trait Login: Send + Sync + Debug {
    /// Gets another token.
    async fn log_in(&self) -> Result<Token, ConnectorError>;
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

    /// A token, other than the one that was refused.
    pub(crate) async fn token(
        &self,
        refused: Option<&Arc<Token>>,
    ) -> Result<Arc<Token>, ConnectorError> {
        let mut kept = self.kept.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| is_good(token, refused)) {
            return Ok(Arc::clone(token));
        }
        let token = Arc::new(self.login.log_in().await?);
        *kept = Some(Arc::clone(&token));
        Ok(token)
    }
}

fn is_good(token: &Arc<Token>, refused: Option<&Arc<Token>>) -> bool {
    let lasts = token.ends.is_none_or(|ends| ends > Instant::now() + MARGIN);
    lasts && refused.is_none_or(|refused| !Arc::ptr_eq(token, refused))
}
