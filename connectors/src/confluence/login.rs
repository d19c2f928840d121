//! Logging in: a user with a password, a personal access token, or an app whose token is renewed.
//!
//! The access token of an app lives for an hour, and each refresh token for one use. A new one is
//! kept ([`Secrets::replace`]) before it is used, one refresh at a time; who finds that another
//! worker was faster takes what that one got.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use corpus::{ConfluenceAuthentication, ConnectorError, Secret, SecretFields, Secrets};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::sleep;

use crate::network::{Network, Patience};
use crate::oauth::{self, Form, Grant};
use crate::origin::Origin;
use crate::token::{Login, Token, basic, bearer};

/// Where apps exchange refresh tokens.
const TOKENS: &str = "https://auth.atlassian.com";

/// How often, and after what pauses, the secret is looked at for what another worker keeps.
const LOOKS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

const APP_KEY: &str = "confluenceAppKey";
const APP_SECRET: &str = "confluenceAppSecret";
const ACCESS_TOKEN: &str = "confluenceAccessToken";
const REFRESH_TOKEN: &str = "confluenceRefreshToken";

/// How the crawler logs in.
#[derive(Debug)]
pub(super) struct WikiLogin {
    pub(super) network: Network,
    pub(super) secrets: Arc<dyn Secrets>,
    pub(super) secret_arn: String,
    pub(super) kind: ConfluenceAuthentication,
    /// Where the APIs are: the site, or the gateway, which alone takes the tokens of apps.
    pub(super) origin: Origin,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    refresh_token: Option<SecretString>,
}

#[async_trait]
impl Login for WikiLogin {
    /// The secret may have been changed since, by its owner or by another worker; if not, the token
    /// of an app is renewed.
    async fn log_in(&self, refused: Option<&HeaderValue>) -> Result<Token, ConnectorError> {
        let secret = self.secret().await?;
        let mut authorization = self.header_of(&secret)?;
        if refused == Some(&authorization) && self.kind == ConfluenceAuthentication::OAuth {
            authorization = self.header_of(&self.refresh(secret).await?)?;
        }
        Ok(Token { authorization, origin: self.origin.clone(), ends: None })
    }
}

impl WikiLogin {
    async fn secret(&self) -> Result<Secret, ConnectorError> {
        self.secrets.secret(&self.secret_arn).await.map_err(|error| oauth::of_secret(&error))
    }

    fn header_of(&self, secret: &Secret) -> Result<HeaderValue, ConnectorError> {
        match self.kind {
            ConfluenceAuthentication::Basic => {
                basic(field(secret, "username")?, field(secret, "password")?)
            }
            ConfluenceAuthentication::OAuth => bearer(field(secret, ACCESS_TOKEN)?),
            ConfluenceAuthentication::PersonalAccessToken => {
                bearer(field(secret, "personalAccessToken")?)
            }
        }
    }

    /// Exchanges the refresh token; returns the secret as it is then.
    async fn refresh(&self, secret: Secret) -> Result<Secret, ConnectorError> {
        let host = Origin::new(TOKENS).map_err(|reason| ConnectorError::Unavailable { reason })?;
        let field = |name| field(&secret, name).map(SecretString::expose_secret);
        let grant = Grant {
            url: host.url(["oauth", "token"]),
            fields: vec![
                ("grant_type", "refresh_token"),
                ("client_id", field(APP_KEY)?),
                ("client_secret", field(APP_SECRET)?),
                ("refresh_token", field(REFRESH_TOKEN)?),
            ],
            form: Form::Json,
            // Not repeated: the token may have been used up by an answer that was lost on its way.
            patience: Patience(Duration::ZERO),
        };
        let refused = |status, _code: &str, _message: &str| ConnectorError::Denied {
            reason: format!(
                "the refresh token in the secret '{0}' is not accepted any longer (answer \
                 {status}): authorise the app again, and store its new tokens with 'outcrop \
                 secret set {0}'",
                secret.name
            ),
        };
        let answer: Answer = match grant.send(&self.network, refused).await {
            Ok(answer) => answer,
            Err(error) => return self.changed(&secret).await?.ok_or(error),
        };
        let mut fields: SecretFields = secret.fields.clone();
        fields.insert(ACCESS_TOKEN.to_owned(), answer.access_token);
        if let Some(token) = answer.refresh_token {
            fields.insert(REFRESH_TOKEN.to_owned(), token);
        }
        // Where another worker was faster, its tokens are the ones that are kept.
        let kept = self.secrets.replace(&secret, fields).await;
        kept.map_err(|error| oauth::of_secret(&error))?;
        self.secret().await
    }

    /// The secret, if it changes: another worker that was faster has used the refresh token up, and
    /// is about to keep what it got.
    async fn changed(&self, seen: &Secret) -> Result<Option<Secret>, ConnectorError> {
        for _ in 0..LOOKS {
            let now = self.secret().await?;
            if now.version != seen.version {
                return Ok(Some(now));
            }
            sleep(PAUSE).await;
        }
        Ok(None)
    }
}

fn field<'a>(secret: &'a Secret, name: &'static str) -> Result<&'a SecretString, ConnectorError> {
    secret.field(name).map_err(|error| oauth::of_secret(&error))
}
