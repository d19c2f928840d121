//! The way of one document through ingestion, a straight line: read, compare, extract, chunk,
//! begin a revision, embed, write. What becomes of it is told by an [`Outcome`], which the
//! recorder makes durable; until then the revision is not live and nothing answers from it.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, CatalogError, Outcome, OutcomeKind};
use corpus::{
    Chunk, ChunkingStrategy, Content, ContentHash, DataSourceId, Document, DocumentId, DocumentKey,
    DocumentStatus, EmbedError, Embedder, IndexedChunk, KnowledgeBaseId, Metadata, Purpose,
    Revision, SourceLocation, VectorStore, VectorStoreError,
};
use futures::{StreamExt, TryStreamExt};
use tokio::sync::Semaphore;

use crate::chunk::chunk;
use crate::config::IngestConfig;
use crate::extract::{ExtractError, Extracted, Hint, extract};
use crate::read::read;
use crate::retry::Pace;

/// A document that may have to be indexed.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) key: DocumentKey,
    pub(crate) location: SourceLocation,
    pub(crate) content: Arc<dyn Content>,
    pub(crate) size: Option<u64>,
    pub(crate) media_type: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) change_key: Option<String>,
    /// Whether the metadata came from a sidecar file.
    pub(crate) sidecar: bool,
    /// The waiting submission that this is, for pushed documents.
    pub(crate) submission: Option<i64>,
    /// What the catalog knows of it.
    pub(crate) known: Option<Document>,
}

/// A fault that is not the document's own: the job cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Store(#[from] VectorStoreError),
    #[error(transparent)]
    Model(EmbedError),
    #[error("the run ended before it was done")]
    Ended,
}

/// What all documents of a run share.
pub(crate) struct Run {
    pub(crate) owner: String,
    pub(crate) knowledge_base: KnowledgeBaseId,
    pub(crate) data_source: DataSourceId,
    pub(crate) chunking: ChunkingStrategy,
    pub(crate) catalog: Catalog,
    pub(crate) vectors: Arc<dyn VectorStore>,
    pub(crate) embedder: Arc<dyn Embedder>,
    pub(crate) config: IngestConfig,
    /// Room for source bytes, in kB: shared by all runs.
    pub(crate) memory: Arc<Semaphore>,
    /// One permit for each core: parsing and splitting are CPU work.
    pub(crate) parsers: Arc<Semaphore>,
    pub(crate) model_pace: Pace,
    pub(crate) store_pace: Pace,
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("owner", &self.owner)
            .field("data_source", &self.data_source)
            .finish_non_exhaustive()
    }
}

/// What extraction and chunking made of a document.
#[derive(Debug)]
struct Prepared {
    chunks: Vec<Chunk>,
    /// What was lost on the way.
    losses: Vec<String>,
}

/// Why a document has no chunks.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Extract(#[from] ExtractError),
    #[error("the parser gave up after {seconds} s; the file may be damaged")]
    Timeout { seconds: u64 },
    #[error("the parser failed on this file; please report it with the file")]
    Panicked,
}

/// Slices of one document that are embedded or written at the same time, so that neither waits for
/// the other.
const SLICES: usize = 3;

impl Run {
    /// Takes one document through, and says what became of it.
    pub(crate) async fn ingest(&self, task: Task) -> Result<Outcome, Fault> {
        let what = self.ingest_kind(&task).await?;
        if let OutcomeKind::Failed { reason } = &what {
            tracing::warn!(data_source.id = %self.data_source, document.key = %task.key, "document failed: {reason}");
        }
        Ok(Outcome {
            key: task.key,
            location: task.location,
            submission: task.submission,
            sidecar: task.sidecar,
            what,
        })
    }

    async fn ingest_kind(&self, task: &Task) -> Result<OutcomeKind, Fault> {
        let failed = |reason: String| Ok(OutcomeKind::Failed { reason });
        let limit = self.config.max_document_bytes();
        // Held until the document's chunks are written: this is what bounds memory.
        let room = self.kilobytes(task.size.unwrap_or(1_000_000).min(limit));
        let Ok(_room) = self.memory.acquire_many(room).await else {
            return failed("the server is shutting down; the next sync tries again".to_owned());
        };
        let patience = Duration::from_secs(self.config.read_timeout_seconds);
        let bytes = match read(task.content.as_ref(), task.size, limit, patience).await {
            Ok(bytes) => bytes,
            Err(failure) => return failed(failure.to_string()),
        };
        let content_hash = ContentHash::of(&bytes, &task.metadata);
        if Self::is_live(task.known.as_ref(), content_hash) {
            return Ok(OutcomeKind::Unchanged { change_key: task.change_key.clone() });
        }
        let prepared = match self.prepare(task, bytes).await {
            Ok(prepared) => prepared,
            Err(Refusal::Extract(error)) if error.is_unsupported() => {
                return Ok(OutcomeKind::Ignored {
                    reason: error.to_string(),
                    change_key: task.change_key.clone(),
                });
            }
            Err(refusal) => return failed(refusal.to_string()),
        };
        let revision = self.begin(task).await?;
        let chunk_count = prepared.chunks.len() as u64;
        let windowed = match self.write(task, revision, prepared.chunks).await {
            Ok(windowed) => windowed,
            Err(Fault::Model(error @ EmbedError::Refused { .. })) => {
                return failed(error.to_string());
            }
            Err(fault) => return Err(fault),
        };
        Ok(OutcomeKind::Indexed {
            revision,
            chunk_count,
            content_hash,
            change_key: task.change_key.clone(),
            metadata: task.metadata.clone(),
            partial: (!prepared.losses.is_empty()).then(|| prepared.losses.join("; ")),
            note: (windowed > 0).then(|| self.window_note(windowed)),
        })
    }

