//! From a data source's configuration to its connector.

use std::sync::Arc;

use corpus::{
    Connector, ConnectorError, Connectors, Content, DataSource, S3Object, Secrets,
    SourceConfiguration,
};
use serde::Deserialize;

use crate::custom::CustomConnector;
use crate::folder::FolderConnector;
use crate::network::{Network, NetworkConfig, NetworkError};
use crate::salesforce::SalesforceConnector;
use crate::sharepoint::{MicrosoftConfig, SharePointConnector};

/// What the operator says of all connectors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectorsConfig {
    /// What may be reached.
    pub network: NetworkConfig,
    /// Where Microsoft's services are.
    pub microsoft: MicrosoftConfig,
}

/// Makes the connectors of this crate.
#[derive(Debug, Clone)]
pub struct Factory {
    network: Network,
    microsoft: MicrosoftConfig,
    secrets: Arc<dyn Secrets>,
}

impl Factory {
    /// A factory for what the operator allows. Nothing is reached yet.
    pub fn new(config: &ConnectorsConfig, secrets: Arc<dyn Secrets>) -> Result<Self, NetworkError> {
        let (network, microsoft) = (Network::new(&config.network)?, config.microsoft.clone());
        Ok(Self { network, microsoft, secrets })
    }
}

impl Connectors for Factory {
    fn connector(&self, data_source: &DataSource) -> Result<Arc<dyn Connector>, ConnectorError> {
        Ok(match &data_source.source {
            SourceConfiguration::Folder(source) => Arc::new(FolderConnector::new(source)?),
            SourceConfiguration::Custom(_) => Arc::new(CustomConnector),
            SourceConfiguration::S3(_) => return Err(unbuilt("S3")),
            SourceConfiguration::Web(_) => return Err(unbuilt("WEB")),
            SourceConfiguration::Confluence(_) => return Err(unbuilt("CONFLUENCE")),
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

    fn object(&self, _object: &S3Object) -> Result<Arc<dyn Content>, ConnectorError> {
        Err(unbuilt("S3"))
    }
}

fn unbuilt(kind: &str) -> ConnectorError {
    ConnectorError::Misconfigured {
        reason: format!(
            "data sources of type {kind} are not yet supported by this server: use CUSTOM (direct \
             ingestion) or FOLDER (a directory on the server's machine)"
        ),
    }
}
