//! Logging in at Entra ID as an app (OAuth 2.0 client credentials), and what its refusals mean.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use corpus::{ConnectorError, SecretError, Secrets};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::Instant;

use crate::network::Network;
use crate::oauth::{self, Grant};
use crate::origin::Origin;
use crate::token::{Login, Token, bearer};

/// How long a token lasts where the answer does not say.
const LASTS: u64 = 3600;

/// An app of a tenant.
#[derive(Debug)]
pub(super) struct EntraLogin {
    pub(super) network: Network,
    pub(super) login: Origin,
    /// Where the tokens go.
    pub(super) graph: Origin,
    /// What is asked for: the resource that the tokens are for.
    pub(super) scope: String,
    /// An id or a domain.
    pub(super) tenant: String,
    pub(super) secrets: Arc<dyn Secrets>,
    pub(super) secret_arn: String,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    expires_in: Option<u64>,
}

#[async_trait]
impl Login for EntraLogin {
    async fn log_in(&self, _refused: Option<&HeaderValue>) -> Result<Token, ConnectorError> {
        let secret =
            self.secrets.secret(&self.secret_arn).await.map_err(|e| oauth::of_secret(&e))?;
        let field =
            |name| secret.field(name).map_err(|error: SecretError| oauth::of_secret(&error));
        let grant = Grant::of_client(
            self.login.url([self.tenant.as_str(), "oauth2", "v2.0", "token"]),
            vec![
                ("grant_type", "client_credentials"),
                ("client_id", field("clientId")?.expose_secret()),
                ("client_secret", field("clientSecret")?.expose_secret()),
                ("scope", &self.scope),
            ],
        );
        let answer: Answer = grant
            .send(&self.network, |status, code, message| {
                refusal(&self.tenant, status, code, message)
            })
            .await?;
        let lasts = Duration::from_secs(answer.expires_in.unwrap_or(LASTS));
        Ok(Token {
            authorization: bearer(&answer.access_token)?,
            origin: self.graph.clone(),
            ends: Some(Instant::now() + lasts),
        })
    }
}

/// What a refusal means, by its AADSTS code, which is in the message.
fn refusal(tenant: &str, status: u16, code: &str, message: &str) -> ConnectorError {
    let number = message.strip_prefix("AADSTS").and_then(|rest| rest.split(':').next());
    let denied = |reason: &str| ConnectorError::Denied { reason: reason.to_owned() };
    match number {
        Some("700016") => denied(
            "the tenant does not know the app (AADSTS700016): correct 'clientId' in the secret, or \
             register the app in this tenant",
        ),
        Some("7000215") => denied(
            "the client secret is wrong (AADSTS7000215): store the secret's value, not its id, as \
             'clientSecret'",
        ),
        Some("7000222") => denied(
            "the client secret has expired (AADSTS7000222): make another in Entra ID and store it \
             as 'clientSecret'",
        ),
        Some("90002" | "900023") => ConnectorError::Misconfigured {
            reason: format!(
                "there is no tenant '{tenant}' (AADSTS90002): correct 'tenantId' or 'domain' of the \
                 data source"
            ),
        },
        Some("7000112") => denied(
            "the app is disabled in the tenant (AADSTS7000112): enable it under Enterprise \
             applications",
        ),
        Some("53003") => denied(
            "a policy of conditional access forbids the login (AADSTS53003): let the app log in \
             from this server's address",
        ),
        _ => ConnectorError::Denied {
            reason: format!("Entra ID refused the login (HTTP {status} {code} {message})"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_the_remedy() {
        let check = |message: &str, expect: &str| {
            let error = refusal("contoso.com", 401, "invalid_client", message).to_string();
            assert!(error.contains(expect), "{error}");
        };
        check("AADSTS700016: Application with identifier", "clientId");
        check("AADSTS7000215: Invalid client secret provided.", "not its id");
        check("AADSTS7000222: The provided client secret keys are expired.", "has expired");
        check("AADSTS90002: Tenant 'contoso.com' not found.", "no tenant 'contoso.com'");
        check("AADSTS1: Something else.", "AADSTS1: Something else.");
    }
}
