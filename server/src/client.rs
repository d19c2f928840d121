//! A client of the HTTP API, as small as the commands need it. Bedrock's wire, read loosely.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// The longest time for a request; a large language model may take its time to answer.
const REQUEST_TIME: Duration = Duration::from_mins(5);

/// The longest time for a connection to be made: the server is on this machine.
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// Where secrets are kept.
const SECRETS: &str = "/outcrop/secrets";

/// The most items in a page of a listing.
const PAGE: u32 = 1000;

/// With it, a job removes what its deletion protection would leave in place.
const ACCEPT_DELETIONS: (&str, &str) = ("x-outcrop-accept-deletions", "true");

/// How much a job may remove because its source has it no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removals {
    /// As much as the data source's deletion protection lets it.
    Guarded,
    /// Everything, this once.
    Accepted,
}

/// How a command came to its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// It started it.
    Own,
    /// It ran already.
    Joined,
}

/// Talks to a server.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    address: SocketAddr,
}

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// There is no answer.
    #[error("the server at {address} does not answer")]
    Unreachable {
        /// Where it was.
        address: SocketAddr,
        /// What was seen.
        source: reqwest::Error,
    },
    /// The answer is a refusal.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// Bedrock's name of the error.
        kind: String,
        /// What the server says.
        message: String,
    },
    /// The answer is none of this API's.
    #[error("the server at {address} answered what cannot be read: is it Outcrop?")]
    Unreadable {
        /// Where it is.
        address: SocketAddr,
        /// What was seen.
        source: serde_json::Error,
    },
}

impl ClientError {
    /// Whether the server is gone.
    pub(crate) fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// Whether the request contradicts something that is under way.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { kind, .. } if kind == "ConflictException")
    }
}

type Result<T> = std::result::Result<T, ClientError>;

