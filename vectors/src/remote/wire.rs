//! Points, conditions and collections as Qdrant's protobufs.

use std::collections::HashMap;

use corpus::{ChunkId, IndexedChunk, SearchHit, StoredChunk, VectorStoreError};
use qdrant_client::Payload;
use qdrant_client::qdrant::condition::ConditionOneOf;
use qdrant_client::qdrant::r#match::MatchValue;
use qdrant_client::qdrant::payload_index_params::IndexParams;
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::points_selector::PointsSelectorOneOf;
use qdrant_client::qdrant::vector_output::Vector as DenseOrNot;
use qdrant_client::qdrant::vectors_config::Config;
use qdrant_client::qdrant::vectors_output::VectorsOptions;
use qdrant_client::qdrant::{
    Condition as WireCondition, CreateCollection, CreateFieldIndexCollection, Distance,
    FieldCondition, FieldType, Filter, GetCollectionInfoResponse, IntegerIndexParams,
    KeywordIndexParams, Match, Modifier, NamedVectors, PayloadIndexParams, PointId, PointStruct,
    PointsSelector, Range, RepeatedStrings, RetrievedPoint, ScoredPoint, SparseVectorConfig,
    SparseVectorParams, Vector, VectorParams, VectorParamsMap, VectorsConfig,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::condition::{Bound, Condition};
use crate::lexical::Lexical;
use crate::payload::{self, DATA_SOURCE, DENSE, DOCUMENT, LEXICAL, REVISION, TERMS};

/// A new collection.
pub(super) fn collection(name: &str, dimensions: u32, replicas: u32) -> CreateCollection {
    let dense = VectorParams {
        size: u64::from(dimensions),
        distance: Distance::Cosine.into(),
        ..VectorParams::default()
    };
    let lexical = SparseVectorParams {
        modifier: Some(Modifier::Idf.into()),
        ..SparseVectorParams::default()
    };
    CreateCollection {
        collection_name: name.to_owned(),
        vectors_config: Some(VectorsConfig {
            config: Some(Config::ParamsMap(VectorParamsMap {
                map: HashMap::from([(DENSE.to_owned(), dense)]),
            })),
        }),
        sparse_vectors_config: Some(SparseVectorConfig {
            map: HashMap::from([(LEXICAL.to_owned(), lexical)]),
        }),
        replication_factor: (replicas > 1).then_some(replicas),
        ..CreateCollection::default()
    }
}

/// The dimensions of a collection of ours.
pub(super) fn dimensions(info: GetCollectionInfoResponse) -> Option<u32> {
    let params = info.result?.config?.params?;
    match params.vectors_config?.config? {
        Config::ParamsMap(mut vectors) => vectors.map.remove(DENSE)?.size.try_into().ok(),
        Config::Params(_) => None,
    }
}

/// The indexes of the payload.
pub(super) fn payload_indexes(
    collection: &str,
) -> impl Iterator<Item = CreateFieldIndexCollection> {
    let keyword = |linked| {
        IndexParams::KeywordIndexParams(KeywordIndexParams {
            enable_hnsw: Some(linked),
            ..KeywordIndexParams::default()
        })
    };
    let integer = IndexParams::IntegerIndexParams(IntegerIndexParams {
        enable_hnsw: Some(false),
        ..IntegerIndexParams::default()
    });
    let collection = collection.to_owned();
    [
        (DOCUMENT, FieldType::Keyword, keyword(false)),
        (REVISION, FieldType::Integer, integer),
        (DATA_SOURCE, FieldType::Keyword, keyword(true)),
        (TERMS, FieldType::Keyword, keyword(true)),
    ]
    .into_iter()
    .map(move |(field, field_type, params)| CreateFieldIndexCollection {
        collection_name: collection.clone(),
        wait: Some(true),
        field_name: field.to_owned(),
        field_type: Some(field_type.into()),
        field_index_params: Some(PayloadIndexParams { index_params: Some(params) }),
        ..CreateFieldIndexCollection::default()
    })
}

/// The point of a chunk.
pub(super) fn point(
    chunk: IndexedChunk,
    lexical: &Lexical,
) -> Result<PointStruct, VectorStoreError> {
    let payload = Payload::from(payload::encode(&chunk)?);
    let words = lexical.document(&chunk.chunk.searched());
    let id = chunk.id().to_string();
    let mut vectors = NamedVectors::default().add_vector(DENSE, Vector::new_dense(chunk.vector));
    if !words.indices.is_empty() {
        vectors = vectors.add_vector(LEXICAL, Vector::new_sparse(words.indices, words.values));
    }
    Ok(PointStruct::new(id, vectors, payload))
}

/// The hit that a point is.
pub(super) fn hit(point: ScoredPoint) -> Result<SearchHit, VectorStoreError> {
    payload::hit(chunk_id(point.id)?, point.score, object(point.payload))
}

/// The chunk that a point is.
pub(super) fn stored(point: RetrievedPoint) -> Result<StoredChunk, VectorStoreError> {
    let id = chunk_id(point.id)?;
    let vectors = match point.vectors.and_then(|vectors| vectors.vectors_options) {
        Some(VectorsOptions::Vectors(vectors)) => vectors.vectors,
        Some(VectorsOptions::Vector(_)) | None => HashMap::new(),
    };
    let dense = vectors.into_iter().find(|(name, _)| name == DENSE);
    match dense.map(|(_, vector)| vector.into_vector()) {
        Some(DenseOrNot::Dense(vector)) => payload::stored(id, vector.data, object(point.payload)),
        _ => Err(payload::damaged(id, &"it has no vector")),
    }
}

/// The id of the point of a chunk.
pub(super) fn point_id(chunk: ChunkId) -> PointId {
    chunk.to_string().into()
}

fn chunk_id(id: Option<PointId>) -> Result<ChunkId, VectorStoreError> {
    let id = match id.and_then(|id| id.point_id_options) {
        Some(PointIdOptions::Uuid(id)) => Uuid::parse_str(&id).ok(),
        Some(PointIdOptions::Num(_)) | None => None,
    };
    let id = id.ok_or_else(|| VectorStoreError::Failed {
        reason: "the server returned a point that is none of this service".to_owned(),
    })?;
    Ok(ChunkId::from_u128(id.as_u128()))
}

fn object(payload: HashMap<String, qdrant_client::qdrant::Value>) -> Map<String, Value> {
    payload.into_iter().map(|(key, value)| (key, Value::from(value))).collect()
}

/// The points that meet a condition, or all.
pub(super) fn selector(condition: Option<&Condition>) -> PointsSelector {
    let filter = condition.map(filter).unwrap_or_default();
    PointsSelector { points_selector_one_of: Some(PointsSelectorOneOf::Filter(filter)) }
}

/// A condition as a filter.
pub(super) fn filter(condition: &Condition) -> Filter {
    let all = |conditions: &[Condition]| {
        conditions
            .iter()
            .map(|condition| WireCondition {
                condition_one_of: Some(ConditionOneOf::Filter(filter(condition))),
            })
            .collect()
    };
    match condition {
        Condition::All(conditions) => Filter { must: all(conditions), ..Filter::default() },
        Condition::Any(conditions) => Filter { should: all(conditions), ..Filter::default() },
        Condition::Neither(conditions) => Filter { must_not: all(conditions), ..Filter::default() },
        Condition::Keyword { field, value } => matching(field, MatchValue::Keyword(value.clone())),
        Condition::Keywords { field, values } => {
            matching(field, MatchValue::Keywords(RepeatedStrings { strings: values.clone() }))
        }
        Condition::Integer { field, value } => matching(field, MatchValue::Integer(*value)),
        Condition::Number { path, bound } => must(FieldCondition {
            key: path.clone(),
            range: Some(range(*bound)),
            ..FieldCondition::default()
        }),
    }
}

fn matching(field: &str, value: MatchValue) -> Filter {
    must(FieldCondition {
        key: field.to_owned(),
        r#match: Some(Match { match_value: Some(value) }),
        ..FieldCondition::default()
    })
}

fn must(condition: FieldCondition) -> Filter {
    let condition = WireCondition { condition_one_of: Some(ConditionOneOf::Field(condition)) };
    Filter { must: vec![condition], ..Filter::default() }
}

fn range(bound: Bound) -> Range {
    let mut range = Range::default();
    match bound {
        Bound::Above(number) => range.gt = Some(number),
        Bound::AtLeast(number) => range.gte = Some(number),
        Bound::Below(number) => range.lt = Some(number),
        Bound::AtMost(number) => range.lte = Some(number),
    }
    range
}
