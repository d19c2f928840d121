//! The data sources that a search looks at.

use corpus::{DataSourceId, KnowledgeBaseId};

use crate::catalog::Catalog;
use crate::columns::Columns;
use crate::error::Result;

impl Catalog {
    /// The data sources of a knowledge base whose documents may be returned: those that are not
    /// being removed. [`Catalog::live`] has the last word on each document.
    pub async fn searched_data_sources(
        &self,
        knowledge_base: KnowledgeBaseId,
    ) -> Result<Vec<DataSourceId>> {
        let rows = sqlx::query(
            "SELECT id FROM data_sources WHERE knowledge_base_id = $1 AND status = 'AVAILABLE' \
             ORDER BY sequence",
        )
        .bind(knowledge_base.as_str())
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(|row| row.id("id")).collect()
    }
}
