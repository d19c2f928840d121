//! From a data source's configuration to its connector.

use std::sync::Arc;

use corpus::{Connector, ConnectorError, Connectors, DataSource, SourceConfiguration};

use crate::custom::CustomConnector;
use crate::folder::FolderConnector;

/// Makes the connectors of this crate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Factory;

impl Connectors for Factory {
    fn connector(&self, data_source: &DataSource) -> Result<Arc<dyn Connector>, ConnectorError> {
        Ok(match &data_source.source {
            SourceConfiguration::Folder(source) => Arc::new(FolderConnector::new(source)?),
            SourceConfiguration::Custom(_) => Arc::new(CustomConnector),
        })
    }
}
