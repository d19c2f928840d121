//! Writing and deleting chunks.

use corpus::{ChunkId, IndexedChunk, Selector, VectorStoreError};
use qdrant_edge::{
    CountRequest, Filter, PointInsertOperations, PointOperations, PointStructPersisted,
    ScrollRequest, UpdateOperation, WithPayloadInterface, WithVector,
};

use super::super::engine;
use super::Shard;
use crate::condition::Condition;

/// Chunks written at once: a few milliseconds' work, during which searches that an optimisation
/// has kept waiting go on waiting.
const WRITTEN_AT_ONCE: usize = 64;
/// Chunks listed at once.
const LISTED_AT_ONCE: usize = 10_000;
/// How often a deletion is tried.
const DELETION_TRIES: usize = 1_000;

impl Shard {
    /// Writes chunks; those of the same id are replaced.
    pub(crate) fn upsert(&self, chunks: &[IndexedChunk]) -> Result<(), VectorStoreError> {
        chunks.iter().try_for_each(|chunk| self.check_dimensions(&chunk.vector))?;
        let point = |chunk| engine::point(chunk, &self.lexical);
        let mut points = chunks.iter().map(point).collect::<Result<Vec<_>, _>>()?;
        while !points.is_empty() {
            let later = points.split_off(points.len().min(WRITTEN_AT_ONCE));
            self.put(std::mem::replace(&mut points, later))?;
        }
        Ok(())
    }

    /// Removes chunks.
    pub(crate) fn delete(&self, selector: Selector) -> Result<(), VectorStoreError> {
        let filter = match Condition::of_selector(selector) {
            Some(condition) => engine::filter(&condition)?,
            None => Filter::new(),
        };
        let mut writes = self.lock();
        let mut left = self.count_matching(Some(filter.clone()))?;
        writes.changed += left;
        if left > 0
            && let Some(journal) = &mut writes.journal
        {
            journal.note_deleted(self.ids(Some(&filter))?.into_iter())?;
        }
        // After a power loss the engine may number operations as it did some before, and it
        // ignores those that have a lower number than the chunk. Each try takes the next number.
        for _ in 0..DELETION_TRIES {
            if left == 0 {
                return Ok(());
            }
            self.update(UpdateOperation::PointOperation(PointOperations::DeletePointsByFilter(
                filter.clone(),
            )))?;
            left = self.count_matching(Some(filter.clone()))?;
        }
        Err(VectorStoreError::Failed { reason: format!("{left} chunks could not be removed") })
    }

    /// Writes points.
    fn put(&self, points: Vec<PointStructPersisted>) -> Result<(), VectorStoreError> {
        let mut writes = self.lock();
        writes.changed += points.len() as u64;
        if let Some(journal) = &mut writes.journal {
            journal.note_written(points.iter().map(|point| engine::chunk_id(point.id)))?;
        }
        self.update(UpdateOperation::PointOperation(PointOperations::UpsertPoints(
            PointInsertOperations::PointsList(points),
        )))
    }

    /// The points that match a filter, counted one by one.
    pub(super) fn count_matching(&self, filter: Option<Filter>) -> Result<u64, VectorStoreError> {
        let count = self.engine.count(CountRequest { filter, exact: true });
        count.map(|count| count as u64).map_err(engine::failed)
    }

    /// The ids that match a filter, each once.
    pub(super) fn ids(&self, filter: Option<&Filter>) -> Result<Vec<ChunkId>, VectorStoreError> {
        let mut ids = Vec::new();
        let mut offset = None;
        loop {
            let request = ScrollRequest {
                offset,
                limit: Some(LISTED_AT_ONCE),
                filter: filter.cloned(),
                with_payload: Some(WithPayloadInterface::Bool(false)),
                with_vector: WithVector::Bool(false),
                order_by: None,
            };
            let (records, next) = self.engine.scroll(request).map_err(engine::failed)?;
            ids.extend(records.into_iter().map(|record| engine::chunk_id(record.id)));
            offset = next;
            if offset.is_none() {
                return Ok(ids);
            }
        }
    }

    /// Refuses a vector of another length than the index's.
    pub(super) fn check_dimensions(&self, vector: &[f32]) -> Result<(), VectorStoreError> {
        if vector.len() == self.dimensions as usize {
            return Ok(());
        }
        Err(VectorStoreError::WrongDimensions { expected: self.dimensions, actual: vector.len() })
    }
}