impl Client {
    /// A client of the server at this address.
    pub(crate) fn new(address: SocketAddr) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(CONNECT_TIME)
            .timeout(REQUEST_TIME)
            .build()?;
        Ok(Self { http, address })
    }

    /// Where the server is.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whether the server is ready; otherwise why not.
    pub(crate) async fn ready(&self) -> Result<()> {
        self.send(Method::GET, "/readyz", None).await.map(drop)
    }

    /// `GET /outcrop/status`.
    pub(crate) async fn status(&self) -> Result<Value> {
        self.json(Method::GET, "/outcrop/status", None).await
    }

    /// All knowledge bases, as summaries.
    pub(crate) async fn knowledge_bases(&self) -> Result<Vec<Value>> {
        self.list("/knowledgebases/", "knowledgeBaseSummaries").await
    }

    /// `CreateKnowledgeBase`.
    pub(crate) async fn create_knowledge_base(&self, request: &Value) -> Result<Value> {
        let answer = self.json(Method::PUT, "/knowledgebases/", Some(request)).await?;
        Ok(answer["knowledgeBase"].clone())
    }

    /// All data sources of a knowledge base, with their configurations.
    pub(crate) async fn data_sources(&self, knowledge_base: &str) -> Result<Vec<Value>> {
        let path = format!("/knowledgebases/{knowledge_base}/datasources/");
        let mut data_sources = Vec::new();
        for summary in self.list(&path, "dataSourceSummaries").await? {
            let id = text(&summary, "dataSourceId");
            let answer = self.json(Method::GET, &format!("{path}{id}"), None).await?;
            data_sources.push(answer["dataSource"].clone());
        }
        Ok(data_sources)
    }

    /// `CreateDataSource`.
    pub(crate) async fn create_data_source(
        &self,
        knowledge_base: &str,
        request: &Value,
    ) -> Result<Value> {
        let path = format!("/knowledgebases/{knowledge_base}/datasources/");
        let answer = self.json(Method::PUT, &path, Some(request)).await?;
        Ok(answer["dataSource"].clone())
    }

    /// `StartIngestionJob`; where one is under way, that one.
    pub(crate) async fn start_job(
        &self,
        knowledge_base: &str,
        data_source: &str,
        removals: Removals,
    ) -> Result<(Value, Start)> {
        let path = jobs_path(knowledge_base, data_source);
        let header = (removals == Removals::Accepted).then_some(ACCEPT_DELETIONS);
        let started = self.send_with(Method::PUT, &path, Some(&json!({})), header).await;
        match started.and_then(|bytes| self.read(&bytes)) {
            Ok(answer) => Ok((answer["ingestionJob"].clone(), Start::Own)),
            Err(error) if error.is_conflict() => {
                let jobs = self.list(&path, "ingestionJobSummaries").await?;
                let running = jobs.into_iter().find(|job| !is_final(job));
                running.map(|job| (job, Start::Joined)).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// `GetIngestionJob`.
    pub(crate) async fn job(
        &self,
        knowledge_base: &str,
        data_source: &str,
        job: &str,
    ) -> Result<Value> {
        let path = format!("{}{job}", jobs_path(knowledge_base, data_source));
        let answer = self.json(Method::GET, &path, None).await?;
        Ok(answer["ingestionJob"].clone())
    }

    /// All documents of a data source, with their states.
    pub(crate) async fn documents(
        &self,
        knowledge_base: &str,
        data_source: &str,
    ) -> Result<Vec<Value>> {
        let path = format!("/knowledgebases/{knowledge_base}/datasources/{data_source}/documents");
        self.list(&path, "documentDetails").await
    }

    /// `GET /outcrop/check`: what every data source answers.
    pub(crate) async fn check(&self) -> Result<Vec<Value>> {
        let answer = self.json(Method::GET, "/outcrop/check", None).await?;
        Ok(answer["dataSources"].as_array().cloned().unwrap_or_default())
    }

    /// `GET /outcrop/estimate`: what the next job would ask of language models; none where it asks
    /// them for nothing.
    pub(crate) async fn estimate(
        &self,
        knowledge_base: &str,
        data_source: &str,
    ) -> Result<Option<Value>> {
        let query = format!("knowledgeBaseId={knowledge_base}&dataSourceId={data_source}");
        let path = format!("/outcrop/estimate?{query}");
        let mut answer = self.json(Method::GET, &path, None).await?;
        Ok(Some(answer["estimate"].take()).filter(|estimate| !estimate.is_null()))
    }

    /// The names and ARNs of all secrets.
    pub(crate) async fn secrets(&self) -> Result<Vec<Value>> {
        let answer = self.json(Method::GET, SECRETS, None).await?;
        Ok(answer["secrets"].as_array().cloned().unwrap_or_default())
    }

    /// Stores a secret; its name and ARN.
    pub(crate) async fn set_secret(
        &self,
        name: &str,
        fields: &BTreeMap<String, SecretString>,
    ) -> Result<Value> {
        let fields: BTreeMap<&str, &str> =
            fields.iter().map(|(field, value)| (field.as_str(), value.expose_secret())).collect();
        let request = json!({"name": name, "fields": fields});
        self.json(Method::PUT, SECRETS, Some(&request)).await
    }

    /// Removes a secret; its name and ARN.
    pub(crate) async fn remove_secret(&self, name: &str) -> Result<Value> {
        self.json(Method::DELETE, SECRETS, Some(&json!({"name": name}))).await
    }

    /// `RetrieveAndGenerate`.
    pub(crate) async fn retrieve_and_generate(&self, request: &Value) -> Result<Value> {
        self.json(Method::POST, "/retrieveAndGenerate", Some(request)).await
    }

    /// All pages of a listing.
    async fn list(&self, path: &str, items: &str) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut request = json!({"maxResults": PAGE});
        loop {
            let mut page = self.json(Method::POST, path, Some(&request)).await?;
            if let Value::Array(items) = page[items].take() {
                all.extend(items);
            }
            match page["nextToken"].take() {
                Value::String(token) => request["nextToken"] = token.into(),
                _ => return Ok(all),
            }
        }
    }

    async fn json(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        self.read(&self.send(method, path, body).await?)
    }

    fn read(&self, bytes: &[u8]) -> Result<Value> {
        serde_json::from_slice(bytes)
            .map_err(|source| ClientError::Unreadable { address: self.address, source })
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Vec<u8>> {
        self.send_with(method, path, body, None).await
    }

    async fn send_with(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        header: Option<(&str, &str)>,
    ) -> Result<Vec<u8>> {
        let unreachable = |source| ClientError::Unreachable { address: self.address, source };
        let mut request = self.http.request(method, format!("{}{path}", self.endpoint()));
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let kind = response.headers().get("x-amzn-errortype");
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let bytes = response.bytes().await.map_err(unreachable)?.to_vec();
        if status.is_success() {
            return Ok(bytes);
        }
        let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let message = match said["message"].as_str() {
            Some(message) => message.to_owned(),
            None => format!("{status}: {}", String::from_utf8_lossy(&bytes).trim()),
        };
        Err(ClientError::Refused { status, kind, message })
    }
}

fn jobs_path(knowledge_base: &str, data_source: &str) -> String {
    format!("/knowledgebases/{knowledge_base}/datasources/{data_source}/ingestionjobs/")
}

/// A member that is a text; empty where it is not there.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// Whether nothing about a job will change any more.
pub(crate) fn is_final(job: &Value) -> bool {
    matches!(text(job, "status"), "COMPLETE" | "FAILED" | "STOPPED")
}
