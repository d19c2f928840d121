//! Searching, reading and counting chunks.

use corpus::{
    ChunkId, SearchHit, SearchInput, SearchQuery, Selector, StoredChunk, VectorStoreError,
};
use qdrant_edge::{
    NamedQuery, PayloadSelector, PayloadSelectorExclude, QueryEnum, QueryRequest, ScoringQuery,
    VectorInternal, VectorStructInternal, WithPayloadInterface, WithVector,
};

use super::super::engine;
use super::Shard;
use crate::condition::Condition;
use crate::payload::{self, DENSE, LEXICAL, NUMBERS, TERMS};

/// Hits asked for beyond the limit, so that of those with equal scores at the limit the ones with
/// the lowest ids are returned, as long as there are no more than this.
const TIES: usize = 16;

impl Shard {
    /// The best chunks, best first.
    pub(crate) fn search(&self, query: SearchQuery) -> Result<Vec<SearchHit>, VectorStoreError> {
        let (using, vector) = match query.input {
            SearchInput::Dense(vector) => {
                self.check_dimensions(&vector)?;
                (DENSE, VectorInternal::Dense(vector))
            }
            SearchInput::Lexical(text) => {
                let words = self.lexical.query(&text);
                if words.indices.is_empty() {
                    return Ok(Vec::new());
                }
                (LEXICAL, VectorInternal::Sparse(words))
            }
        };
        let condition = Condition::of_search(query.data_sources.as_deref(), query.filter.as_ref())?;
        let filter = condition.as_ref().map(engine::filter).transpose()?;
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let nearest = QueryEnum::Nearest(NamedQuery { query: vector, using: Some(using.into()) });
        let request = QueryRequest {
            prefetches: Vec::new(),
            query: Some(ScoringQuery::Vector(nearest)),
            filter,
            score_threshold: None,
            limit: query.limit.saturating_add(TIES),
            offset: 0,
            params: None,
            with_vector: WithVector::Bool(false),
            with_payload: without_filters()?,
        };
        let points = self.engine.query(request).map_err(engine::failed)?;
        let mut hits = Vec::with_capacity(points.len());
        for point in points {
            // Without a term in common the engine may still list a chunk, with nothing to its
            // credit.
            if using == LEXICAL && point.score <= 0.0 {
                continue;
            }
            let payload = point.payload.unwrap_or_default().0;
            hits.push(payload::hit(engine::chunk_id(point.id), point.score, payload)?);
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
        hits.truncate(query.limit);
        Ok(hits)
    }

    /// Those of these chunks that there are.
    pub(crate) fn fetch(&self, ids: &[ChunkId]) -> Result<Vec<StoredChunk>, VectorStoreError> {
        let ids: Vec<_> = ids.iter().copied().map(engine::point_id).collect();
        let vectors = WithVector::Selector(vec![DENSE.into()]);
        let records = self.engine.retrieve(&ids, Some(without_filters()?), Some(vectors));
        let mut chunks = Vec::with_capacity(ids.len());
        for record in records.map_err(engine::failed)? {
            let id = engine::chunk_id(record.id);
            let Some(VectorStructInternal::Named(mut vectors)) = record.vector else {
                return Err(payload::damaged(id, &"it has no vector"));
            };
            let Some(VectorInternal::Dense(vector)) = vectors.remove(DENSE) else {
                return Err(payload::damaged(id, &"it has no vector"));
            };
            chunks.push(payload::stored(id, vector, record.payload.unwrap_or_default().0)?);
        }
        Ok(chunks)
    }

    /// How many chunks there are.
    pub(crate) fn count(&self, selector: Selector) -> Result<u64, VectorStoreError> {
        let condition = Condition::of_selector(selector);
        self.count_matching(condition.as_ref().map(engine::filter).transpose()?)
    }
}

/// Asks for a payload without what only filters read.
fn without_filters() -> Result<WithPayloadInterface, VectorStoreError> {
    let unread = PayloadSelectorExclude::new(vec![engine::path(TERMS)?, engine::path(NUMBERS)?]);
    Ok(WithPayloadInterface::Selector(PayloadSelector::Exclude(unread)))
}
