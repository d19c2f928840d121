//! What is kept with the vectors of a chunk.
//!
//! ```text
//! document     keyword, indexed   the document's UUID
//! revision     integer, indexed   the document's revision
//! data_source  keyword, indexed   where the document came from
//! terms        keywords, indexed  what filters on equality, membership and presence look for
//! numbers      object             the metadata's numbers by encoded key, for ranges
//! ordinal, text, lead, context, start, end, page, headings, sources, parent: the chunk
//! attributes   object             what the chunk has besides its document's attributes
//! ```
//!
//! Terms carry the kind of value, the key and the value in one text, so that one index answers for
//! all keys, a number is never taken for a text nor a list for one of its members, and no key
//! needs quoting.

use std::fmt::Display;

use corpus::{
    Chunk, ChunkId, DocumentId, IndexedChunk, Metadata, MetadataValue, Parent, Place, Revision,
    SearchHit, SourcePlace, Span, StoredChunk, VectorStoreError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The name of the dense vectors.
pub(crate) const DENSE: &str = "dense";
/// The name of the BM25 vectors.
pub(crate) const LEXICAL: &str = "lexical";

/// The field with the document's id.
pub(crate) const DOCUMENT: &str = "document";
/// The field with the document's revision.
pub(crate) const REVISION: &str = "revision";
/// The field with the data source's id.
pub(crate) const DATA_SOURCE: &str = "data_source";
/// The field with what filters look for.
pub(crate) const TERMS: &str = "terms";
/// The field with the numbers for ranges.
pub(crate) const NUMBERS: &str = "numbers";

/// The longest value that is written out in a term; of longer ones, this much and a hash.
const LONGEST_VALUE: usize = 64;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The payload of a chunk, as it is written and read.
#[derive(Serialize, Deserialize)]
struct Stored {
    document: String,
    revision: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    data_source: String,
    ordinal: u32,
    text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    lead: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    context: String,
    start: u64,
    end: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headings: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<SourcePlace>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<Parent>,
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    attributes: Metadata,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    terms: Vec<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    numbers: Map<String, Value>,
}

/// The payload of a chunk.
pub(crate) fn encode(chunk: &IndexedChunk) -> Result<Map<String, Value>, VectorStoreError> {
    let Chunk { ordinal, text, lead, context, place, parent } = &chunk.chunk;
    let stored = Stored {
        document: chunk.document.to_string(),
        revision: chunk.revision.0,
        data_source: chunk.data_source.to_string(),
        ordinal: *ordinal,
        text: text.clone(),
        lead: lead.clone(),
        context: context.clone(),
        start: place.span.start,
        end: place.span.end,
        page: place.page,
        headings: place.headings.clone(),
        sources: place.sources.clone(),
        parent: parent.clone(),
        attributes: chunk.attributes.clone(),
        terms: terms(&chunk.metadata),
        numbers: numbers(&chunk.metadata),
    };
    match serde_json::to_value(stored) {
        Ok(Value::Object(payload)) => Ok(payload),
        Ok(_) => Err(VectorStoreError::Failed { reason: "a payload is no object".to_owned() }),
        Err(error) => Err(VectorStoreError::Failed { reason: error.to_string() }),
    }
}

/// The hit that a point and its payload stand for.
pub(crate) fn hit(
    id: ChunkId,
    score: f32,
    payload: Map<String, Value>,
) -> Result<SearchHit, VectorStoreError> {
    let stored = read(id, payload)?;
    let document = Uuid::parse_str(&stored.document).map_err(|error| damaged(id, &error))?;
    let revision = Revision(stored.revision);
    let (chunk, attributes) = stored.parts();
    let document = DocumentId::from_u128(document.as_u128());
    Ok(SearchHit { id, chunk, document, revision, attributes, score })
}

/// The chunk that a point with its payload and its dense vector stands for.
pub(crate) fn stored(
    id: ChunkId,
    vector: Vec<f32>,
    payload: Map<String, Value>,
) -> Result<StoredChunk, VectorStoreError> {
    let (chunk, attributes) = read(id, payload)?.parts();
    Ok(StoredChunk { id, chunk, attributes, vector })
}

fn read(id: ChunkId, payload: Map<String, Value>) -> Result<Stored, VectorStoreError> {
    serde_json::from_value(Value::Object(payload)).map_err(|error| damaged(id, &error))
}

/// Says that a point is not as it was written.
pub(crate) fn damaged(id: ChunkId, what: &dyn Display) -> VectorStoreError {
    VectorStoreError::Failed {
        reason: format!("chunk {id} is damaged in the index ({what}); ingest its document again"),
    }
}

impl Stored {
    /// The chunk and its own attributes.
    fn parts(self) -> (Chunk, Metadata) {
        let span = Span { start: self.start, end: self.end };
        let (headings, sources) = (self.headings, self.sources);
        let place = Place { span, page: self.page, headings, sources };
        let Self { ordinal, text, lead, context, parent, attributes, .. } = self;
        (Chunk { ordinal, text, lead, context, place, parent }, attributes)
    }
}

/// The term of an attribute with this value; none for a list.
pub(crate) fn term(key: &str, value: &MetadataValue) -> Option<String> {
    match value {
        MetadataValue::String(text) => Some(join('s', key, text)),
        // Adding zero makes one of the two zeros.
        MetadataValue::Number(number) => Some(join('n', key, &(number + 0.0).to_string())),
        MetadataValue::Boolean(truth) => Some(join('b', key, &truth.to_string())),
        MetadataValue::StringList(_) => None,
    }
}

/// The term of an attribute that is a list with this member.
pub(crate) fn member_term(key: &str, member: &str) -> String {
    join('l', key, member)
}

/// The term of an attribute that is there, whatever its value.
pub(crate) fn presence_term(key: &str) -> String {
    join('p', key, "")
}

/// The path to the number that an attribute is.
pub(crate) fn number_path(key: &str) -> String {
    format!("{NUMBERS}.{}", encode_key(key))
}

fn terms(metadata: &Metadata) -> Vec<String> {
    let mut terms = Vec::with_capacity(2 * metadata.len());
    for (key, value) in metadata {
        terms.push(presence_term(key));
        terms.extend(term(key, value));
        if let MetadataValue::StringList(members) = value {
            terms.extend(members.iter().map(|member| member_term(key, member)));
        }
    }
    terms
}

fn numbers(metadata: &Metadata) -> Map<String, Value> {
    let number = |(key, value): (&String, &MetadataValue)| match value {
        MetadataValue::Number(number) => Some((encode_key(key), (*number).into())),
        _ => None,
    };
    metadata.iter().filter_map(number).collect()
}

/// One text of a kind, a key and a value. The key's length keeps apart what could be read two
/// ways; long values are cut, and told apart by a hash of the whole.
fn join(kind: char, key: &str, value: &str) -> String {
    if value.len() <= LONGEST_VALUE {
        return format!("{kind}{}:{key}={value}", key.len());
    }
    let start = &value[..value.floor_char_boundary(LONGEST_VALUE)];
    let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, value.as_bytes());
    format!("{kind}{}:{key}~{start}~{}~{hash}", key.len(), value.len())
}

