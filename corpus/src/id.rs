//! Identifiers as Bedrock issues them: ten characters of `[A-Z0-9]`, one type per kind of
//! resource so that they cannot be mixed.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Id of a knowledge base.
pub type KnowledgeBaseId = ResourceId<KnowledgeBaseKind>;
/// Id of a data source.
pub type DataSourceId = ResourceId<DataSourceKind>;
/// Id of an ingestion job.
pub type IngestionJobId = ResourceId<IngestionJobKind>;

/// What an id names; only its name for error messages is used.
pub trait ResourceKind {
    /// The resource in the words of an error message, as `knowledge base`.
    const NAME: &'static str;
}

/// Marks ids of knowledge bases.
#[derive(Debug)]
pub enum KnowledgeBaseKind {}
/// Marks ids of data sources.
#[derive(Debug)]
pub enum DataSourceKind {}
/// Marks ids of ingestion jobs.
#[derive(Debug)]
pub enum IngestionJobKind {}

impl ResourceKind for KnowledgeBaseKind {
    const NAME: &'static str = "knowledge base";
}
impl ResourceKind for DataSourceKind {
    const NAME: &'static str = "data source";
}
impl ResourceKind for IngestionJobKind {
    const NAME: &'static str = "ingestion job";
}

/// Ten ASCII letters or digits, the form that Bedrock's tag ARNs and Terraform expect.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String", into = "String", bound = "K: ResourceKind")]
pub struct ResourceId<K> {
    value: [u8; LENGTH],
    kind: PhantomData<fn() -> K>,
}

const LENGTH: usize = 10;
const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A text that is no id: Bedrock's pattern is `[0-9a-zA-Z]{10}`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{value}' is no {kind} id: expected ten letters or digits")]
pub struct InvalidId {
    /// The kind of resource that was expected.
    pub kind: &'static str,
    /// What was given.
    pub value: String,
}

impl<K> ResourceId<K> {
    /// An id drawn from 128 random bits; some 51 of them are kept.
    #[must_use]
    pub fn from_random(mut bits: u128) -> Self {
        let mut value = [0; LENGTH];
        for character in &mut value {
            let digit = (bits % 36) as usize;
            *character = ALPHABET[digit];
            bits /= 36;
        }
        Self { value, kind: PhantomData }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so this never falls back.
        std::str::from_utf8(&self.value).unwrap_or_default()
    }
}

impl<K: ResourceKind> FromStr for ResourceId<K> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match <[u8; LENGTH]>::try_from(text.as_bytes()) {
            Ok(value) if value.iter().all(u8::is_ascii_alphanumeric) => {
                Ok(Self { value, kind: PhantomData })
            }
            _ => Err(InvalidId { kind: K::NAME, value: text.chars().take(64).collect() }),
        }
    }
}

impl<K: ResourceKind> TryFrom<String> for ResourceId<K> {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl<K> From<ResourceId<K>> for String {
    fn from(id: ResourceId<K>) -> Self {
        id.as_str().to_owned()
    }
}

impl<K> fmt::Display for ResourceId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<K> fmt::Debug for ResourceId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<K> Clone for ResourceId<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for ResourceId<K> {}

impl<K> PartialEq for ResourceId<K> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<K> Eq for ResourceId<K> {}

impl<K> PartialOrd for ResourceId<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for ResourceId<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

impl<K> Hash for ResourceId<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_are_ids_and_others_are_refused() {
        for bits in [0, 1, u128::MAX, 0x1234_5678_9abc_def0] {
            let id = KnowledgeBaseId::from_random(bits);
            assert_eq!(id.as_str().parse(), Ok(id));
        }
        for text in ["", "ABC", "ABCDEFGHIJK", "ABCDEFGHI-", "ABCDEFGHÄ"] {
            assert!(text.parse::<DataSourceId>().is_err(), "{text}");
        }
    }
}
