//! A document: something of a source that has one identity over time, and one live revision.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::access::Access;
use crate::id::{DataSourceId, KnowledgeBaseId};
use crate::metadata::Metadata;
use crate::source_document::ChangeKey;

/// A document as the catalog keeps it. Its text is in the chunks of the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The key within the index and the catalog.
    pub id: DocumentId,
    /// Its knowledge base.
    pub knowledge_base_id: KnowledgeBaseId,
    /// Its data source.
    pub data_source_id: DataSourceId,
    /// What the source calls it.
    pub key: DocumentKey,
    /// Where a reader finds it.
    pub location: SourceLocation,
    /// Where it is in its life.
    pub status: DocumentStatus,
    /// Why it is in that state, where that needs a reason.
    pub status_reason: Option<String>,
    /// The revision whose chunks are returned; none before the first is indexed.
    pub live_revision: Option<Revision>,
    /// Number of chunks of the live revision.
    pub chunk_count: u64,
    /// Hash of the live revision's bytes.
    pub content_hash: Option<ContentHash>,
    /// What the source said of the live revision; equal means that nothing need be read.
    pub change_key: Option<ChangeKey>,
    /// The document's attributes.
    pub metadata: Metadata,
    /// How its attributes shaped the chunks and vectors of the live revision; none where they did
    /// not. Equal means that chunks and vectors outlast a change of the attributes.
    pub recipe: Option<String>,
    /// Who may read it; none where its source has no say in that.
    pub access: Option<Access>,
    /// When it was last changed here.
    pub updated_at: OffsetDateTime,
}

/// The key of a document in the index: made of what identifies it, so that the same document
/// always has the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId(u128);

impl DocumentId {
    /// The id of the document that `data_source` calls `key`: the first 128 bits of the SHA-256 of
    /// the two, the variant and version bits set as in a version 8 UUID (RFC 9562 §5.8).
    pub fn of(data_source: DataSourceId, key: &DocumentKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(data_source.as_str().as_bytes());
        hash.update(key.as_str().as_bytes());
        Self(uuid_from_hash(hash))
    }

    /// The id as a UUID's number.
    pub fn as_u128(self) -> u128 {
        self.0
    }

    /// The id that has this number.
    pub fn from_u128(number: u128) -> Self {
        Self(number)
    }
}

/// The 36 characters of a UUID.
impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        format_uuid(self.0, f)
    }
}

/// Makes a version 8 UUID of a hash.
pub(crate) fn uuid_from_hash(hash: Sha256) -> u128 {
    let digest: [u8; 32] = hash.finalize().into();
    let mut number = 0_u128;
    for byte in &digest[..16] {
        number = number << 8 | u128::from(*byte);
    }
    number & !(0xf << 76) & !(0x3 << 62) | 0x8 << 76 | 0x2 << 62
}

/// Writes a number as the 36 characters of a UUID.
pub(crate) fn format_uuid(number: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        f,
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        number >> 96,
        (number >> 80) & 0xffff,
        (number >> 64) & 0xffff,
        (number >> 48) & 0xffff,
        number & 0xffff_ffff_ffff
    )
}

/// What a source calls a document: a path, a URL, the id that a client chose. Unique within the
/// data source, and stable over time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentKey(String);

impl DocumentKey {
    /// Takes any text; sources decide what their keys are.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a reader finds a document: Bedrock's location types, as far as this service has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceLocation {
    /// An object in S3.
    S3 {
        /// `s3://bucket/key`.
        uri: String,
    },
    /// A page on the web.
    Web {
        /// Its URL.
        url: String,
    },
    /// Something in Confluence.
    Confluence {
        /// Its URL.
        url: String,
    },
    /// Something in SharePoint.
    SharePoint {
        /// Its URL.
        url: String,
    },
    /// Something in Salesforce.
    Salesforce {
        /// Its URL.
        url: String,
    },
    /// A pushed document, or a file of a folder (whose id is its `file://` URI).
    Custom {
        /// The id that the client chose.
        id: String,
    },
}

impl SourceLocation {
    /// The URI, URL or id, for `x-amz-bedrock-kb-source-uri`.
    pub fn uri(&self) -> &str {
        match self {
            Self::S3 { uri } => uri,
            Self::Web { url }
            | Self::Confluence { url }
            | Self::SharePoint { url }
            | Self::Salesforce { url } => url,
            Self::Custom { id } => id,
        }
    }
}

/// Counts the attempts to index a document. A number is never used twice for one document, so
/// that chunks left by an interrupted attempt can never be taken for those of a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Revision(pub u32);

/// SHA-256 of a document's bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Bedrock's states of a document, as far as this service has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DocumentStatus {
    /// Accepted, waiting for its turn.
    Pending,
    /// Being read, parsed, embedded or written.
    InProgress,
    /// All of it is indexed.
    Indexed,
    /// Indexed with a loss that the reason names.
    PartiallyIndexed,
    /// Could not be indexed; the reason says why.
    Failed,
    /// Deliberately left out; the reason says why.
    Ignored,
    /// Being removed.
    Deleting,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_stable_version_8_uuids() {
        let id = DocumentId::of(DataSourceId::from_random(7), &DocumentKey::new("a/b.md"));
        let text = id.to_string();
        assert_eq!(text.len(), 36);
        assert_eq!(text.as_bytes()[14], b'8', "{text}");
        assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{text}");
        assert_eq!(id, DocumentId::of(DataSourceId::from_random(7), &DocumentKey::new("a/b.md")));
        assert_ne!(id, DocumentId::of(DataSourceId::from_random(8), &DocumentKey::new("a/b.md")));
    }
}
