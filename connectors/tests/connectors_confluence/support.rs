//! A Confluence to fill, and what a connector finds in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use connectors::{ConnectorsConfig, Factory, HostConfig, NetworkConfig};
use corpus::{
    ConfluenceAuthentication, ConfluenceHosting, ConfluenceSource, Connector, ConnectorError,
    Connectors, Metadata, MetadataValue, ReadError, SourceConfiguration, SourceDocument,
    SourceEvent, SourceMetadata,
};
use fixtures::confluence_server::{ConfluenceServer, Flavour, HOSTS, ItemKind, Wiki};
use fixtures::connector::{self, MemoryState, data_source, events_until, object_filter};
use fixtures::secrets::MemorySecrets;

pub(crate) const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:wiki";

pub(crate) struct Site {
    pub(crate) server: ConfluenceServer,
    pub(crate) secrets: Arc<MemorySecrets>,
    pub(crate) state: Arc<MemoryState>,
    pub(crate) source: ConfluenceSource,
}

impl Site {
    /// A site with the space OPS (id 1), into which `ann` may look.
    pub(crate) async fn start(flavour: Flavour) -> Self {
        let server = ConfluenceServer::start(flavour).await;
        server.change(|wiki| wiki.add_space("1", "OPS", "Operations"));
        let secrets = Arc::new(MemorySecrets::default());
        secrets.set("wiki", &[("username", "ann"), ("password", "token")]);
        let (host, hosting) = match flavour {
            Flavour::Cloud => ("https://acme.atlassian.net", ConfluenceHosting::Cloud),
            Flavour::DataCenter => ("https://wiki.example", ConfluenceHosting::DataCenter),
        };
        let source = ConfluenceSource {
            host_url: host.to_owned(),
            hosting,
            authentication: ConfluenceAuthentication::Basic,
            secret_arn: ARN.to_owned(),
            filters: Vec::new(),
        };
        Self { server, secrets, state: Arc::new(MemoryState::default()), source }
    }

    /// Both flavours, each with the page 10.
    pub(crate) async fn both() -> [Self; 2] {
        let sites = [Self::start(Flavour::Cloud).await, Self::start(Flavour::DataCenter).await];
        for site in &sites {
            site.change(|wiki| {
                wiki.add(ItemKind::Page, "10", "Plan", "1", None);
            });
        }
        sites
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Wiki) -> T) -> T {
        self.server.change(change)
    }

    pub(crate) fn filter(&mut self, kind: &str, inclusions: &[&str], exclusions: &[&str]) {
        self.source.filters.push(object_filter(kind, inclusions, exclusions));
    }

    pub(crate) fn connector(&self) -> Arc<dyn Connector> {
        self.try_connector().unwrap()
    }

    pub(crate) fn try_connector(&self) -> Result<Arc<dyn Connector>, ConnectorError> {
        let address = self.server.address();
        let hosts = HOSTS.map(|host| (host.to_owned(), HostConfig { address }));
        let network = NetworkConfig {
            allow: Vec::new(),
            hosts: hosts.into(),
            ca_file: Some(fixtures::tls::ca_file()),
        };
        let secrets: Arc<dyn corpus::Secrets> = Arc::clone(&self.secrets) as _;
        let config = ConnectorsConfig { network, ..ConnectorsConfig::default() };
        let factory = Factory::new(&config, secrets).unwrap();
        factory.connector(&data_source(SourceConfiguration::Confluence(self.source.clone())))
    }

    pub(crate) async fn check(&self) -> Result<(), ConnectorError> {
        self.connector().check().await
    }

    /// The events of an enumeration; what it asks to remember is remembered.
    pub(crate) async fn events(&self) -> Vec<Result<SourceEvent, ConnectorError>> {
        events_until(self.connector().as_ref(), &self.state, usize::MAX).await
    }

    /// What an enumeration came to, in short, without reasons.
    pub(crate) async fn found(&self) -> Vec<String> {
        let short = |event| {
            let short = connector::short(event, ToString::to_string);
            short.split(": ").next().unwrap_or_default().to_owned()
        };
        self.events().await.iter().map(short).collect()
    }

    /// The error that ends an enumeration.
    pub(crate) async fn error(&self) -> String {
        self.events().await.pop().unwrap().unwrap_err().to_string()
    }

    /// The documents of an enumeration by key.
    pub(crate) async fn documents(&self) -> BTreeMap<String, SourceDocument> {
        let events = self.events().await.into_iter();
        events
            .filter_map(|event| match event.unwrap() {
                SourceEvent::Upsert(document) => Some((document.key.as_str().to_owned(), document)),
                _ => None,
            })
            .collect()
    }

    pub(crate) async fn document(&self, key: &str) -> SourceDocument {
        self.documents().await.remove(key).unwrap_or_else(|| panic!("no document {key}"))
    }
}

pub(crate) async fn read(document: &SourceDocument) -> Result<String, ReadError> {
    let bytes = connector::read(document.content.as_ref()).await?;
    Ok(String::from_utf8(bytes).unwrap())
}

pub(crate) fn metadata(document: &SourceDocument) -> &Metadata {
    match &document.metadata {
        SourceMetadata::Inline(metadata) => metadata,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn attribute<'a>(document: &'a SourceDocument, name: &str) -> &'a str {
    match &metadata(document)[name] {
        MetadataValue::String(text) => text,
        other => panic!("{other:?}"),
    }
}
