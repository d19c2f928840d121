//! The chunk index in this process: an engine per knowledge base, in a directory of its own.
//!
//! The engine blocks, so every call runs on a thread that may. Small indexes are searched chunk by
//! chunk; a graph is built in the background as they grow.

mod directory;
mod engine;
mod journal;
mod optimiser;
mod pool;
mod shard;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use corpus::{
    ChunkId, IndexSpec, IndexedChunk, KnowledgeBaseId, SearchHit, SearchQuery, Selector,
    StoredChunk, VectorStore, VectorStoreError,
};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use self::directory::Root;
use self::optimiser::Optimiser;
use self::pool::{Lease, Pool};
use crate::config::EdgeConfig;
use crate::lexical::Lexical;

/// Searches and counts that run at a time, for each processor. More would only share it.
const READERS_PER_PROCESSOR: usize = 2;

/// The chunk index in this process.
#[derive(Debug)]
pub struct EdgeStore {
    // Before the pool: its thread ends first.
    optimiser: Optimiser,
    pool: Arc<Pool>,
    readers: Arc<Semaphore>,
}

impl EdgeStore {
    /// Opens the indexes below a directory, and makes the directory where it is not there. No
    /// other process, and no other store of this one, may have it open.
    pub async fn open(root: &Path, config: EdgeConfig) -> Result<Self, VectorStoreError> {
        let root = root.to_owned();
        blocking(move || {
            let pool = Arc::new(Pool::new(Root::open(&root)?, config, Lexical::new()?));
            let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            Ok(Self {
                optimiser: Optimiser::start(Arc::clone(&pool))?,
                pool,
                readers: Arc::new(Semaphore::new(processors * READERS_PER_PROCESSOR)),
            })
        })
        .await
    }

    /// Makes everything durable and closes all indexes; calls that come later are refused. An
    /// optimisation that is under way is waited for as long as the caller is `patient`, which is
    /// asked often; then it is left, and picked up at the next start. Tells whether all are closed.
    pub async fn close(&self, patient: impl Fn() -> bool + Send + 'static) -> bool {
        self.optimiser.stop();
        let pool = Arc::clone(&self.pool);
        match blocking(move || Ok(pool.close(patient))).await {
            Ok(true) => true,
            Ok(false) => {
                tracing::warn!("left an optimise that is under way to the next start");
                false
            }
            Err(error) => {
                tracing::warn!(%error, "the chunk index was not closed cleanly");
                false
            }
        }
    }

    /// Whether a graph is being built just now.
    pub fn is_optimising(&self) -> bool {
        self.optimiser.is_running()
    }

    /// Does something with an index that changes it, and has it optimised where that is due.
    async fn write<T: Send + 'static>(
        &self,
        index: KnowledgeBaseId,
        work: impl FnOnce(&Lease) -> Result<T, VectorStoreError> + Send + 'static,
    ) -> Result<T, VectorStoreError> {
        let pool = Arc::clone(&self.pool);
        let (done, due) = blocking(move || {
            let shard = pool.lease(index)?;
            let done = work(&shard)?;
            Ok((done, shard.is_due(pool.config())))
        })
        .await?;
        if due {
            self.optimiser.enqueue(index);
        }
        Ok(done)
    }

    /// Asks an index something. The turn comes after the lease: an index may take minutes to open,
    /// and others are read meanwhile.
    async fn read<T: Send + 'static>(
        &self,
        index: KnowledgeBaseId,
        work: impl FnOnce(&Lease) -> Result<T, VectorStoreError> + Send + 'static,
    ) -> Result<T, VectorStoreError> {
        let pool = Arc::clone(&self.pool);
        let shard = blocking(move || pool.lease(index)).await?;
        let turn = Arc::clone(&self.readers)
            .acquire_owned()
            .await
            .map_err(|error| VectorStoreError::Unavailable { reason: error.to_string() })?;
        let pool = Arc::clone(&self.pool);
        let (done, due) = blocking(move || {
            let _turn = turn;
            let due = shard.is_fresh() && shard.is_due(pool.config());
            Ok((work(&shard)?, due))
        })
        .await?;
        if due {
            self.optimiser.enqueue(index);
        }
        Ok(done)
    }
}

