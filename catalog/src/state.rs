//! What connectors remember between runs.

use std::sync::Arc;

use corpus::{DataSourceId, SourceState, StateEntry};

use crate::catalog::Catalog;
use crate::error::Result;

impl Catalog {
    /// What the connector of a data source remembered.
    pub fn source_state(&self, data_source: DataSourceId) -> Arc<dyn SourceState> {
        todo!()
    }

    /// Remembers and forgets, all or none.
    pub async fn save_state(
        &self,
        data_source: DataSourceId,
        entries: &[StateEntry],
    ) -> Result<()> {
        todo!()
    }
}
