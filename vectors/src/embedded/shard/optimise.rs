//! Building the graph, and mending what a crash left while it was built.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use corpus::{ChunkId, VectorStoreError};
use qdrant_edge::{EdgeOptimizersConfig, PointOperations, UpdateOperation};

use super::super::directory::failed;
use super::super::engine;
use super::super::journal::Journal;
use super::{Shard, panic_message};
use crate::config::EdgeConfig;

/// The file that says how many chunks there were after the last optimisation.
const OPTIMISED: &str = "optimised";

impl Shard {
    /// Whether so much has changed that the graph should be built anew.
    pub(crate) fn is_due(&self, config: &EdgeConfig) -> bool {
        let changed = self.lock().changed;
        if changed < config.optimise_at {
            return false;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of chunks are far below 2^52")]
        let (changed, chunks) = (changed as f64, self.engine.info().points_count as f64);
        changed >= chunks * config.optimise_growth
    }

    /// Builds the graph anew where it is worth it; searches, writes and deletions go on meanwhile.
    pub(crate) fn optimise(&self) -> Result<(), VectorStoreError> {
        let started = Instant::now();
        let chunks = self.engine.info().points_count;
        tracing::info!(knowledge_base.id = %self.index, chunks, "optimise begins");
        {
            let mut writes = self.lock();
            self.flush_engine()?;
            if writes.journal.is_none() {
                writes.journal = Some(Journal::begin(&self.directory)?);
            }
            writes.changed = 0;
        }
        let outcome = match catch_unwind(AssertUnwindSafe(|| self.engine.optimize())) {
            Ok(outcome) => outcome.map_err(engine::failed),
            Err(panic) => Err(VectorStoreError::Failed { reason: panic_message(panic.as_ref()) }),
        };
        let mut writes = self.lock();
        if let Err(error) = outcome {
            // The engine forgets deletions of an optimisation that fails. The journal stays until
            // the index is opened again.
            self.retire();
            if let Some(journal) = &writes.journal {
                self.delete_ids(journal.deleted().collect())?;
            }
            self.flush_engine()?;
            return Err(error);
        }
        self.flush_engine()?;
        self.write_optimised(self.engine.info().points_count as u64)?;
        if let Some(journal) = writes.journal.take() {
            journal.end()?;
        }
        tracing::info!(
            knowledge_base.id = %self.index,
            chunks,
            duration_ms = started.elapsed().as_millis(),
            "optimise ended"
        );
        Ok(())
    }

    /// Brings a newly opened index in order: what was deleted during an optimisation that did not
    /// end is deleted, and chunks that are there twice, in old segments and in the one that was to
    /// replace them, are made one.
    pub(super) fn recover(&self) -> Result<(), VectorStoreError> {
        if Journal::is_left(&self.directory) {
            let journal = Journal::begin(&self.directory)?;
            self.delete_ids(journal.deleted().collect())?;
            let doubled = self.doubled()?;
            if doubled > 0 {
                self.merge()?;
            }
            let _writes = self.lock();
            self.flush_engine()?;
            journal.end()?;
            tracing::info!(
                knowledge_base.id = %self.index,
                doubled,
                "recovered a chunk index from an optimise that was interrupted"
            );
        }
        let points = self.engine.info().points_count as u64;
        self.lock().changed = points.abs_diff(read_optimised(&self.directory));
        Ok(())
    }

    /// How many chunks are there twice.
    fn doubled(&self) -> Result<u64, VectorStoreError> {
        Ok(self.count_matching(None)?.saturating_sub(self.ids(None)?.len() as u64))
    }

    /// Merges all segments into one without a graph, of each chunk the latest. The settings that it
    /// leaves behind are replaced when the index is configured, and the graph is due.
    fn merge(&self) -> Result<(), VectorStoreError> {
        let everything = EdgeOptimizersConfig {
            default_segment_number: Some(1),
            max_segment_size: Some(usize::MAX),
            indexing_threshold: Some(usize::MAX),
            ..EdgeOptimizersConfig::default()
        };
        self.engine.set_optimizers_config(everything).map_err(engine::failed)?;
        self.engine.optimize().map_err(engine::failed)?;
        self.write_optimised(0)?;
        let doubled = self.doubled()?;
        if doubled > 0 {
            tracing::warn!(
                knowledge_base.id = %self.index,
                doubled,
                "chunks are in the index twice and will be counted so; delete and ingest anew"
            );
        }
        Ok(())
    }

    fn delete_ids(&self, ids: Vec<ChunkId>) -> Result<(), VectorStoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids = ids.into_iter().map(engine::point_id).collect();
        self.update(UpdateOperation::PointOperation(PointOperations::DeletePoints { ids }))
    }

    fn write_optimised(&self, chunks: u64) -> Result<(), VectorStoreError> {
        let path = self.directory.join(OPTIMISED);
        // A torn number only makes the next optimisation early or late.
        fs::write(&path, chunks.to_string()).map_err(failed(&path))
    }
}

fn read_optimised(directory: &Path) -> u64 {
    fs::read_to_string(directory.join(OPTIMISED))
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}