#[async_trait]
impl VectorStore for EdgeStore {
    async fn create_index(&self, spec: IndexSpec) -> Result<(), VectorStoreError> {
        let pool = Arc::clone(&self.pool);
        blocking(move || pool.create(spec)).await
    }

    async fn delete_index(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        let pool = Arc::clone(&self.pool);
        blocking(move || pool.remove(index)).await
    }

    async fn upsert(
        &self,
        index: KnowledgeBaseId,
        chunks: Vec<IndexedChunk>,
    ) -> Result<(), VectorStoreError> {
        self.write(index, move |shard| shard.upsert(&chunks)).await
    }

    async fn delete(
        &self,
        index: KnowledgeBaseId,
        selector: Selector,
    ) -> Result<(), VectorStoreError> {
        self.write(index, move |shard| shard.delete(selector)).await
    }

    async fn flush(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        self.write(index, |shard| shard.flush()).await
    }

    async fn search(
        &self,
        index: KnowledgeBaseId,
        query: SearchQuery,
    ) -> Result<Vec<SearchHit>, VectorStoreError> {
        self.read(index, |shard| shard.search(query)).await
    }

    async fn fetch(
        &self,
        index: KnowledgeBaseId,
        ids: &[ChunkId],
    ) -> Result<Vec<StoredChunk>, VectorStoreError> {
        let ids = ids.to_vec();
        self.read(index, move |shard| shard.fetch(&ids)).await
    }

    async fn count(
        &self,
        index: KnowledgeBaseId,
        selector: Selector,
    ) -> Result<u64, VectorStoreError> {
        self.read(index, move |shard| shard.count(selector)).await
    }

    async fn ping(&self) -> Result<(), VectorStoreError> {
        if !self.optimiser.is_alive() {
            return Err(VectorStoreError::Failed {
                reason: "the thread that optimises indexes has ended; restart the service"
                    .to_owned(),
            });
        }
        let pool = Arc::clone(&self.pool);
        blocking(move || {
            let root = pool.root().path();
            std::fs::read_dir(root).map(drop).map_err(directory::failed(root))
        })
        .await
    }
}

/// Runs what blocks on a thread that may, and makes an error of its panic.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VectorStoreError> + Send + 'static,
) -> Result<T, VectorStoreError> {
    match spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => Err(VectorStoreError::Failed {
            reason: shard::panic_message(error.into_panic().as_ref()),
        }),
        Err(error) => Err(VectorStoreError::Unavailable { reason: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use tokio::task::JoinSet;

    use super::*;

    /// Long enough for anything here on a slow machine.
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

    #[tokio::test]
    async fn an_index_that_opens_slowly_holds_up_no_other() {
        let root = tempfile::tempdir().unwrap();
        let store = Arc::new(EdgeStore::open(root.path(), EdgeConfig::default()).await.unwrap());
        let [slow, other] = [1, 2].map(KnowledgeBaseId::from_random);
        for index in [slow, other] {
            store.create_index(IndexSpec { index, dimensions: 4 }).await.unwrap();
        }
        store.pool.occupy(slow);
        let mut waiting = JoinSet::new();
        for _ in 0..=store.readers.available_permits() {
            let store = Arc::clone(&store);
            waiting.spawn(async move { store.count(slow, Selector::All).await.unwrap() });
        }
        // Once is enough for each to come as far as it comes: this runtime has one thread.
        tokio::task::yield_now().await;
        let count = tokio::time::timeout(PATIENCE, store.count(other, Selector::All)).await;
        assert_eq!(count.unwrap().unwrap(), 0);
        store.pool.vacate(slow);
        assert!(waiting.join_all().await.into_iter().all(|count| count == 0));
    }
}
