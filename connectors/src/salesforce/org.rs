//! The REST API of an org, as far as it is asked.

use corpus::{Body, ConnectorError, ReadError};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use super::login::OrgLogin;
use crate::api::{Api, ApiError};
use crate::download;
use crate::network::Network;

/// The version of the API.
const VERSION: &str = "v62.0";

/// How many records come at once; the org may send fewer.
const BATCH: HeaderValue = HeaderValue::from_static("batchSize=500");

/// An org.
#[derive(Debug)]
pub(super) struct Org {
    api: Api,
}

/// Fields of a record by name.
pub(super) type Record = Map<String, Value>;

/// Some of the records that a question asks for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Records {
    pub(super) records: Vec<Record>,
    pub(super) next_records_url: Option<String>,
}

/// What an object is made of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Description {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) queryable: bool,
    #[serde(default)]
    pub(super) replicateable: bool,
    pub(super) fields: Vec<Field>,
}

/// A field of an object.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default, rename = "nameField")]
    pub(super) is_name: bool,
    #[serde(default)]
    pub(super) html_formatted: bool,
    #[serde(default)]
    pub(super) picklist_values: Vec<PicklistValue>,
}

/// A value that a field may have.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct PicklistValue {
    pub(super) value: String,
    #[serde(default)]
    pub(super) active: bool,
}

/// What the log of deletions says of a span of time.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deletions {
    pub(super) deleted_records: Vec<DeletedRecord>,
    pub(super) earliest_date_available: Option<String>,
    pub(super) latest_date_covered: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DeletedRecord {
    pub(super) id: String,
}

impl Org {
    pub(super) fn new(network: Network, login: OrgLogin) -> Self {
        Self { api: Api::new(network, login) }
    }

    /// Logs in, where that was not done yet.
    pub(super) async fn log_in(&self) -> Result<(), ConnectorError> {
        self.api.origin().await.map(drop)
    }

    /// What an object is made of, as far as the user may see it.
    pub(super) async fn describe(&self, object: &str) -> Result<Description, ApiError> {
        let url = self.url(&["sobjects", object, "describe"]).await?;
        self.json(&url).await
    }

    /// The first records that a question asks for.
    pub(super) async fn query(&self, soql: &str) -> Result<Records, ApiError> {
        let mut url = self.url(&["query"]).await?;
        url.query_pairs_mut().append_pair("q", soql);
        self.json(&url).await
    }

    /// The next records, at the URL that came with the ones before.
    pub(super) async fn next(&self, url: &str) -> Result<Records, ApiError> {
        let url = self.api.origin().await?.admit(url);
        let url = url.map_err(|foreign| ConnectorError::Denied { reason: foreign.to_string() })?;
        self.json(&url).await
    }

    /// What was deleted in a span of time, whose ends are dates of ISO 8601.
    pub(super) async fn deleted(
        &self,
        object: &str,
        start: &str,
        end: &str,
    ) -> Result<Deletions, ApiError> {
        let mut url = self.url(&["sobjects", object, "deleted", ""]).await?;
        url.query_pairs_mut().append_pair("start", start).append_pair("end", end);
        self.json(&url).await
    }

    /// Begins to read the bytes that a field holds.
    pub(super) async fn open(
        &self,
        object: &str,
        id: &str,
        field: &str,
    ) -> Result<Body, ReadError> {
        let url = self.url(&["sobjects", object, id, field]).await;
        let url = url.map_err(|error| download::of_refusal(error.into()))?;
        download::open(&self.api, &url).await
    }

    async fn url(&self, path: &[&str]) -> Result<Url, ConnectorError> {
        let begin = ["services", "data", VERSION];
        Ok(self.api.origin().await?.url(begin.iter().chain(path)))
    }

    async fn json<T: DeserializeOwned>(&self, url: &Url) -> Result<T, ApiError> {
        let name = HeaderName::from_static("sforce-query-options");
        let headers = HeaderMap::from_iter([(name, BATCH)]);
        self.api.json(url, &headers).await.map_err(of_quota)
    }
}

/// Tells the end of a quota, which is sent as a refusal, from a refusal.
fn of_quota(error: ApiError) -> ApiError {
    match error {
        ApiError::Refused(refusal) if refusal.code == "REQUEST_LIMIT_EXCEEDED" => {
            let reason = "the org's API requests of 24 hours are used up \
                          (REQUEST_LIMIT_EXCEEDED): what was read is kept, and the next sync goes \
                          on from there; sync less often, or raise the org's limit";
            ConnectorError::Unavailable { reason: reason.to_owned() }.into()
        }
        error => error,
    }
}
