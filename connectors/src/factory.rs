//! From a data source's configuration to its connector.

use std::sync::Arc;

use corpus::{
    Connector, ConnectorError, Connectors, Content, DataSource, S3Object, Secrets, Sidecar,
    SourceConfiguration,
};
use serde::Deserialize;

use crate::confluence::ConfluenceConnector;
use crate::custom::CustomConnector;
use crate::folder::FolderConnector;
use crate::network::{Network, NetworkConfig, NetworkError};
use crate::s3::{self, S3Clients, S3Config, S3Connector};
use crate::salesforce::SalesforceConnector;
use crate::sharepoint::{MicrosoftConfig, SharePointConnector};
use crate::sidecar::ContentSidecar;
use crate::web::{BrowserConfig, Renderer, WebConnector, WebLimits};

/// What the operator says of all connectors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectorsConfig {
    /// What may be reached.
    pub network: NetworkConfig,
    /// How buckets are reached.
    pub s3: S3Config,
    /// Where Microsoft's services are.
    pub microsoft: MicrosoftConfig,
    /// The browser that renders pages.
    pub browser: BrowserConfig,
}

/// Makes the connectors of this crate.
#[derive(Debug, Clone)]
pub struct Factory {
    network: Network,
    microsoft: MicrosoftConfig,
    secrets: Arc<dyn Secrets>,
    buckets: Arc<S3Clients>,
    renderer: Renderer,
}

impl Factory {
    /// A factory for what the operator allows. Nothing is reached yet.
    pub fn new(config: &ConnectorsConfig, secrets: Arc<dyn Secrets>) -> Result<Self, NetworkError> {
        let buckets = S3Clients::new(config.s3.clone());
        let (network, microsoft) = (Network::new(&config.network)?, config.microsoft.clone());
        let renderer = Renderer::new(&config.browser, network.clone());
        Ok(Self { network, microsoft, secrets, buckets, renderer })
    }
}

impl Connectors for Factory {
    fn connector(&self, data_source: &DataSource) -> Result<Arc<dyn Connector>, ConnectorError> {
        Ok(match &data_source.source {
            SourceConfiguration::Folder(source) => Arc::new(FolderConnector::new(source)?),
            SourceConfiguration::Custom(_) => Arc::new(CustomConnector),
            SourceConfiguration::S3(source) => {
                Arc::new(S3Connector::new(source, Arc::clone(&self.buckets)))
            }
            SourceConfiguration::Web(source) => {
                let (network, renderer) = (self.network.clone(), self.renderer.clone());
                Arc::new(WebConnector::on(source, network, renderer, WebLimits::default())?)
            }
            SourceConfiguration::Confluence(source) => {
                Arc::new(ConfluenceConnector::new(source, &self.network, &self.secrets)?)
            }
            SourceConfiguration::SharePoint(source) => {
                let secrets = Arc::clone(&self.secrets);
                let (microsoft, network) = (&self.microsoft, &self.network);
                Arc::new(SharePointConnector::new(source, microsoft, network, secrets)?)
            }
            SourceConfiguration::Salesforce(source) => {
                let secrets = Arc::clone(&self.secrets);
                Arc::new(SalesforceConnector::new(source, &self.network, secrets)?)
            }
        })
    }

    fn object(&self, object: &S3Object) -> Result<Arc<dyn Content>, ConnectorError> {
        Ok(s3::object(object, Arc::clone(&self.buckets)))
    }

    fn sidecar(&self, object: &S3Object) -> Result<Arc<dyn Sidecar>, ConnectorError> {
        let content = self.object(object)?;
        Ok(Arc::new(ContentSidecar { name: object.key.clone(), content }))
    }
}
