//! From a question to chunks that are live.

use std::collections::{HashMap, HashSet};

use corpus::{
    Chunk, ChunkId, Document, DocumentId, Embedder, Filter, KnowledgeBase, KnowledgeBaseId,
    KnowledgeBaseStatus, Purpose, Revision, SearchHit, SearchInput, SearchQuery, Selector,
    VectorStoreError,
};

use crate::Retriever;
use crate::error::RetrieveError;
use crate::fuse::fuse;
use crate::retry::retry;

/// How a knowledge base is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchType {
    /// By meaning: dense vectors.
    Semantic,
    /// By meaning and by words, the two fused.
    Hybrid,
}

/// What to look for.
#[derive(Debug, Clone, PartialEq)]
pub struct RetrieveQuery {
    /// The question.
    pub text: String,
    /// The most results, 1 to 100.
    pub number_of_results: u32,
    /// How to search; [`SearchType::Semantic`] where the client leaves it open.
    pub search_type: Option<SearchType>,
    /// What the documents' metadata must satisfy.
    pub filter: Option<Filter>,
}

/// A chunk that was found, and the document that it is a piece of.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrieved {
    /// The chunk's key in the index.
    pub chunk_id: ChunkId,
    /// The chunk.
    pub chunk: Chunk,
    /// Its document.
    pub document: Document,
    /// The revision that was searched: the live one.
    pub revision: Revision,
    /// How well it fits, higher is better: the cosine (semantic), or 0 to 1 (hybrid).
    pub score: f32,
}

/// How many hits of each kind of search are fused.
const POOL: usize = 100;

/// How often a search is repeated at most because hits were stale.
const ROUNDS: usize = 6;

impl Retriever {
    /// The chunks that fit a question best, best first.
    pub async fn retrieve(
        &self,
        id: KnowledgeBaseId,
        query: RetrieveQuery,
    ) -> Result<Vec<Retrieved>, RetrieveError> {
        if let Some(filter) = &query.filter {
            filter.validate()?;
        }
        let knowledge_base = self.active(id).await?;
        let vector = self.embed(&knowledge_base, query.text.clone()).await?;
        let limit = query.number_of_results as usize;
        let dense = SearchInput::Dense(vector);
        match query.search_type.unwrap_or(SearchType::Semantic) {
            SearchType::Semantic => self.search(id, dense, query.filter, limit).await,
            SearchType::Hybrid => {
                let pool = POOL.max(limit);
                let lexical = SearchInput::Lexical(query.text);
                let (dense, lexical) = tokio::try_join!(
                    self.search(id, dense, query.filter.clone(), pool),
                    self.search(id, lexical, query.filter, pool),
                )?;
                let mut fused = fuse(dense, lexical);
                fused.truncate(limit);
                Ok(fused)
            }
        }
    }

    /// How many chunks the index of a knowledge base holds, those that are not live included.
    pub async fn indexed_chunks(&self, id: KnowledgeBaseId) -> Result<u64, RetrieveError> {
        match self.vectors.count(id, Selector::All).await {
            Ok(count) => Ok(count),
            Err(VectorStoreError::NoIndex { .. }) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    async fn active(&self, id: KnowledgeBaseId) -> Result<KnowledgeBase, RetrieveError> {
        let knowledge_base = self.catalog.knowledge_base(id).await?;
        match knowledge_base.status {
            KnowledgeBaseStatus::Active => Ok(knowledge_base),
            KnowledgeBaseStatus::Deleting | KnowledgeBaseStatus::DeleteUnsuccessful => {
                Err(RetrieveError::Deleting { id: id.to_string() })
            }
        }
    }

    async fn embed(
        &self,
        knowledge_base: &KnowledgeBase,
        question: String,
    ) -> Result<Vec<f32>, RetrieveError> {
        let model_arn = &knowledge_base.embedding_model_arn;
        let embedder = self.models.embedder(model_arn)?;
        let routed = embedder.model().fingerprint();
        if routed != knowledge_base.index_model {
            return Err(RetrieveError::WrongModel {
                model_arn: model_arn.clone(),
                indexed: knowledge_base.index_model.clone(),
                routed,
            });
        }
        embed_one(embedder.as_ref(), question).await
    }

    /// Searches until every hit is live.
    ///
    /// A hit may be stale because its document was replaced while the search ran; then the new
    /// revision's chunks may not have been there yet, and the search is repeated. Hits that were
    /// known to be stale before the search began need no repetition, only room beside them.
    async fn search(
        &self,
        id: KnowledgeBaseId,
        input: SearchInput,
        filter: Option<Filter>,
        wanted: usize,
    ) -> Result<Vec<Retrieved>, RetrieveError> {
        let mut known_stale: HashSet<(DocumentId, Revision)> = HashSet::new();
        let mut query = SearchQuery { input, filter, limit: wanted };
        let mut round = 1;
        loop {
            let hits = match retry(|| self.vectors.search(id, query.clone())).await {
                Ok(hits) => hits,
                // The worker makes the index when it first has something to put into it.
                Err(VectorStoreError::NoIndex { .. }) => return Ok(Vec::new()),
                Err(error) => return Err(error.into()),
            };
            let whole = hits.len() < query.limit;
            let (live, stale) = self.split(id, hits).await?;
            let surprised = stale.iter().any(|hit| !known_stale.contains(hit));
            let enough = live.len() >= wanted || whole;
            if (!surprised && enough) || round >= ROUNDS {
                return Ok(live.into_iter().take(wanted).collect());
            }
            if !enough {
                query.limit *= 2;
            }
            known_stale.extend(stale);
            round += 1;
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

async fn embed_one(embedder: &dyn Embedder, text: String) -> Result<Vec<f32>, RetrieveError> {
    let texts = [text];
    let embeddings = retry(|| embedder.embed(&texts, Purpose::Query)).await?;
    Ok(embeddings.into_iter().next().map(|embedding| embedding.vector).unwrap_or_default())
}
