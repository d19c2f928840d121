//! The way of one document through ingestion, a straight line: read, compare, extract, chunk,
//! begin a revision, embed, write. What becomes of it is told by an [`Outcome`], which the
//! recorder makes durable; until then the revision is not live and nothing answers from it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, CatalogError, Outcome, OutcomeKind};
use corpus::{
    Chunk, ChunkingStrategy, ContentHash, DataSourceId, Document, DocumentId, EmbedError, Embedder,
    IndexedChunk, KnowledgeBaseId, Metadata, Purpose, Revision, SidecarContents, SourceDocument,
    SourceLocation, SourceMetadata, VectorStore, VectorStoreError, add_reserved_attributes,
};
use futures::StreamExt;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::begin::Beginner;
use crate::chunk::chunk;
use crate::config::IngestConfig;
use crate::extract::{ExtractError, Extracted, Hint, extract};
use crate::parsers::{Overrun, Parsers};
use crate::read::{ReadFailure, read, read_sidecar};
use crate::retry::{CatalogFailure, Pace};

/// A document that may have to be indexed.
#[derive(Debug)]
pub(crate) struct Task {
    /// The document as its source has it.
    pub(crate) document: SourceDocument,
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

impl Fault {
    /// Whether the same may succeed later.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Catalog(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            Self::Model(error) => error.is_transient(),
            Self::Ended => true,
        }
    }
}

impl From<CatalogFailure> for Fault {
    fn from(CatalogFailure(error): CatalogFailure) -> Self {
        Self::Catalog(error)
    }
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
    pub(crate) parsers: Parsers,
    /// Shared by all runs with the same model.
    pub(crate) model_pace: Arc<Pace>,
    /// Shared by all runs.
    pub(crate) store_pace: Arc<Pace>,
    /// Writes to the index that are under way. They outlive a document that is given up, and what
    /// they write is removed only when they have ended.
    pub(crate) writes: TaskTracker,
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
    #[error(transparent)]
    Overrun(#[from] Overrun),
}

/// Slices of one document that are embedded at the same time: enough that the model has the next
/// one when one is done.
const SLICES: usize = 3;

impl Run {
    /// Asks the catalog, again where it fails for a passing reason.
    pub(crate) async fn ask<T, F>(&self, mut question: impl FnMut() -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, CatalogError>>,
    {
        let ask = || {
            let answer = question();
            async { answer.await.map_err(CatalogFailure) }
        };
        Ok(Pace::default().run(self.config.patience(), ask).await?)
    }

    /// Takes one document through, and says what became of it.
    pub(crate) async fn ingest(&self, task: Task, beginner: &Beginner) -> Result<Outcome, Fault> {
        let what = self.ingest_kind(&task, beginner).await?;
        let document = task.document;
        if let OutcomeKind::Failed { reason } = &what {
            tracing::info!(data_source.id = %self.data_source, document.key = %document.key, "document failed: {reason}");
        }
        Ok(Outcome {
            sidecar: matches!(document.metadata, SourceMetadata::Sidecar(_)),
            key: document.key,
            location: document.location,
            submission: task.submission,
            access: document.access,
            what,
        })
    }

    async fn ingest_kind(&self, task: &Task, beginner: &Beginner) -> Result<OutcomeKind, Fault> {
        let failed = |reason: String| Ok(OutcomeKind::Failed { reason });
        let document = &task.document;
        let change_key = document.change_key.clone();
        let limit = self.config.max_document_bytes();
        // Held until the document's chunks are written: this is what bounds memory.
        let room = self.kilobytes(document.size.unwrap_or(1_000_000).min(limit));
        let Ok(_room) = self.memory.acquire_many(room).await else {
            return failed("the server is shutting down; the next sync tries again".to_owned());
        };
        let patience = self.config.read_patience();
        let attributes = match attributes(&document.metadata, patience).await {
            Ok(attributes) => attributes,
            Err(failure) => return failed(failure.to_string()),
        };
        let metadata = attributes.metadata;
        let bytes = match read(document.content.as_ref(), document.size, limit, patience).await {
            Ok(bytes) => bytes,
            Err(failure) => return failed(failure.to_string()),
        };
        let content_hash = ContentHash::of(&bytes);
        if is_live(task.known.as_ref(), content_hash, &metadata, &document.location) {
            return Ok(OutcomeKind::Unchanged { change_key });
        }
        let prepared = match self.prepare(document, bytes).await {
            Ok(prepared) => prepared,
            Err(Refusal::Extract(error)) if error.is_unsupported() => {
                return Ok(OutcomeKind::Ignored { reason: error.to_string(), change_key });
            }
            Err(refusal) => return failed(refusal.to_string()),
        };
        let revision = beginner.begin(document.key.clone(), document.location.clone()).await?;
        let chunk_count = prepared.chunks.len() as u64;
        let windowed = match self.write(document, &metadata, revision, prepared.chunks).await {
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
            change_key,
            metadata,
            partial: (!prepared.losses.is_empty()).then(|| prepared.losses.join("; ")),
            note: (windowed > 0).then(|| self.window_note(windowed)),
        })
    }

    fn kilobytes(&self, bytes: u64) -> u32 {
        let most = self.config.memory_kilobytes();
        u32::try_from(bytes.div_ceil(1_000)).unwrap_or(most).clamp(1, most)
    }

