//! How the engine is set up, and how its conditions, points and errors are spelled.

use corpus::{ChunkId, IndexedChunk, VectorStoreError};
use qdrant_edge::external::ordered_float::OrderedFloat;
use qdrant_edge::external::uuid::Uuid;
use qdrant_edge::{
    CreateIndex, Distance, EdgeConfig as EngineConfig, EdgeConfigBuilder, EdgeOptimizersConfig,
    EdgeSparseVectorParams, EdgeVectorParams, FieldCondition, FieldIndexOperations, Filter,
    HnswIndexConfig, IntegerIndexParams, JsonPath, KeywordIndexParams, Match, Modifier,
    OperationError, Payload, PayloadFieldSchema, PayloadSchemaParams, PointId,
    PointStructPersisted, Range, UpdateOperation, VectorPersisted, VectorStructPersisted,
    WalOptions,
};

use crate::condition::{Bound, Condition};
use crate::config::EdgeConfig;
use crate::lexical::Lexical;
use crate::payload::{self, DATA_SOURCE, DENSE, DOCUMENT, LEXICAL, REVISION, TERMS};

/// The files of the engine's log are at least so large; it keeps the last two.
const LOG_FILE_BYTES: usize = 4 << 20;
/// Segments are merged until there are no more than this; each is searched by itself.
const SEGMENTS: usize = 4;
/// Segments of more vectors than this are not merged: 1 GB of them.
const LARGEST_SEGMENT_KB: usize = 1 << 20;
const BYTES_IN_KB: usize = 1024;

/// The engine's configuration of a new index.
pub(crate) fn config(dimensions: u32, config: &EdgeConfig) -> EngineConfig {
    let dimensions = dimensions as usize;
    EdgeConfigBuilder::new()
        .vector(DENSE, EdgeVectorParams::builder(dimensions, Distance::Cosine).build())
        .sparse_vector(LEXICAL, EdgeSparseVectorParams::builder().modifier(Modifier::Idf).build())
        .on_disk_payload(true)
        .hnsw_config(graph(config))
        .optimizers(optimizers(dimensions, config))
        .wal_options(WalOptions { segment_capacity: LOG_FILE_BYTES, ..WalOptions::default() })
        .build()
}

/// How graphs are built.
pub(crate) fn graph(config: &EdgeConfig) -> HnswIndexConfig {
    let machine = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = config.optimise_threads.map_or((machine / 2).max(1), std::num::NonZero::get);
    HnswIndexConfig { max_indexing_threads: threads, ..HnswIndexConfig::default() }
}

/// When segments get a graph and are merged.
pub(crate) fn optimizers(dimensions: usize, config: &EdgeConfig) -> EdgeOptimizersConfig {
    // Half of what sets off an optimisation, so that what set it off is sure to be over it.
    let chunks = usize::try_from(config.optimise_at / 2).unwrap_or(usize::MAX);
    let bytes = chunks.saturating_mul(dimensions).saturating_mul(size_of::<f32>());
    EdgeOptimizersConfig {
        default_segment_number: Some(SEGMENTS),
        max_segment_size: Some(LARGEST_SEGMENT_KB),
        // With 0 the engine would optimise empty segments for ever.
        indexing_threshold: Some((bytes / BYTES_IN_KB).max(1)),
        ..EdgeOptimizersConfig::default()
    }
}

/// The operations that index the payload; they do nothing where it is indexed.
pub(crate) fn payload_indexes() -> Result<Vec<UpdateOperation>, VectorStoreError> {
    // Extra links in the graph pay for conditions that many chunks meet and questions ask for.
    let keyword = |linked| {
        PayloadSchemaParams::Keyword(KeywordIndexParams {
            enable_hnsw: Some(linked),
            ..KeywordIndexParams::default()
        })
    };
    let integer = PayloadSchemaParams::Integer(IntegerIndexParams {
        enable_hnsw: Some(false),
        ..IntegerIndexParams::default()
    });
    let fields = [
        (DOCUMENT, keyword(false)),
        (REVISION, integer),
        (DATA_SOURCE, keyword(true)),
        (TERMS, keyword(true)),
    ];
    let create = |(field, params)| {
        Ok(UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(CreateIndex {
            field_name: path(field)?,
            field_schema: Some(PayloadFieldSchema::FieldParams(params)),
        })))
    };
    fields.into_iter().map(create).collect()
}

