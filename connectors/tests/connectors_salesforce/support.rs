//! An org with some objects, and what a connector finds in it.

use std::collections::HashMap;
use std::sync::Arc;

use connectors::{ConnectorsConfig, Factory, HostConfig, NetworkConfig};
use corpus::{
    Connector, ConnectorError, Connectors, DocumentKey, ReadError, SalesforceSource,
    SourceConfiguration, SourceDocument, SourceEvent, SourceState, StateEntry,
};
use fixtures::connector::{self, MemoryState, data_source, events_until, object_filter};
use fixtures::salesforce_server::{CONSUMER, ORG, SalesforceServer};
use fixtures::secrets::MemorySecrets;
use serde_json::{Value, json};

pub(crate) struct Org {
    pub(crate) server: SalesforceServer,
    pub(crate) secrets: Arc<MemorySecrets>,
    pub(crate) state: Arc<MemoryState>,
    pub(crate) source: SalesforceSource,
}

impl Org {
    /// An org with the object `Account`, which the data source names.
    pub(crate) async fn new() -> Self {
        let server = SalesforceServer::start().await;
        server.add_object("Account", &[("Name", "string"), ("Note__c", "html")]);
        let secrets = Arc::new(MemorySecrets::default());
        let source = SalesforceSource {
            host_url: format!("https://{ORG}"),
            secret_arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:sf".to_owned(),
            filters: Vec::new(),
        };
        let mut org = Self { server, secrets, state: Arc::default(), source };
        org.store_secret(CONSUMER.1);
        org.filter("Account", &[], &[]);
        org
    }

    pub(crate) fn store_secret(&self, secret: &str) {
        let url = format!("https://{ORG}/services/oauth2/token");
        let key = ("consumerKey", CONSUMER.0);
        self.secrets.set("sf", &[key, ("consumerSecret", secret), ("authenticationUrl", &url)]);
    }

    pub(crate) fn filter(&mut self, object_type: &str, inclusions: &[&str], exclusions: &[&str]) {
        self.source.filters.push(object_filter(object_type, inclusions, exclusions));
    }

    /// Adds or changes an account.
    pub(crate) fn put(&self, number: u32, changed: &str, name: &str) {
        self.server.put("Account", &id(number), changed, &json!({"Name": name}));
    }

    pub(crate) fn connector(&self) -> Arc<dyn Connector> {
        self.try_connector().unwrap()
    }

    pub(crate) fn try_connector(&self) -> Result<Arc<dyn Connector>, ConnectorError> {
        let host = HostConfig { address: self.server.address() };
        let hosts = HashMap::from([(ORG.to_owned(), host)]);
        let network = NetworkConfig {
            hosts,
            ca_file: Some(fixtures::tls::ca_file()),
            ..NetworkConfig::default()
        };
        let config = ConnectorsConfig { network, ..ConnectorsConfig::default() };
        let secrets = Arc::clone(&self.secrets);
        let factory = Factory::new(&config, secrets).unwrap();
        factory.connector(&data_source(SourceConfiguration::Salesforce(self.source.clone())))
    }

    /// What a run finds, with everything that it asks to remember remembered, as jobs do.
    pub(crate) async fn events(&self) -> Vec<Result<SourceEvent, ConnectorError>> {
        self.events_until(usize::MAX).await
    }

    /// What a run finds that is killed after so many events.
    pub(crate) async fn events_until(
        &self,
        most: usize,
    ) -> Vec<Result<SourceEvent, ConnectorError>> {
        events_until(self.connector().as_ref(), &self.state, most).await
    }

    /// What a run finds, in short.
    pub(crate) async fn found(&self) -> Vec<String> {
        self.events().await.iter().map(short).collect()
    }

    /// The only document of the next run.
    pub(crate) async fn document(&self) -> SourceDocument {
        let documents = self.events().await.into_iter().filter_map(|event| match event.unwrap() {
            SourceEvent::Upsert(document) => Some(document),
            _ => None,
        });
        let mut documents: Vec<_> = documents.collect();
        assert_eq!(documents.len(), 1);
        documents.remove(0)
    }

    pub(crate) fn set_unsettled(&self, keys: &[&str]) {
        self.state.set_unsettled(keys.iter().map(|&key| DocumentKey::new(key)));
    }

    /// Lets the last run have been so many minutes ago, as far as deletions go.
    pub(crate) async fn wait(&self, scope: &str, minutes: i64) {
        let key = format!("scope/{scope}");
        let row = self.state.load(&key).await.unwrap().unwrap();
        let mut row: Value = serde_json::from_slice(&row).unwrap();
        let from = row["deletions_from"].as_i64().unwrap();
        row["deletions_from"] = (from - minutes * 60).into();
        self.state.save(&[StateEntry { key, value: Some(row.to_string().into_bytes()) }]);
    }
}

/// An id of 18 characters.
pub(crate) fn id(number: u32) -> String {
    format!("001{number:015}")
}

/// An event in short; ids as their numbers.
pub(crate) fn short(event: &Result<SourceEvent, ConnectorError>) -> String {
    connector::short(event, |key| {
        let (scope, id) = key.as_str().rsplit_once('/').unwrap();
        let number = id.strip_prefix("001").and_then(|number| number.parse::<u32>().ok());
        number.map_or_else(|| key.to_string(), |number| format!("{scope}/{number}"))
    })
}

pub(crate) async fn read(document: &SourceDocument) -> Result<String, ReadError> {
    let bytes = connector::read(document.content.as_ref()).await?;
    Ok(String::from_utf8(bytes).unwrap())
}
