//! A chunk index in memory whose calls can be held up or made to fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use corpus::{
    ChunkId, IndexSpec, IndexedChunk, KnowledgeBaseId, SearchHit, SearchQuery, Selector,
    StoredChunk, VectorStore, VectorStoreError,
};
use fixtures::vector_store::MemoryVectorStore;
use tokio::sync::Semaphore;

/// As real indexes do, it carries a write out though its caller has gone.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) memory: Arc<MemoryVectorStore>,
    holds: AtomicBool,
    held: Arc<AtomicUsize>,
    released: Arc<Semaphore>,
    refuses_deletes: AtomicBool,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            memory: Arc::default(),
            holds: AtomicBool::new(false),
            held: Arc::default(),
            released: Arc::new(Semaphore::new(0)),
            refuses_deletes: AtomicBool::new(false),
        }
    }
}

impl Store {
    /// From now on upserts wait for [`Store::release`].
    pub(crate) fn hold_upserts(&self) {
        self.holds.store(true, Ordering::SeqCst);
    }

    /// Upserts that wait now.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }

    /// Lets all upserts go on.
    pub(crate) fn release(&self) {
        self.holds.store(false, Ordering::SeqCst);
        self.released.add_permits(1_000);
    }

    /// Whether deletions fail for a reason that may pass.
    pub(crate) fn refuse_deletes(&self, refuses: bool) {
        self.refuses_deletes.store(refuses, Ordering::SeqCst);
    }

    fn may_delete(&self) -> Result<(), VectorStoreError> {
        if self.refuses_deletes.load(Ordering::SeqCst) {
            return Err(VectorStoreError::Unavailable { reason: "told to fail".to_owned() });
        }
        Ok(())
    }
}

#[async_trait]
impl VectorStore for Store {
    async fn create_index(&self, spec: IndexSpec) -> Result<(), VectorStoreError> {
        self.memory.create_index(spec).await
    }

    async fn delete_index(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        self.may_delete()?;
        self.memory.delete_index(index).await
    }

    async fn upsert(
        &self,
        index: KnowledgeBaseId,
        chunks: Vec<IndexedChunk>,
    ) -> Result<(), VectorStoreError> {
        let memory = Arc::clone(&self.memory);
        let gate = self.holds.load(Ordering::SeqCst).then(|| Arc::clone(&self.released));
        let held = Arc::clone(&self.held);
        #[expect(clippy::disallowed_methods, reason = "it outlives its caller on purpose")]
        let write = tokio::spawn(async move {
            if let Some(gate) = gate {
                held.fetch_add(1, Ordering::SeqCst);
                gate.acquire().await.unwrap().forget();
                held.fetch_sub(1, Ordering::SeqCst);
            }
            memory.upsert(index, chunks).await
        });
        write.await.unwrap()
    }

    async fn delete(
        &self,
        index: KnowledgeBaseId,
        selector: Selector,
    ) -> Result<(), VectorStoreError> {
        self.may_delete()?;
        self.memory.delete(index, selector).await
    }

    async fn flush(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        self.memory.flush(index).await
    }

    async fn search(
        &self,
        index: KnowledgeBaseId,
        query: SearchQuery,
    ) -> Result<Vec<SearchHit>, VectorStoreError> {
        self.memory.search(index, query).await
    }

    async fn fetch(
        &self,
        index: KnowledgeBaseId,
        ids: &[ChunkId],
    ) -> Result<Vec<StoredChunk>, VectorStoreError> {
        self.memory.fetch(index, ids).await
    }

    async fn count(
        &self,
        index: KnowledgeBaseId,
        selector: Selector,
    ) -> Result<u64, VectorStoreError> {
        self.memory.count(index, selector).await
    }

    async fn ping(&self) -> Result<(), VectorStoreError> {
        self.memory.ping().await
    }
}
