//! The sources elsewhere, as Bedrock's model writes them down, and the settings beyond it.

use corpus::{
    ConfluenceAuthentication, ConfluenceHosting, ConfluenceSource, ObjectFilter, S3Source,
    SalesforceSource, SharePointAuthentication, SharePointSource, WebScope, WebSource,
};
use serde::Deserialize;
use serde_json::Value;

use super::{AT, NoParameters, parameters, settings};
use crate::error::ApiError;

/// Pages per minute and host where none are said: the most that Bedrock allows.
const RATE_LIMIT: u32 = 300;

/// The most pages of a crawl where none are said: the service's ceiling.
const MAX_PAGES: u32 = 25_000;

/// What an S3 ARN has before the bucket's name.
const BUCKET: &str = ":s3:::";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireS3 {
    bucket_arn: String,
    inclusion_prefixes: Option<Vec<String>>,
    bucket_owner_account_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct S3Parameters {
    event_queue_url: Option<String>,
}

pub(super) fn s3(configuration: &Value) -> Result<S3Source, ApiError> {
    let wire: WireS3 = settings(configuration, "S3", "s3Configuration")?;
    let own: S3Parameters = parameters(configuration)?;
    let bucket = wire.bucket_arn.split_once(BUCKET).map(|(_, bucket)| bucket.to_owned());
    let at = format!("{AT}.s3Configuration.bucketArn");
    Ok(S3Source {
        bucket: bucket.ok_or_else(|| ApiError::field(&at, "is no ARN of a bucket"))?,
        prefix: wire.inclusion_prefixes.unwrap_or_default().into_iter().next(),
        expected_owner: wire.bucket_owner_account_id,
        event_queue_url: own.event_queue_url,
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireWeb {
    source_configuration: WireUrls,
    #[serde(default)]
    crawler_configuration: WireCrawler,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireUrls {
    url_configuration: WireSeeds,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSeeds {
    #[serde(default)]
    seed_urls: Vec<WireSeed>,
}

#[derive(Debug, Deserialize)]
struct WireSeed {
    url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireCrawler {
    crawler_limits: WireLimits,
    inclusion_filters: Vec<String>,
    exclusion_filters: Vec<String>,
    scope: Option<String>,
    user_agent: Option<String>,
    user_agent_header: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLimits {
    rate_limit: Option<u32>,
    max_pages: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WebParameters {
    render: Option<bool>,
    keep_duplicates: Option<bool>,
}

pub(super) fn web(configuration: &Value) -> Result<WebSource, ApiError> {
    let wire: WireWeb = settings(configuration, "WEB", "webConfiguration")?;
    let own: WebParameters = parameters(configuration)?;
    let seeds = wire.source_configuration.url_configuration.seed_urls;
    if seeds.is_empty() {
        let at = "webConfiguration.sourceConfiguration.urlConfiguration.seedUrls";
        return Err(ApiError::field(&format!("{AT}.{at}"), "is empty: name a URL to begin with"));
    }
    let crawler = wire.crawler_configuration;
    Ok(WebSource {
        seed_urls: seeds.into_iter().map(|seed| seed.url).collect(),
        scope: match crawler.scope.as_deref() {
            Some("HOST_ONLY") => WebScope::HostOnly,
            Some("SUBDOMAINS") => WebScope::Subdomains,
            _ => WebScope::SeedPath,
        },
        inclusion_filters: crawler.inclusion_filters,
        exclusion_filters: crawler.exclusion_filters,
        rate_limit: crawler.crawler_limits.rate_limit.unwrap_or(RATE_LIMIT),
        max_pages: crawler.crawler_limits.max_pages.unwrap_or(MAX_PAGES),
        user_agent_suffix: crawler.user_agent,
        user_agent_header: crawler.user_agent_header,
        render: own.render.unwrap_or_default(),
        keep_duplicates: own.keep_duplicates.unwrap_or_default(),
    })
}

/// A site with a crawler that filters by object type.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSite<T> {
    source_configuration: T,
    #[serde(default)]
    crawler_configuration: WireFilters,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireFilters {
    filter_configuration: WirePatterns,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WirePatterns {
    pattern_object_filter: WireObjects,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireObjects {
    filters: Vec<WireFilter>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireFilter {
    object_type: String,
    #[serde(default)]
    inclusion_filters: Vec<String>,
    #[serde(default)]
    exclusion_filters: Vec<String>,
}

impl WireFilters {
    fn filters(self) -> Vec<ObjectFilter> {
        let filters = self.filter_configuration.pattern_object_filter.filters.into_iter();
        let filter = |filter: WireFilter| ObjectFilter {
            object_type: filter.object_type,
            inclusion_filters: filter.inclusion_filters,
            exclusion_filters: filter.exclusion_filters,
        };
        filters.map(filter).collect()
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireConfluence {
    host_url: String,
    host_type: String,
    auth_type: String,
    credentials_secret_arn: String,
}

pub(super) fn confluence(configuration: &Value) -> Result<ConfluenceSource, ApiError> {
    let wire: WireSite<WireConfluence> =
        settings(configuration, "CONFLUENCE", "confluenceConfiguration")?;
    let NoParameters {} = parameters(configuration)?;
    let site = wire.source_configuration;
    let hosting = match site.host_type.as_str() {
        "DATA_CENTER" => ConfluenceHosting::DataCenter,
        _ => ConfluenceHosting::Cloud,
    };
    let authentication = match site.auth_type.as_str() {
        "PERSONAL_ACCESS_TOKEN" => ConfluenceAuthentication::PersonalAccessToken,
        "OAUTH2_CLIENT_CREDENTIALS" => ConfluenceAuthentication::OAuth,
        _ => ConfluenceAuthentication::Basic,
    };
    let remedy = match (hosting, authentication) {
        (ConfluenceHosting::Cloud, ConfluenceAuthentication::PersonalAccessToken) => {
            Some("PERSONAL_ACCESS_TOKEN is for DATA_CENTER: with SAAS use BASIC and an API token")
        }
        (ConfluenceHosting::DataCenter, ConfluenceAuthentication::OAuth) => Some(
            "OAUTH2_CLIENT_CREDENTIALS is for SAAS: with DATA_CENTER use PERSONAL_ACCESS_TOKEN",
        ),
        _ => None,
    };
    if let Some(remedy) = remedy {
        let at = format!("{AT}.confluenceConfiguration.sourceConfiguration.authType");
        return Err(ApiError::field(&at, remedy));
    }
    Ok(ConfluenceSource {
        host_url: site.host_url,
        hosting,
        authentication,
        secret_arn: site.credentials_secret_arn,
        filters: wire.crawler_configuration.filters(),
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSharePoint {
    tenant_id: Option<String>,
    domain: String,
    site_urls: Vec<String>,
    auth_type: String,
    credentials_secret_arn: String,
}

pub(super) fn sharepoint(configuration: &Value) -> Result<SharePointSource, ApiError> {
    let wire: WireSite<WireSharePoint> =
        settings(configuration, "SHAREPOINT", "sharePointConfiguration")?;
    let NoParameters {} = parameters(configuration)?;
    let site = wire.source_configuration;
    Ok(SharePointSource {
        tenant_id: site.tenant_id,
        domain: site.domain,
        site_urls: site.site_urls,
        authentication: match site.auth_type.as_str() {
            "OAUTH2_SHAREPOINT_APP_ONLY_CLIENT_CREDENTIALS" => SharePointAuthentication::AppOnly,
            _ => SharePointAuthentication::ClientCredentials,
        },
        secret_arn: site.credentials_secret_arn,
        filters: wire.crawler_configuration.filters(),
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSalesforce {
    host_url: String,
    credentials_secret_arn: String,
}

pub(super) fn salesforce(configuration: &Value) -> Result<SalesforceSource, ApiError> {
    let wire: WireSite<WireSalesforce> =
        settings(configuration, "SALESFORCE", "salesforceConfiguration")?;
    let NoParameters {} = parameters(configuration)?;
    let site = wire.source_configuration;
    Ok(SalesforceSource {
        host_url: site.host_url,
        secret_arn: site.credentials_secret_arn,
        filters: wire.crawler_configuration.filters(),
    })
}
