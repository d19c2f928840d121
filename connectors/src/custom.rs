//! A source that cannot be read: clients push its documents.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Connector, ConnectorError, SourceEvent, SourceState};
use futures::stream::{self, BoxStream, StreamExt};

/// Finds nothing, and does not say that nothing is there: its enumeration is never complete, so
/// that a synchronisation removes no pushed document.
#[derive(Debug, Clone, Copy, Default)]
pub struct CustomConnector;

#[async_trait]
impl Connector for CustomConnector {
    async fn check(&self) -> Result<(), ConnectorError> {
        Ok(())
    }

    fn enumerate(
        &self,
        _state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        stream::empty().boxed()
    }
}
