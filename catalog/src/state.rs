//! What connectors remember between runs.

use std::sync::Arc;

use async_trait::async_trait;
use corpus::{DataSourceId, DocumentKey, SourceState, StateEntry, StateError};

use crate::catalog::Catalog;
use crate::columns::{Columns, limit as rows_limit};
use crate::error::{CatalogError, Result};

impl Catalog {
    /// What the connector of a data source remembered.
    pub fn source_state(&self, data_source: DataSourceId) -> Arc<dyn SourceState> {
        Arc::new(State { catalog: self.clone(), data_source })
    }

    /// Remembers and forgets, all or none.
    pub async fn save_state(
        &self,
        data_source: DataSourceId,
        entries: &[StateEntry],
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        for entry in entries {
            let Some(value) = &entry.value else {
                sqlx::query("DELETE FROM source_state WHERE data_source_id = $1 AND key = $2")
                    .bind(data_source.as_str())
                    .bind(&entry.key)
                    .execute(&mut *transaction)
                    .await?;
                continue;
            };
            sqlx::query(
                "INSERT INTO source_state (data_source_id, key, value) VALUES ($1, $2, $3) \
                 ON CONFLICT (data_source_id, key) DO UPDATE SET value = excluded.value",
            )
            .bind(data_source.as_str())
            .bind(&entry.key)
            .bind(value)
            .execute(&mut *transaction)
            .await
            .map_err(|error| no_data_source(data_source, error))?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

#[derive(Debug)]
struct State {
    catalog: Catalog,
    data_source: DataSourceId,
}

#[async_trait]
impl SourceState for State {
    async fn load(&self, key: &str) -> std::result::Result<Option<Vec<u8>>, StateError> {
        sqlx::query_scalar("SELECT value FROM source_state WHERE data_source_id = $1 AND key = $2")
            .bind(self.data_source.as_str())
            .bind(key)
            .fetch_optional(self.catalog.reader())
            .await
            .map_err(|error| state_error(&error.into()))
    }

    async fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> std::result::Result<Vec<(String, Vec<u8>)>, StateError> {
        let end = end_of(prefix);
        // Three ways to bound one range of the key's index; text is compared by its bytes.
        let rows = sqlx::query(
            "SELECT key, value FROM source_state WHERE data_source_id = $1 AND key >= $2 \
             AND key > $3 AND ($4 = '' OR key < $4) ORDER BY key LIMIT $5",
        )
        .bind(self.data_source.as_str())
        .bind(prefix)
        .bind(after.unwrap_or_default())
        .bind(end.unwrap_or_default())
        .bind(rows_limit(limit))
        .fetch_all(self.catalog.reader())
        .await
        .map_err(|error| state_error(&error.into()))?;
        rows.iter()
            .map(|row| Ok((row.text("key")?, row.bytes("value")?)))
            .collect::<Result<_>>()
            .map_err(|error| state_error(&error))
    }

    async fn unsettled(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> std::result::Result<Vec<DocumentKey>, StateError> {
        let keys: std::result::Result<Vec<String>, _> = sqlx::query_scalar(
            "SELECT key FROM documents WHERE data_source_id = $1 \
             AND status IN ('FAILED', 'PENDING', 'IN_PROGRESS') \
             AND key > $2 ORDER BY key LIMIT $3",
        )
        .bind(self.data_source.as_str())
        .bind(after.map_or("", DocumentKey::as_str))
        .bind(rows_limit(limit))
        .fetch_all(self.catalog.reader())
        .await;
        let keys = keys.map_err(|error| state_error(&error.into()))?;
        Ok(keys.into_iter().map(DocumentKey::new).collect())
    }
}

fn state_error(error: &CatalogError) -> StateError {
    StateError { reason: error.to_string() }
}

fn no_data_source(id: DataSourceId, error: sqlx::Error) -> CatalogError {
    match error.as_database_error() {
        Some(database) if database.is_foreign_key_violation() => {
            CatalogError::not_found("data source", id)
        }
        _ => error.into(),
    }
}

/// The first text behind all that begin with `prefix`; none where there is no such text.
fn end_of(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        // The range of characters steps over the surrogates, which are none.
        if let Some(next) = (last..=char::MAX).nth(1) {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_behind_all_that_begin_with_it() {
        let check = |prefix: &str, expect: Option<&str>| {
            assert_eq!(end_of(prefix).as_deref(), expect, "{prefix:?}");
        };
        check("", None);
        check("a", Some("b"));
        check("page/", Some("page0"));
        check("\u{d7ff}", Some("\u{e000}"));
        check("a\u{10ffff}", Some("b"));
        check("\u{10ffff}", None);
    }
}
