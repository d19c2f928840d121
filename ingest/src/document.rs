//! The way of one document through ingestion, a straight line: read, compare, extract, chunk,
//! begin a revision, embed, write. Where only its attributes changed, its chunks are carried over. What becomes of it is told by an [`Outcome`], which the
//! recorder makes durable; until then the revision is not live and nothing answers from it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, CatalogError, Likeness, Outcome, OutcomeKind};
use corpus::{
    ChunkingStrategy, ContentHash, DataSourceId, Document, DocumentKey, EmbedError, Embedder,
    GenerateError, KnowledgeBaseId, Reading, SidecarContents, SourceDocument, SourceMetadata,
    VectorStore, VectorStoreError,
};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::begin::Beginner;
use crate::config::IngestConfig;
use crate::extractor::{Extractor, ReadError};
use crate::language_model::{LanguageModel, Used};
use crate::parsers::Parsers;
use crate::prepare::{Refusal, preamble, recipe};
use crate::read::{ReadFailure, read, read_sidecar};
use crate::retry::{CatalogFailure, Pace};
use crate::write::Target;

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
    #[error(transparent)]
    LanguageModel(GenerateError),
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
            Self::LanguageModel(error) => error.is_transient(),
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
    /// Whether documents that say nothing of their own are left out.
    pub(crate) is_compared: bool,
    pub(crate) catalog: Catalog,
    pub(crate) vectors: Arc<dyn VectorStore>,
    pub(crate) embedder: Arc<dyn Embedder>,
    pub(crate) config: IngestConfig,
    /// Room for source bytes, in kB: shared by all runs.
    pub(crate) memory: Arc<Semaphore>,
    pub(crate) extractor: Extractor,
    pub(crate) parsers: Parsers,
    /// What language models do while documents are read.
    pub(crate) reading: Reading,
    /// Reads pages and pictures.
    pub(crate) transcriber: Option<LanguageModel>,
    /// Says where chunks stand.
    pub(crate) situater: Option<LanguageModel>,
    /// What both have used.
    pub(crate) used: Arc<Used>,
    /// Room for pictures of pages: shared by all runs.
    pub(crate) pictures: Arc<Semaphore>,
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
        let patience = self.config.read_patience();
        let attributes = match attributes(&document.metadata, patience).await {
            Ok(attributes) => attributes,
            Err(failure) => return failed(failure.to_string()),
        };
        // Read as it was read before, whatever became of it since: only its attributes may differ.
        let known = task.known.as_ref();
        if let Some(known) = known.filter(|known| has_content_of(known, document))
            && let Some(what) = self.keep(document, &attributes, known, beginner).await?
        {
            return Ok(what);
        }
        let limit = self.config.max_document_bytes();
        // Held until the document's chunks are written: this is what bounds memory.
        let room = self.kilobytes(document.size.unwrap_or(1_000_000).min(limit));
        let Ok(_room) = self.memory.acquire_many(room).await else {
            return failed("the server is shutting down; the next sync tries again".to_owned());
        };
        let bytes = match read(document.content.as_ref(), document.size, limit, patience).await {
            Ok(bytes) => bytes,
            Err(failure) => return failed(failure.to_string()),
        };
        let content_hash = ContentHash::of(&bytes);
        if let Some(known) = known.filter(|known| known.content_hash == Some(content_hash))
            && let Some(what) = self.keep(document, &attributes, known, beginner).await?
        {
            return Ok(what);
        }
        let (preamble, recipe) = (preamble(&attributes), recipe(&attributes, &self.reading));
        let SidecarContents { metadata, records, .. } = attributes;
        let prepared = match self.prepare(document, records, bytes).await {
            Ok(prepared) => prepared,
            Err(Refusal::Read(ReadError::Document(error))) if error.is_unsupported() => {
                return Ok(OutcomeKind::Ignored { reason: error.to_string(), change_key });
            }
            Err(Refusal::Fault(Fault::Model(error @ EmbedError::Refused { .. }))) => {
                return failed(error.to_string());
            }
            Err(Refusal::Fault(fault)) => return Err(fault),
            // One that throttles for so long leaves something for the next job; one that cannot be
            // reached would fail every other document.
            Err(Refusal::Model(error @ GenerateError::Unavailable { .. })) => {
                return Err(Fault::LanguageModel(error));
            }
            Err(refusal) => return failed(refusal.to_string()),
        };
        if let Some(likeness) = &prepared.likeness
            && self.is_duplicate(&document.key, likeness).await?
        {
            return Ok(OutcomeKind::Duplicate { likeness: likeness.clone(), change_key });
        }
        let revision = beginner.ask((document.key.clone(), document.location.clone())).await?;
        let chunk_count = prepared.pieces.len() as u64;
        let target = Target { document, metadata: &metadata, preamble: &preamble, revision };
        let mut notes = prepared.notes;
        let windowed = match self.write(&target, prepared.pieces).await {
            Ok(windowed) => windowed,
            Err(Fault::Model(error @ EmbedError::Refused { .. })) => {
                return failed(error.to_string());
            }
            Err(fault) => return Err(fault),
        };
        notes.extend((windowed > 0).then(|| self.window_note(windowed)));
        Ok(OutcomeKind::Indexed {
            revision,
            chunk_count,
            content_hash,
            change_key,
            metadata,
            recipe: Some(recipe),
            partial: (!prepared.losses.is_empty()).then(|| prepared.losses.join("; ")),
            note: (!notes.is_empty()).then(|| notes.join("; ")),
            likeness: prepared.likeness,
        })
    }

    /// What becomes of a document whose bytes are those of its live revision; none where its
    /// chunks must be made anew all the same.
    async fn keep(
        &self,
        document: &SourceDocument,
        attributes: &SidecarContents,
        known: &Document,
        beginner: &Beginner,
    ) -> Result<Option<OutcomeKind>, Fault> {
        if known.live_revision.is_none() || known.recipe != Some(recipe(attributes, &self.reading))
        {
            return Ok(None);
        }
        let change_key = document.change_key.clone();
        let metadata = &attributes.metadata;
        if known.metadata == *metadata && known.location == document.location {
            return Ok(Some(OutcomeKind::Unchanged { change_key }));
        }
        let carried = self.redescribe(document, metadata, known, beginner).await?;
        Ok(carried.map(|(from, revision)| OutcomeKind::Redescribed {
            from,
            revision,
            change_key,
            metadata: metadata.clone(),
        }))
    }

    /// Whether another document says all that one with this text does. Only a first look that spares
    /// embeddings: what is recorded in the meantime counts too, and the catalog decides.
    async fn is_duplicate(&self, key: &DocumentKey, likeness: &Likeness) -> Result<bool, Fault> {
        let original = || self.catalog.original(self.data_source, key, likeness);
        Ok(self.ask(original).await?.is_some())
    }

    fn kilobytes(&self, bytes: u64) -> u32 {
        let most = self.config.memory_kilobytes();
        u32::try_from(bytes.div_ceil(1_000)).unwrap_or(most).clamp(1, most)
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

/// Whether the live revision was made of the content that the source has, as far as it tells.
fn has_content_of(known: &Document, document: &SourceDocument) -> bool {
    match (&known.change_key, &document.change_key) {
        (Some(known), Some(now)) => known.content == now.content,
        _ => false,
    }
}
