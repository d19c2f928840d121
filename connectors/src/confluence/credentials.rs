//! Logging in: what goes into the `Authorization` header, and how it is renewed.
//!
//! The access token of an app lives for an hour, and each refresh token for one use. A new one is
//! kept ([`Secrets::replace`]) before it is used, one refresh at a time; who finds that another
//! worker was faster takes what that one got.

use std::sync::Arc;

use corpus::{ConfluenceAuthentication, Secret, SecretError, SecretFields, Secrets};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use super::fault::Fault;
use crate::network::{FetchError, Network, body};

/// Where apps exchange refresh tokens.
const TOKENS: &str = "https://auth.atlassian.com/oauth/token";

/// The most bytes of an answer about tokens.
const ANSWER: u64 = 64 * 1024;

const APP_KEY: &str = "confluenceAppKey";
const APP_SECRET: &str = "confluenceAppSecret";
const ACCESS_TOKEN: &str = "confluenceAccessToken";
const REFRESH_TOKEN: &str = "confluenceRefreshToken";

/// How the crawler logs in.
#[derive(Debug)]
pub(super) struct Credentials {
    network: Network,
    secrets: Arc<dyn Secrets>,
    arn: String,
    kind: ConfluenceAuthentication,
    /// The header in use. The lock is held while a token is refreshed.
    current: Mutex<Option<HeaderValue>>,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: SecretString,
    refresh_token: Option<SecretString>,
}

impl Credentials {
    pub(super) fn new(
        network: Network,
        secrets: Arc<dyn Secrets>,
        arn: &str,
        kind: ConfluenceAuthentication,
    ) -> Self {
        Self { network, secrets, arn: arn.to_owned(), kind, current: Mutex::new(None) }
    }

    /// Whether they are those of an app, which only the gateway takes.
    pub(super) fn are_of_app(&self) -> bool {
        self.kind == ConfluenceAuthentication::OAuth
    }

    /// The value of the `Authorization` header.
    pub(super) async fn header(&self) -> Result<HeaderValue, Fault> {
        let mut current = self.current.lock().await;
        if let Some(header) = &*current {
            return Ok(header.clone());
        }
        let header = self.header_of(&self.secrets.secret(&self.arn).await?)?;
        *current = Some(header.clone());
        Ok(header)
    }

    /// Another header than one that was not accepted; none if there is no other.
    pub(super) async fn renew(&self, refused: &HeaderValue) -> Result<Option<HeaderValue>, Fault> {
        let mut current = self.current.lock().await;
        if let Some(header) = current.as_ref().filter(|header| *header != refused) {
            return Ok(Some(header.clone()));
        }
        // The secret may have been changed meanwhile, by its owner or by another worker.
        let secret = self.secrets.secret(&self.arn).await?;
        let mut header = self.header_of(&secret)?;
        if header == refused && self.are_of_app() {
            header = self.header_of(&self.refresh(secret).await?)?;
        }
        if header == refused {
            return Ok(None);
        }
        *current = Some(header.clone());
        Ok(Some(header))
    }

    fn header_of(&self, secret: &Secret) -> Result<HeaderValue, Fault> {
        let bearer = |token: &SecretString| format!("Bearer {}", token.expose_secret());
        let value = match self.kind {
            ConfluenceAuthentication::Basic => {
                let (user, password) = (secret.field("username")?, secret.field("password")?);
                return basic(&self.network, user, password).ok_or_else(|| unusable(&secret.name));
            }
            ConfluenceAuthentication::OAuth => bearer(secret.field(ACCESS_TOKEN)?),
            ConfluenceAuthentication::PersonalAccessToken => {
                bearer(secret.field("personalAccessToken")?)
            }
        };
        sensitive(&value, &secret.name)
    }

    /// Exchanges the refresh token; returns the secret as it is then.
    async fn refresh(&self, secret: Secret) -> Result<Secret, Fault> {
        let field = |name| secret.field(name).map(|value: &SecretString| value.expose_secret());
        let form = json!({
            "grant_type": "refresh_token",
            "client_id": field(APP_KEY)?,
            "client_secret": field(APP_SECRET)?,
            "refresh_token": field(REFRESH_TOKEN)?,
        });
        let request = self.network.client().post(TOKENS).json(&form).build();
        let request = request.map_err(FetchError::from)?;
        // Not repeated: the token may have been used up by an answer that was lost on its way.
        let response = self.network.send(request).await?;
        let status = response.status();
        if !status.is_success() {
            // Who was faster has used the token up.
            let now = self.secrets.secret(&self.arn).await?;
            if now.version != secret.version {
                return Ok(now);
            }
            if status.is_server_error() || status.as_u16() == 429 {
                return Err(Fault::Server { status: status.as_u16() });
            }
            return Err(Fault::Login {
                reason: format!(
                    "the refresh token in the secret '{}' is not accepted any longer (answer \
                     {status}): authorise the app again, and store its new tokens with \
                     'outcrop secret set {}'",
                    secret.name, secret.name
                ),
            });
        }
        let answer = body(response, ANSWER).await?;
        let tokens: Tokens = serde_json::from_slice(&answer).map_err(|_values_are_secret| {
            Fault::Malformed { reason: "the answer has no access_token".to_owned() }
        })?;
        let mut fields: SecretFields = secret.fields.clone();
        fields.insert(ACCESS_TOKEN.to_owned(), tokens.access_token);
        if let Some(token) = tokens.refresh_token {
            fields.insert(REFRESH_TOKEN.to_owned(), token);
        }
        // Where another worker was faster, its tokens are the ones that are kept.
        self.secrets.replace(&secret, fields).await?;
        Ok(self.secrets.secret(&self.arn).await?)
    }
}

/// The header of a user and a password, as the client writes it.
fn basic(network: &Network, user: &SecretString, password: &SecretString) -> Option<HeaderValue> {
    let (user, password) = (user.expose_secret(), password.expose_secret());
    let mut request = network.client().get(TOKENS).basic_auth(user, Some(password)).build().ok()?;
    request.headers_mut().remove(AUTHORIZATION)
}

fn sensitive(value: &str, secret: &str) -> Result<HeaderValue, Fault> {
    let mut header = HeaderValue::from_str(value).map_err(|_not_shown| unusable(secret))?;
    header.set_sensitive(true);
    Ok(header)
}

fn unusable(name: &str) -> Fault {
    Fault::Secret(SecretError::Unreadable {
        name: name.to_owned(),
        reason: "it has characters that no HTTP header may have".to_owned(),
    })
}
