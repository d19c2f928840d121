//! How values are kept in columns, and read back.

use std::fmt::Display;

use corpus::{ContentHash, DocumentId, InvalidId, ResourceId, ResourceKind, Revision};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use time::OffsetDateTime;

use crate::catalog::{Connection, Row};
use crate::error::{CatalogError, Result};
use crate::names::Named;

/// Typed reading of a row; what does not read is damage.
pub(crate) trait Columns {
    fn text(&self, column: &str) -> Result<String>;
    fn optional_text(&self, column: &str) -> Result<Option<String>>;
    fn bytes(&self, column: &str) -> Result<Vec<u8>>;
    fn optional_bytes(&self, column: &str) -> Result<Option<Vec<u8>>>;
    fn integer(&self, column: &str) -> Result<i64>;
    fn optional_integer(&self, column: &str) -> Result<Option<i64>>;

    /// A count.
    fn natural(&self, column: &str) -> Result<u64> {
        u64::try_from(self.integer(column)?).map_err(|error| damage(column, error))
    }

    fn truth(&self, column: &str) -> Result<bool> {
        Ok(self.integer(column)? != 0)
    }

    fn moment(&self, column: &str) -> Result<OffsetDateTime> {
        let nanoseconds = i128::from(self.integer(column)?) * 1_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
            .map_err(|error| damage(column, error))
    }

    fn optional_moment(&self, column: &str) -> Result<Option<OffsetDateTime>> {
        let Some(_) = self.optional_integer(column)? else { return Ok(None) };
        self.moment(column).map(Some)
    }

    fn id<K: ResourceKind>(&self, column: &str) -> Result<ResourceId<K>> {
        self.text(column)?.parse().map_err(|error: InvalidId| damage(column, error))
    }

    fn document_id(&self, column: &str) -> Result<DocumentId> {
        let bytes = self.bytes(column)?;
        let bytes =
            <[u8; 16]>::try_from(bytes.as_slice()).map_err(|error| damage(column, error))?;
        Ok(DocumentId::from_u128(u128::from_be_bytes(bytes)))
    }

    fn content_hash(&self, column: &str) -> Result<Option<ContentHash>> {
        let Some(bytes) = self.optional_bytes(column)? else { return Ok(None) };
        let hash = bytes.as_slice().try_into().map_err(|error| damage(column, error))?;
        Ok(Some(ContentHash(hash)))
    }

    fn revision(&self, column: &str) -> Result<Revision> {
        u32::try_from(self.integer(column)?).map(Revision).map_err(|error| damage(column, error))
    }

    fn optional_revision(&self, column: &str) -> Result<Option<Revision>> {
        let Some(_) = self.optional_integer(column)? else { return Ok(None) };
        self.revision(column).map(Some)
    }

    fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|error| damage(column, error))
    }

    fn optional_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>> {
        let Some(text) = self.optional_text(column)? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|error| damage(column, error))
    }

    fn name<T: Named>(&self, column: &str) -> Result<T> {
        named(column, &self.text(column)?)
    }

    fn optional_name<T: Named>(&self, column: &str) -> Result<Option<T>> {
        self.optional_text(column)?.map(|name| named(column, &name)).transpose()
    }
}

impl Columns for Row {
    fn text(&self, column: &str) -> Result<String> {
        Ok(self.try_get(column)?)
    }

    fn optional_text(&self, column: &str) -> Result<Option<String>> {
        Ok(self.try_get(column)?)
    }

    fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        Ok(self.try_get(column)?)
    }

    fn optional_bytes(&self, column: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.try_get(column)?)
    }

    fn integer(&self, column: &str) -> Result<i64> {
        Ok(self.try_get(column)?)
    }

    fn optional_integer(&self, column: &str) -> Result<Option<i64>> {
        Ok(self.try_get(column)?)
    }
}

fn named<T: Named>(column: &str, name: &str) -> Result<T> {
    T::from_name(name).ok_or_else(|| damage(column, format!("'{name}' has no meaning here")))
}

fn damage(column: &str, error: impl Display) -> CatalogError {
    CatalogError::Corrupt { reason: format!("column {column}: {error}") }
}

/// A document's id as it is kept.
pub(crate) fn id_bytes(id: DocumentId) -> Vec<u8> {
    id.as_u128().to_be_bytes().to_vec()
}

/// A moment as it is kept.
pub(crate) fn microseconds(moment: OffsetDateTime) -> i64 {
    let microseconds = moment.unix_timestamp_nanos() / 1_000;
    // The years that `time` knows fit: ±9999 are some 3.2e17 microseconds.
    i64::try_from(microseconds).unwrap_or(i64::MAX)
}

/// A count as it is kept.
pub(crate) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The most rows of an answer.
pub(crate) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        // None of our types can fail; a map with keys that are no texts would.
        CatalogError::Conflict { reason: format!("a value cannot be kept as JSON: {error}") }
    })
}

/// A value as JSON, if there is one.
pub(crate) fn optional_json(value: Option<&impl Serialize>) -> Result<Option<String>> {
    value.map(json).transpose()
}

/// Takes `count` numbers that were never taken, and returns the first.
pub(crate) async fn take_numbers(connection: &mut Connection, count: usize) -> Result<i64> {
    let count = limit(count);
    let last: i64 = sqlx::query_scalar(
        "UPDATE counters SET value = value + $1 WHERE name = 'sequence' RETURNING value",
    )
    .bind(count)
    .fetch_one(connection)
    .await?;
    Ok(last - count + 1)
}