    fn kilobytes(&self, bytes: u64) -> u32 {
        let most = self.config.memory_mb.saturating_mul(1_000);
        u32::try_from(bytes.div_ceil(1_000)).unwrap_or(most).clamp(1, most)
    }

    /// Whether the live revision of a document has this very content.
    fn is_live(known: Option<&Document>, hash: ContentHash) -> bool {
        known.is_some_and(|known| {
            known.content_hash == Some(hash)
                && known.live_revision.is_some()
                && matches!(
                    known.status,
                    DocumentStatus::Indexed | DocumentStatus::PartiallyIndexed
                )
        })
    }

    /// Extracts and chunks on a thread of its own, within time.
    async fn prepare(&self, task: &Task, bytes: Vec<u8>) -> Result<Prepared, Refusal> {
        tracing::debug!(document.key = %task.key, "parse document");
        let name = task.key.as_str().to_owned();
        let media_type = task.media_type.clone();
        let (chunking, embedder) = (self.chunking, Arc::clone(&self.embedder));
        let permit = Arc::clone(&self.parsers).acquire_owned().await;
        let work = tokio::task::spawn_blocking(move || {
            // Held by the thread: one that overstays keeps its core.
            let _permit = permit;
            std::panic::catch_unwind(AssertUnwindSafe(|| {
                let hint = Hint { name: &name, media_type: media_type.as_deref() };
                let extracted = extract(&bytes, hint)?;
                drop(bytes);
                Ok(prepare(&extracted, chunking, embedder.as_ref()))
            }))
        });
        let seconds = self.config.parse_timeout_seconds;
        match tokio::time::timeout(Duration::from_secs(seconds), work).await {
            Ok(Ok(Ok(result))) => result,
            Ok(Ok(Err(_)) | Err(_)) => Err(Refusal::Panicked),
            Err(_) => Err(Refusal::Timeout { seconds }),
        }
    }

    async fn begin(&self, task: &Task) -> Result<Revision, Fault> {
        let documents = [(task.key.clone(), task.location.clone())];
        let revisions = self
            .catalog
            .begin_revisions(&self.owner, self.knowledge_base, self.data_source, &documents)
            .await?;
        Ok(revisions.first().copied().unwrap_or(Revision(0)))
    }

    /// Embeds and writes the chunks of a revision in slices; tells how many were longer than the
    /// model's window.
    async fn write(
        &self,
        task: &Task,
        revision: Revision,
        chunks: Vec<Chunk>,
    ) -> Result<u64, Fault> {
        let document = DocumentId::of(self.data_source, &task.key);
        let size = self.embedder.model().max_batch.max(1);
        let slices: Vec<Vec<Chunk>> = chunks.chunks(size).map(<[Chunk]>::to_vec).collect();
        drop(chunks);
        futures::stream::iter(slices)
            .map(|slice| self.write_slice(document, revision, &task.metadata, slice))
            .buffered(SLICES)
            .try_fold(0, |sum, windowed| async move { Ok(sum + windowed) })
            .await
    }

    async fn write_slice(
        &self,
        document: DocumentId,
        revision: Revision,
        metadata: &Metadata,
        chunks: Vec<Chunk>,
    ) -> Result<u64, Fault> {
        let texts: Vec<String> = chunks.iter().map(|chunk| chunk.text.clone()).collect();
        let embeddings = self
            .model_pace
            .run(self.config.attempts, || self.embedder.embed(&texts, Purpose::Document))
            .await
            .map_err(Fault::Model)?;
        let windowed = embeddings.iter().filter(|embedding| embedding.windows > 1).count() as u64;
        let points: Vec<IndexedChunk> = chunks
            .into_iter()
            .zip(embeddings)
            .map(|(chunk, embedding)| IndexedChunk {
                chunk,
                document,
                revision,
                data_source: self.data_source,
                metadata: metadata.clone(),
                vector: embedding.vector,
            })
            .collect();
        tracing::debug!(document.id = %document, chunks = points.len(), "write chunks");
        self.store_pace
            .run(self.config.attempts, || self.vectors.upsert(self.knowledge_base, points.clone()))
            .await?;
        Ok(windowed)
    }

    fn window_note(&self, windowed: u64) -> String {
        let model = self.embedder.model();
        format!(
            "{windowed} chunks are longer than the {} tokens that {} reads at once; they were \
             embedded by windows and averaged",
            model.window, model.name
        )
    }
}

fn prepare(extracted: &Extracted, chunking: ChunkingStrategy, embedder: &dyn Embedder) -> Prepared {
    Prepared {
        chunks: chunk(extracted, chunking, embedder),
        losses: extracted.losses().map(str::to_owned).collect(),
    }
}
