//! Clients of S3 and SQS. AWS's own conventions for credentials, regions, profiles and endpoints
//! hold; what the operator writes under `[connectors.s3]` goes before them.
//!
//! Nothing is loaded before the first request. There is one client for each region, and a bucket
//! that turned out to be in another one is asked there from then on.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::default_provider::region::DefaultRegionChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    Builder, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    SharedCredentialsProvider, StalledStreamProtectionConfig,
};
use aws_types::service_config::ServiceConfigKey;
use serde::Deserialize;
use tokio::sync::OnceCell;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an answer may take to begin. A queue is silent for 20 seconds when it is empty.
const READ: Duration = Duration::from_secs(40);

/// How long a body may stand still.
const STALLED: Duration = Duration::from_secs(30);

/// The first pause before a request is sent again, and the longest; they are the SDK's, between
/// nothing and this, so that many clients do not come back at once. Nothing else here repeats a
/// request.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(20));

/// Where buckets are asked for when no region is set. On AWS this one knows the regions of all
/// others, and servers of others' making mostly take any.
const REGION: &str = "us-east-1";

/// `[connectors.s3]`: what AWS's own settings do not say, or say otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3Config {
    /// The address of a server that speaks S3's protocol, as `http://127.0.0.1:9000`.
    pub endpoint_url: Option<String>,
    /// The address of a server that speaks SQS's protocol, for queues with events.
    pub sqs_endpoint_url: Option<String>,
    /// The region of buckets that do not say otherwise.
    pub region: Option<String>,
    /// The profile of AWS's configuration files.
    pub profile: Option<String>,
    /// Whether a bucket is named in the path of a URL and not in its host; true where absent and
    /// the endpoint is not AWS's.
    pub path_style: Option<bool>,
    /// Whether requests to buckets whose readers pay for them are paid for.
    pub requester_pays: bool,
    /// How often a request is sent that fails for a passing reason.
    pub attempts: NonZeroU32,
}

impl Default for S3Config {
    fn default() -> Self {
        Self {
            endpoint_url: None,
            sqs_endpoint_url: None,
            region: None,
            profile: None,
            path_style: None,
            requester_pays: false,
            // With the pauses between, some half a minute.
            attempts: NonZeroU32::MIN.saturating_add(7),
        }
    }
}

/// The clients, which all connectors share.
#[derive(Debug)]
pub struct S3Clients {
    config: S3Config,
    /// Where absent, what AWS's own rules find.
    credentials: Option<SharedCredentialsProvider>,
    settings: OnceCell<SdkConfig>,
    known: Mutex<Known>,
}

/// What was learnt and made.
#[derive(Debug, Default)]
struct Known {
    clients: HashMap<Region, Client>,
    /// Regions of buckets that are elsewhere.
    buckets: HashMap<String, Region>,
}

impl S3Clients {
    /// Reaches nothing yet.
    pub fn new(config: S3Config) -> Arc<Self> {
        Arc::new(Self {
            config,
            credentials: None,
            settings: OnceCell::new(),
            known: Mutex::default(),
        })
    }

    /// The same with these credentials, wherever AWS would look for others.
    pub fn with_credentials(config: S3Config, credentials: SharedCredentialsProvider) -> Arc<Self> {
        let credentials = Some(credentials);
        let (settings, known) = (OnceCell::new(), Mutex::default());
        Arc::new(Self { config, credentials, settings, known })
    }

    /// Whether requests are paid for.
    pub(super) fn requester_pays(&self) -> bool {
        self.config.requester_pays
    }

    /// The client for a bucket, and the region that it asks in.
    pub(super) async fn of(&self, bucket: &str) -> (Client, Region) {
        let settings = self.settings().await;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let region = known.buckets.get(bucket).cloned().unwrap_or_else(|| region(settings));
        let client = known
            .clients
            .entry(region.clone())
            .or_insert_with(|| self.client(settings, region.clone()))
            .clone();
        (client, region)
    }

    /// Notes where a bucket really is.
    pub(super) fn moved(&self, bucket: &str, region: Region) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.buckets.insert(bucket.to_owned(), region);
    }

    /// A client for a queue in a region; where none is given, in that of the settings.
    pub(super) async fn queues(&self, named: Option<Region>) -> aws_sdk_sqs::Client {
        let settings = self.settings().await;
        let region = named.unwrap_or_else(|| region(settings));
        let mut builder = aws_sdk_sqs::config::Builder::from(settings).region(region);
        if let Some(endpoint) = &self.config.sqs_endpoint_url {
            builder = builder.endpoint_url(endpoint);
        }
        aws_sdk_sqs::Client::from_conf(builder.build())
    }

    fn client(&self, settings: &SdkConfig, region: Region) -> Client {
        let endpoint = self.config.endpoint_url.clone().or_else(|| endpoint(settings));
        let path_style = self.config.path_style.unwrap_or(endpoint.is_some());
        let mut builder = Builder::from(settings)
            .region(region)
            .force_path_style(path_style)
            // Servers of others' making reject checksums that they do not know.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
        if endpoint.is_some() {
            builder =
                builder.response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        }
        builder.set_endpoint_url(endpoint);
        Client::from_conf(builder.build())
    }

    async fn settings(&self) -> &SdkConfig {
        self.settings.get_or_init(|| self.load()).await
    }

    async fn load(&self) -> SdkConfig {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(READ).build();
        let stalled = StalledStreamProtectionConfig::enabled().grace_period(STALLED).build();
        let (first, longest) = PAUSES;
        let retries = RetryConfig::standard()
            .with_max_attempts(self.config.attempts.get())
            .with_initial_backoff(first)
            .with_max_backoff(longest);
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .retry_config(retries)
            .timeout_config(timeouts)
            .stalled_stream_protection(stalled);
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
        loader.load().await
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

fn region(settings: &SdkConfig) -> Region {
    settings.region().cloned().unwrap_or_else(|| Region::from_static(REGION))
}

/// The endpoint for S3 that AWS's own settings name: that of the service before the general one.
fn endpoint(settings: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    let of_service = settings.service_config().and_then(|found| found.load_config(key));
    of_service.or_else(|| settings.endpoint_url().map(str::to_owned))
}