/// A key of letters, digits and underscores for each metadata key.
fn encode_key(key: &str) -> String {
    let mut encoded = String::from("k");
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push('_');
            encoded.extend([byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)])));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_different_attributes_differ() {
        let text = |text: &str| MetadataValue::String(text.to_owned());
        let long = "x".repeat(100);
        let terms = [
            term("a", &text("b=c")),
            term("a=b", &text("c")),
            term("a", &text("1")),
            term("a", &MetadataValue::Number(1.0)),
            term("a", &text("true")),
            term("a", &MetadataValue::Boolean(true)),
            term("a", &text(&long)),
            term("a", &text(&format!("{long}y"))),
            Some(member_term("a", "1")),
            Some(presence_term("a")),
            Some(presence_term("")),
        ];
        for (index, term) in terms.iter().enumerate() {
            assert!(!terms[..index].contains(term), "{term:?}");
        }
        let zero = |zero| term("a", &MetadataValue::Number(zero));
        assert_eq!(zero(0.0), zero(-0.0));
    }

    #[test]
    fn keys_are_encoded_apart() {
        assert_eq!(encode_key("Año.1"), "kA_c3_b1o_2e1");
        assert_ne!(encode_key("a_2e"), encode_key("a."));
        assert_eq!(encode_key(""), "k");
    }
}
