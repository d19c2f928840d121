//! Writes the chunks of a revision to the index: new ones, embedded in slices, and those of an
//! earlier revision of which only the attributes changed.

use std::sync::Arc;

use corpus::{
    ChunkId, Document, DocumentId, Embedding, IndexedChunk, Metadata, Purpose, Revision,
    SourceDocument, VectorStoreError, add_reserved_attributes,
};
use futures::StreamExt;

use crate::begin::Beginner;
use crate::document::{Fault, Run};
use crate::prepare::Piece;

/// Slices of one document that are embedded at the same time: enough that the model has the next
/// one when one is done.
pub(crate) const SLICES: usize = 3;

/// Chunks that are carried over at once: some hundred kilobytes with their vectors.
const CARRIED: usize = 32;

/// What all chunks of a revision share.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) document: &'a SourceDocument,
    pub(crate) metadata: &'a Metadata,
    /// What is embedded before the text of each chunk.
    pub(crate) preamble: &'a str,
    pub(crate) revision: Revision,
}

impl Run {
    /// Embeds and writes the chunks of a revision in slices; tells how many were longer than the
    /// model's window. When it fails, nothing of it is being written any more.
    pub(crate) async fn write(
        &self,
        target: &Target<'_>,
        pieces: Vec<Piece>,
    ) -> Result<u64, Fault> {
        let slices = slices(pieces, self.embedder.model().max_batch.max(1));
        let mut embedded = futures::stream::iter(slices)
            .map(|slice| self.embed_slice(target, slice))
            .buffered(SLICES);
        let mut windowed = 0;
        while let Some(slice) = embedded.next().await {
            let (points, longer) = slice?;
            windowed += longer;
            self.upsert(points).await?;
        }
        Ok(windowed)
    }

    /// Gives the chunks of the live revision to a new one, with other attributes; nothing is read
    /// and nothing embedded. None where the index does not have them all.
    pub(crate) async fn redescribe(
        &self,
        document: &SourceDocument,
        metadata: &Metadata,
        known: &Document,
        beginner: &Beginner,
    ) -> Result<Option<(Revision, Revision)>, Fault> {
        let Some(from) = known.live_revision else { return Ok(None) };
        let Ok(chunks) = u32::try_from(known.chunk_count) else { return Ok(None) };
        let revision = beginner.ask((document.key.clone(), document.location.clone())).await?;
        let target = Target { document, metadata, preamble: "", revision };
        let ids: Vec<_> = (0..chunks).map(|chunk| ChunkId::of(known.id, from, chunk)).collect();
        for ids in ids.chunks(CARRIED) {
            let fetch = || self.vectors.fetch(self.knowledge_base, ids);
            let stored = self.store_pace.run(self.config.patience(), fetch).await?;
            if stored.len() < ids.len() {
                tracing::warn!(document.id = %known.id, "chunks are missing from the index; the document is ingested anew");
                return Ok(None);
            }
            let points = stored.into_iter().map(|stored| {
                let piece = Piece { chunk: stored.chunk, attributes: stored.attributes };
                self.point(&target, piece, stored.vector)
            });
            self.upsert(points.collect()).await?;
        }
        Ok(Some((from, revision)))
    }

    /// A slice of chunks with their vectors, and how many were longer than the model's window.
    async fn embed_slice(
        &self,
        target: &Target<'_>,
        pieces: Vec<Piece>,
    ) -> Result<(Vec<IndexedChunk>, u64), Fault> {
        let described = |piece: &Piece| [target.preamble, &piece.chunk.searched()].concat();
        let texts: Vec<String> = pieces.iter().map(described).collect();
        let embeddings = self.embed(&texts).await?;
        let windowed = embeddings.iter().filter(|embedding| embedding.windows > 1).count() as u64;
        let points = pieces.into_iter().zip(embeddings);
        let points = points.map(|(piece, embedding)| self.point(target, piece, embedding.vector));
        Ok((points.collect(), windowed))
    }

    /// Embeds some texts of a document, again where the model fails for a passing reason.
    pub(crate) async fn embed(&self, texts: &[String]) -> Result<Vec<Embedding>, Fault> {
        let embed = || self.embedder.embed(texts, Purpose::Document);
        self.model_pace.run(self.config.patience(), embed).await.map_err(Fault::Model)
    }

    /// A chunk as it is written. Its own attributes go before those of its document.
    fn point(&self, target: &Target<'_>, piece: Piece, vector: Vec<f32>) -> IndexedChunk {
        let Target { document, revision, .. } = target;
        let Piece { chunk, attributes } = piece;
        let mut metadata = target.metadata.clone();
        metadata.extend(attributes.clone());
        add_reserved_attributes(&mut metadata, &document.location, self.data_source, &chunk.place);
        IndexedChunk {
            chunk,
            document: DocumentId::of(self.data_source, &document.key),
            revision: *revision,
            data_source: self.data_source,
            attributes,
            metadata,
            vector,
        }
    }

    /// Writes chunks. The write goes on when the document is given up, and is waited for by
    /// whoever gives it up.
    async fn upsert(&self, points: Vec<IndexedChunk>) -> Result<(), Fault> {
        tracing::debug!(chunks = points.len(), "write chunks");
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

    /// What a reader should know of chunks that were longer than the model's window.
    pub(crate) fn window_note(&self, windowed: u64) -> String {
        let model = self.embedder.model();
        format!(
            "{windowed} chunks are longer than the {} tokens that {} reads at once; they were \
             embedded by windows and averaged",
            model.window, model.name
        )
    }
}

/// The pieces in runs of `size`.
fn slices(pieces: Vec<Piece>, size: usize) -> Vec<Vec<Piece>> {
    let mut slices = Vec::with_capacity(pieces.len().div_ceil(size));
    let mut rest = pieces.into_iter();
    loop {
        let slice: Vec<Piece> = rest.by_ref().take(size).collect();
        if slice.is_empty() {
            return slices;
        }
        slices.push(slice);
    }
}
