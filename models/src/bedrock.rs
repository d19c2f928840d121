//! Amazon Bedrock: text by Converse, vectors by `InvokeModel`.
//!
//! One client serves all models. It is made at the first call, by AWS's own rules for credentials,
//! regions, profiles and endpoints, after what the configuration names. It never retries: the
//! callers of the ports do.

mod converse;
mod embed;
mod failure;
mod family;

use std::sync::Arc;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::default_provider::region::DefaultRegionChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::{ProvideCredentials, Region, SharedCredentialsProvider};
use tokio::sync::OnceCell;

use crate::config::BedrockConfig;

pub use converse::BedrockGenerator;
pub use embed::BedrockEmbedder;

/// Amazon Bedrock, as one account and region see it.
#[derive(Debug)]
pub struct Bedrock {
    config: BedrockConfig,
    /// Where absent, what AWS's own rules find.
    credentials: Option<SharedCredentialsProvider>,
    client: OnceCell<Client>,
}

impl Bedrock {
    /// Connects when it is first called.
    pub fn new(config: BedrockConfig) -> Arc<Self> {
        Arc::new(Self { config, credentials: None, client: OnceCell::new() })
    }

    /// The same with these credentials, wherever AWS would look for others.
    pub fn with_credentials(
        config: BedrockConfig,
        credentials: SharedCredentialsProvider,
    ) -> Arc<Self> {
        Arc::new(Self { config, credentials: Some(credentials), client: OnceCell::new() })
    }

    /// Whether credentials and a region are found; what to do about it where not.
    pub async fn check(&self) -> Result<(), String> {
        let client = self.client().await;
        if client.config().region().is_none() {
            return Err(failure::NO_REGION.to_owned());
        }
        // A bearer token stands in for credentials, and this configuration does not tell of it.
        let loader = self.loader().await.load().await;
        if loader.token_provider().is_some() && loader.credentials_provider().is_none() {
            return Ok(());
        }
        let Some(provider) = loader.credentials_provider() else {
            return Err(failure::NO_CREDENTIALS.to_owned());
        };
        match provider.provide_credentials().await {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("{} ({})", failure::NO_CREDENTIALS, failure::chain(&error))),
        }
    }

    async fn client(&self) -> &Client {
        self.client.get_or_init(|| async { Client::new(&self.loader().await.load().await) }).await
    }

    async fn loader(&self) -> aws_config::ConfigLoader {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_timeout(Duration::from_secs(self.config.timeout_seconds.into()))
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts);
        if let Some(region) = &self.config.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &self.config.profile {
            let credentials = self.credentials_of(profile).await;
            loader = loader.profile_name(profile).credentials_provider(credentials);
        }
        if let Some(credentials) = &self.credentials {
            loader = loader.credentials_provider(credentials.clone());
        }
        if let Some(endpoint) = &self.config.endpoint_url {
            loader = loader.endpoint_url(endpoint);
        }
        loader
    }

    /// The credentials of a profile that the configuration names. AWS's own rules would let those
    /// of the environment go before it.
    async fn credentials_of(&self, profile: &str) -> ProfileFileCredentialsProvider {
        let region = match &self.config.region {
            Some(region) => Some(Region::new(region.clone())),
            None => DefaultRegionChain::builder().profile_name(profile).build().region().await,
        };
        let config = ProviderConfig::without_region()
            .with_region(region)
            .with_behavior_version(Some(BehaviorVersion::latest()));
        ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build()
    }
}

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
