//! A tenant with a site, and what a connector finds in it.

use std::collections::HashMap;
use std::sync::Arc;

use connectors::{ConnectorsConfig, Factory, HostConfig, NetworkConfig};
use corpus::{
    Connector, ConnectorError, Connectors, DocumentKey, ReadError, SharePointAuthentication,
    SharePointSource, SourceConfiguration, SourceDocument, SourceEvent,
};
use fixtures::connector::{self, MemoryState, data_source, events_until, object_filter};
use fixtures::graph_server::{CLIENT, GRAPH, GraphServer, LOGIN, SITES};
use fixtures::secrets::MemorySecrets;

/// The one library of most tests.
pub(crate) const DRIVE: &str = "b!d";

pub(crate) struct Tenant {
    pub(crate) server: GraphServer,
    pub(crate) secrets: Arc<MemorySecrets>,
    pub(crate) state: Arc<MemoryState>,
    pub(crate) source: SharePointSource,
}

impl Tenant {
    /// A tenant with the site `sites/a` and one library.
    pub(crate) async fn new() -> Self {
        let server = GraphServer::start().await;
        server.add_site("sites/a");
        server.add_drive("sites/a", DRIVE);
        let secrets = Arc::new(MemorySecrets::default());
        secrets.set("sp", &[("clientId", CLIENT.0), ("clientSecret", CLIENT.1)]);
        let source = SharePointSource {
            tenant_id: None,
            domain: "contoso".to_owned(),
            site_urls: vec![site_url("sites/a")],
            authentication: SharePointAuthentication::ClientCredentials,
            secret_arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:sp".to_owned(),
            filters: Vec::new(),
        };
        Self { server, secrets, state: Arc::default(), source }
    }

    pub(crate) fn filter(&mut self, object_type: &str, inclusions: &[&str], exclusions: &[&str]) {
        self.source.filters.push(object_filter(object_type, inclusions, exclusions));
    }

    pub(crate) fn connector(&self) -> Arc<dyn Connector> {
        self.try_connector().unwrap()
    }

    pub(crate) fn try_connector(&self) -> Result<Arc<dyn Connector>, ConnectorError> {
        let host = HostConfig { address: self.server.address() };
        let hosts = [LOGIN, GRAPH, SITES].map(|name| (name.to_owned(), host.clone()));
        let network = NetworkConfig {
            hosts: HashMap::from(hosts),
            ca_file: Some(fixtures::tls::ca_file()),
            ..NetworkConfig::default()
        };
        let config = ConnectorsConfig { network, ..ConnectorsConfig::default() };
        let secrets = Arc::clone(&self.secrets);
        let factory = Factory::new(&config, secrets).unwrap();
        factory.connector(&data_source(SourceConfiguration::SharePoint(self.source.clone())))
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

    /// The document of this key in the next run; there must be one.
    pub(crate) async fn document(&self, key: &str) -> SourceDocument {
        let documents = self.events().await.into_iter().filter_map(|event| match event.unwrap() {
            SourceEvent::Upsert(document) => Some(document),
            _ => None,
        });
        let mut documents = documents.filter(|document| document.key.as_str() == key);
        documents.next().unwrap_or_else(|| panic!("no document {key}"))
    }

    pub(crate) fn set_unsettled(&self, keys: &[&str]) {
        self.state.set_unsettled(keys.iter().map(|&key| DocumentKey::new(key)));
    }
}

pub(crate) fn site_url(path: &str) -> String {
    format!("https://{SITES}/{path}")
}

/// The key of a file in the usual library.
pub(crate) fn file(id: &str) -> String {
    format!("file/{DRIVE}/{id}")
}

/// An event in short; files of the usual library by their id.
pub(crate) fn short(event: &Result<SourceEvent, ConnectorError>) -> String {
    connector::short(event, ToString::to_string).replace(&file(""), "")
}

pub(crate) async fn read(document: &SourceDocument) -> Result<String, ReadError> {
    let bytes = connector::read(document.content.as_ref()).await?;
    Ok(String::from_utf8(bytes).unwrap())
}
