//! Logging in at the org's own domain as a connected app (OAuth 2.0 client credentials), and what
//! its refusals mean.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{ConnectorError, SecretError, Secrets};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use crate::network::Network;
use crate::oauth::{self, Grant};
use crate::origin::Origin;
use crate::token::{Login, Token, bearer};

/// What the hosts of Salesforce end with.
const HOSTS: [&str; 3] = [".salesforce.com", ".force.com", ".salesforce.mil"];

/// A connected app of an org.
#[derive(Debug)]
pub(super) struct OrgLogin {
    pub(super) network: Network,
    pub(super) secrets: Arc<dyn Secrets>,
    pub(super) secret_arn: String,
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    instance_url: String,
}

#[async_trait]
impl Login for OrgLogin {
    async fn log_in(&self, _refused: Option<&HeaderValue>) -> Result<Token, ConnectorError> {
        let secret =
            self.secrets.secret(&self.secret_arn).await.map_err(|e| oauth::of_secret(&e))?;
        let field =
            |name| secret.field(name).map_err(|error: SecretError| oauth::of_secret(&error));
        let grant = Grant::of_client(
            token_url(field("authenticationUrl")?.expose_secret(), &self.network)?,
            vec![
                ("grant_type", "client_credentials"),
                ("client_id", field("consumerKey")?.expose_secret()),
                ("client_secret", field("consumerSecret")?.expose_secret()),
            ],
        );
        let answer: Answer = grant.send(&self.network, refusal).await?;
        let origin = origin(&answer.instance_url, &self.network).map_err(|reason| {
            ConnectorError::Denied {
                reason: format!(
                    "the login host refers to an org at a place that {reason}: nothing is sent there"
                ),
            }
        })?;
        // Sessions last as long as the org says, which the answer does not: they are renewed when
        // they are refused.
        Ok(Token { authorization: bearer(&answer.access_token)?, origin, ends: None })
    }
}

/// The origin of a URL that must be one of Salesforce, or of a host that the operator mapped. The
/// error is part of a sentence that begins with the URL.
pub(super) fn origin(url: &str, network: &Network) -> Result<Origin, String> {
    let origin = Origin::new(url)?;
    let host = origin.host();
    if HOSTS.iter().any(|end| host.ends_with(end)) || network.is_mapped(host) {
        Ok(origin)
    } else {
        Err("is not one of Salesforce: its host must end with .salesforce.com".to_owned())
    }
}

fn token_url(url: &str, network: &Network) -> Result<Url, ConnectorError> {
    let origin = origin(url, network).map_err(|reason| ConnectorError::Misconfigured {
        reason: format!("'authenticationUrl' in the secret {reason}"),
    })?;
    let path = Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    Ok(match parts.as_slice() {
        [] => origin.url(["services", "oauth2", "token"]),
        parts => origin.url(parts),
    })
}

/// What a refusal means.
fn refusal(status: u16, code: &str, message: &str) -> ConnectorError {
    let is_about = |words: &str| message.to_lowercase().contains(words);
    let reason = if code == "invalid_client" || code == "invalid_client_id" {
        "the org does not know the connected app or its secret: correct 'consumerKey' and \
         'consumerSecret'; a new app takes up to ten minutes to work"
    } else if is_about("no client credentials user enabled") {
        "the connected app names no user to run as: set 'Run As' under its client credentials flow"
    } else if code == "invalid_app_access" || is_about("user is not admin approved") {
        "the user that the connected app runs as may not use it: give that user's profile or \
         permission set the app"
    } else if code == "unsupported_grant_type" || is_about("grant type not supported") {
        "the connected app does not allow the client credentials flow: enable it"
    } else if is_about("request not supported on this domain") {
        "the login must go to the org's own domain: use https://DOMAIN.my.salesforce.com as \
         'authenticationUrl', not login.salesforce.com"
    } else {
        "check the connected app"
    };
    let reason = format!("Salesforce refused the login (HTTP {status} {code} {message}): {reason}");
    ConnectorError::Denied { reason }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::network::NetworkConfig;

    #[test]
    fn the_org_is_at_salesforce() {
        let network = Network::new(&NetworkConfig::default()).unwrap();
        let check = |url: &str, expect: bool| {
            assert_eq!(origin(url, &network).is_ok(), expect, "{url}");
        };
        check("https://acme.my.salesforce.com", true);
        check("https://acme--dev.sandbox.my.salesforce.com/", true);
        check("https://acme.lightning.force.com", true);
        check("http://acme.my.salesforce.com", false);
        check("https://salesforce.com.evil.example", false);
        check("https://evilsalesforce.com", false);
        check("https://acme.my.salesforce.com@evil.example", false);
    }

    #[test]
    fn the_token_url_may_be_given_without_its_path() {
        let network = Network::new(&NetworkConfig::default()).unwrap();
        for url in
            ["https://a.my.salesforce.com", "https://a.my.salesforce.com/services/oauth2/token"]
        {
            let found = token_url(url, &network).unwrap();
            assert_eq!(found.as_str(), "https://a.my.salesforce.com/services/oauth2/token");
        }
    }

    #[test]
    fn refusals_name_the_remedy() {
        let check = |code: &str, message: &str, expect: &str| {
            let error = refusal(400, code, message).to_string();
            assert!(error.contains(expect), "{error}");
        };
        check("invalid_client", "invalid client credentials", "consumerSecret");
        check("invalid_grant", "no client credentials user enabled", "Run As");
        check("invalid_app_access", "user is not admin approved to access this app", "profile");
        check("unsupported_grant_type", "grant type not supported", "enable it");
        check("invalid_grant", "request not supported on this domain", "authenticationUrl");
    }
}