    /// Extracts and chunks on a thread of its own, within time.
    async fn prepare(
        &self,
        document: &SourceDocument,
        bytes: Vec<u8>,
    ) -> Result<Prepared, Refusal> {
        tracing::debug!(document.key = %document.key, "parse document");
        let name = document.key.as_str().to_owned();
        let media_type = document.media_type.clone();
        let (chunking, embedder) = (self.chunking, Arc::clone(&self.embedder));
        let limit = Duration::from_secs(self.config.parse_timeout_seconds.get());
        let work = move || {
            let hint = Hint { name: &name, media_type: media_type.as_deref() };
            let extracted = extract(&bytes, hint)?;
            drop(bytes);
            Ok(prepare(&extracted, chunking, embedder.as_ref()))
        };
        self.parsers.run(limit, work).await?
    }

    /// Embeds and writes the chunks of a revision in slices; tells how many were longer than the
    /// model's window. When it fails, nothing of it is being written any more.
    async fn write(
        &self,
        document: &SourceDocument,
        metadata: &Metadata,
        revision: Revision,
        chunks: Vec<Chunk>,
    ) -> Result<u64, Fault> {
        let id = DocumentId::of(self.data_source, &document.key);
        let slices = slices(chunks, self.embedder.model().max_batch.max(1));
        let mut embedded = futures::stream::iter(slices)
            .map(|slice| self.embed_slice(document, metadata, revision, slice))
            .buffered(SLICES);
        let mut windowed = 0;
        while let Some(slice) = embedded.next().await {
            let (points, longer) = slice?;
            windowed += longer;
            self.upsert(id, points).await?;
        }
        Ok(windowed)
    }

    /// A slice of chunks with their vectors, and how many were longer than the model's window.
    async fn embed_slice(
        &self,
        document: &SourceDocument,
        metadata: &Metadata,
        revision: Revision,
        mut chunks: Vec<Chunk>,
    ) -> Result<(Vec<IndexedChunk>, u64), Fault> {
        let texts: Vec<String> =
            chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.text)).collect();
        let embeddings = self
            .model_pace
            .run(self.config.patience(), || self.embedder.embed(&texts, Purpose::Document))
            .await
            .map_err(Fault::Model)?;
        let windowed = embeddings.iter().filter(|embedding| embedding.windows > 1).count() as u64;
        let id = DocumentId::of(self.data_source, &document.key);
        let points = chunks.into_iter().zip(texts).zip(embeddings);
        let points = points.map(|((chunk, text), embedding)| {
            let mut metadata = metadata.clone();
            let (location, place) = (&document.location, &chunk.place);
            add_reserved_attributes(&mut metadata, location, self.data_source, place);
            IndexedChunk {
                chunk: Chunk { text, ..chunk },
                document: id,
                revision,
                data_source: self.data_source,
                metadata,
                vector: embedding.vector,
            }
        });
        Ok((points.collect(), windowed))
    }

    /// Writes chunks. The write goes on when the document is given up, and is waited for by
    /// whoever gives it up.
    async fn upsert(&self, document: DocumentId, points: Vec<IndexedChunk>) -> Result<(), Fault> {
        tracing::debug!(document.id = %document, chunks = points.len(), "write chunks");
        let index = self.knowledge_base;
        let write = || {
            let (vectors, points) = (Arc::clone(&self.vectors), points.clone());
            let write = self.writes.spawn(async move { vectors.upsert(index, points).await });
            async {
                write.await.unwrap_or_else(|panicked| {
                    Err(VectorStoreError::Failed { reason: panicked.to_string() })
                })
            }
        };
        Ok(self.store_pace.run(self.config.patience(), write).await?)
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

/// The attributes of a document, from wherever they come.
async fn attributes(
    metadata: &SourceMetadata,
    patience: Duration,
) -> Result<SidecarContents, ReadFailure> {
    match metadata {
        SourceMetadata::None => Ok(SidecarContents::default()),
        SourceMetadata::Inline(metadata) => {
            Ok(SidecarContents { metadata: metadata.clone(), ..SidecarContents::default() })
        }
        SourceMetadata::Sidecar(sidecar) => read_sidecar(sidecar.as_ref(), patience).await,
    }
}

/// Whether the live revision of a document has this very content and says this of it, whatever
/// became of the document since.
fn is_live(
    known: Option<&Document>,
    hash: ContentHash,
    metadata: &Metadata,
    location: &SourceLocation,
) -> bool {
    known.is_some_and(|known| {
        known.live_revision.is_some()
            && known.content_hash == Some(hash)
            && known.metadata == *metadata
            && known.location == *location
    })
}

/// The chunks in runs of `size`.
fn slices(chunks: Vec<Chunk>, size: usize) -> Vec<Vec<Chunk>> {
    let mut slices = Vec::with_capacity(chunks.len().div_ceil(size));
    let mut rest = chunks.into_iter();
    loop {
        let slice: Vec<Chunk> = rest.by_ref().take(size).collect();
        if slice.is_empty() {
            return slices;
        }
        slices.push(slice);
    }
}

fn prepare(extracted: &Extracted, chunking: ChunkingStrategy, embedder: &dyn Embedder) -> Prepared {
    Prepared {
        chunks: chunk(extracted, chunking, embedder),
        losses: extracted.losses().map(str::to_owned).collect(),
    }
}
