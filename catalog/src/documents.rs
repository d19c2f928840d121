//! Documents as they are read; `record.rs` and `revisions.rs` write them.

mod rows;

use std::collections::HashMap;

use corpus::{DataSourceId, Document, DocumentId, DocumentKey, IngestionJobId, KnowledgeBaseId};
use sqlx::QueryBuilder;

use crate::catalog::Catalog;
use crate::columns::{Columns, limit as rows_limit};
use crate::data_sources;
use crate::error::Result;
use crate::page::{Listing, Page};

use rows::document;
pub(crate) use rows::{
    DocumentRow, IDS, change_key, in_order, insert_or_update, push_ids, rows_to_change,
};

/// Marks the cursors of listings of documents.
const CURSOR: &str = "doc";

/// Which documents of a data source are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Those that a listing of their part of the source did not have
    /// ([`crate::OutcomeKind::Absent`]).
    Absent,
    /// Those, and all for which this job has recorded nothing.
    Unseen(IngestionJobId),
}

/// What a data source would lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Losses {
    /// Live documents that are gone.
    pub lost: u64,
    /// Live documents that are not.
    pub left: u64,
}

impl Gone {
    fn job(self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Unseen(job) => Some(job.to_string()),
        }
    }
}

impl Catalog {
    /// The documents of a data source that have these keys; keys of none are left out.
    pub async fn documents_by_key(
        &self,
        data_source: DataSourceId,
        keys: &[DocumentKey],
    ) -> Result<HashMap<DocumentKey, Document>> {
        let ids: Vec<_> = keys.iter().map(|key| DocumentId::of(data_source, key)).collect();
        let mut found = HashMap::with_capacity(ids.len());
        for some in ids.chunks(IDS) {
            let mut statement = QueryBuilder::new("SELECT * FROM documents WHERE id IN ");
            push_ids(&mut statement, some);
            for row in statement.build().fetch_all(self.reader()).await? {
                let document = document(&row)?;
                found.insert(document.key.clone(), document);
            }
        }
        Ok(found)
    }

    /// The documents of a data source.
    pub async fn documents(
        &self,
        knowledge_base: KnowledgeBaseId,
        data_source: DataSourceId,
        page: Page,
    ) -> Result<Listing<Document>> {
        let mut snapshot = self.snapshot().await?;
        data_sources::get(&mut snapshot, knowledge_base, data_source).await?;
        let rows = sqlx::query(
            "SELECT * FROM documents WHERE data_source_id = $1 AND sequence > $2 \
             ORDER BY sequence LIMIT $3",
        )
        .bind(data_source.as_str())
        .bind(page.sequence(CURSOR)?)
        .bind(page.rows())
        .fetch_all(&mut *snapshot)
        .await?;
        Listing::of(&page, CURSOR, rows, document)
    }

    /// Those of these documents that may be returned: they have a live revision, and neither they
    /// nor their data source nor their knowledge base are being removed.
    pub async fn live(
        &self,
        knowledge_base: KnowledgeBaseId,
        ids: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Document>> {
        let mut found = HashMap::with_capacity(ids.len());
        for some in ids.chunks(IDS) {
            let mut statement = QueryBuilder::new(
                "SELECT documents.* FROM documents \
                 JOIN data_sources ON data_sources.id = documents.data_source_id \
                 JOIN knowledge_bases ON knowledge_bases.id = data_sources.knowledge_base_id \
                 WHERE documents.live_revision IS NOT NULL AND documents.status <> 'DELETING' \
                 AND data_sources.status = 'AVAILABLE' AND knowledge_bases.status = 'ACTIVE' \
                 AND knowledge_bases.id = ",
            );
            statement.push_bind(knowledge_base.to_string()).push(" AND documents.id IN ");
            push_ids(&mut statement, some);
            for row in statement.build().fetch_all(self.reader()).await? {
                let document = document(&row)?;
                found.insert(document.id, document);
            }
        }
        Ok(found)
    }

    /// How many live documents of a data source are gone, and how many are not.
    pub async fn losses(&self, data_source: DataSourceId, gone: Gone) -> Result<Losses> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS live, COUNT(*) FILTER (WHERE absent = 1 OR \
             COALESCE(segments.last_job, documents.last_job) <> $2) AS lost \
             FROM documents LEFT JOIN segments ON segments.id = documents.segment \
             WHERE documents.data_source_id = $1 AND live_revision IS NOT NULL",
        )
        .bind(data_source.as_str())
        .bind(gone.job())
        .fetch_one(self.reader())
        .await?;
        let (live, lost) = (row.natural("live")?, row.natural("lost")?);
        Ok(Losses { lost, left: live.saturating_sub(lost) })
    }

    /// Documents of a data source that are gone.
    pub async fn gone(
        &self,
        data_source: DataSourceId,
        gone: Gone,
        limit: usize,
    ) -> Result<Vec<Document>> {
        // Ranges of indexes, where `<>` would read every document of the data source.
        let rows = sqlx::query(
            "SELECT * FROM documents WHERE id IN (\
             SELECT id FROM documents WHERE data_source_id = $1 AND absent = 1 UNION ALL \
             SELECT id FROM documents \
             WHERE data_source_id = $1 AND segment IS NULL AND last_job < $2 UNION ALL \
             SELECT id FROM documents \
             WHERE data_source_id = $1 AND segment IS NULL AND last_job > $2 UNION ALL \
             SELECT documents.id FROM segments JOIN documents ON documents.segment = segments.id \
             WHERE segments.data_source_id = $1 AND segments.last_job < $2 UNION ALL \
             SELECT documents.id FROM segments JOIN documents ON documents.segment = segments.id \
             WHERE segments.data_source_id = $1 AND segments.last_job > $2 LIMIT $3) \
             ORDER BY sequence",
        )
        .bind(data_source.as_str())
        .bind(gone.job())
        .bind(rows_limit(limit))
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(document).collect()
    }
}