/// The point of a chunk.
pub(crate) fn point(
    chunk: &IndexedChunk,
    lexical: &Lexical,
) -> Result<PointStructPersisted, VectorStoreError> {
    let mut vectors = std::collections::HashMap::from([(
        DENSE.to_owned(),
        VectorPersisted::Dense(chunk.vector.clone()),
    )]);
    let words = lexical.document(&chunk.chunk.searched());
    if !words.indices.is_empty() {
        vectors.insert(LEXICAL.to_owned(), VectorPersisted::Sparse(words));
    }
    Ok(PointStructPersisted {
        id: point_id(chunk.id()),
        vector: VectorStructPersisted::Named(vectors),
        payload: Some(Payload(payload::encode(chunk)?)),
    })
}

/// The id of a chunk's point.
pub(crate) fn point_id(chunk: ChunkId) -> PointId {
    PointId::Uuid(Uuid::from_u128(chunk.as_u128()))
}

/// The chunk that a point is.
pub(crate) fn chunk_id(point: PointId) -> ChunkId {
    match point {
        PointId::Uuid(id) => ChunkId::from_u128(id.as_u128()),
        PointId::NumId(id) => ChunkId::from_u128(id.into()),
    }
}

/// A condition in the engine's words.
pub(crate) fn filter(condition: &Condition) -> Result<Filter, VectorStoreError> {
    let all = |conditions: &[Condition]| {
        conditions
            .iter()
            .map(|condition| filter(condition).map(qdrant_edge::Condition::Filter))
            .collect::<Result<Vec<_>, _>>()
            .map(Some)
    };
    let field = |condition| Filter::new_must(qdrant_edge::Condition::Field(condition));
    let matching =
        |name: &str, what: Match| Ok(field(FieldCondition::new_match(path(name)?, what)));
    match condition {
        Condition::All(conditions) => Ok(Filter { must: all(conditions)?, ..Filter::new() }),
        Condition::Any(conditions) => Ok(Filter { should: all(conditions)?, ..Filter::new() }),
        Condition::Neither(conditions) => {
            Ok(Filter { must_not: all(conditions)?, ..Filter::new() })
        }
        Condition::Keyword { field, value } => matching(field, value.clone().into()),
        Condition::Keywords { field, values } => matching(field, values.clone().into()),
        Condition::Integer { field, value } => matching(field, (*value).into()),
        Condition::Number { path: name, bound } => {
            Ok(field(FieldCondition::new_range(path(name)?, range(*bound))))
        }
    }
}

fn range(bound: Bound) -> Range<OrderedFloat<f64>> {
    let mut range = Range { lt: None, gt: None, gte: None, lte: None };
    match bound {
        Bound::Above(number) => range.gt = Some(OrderedFloat(number)),
        Bound::AtLeast(number) => range.gte = Some(OrderedFloat(number)),
        Bound::Below(number) => range.lt = Some(OrderedFloat(number)),
        Bound::AtMost(number) => range.lte = Some(OrderedFloat(number)),
    }
    range
}

/// A path in a payload.
pub(crate) fn path(path: &str) -> Result<JsonPath, VectorStoreError> {
    path.parse().map_err(|()| VectorStoreError::Failed {
        reason: format!("'{path}' is no path in a payload"),
    })
}

/// What an error of the engine is to a caller.
pub(crate) fn failed(error: OperationError) -> VectorStoreError {
    match error {
        // Its own text; the backtrace that comes with it is for the engine's makers.
        OperationError::ServiceError { description, .. } => {
            VectorStoreError::Failed { reason: description }
        }
        error @ (OperationError::OutOfMemory { .. }
        | OperationError::Cancelled { .. }
        | OperationError::Timeout { .. }) => {
            VectorStoreError::Unavailable { reason: error.to_string() }
        }
        error => VectorStoreError::Failed { reason: error.to_string() },
    }
}
