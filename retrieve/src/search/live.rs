//! A search of the index, with what is not live left out and nothing live missing.
//!
//! The index also holds chunks that are not live: of revisions that were replaced and not removed
//! yet, or that are being written. Those of data sources that are being removed, which may be most
//! of the index, are not asked for. Of the others there are few as a rule, but they may be the best.

use std::collections::{HashMap, HashSet};

use corpus::{
    Document, DocumentId, KnowledgeBaseId, Revision, SearchHit, SearchQuery, VectorStoreError,
};

use super::Retrieved;
use crate::Retriever;
use crate::error::RetrieveError;
use crate::retry::retry;

/// By what the limit grows while too few hits are live.
const GROWTH: usize = 4;

/// The most hits that are looked at: some 30 MB of chunks. Where more stale ones than this fit the
/// question better than what is live, what is live among them is returned, with a warning.
const MOST_HITS: usize = 16_384;

/// How often a search is repeated at most because its hits turned stale under way. Each repetition
/// needs a document among the best hits to be replaced within the milliseconds of a search.
pub(super) const REPETITIONS: usize = 8;

impl Retriever {
    /// The best live chunks, as many as the query's limit, if there are as many.
    ///
    /// While too few are live, more are asked for, to the end of the index or [`MOST_HITS`]. And a
    /// hit may be stale because its document was replaced while the search ran; then the new
    /// revision's chunks may not have been there yet, and the search is repeated. Hits that were
    /// known to be stale before the search began need no repetition.
    pub(super) async fn search(
        &self,
        id: KnowledgeBaseId,
        mut query: SearchQuery,
    ) -> Result<Vec<Retrieved>, RetrieveError> {
        let wanted = query.limit;
        let mut known: HashSet<(DocumentId, Revision)> = HashSet::new();
        let mut repetitions = 0;
        loop {
            let hits = match retry(|| self.vectors.search(id, query.clone())).await {
                Ok(hits) => hits,
                // The worker makes the index when it first has something to put into it.
                Err(VectorStoreError::NoIndex { .. }) => return Ok(Vec::new()),
                Err(error) => return Err(error.into()),
            };
            let exhausted = hits.len() < query.limit;
            let (mut live, stale) = self.split(id, hits).await?;
            let surprised = stale.iter().any(|revision| !known.contains(revision));
            known.extend(stale);
            let too_few = live.len() < wanted && !exhausted;
            if too_few && query.limit < MOST_HITS {
                query.limit = query.limit.saturating_mul(GROWTH).min(MOST_HITS);
            } else if surprised && repetitions < REPETITIONS {
                repetitions += 1;
            } else {
                if too_few {
                    tracing::warn!(
                        knowledge_base.id = %id,
                        hits = query.limit,
                        live = live.len(),
                        "too few of the best hits are live; what else fits is found when the worker \
                         has removed the stale ones from the index"
                    );
                }
                live.truncate(wanted);
                return Ok(live);
            }
        }
    }

    /// The hits that are live, with their documents, and the revisions of those that are not.
    async fn split(
        &self,
        id: KnowledgeBaseId,
        hits: Vec<SearchHit>,
    ) -> Result<(Vec<Retrieved>, Vec<(DocumentId, Revision)>), RetrieveError> {
        let mut ids: Vec<DocumentId> = hits.iter().map(|hit| hit.document).collect();
        ids.sort_unstable();
        ids.dedup();
        let documents: HashMap<DocumentId, Document> = self.catalog.live(id, &ids).await?;
        let mut live = Vec::with_capacity(hits.len());
        let mut stale = Vec::new();
        for hit in hits {
            match documents.get(&hit.document) {
                Some(document) if document.live_revision == Some(hit.revision) => {
                    live.push(Retrieved {
                        chunk_id: hit.id,
                        chunk: hit.chunk,
                        attributes: hit.attributes,
                        document: document.clone(),
                        revision: hit.revision,
                        score: hit.score,
                    });
                }
                _ => stale.push((hit.document, hit.revision)),
            }
        }
        Ok((live, stale))
    }
}
