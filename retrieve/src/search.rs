//! From a question to chunks that are live.

mod live;
mod parents;

use corpus::{
    Chunk, ChunkId, Document, Embedder, Filter, KnowledgeBase, KnowledgeBaseId,
    KnowledgeBaseStatus, Metadata, Purpose, Revision, SearchInput, SearchQuery, Selector,
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
    /// What it has besides its document's attributes.
    pub attributes: Metadata,
    /// Its document.
    pub document: Document,
    /// The revision that was searched: the live one.
    pub revision: Revision,
    /// How well it fits, higher is better: the cosine (semantic), or 0 to 1 (hybrid).
    pub score: f32,
}

/// How many hits of each kind of search are fused.
const POOL: usize = 100;

impl Retriever {
    /// The chunks that fit a question best, best first. Of those that were cut from a larger piece
    /// for the search, it is that which is returned, once: then there may be fewer than were asked
    /// for.
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
        let wanted = query.number_of_results as usize;
        let data_sources = Some(self.catalog.searched_data_sources(id).await?);
        let dense = SearchQuery {
            input: SearchInput::Dense(vector),
            data_sources,
            filter: query.filter,
            limit: wanted,
        };
        let search_type = query.search_type.unwrap_or(SearchType::Semantic);
        let mut repetitions = 0;
        loop {
            let found = match search_type {
                SearchType::Semantic => self.search(id, dense.clone()).await?,
                SearchType::Hybrid => {
                    let dense = SearchQuery { limit: POOL.max(wanted), ..dense.clone() };
                    let input = SearchInput::Lexical(query.text.clone());
                    let lexical = SearchQuery { input, ..dense.clone() };
                    let (dense, lexical) =
                        tokio::try_join!(self.search(id, dense), self.search(id, lexical))?;
                    let mut fused = fuse(dense, lexical);
                    fused.truncate(wanted);
                    fused
                }
            };
            let family = self.with_parents(id, found).await?;
            if family.is_complete || repetitions == live::REPETITIONS {
                return Ok(family.results);
            }
            // A document was replaced between the search and this.
            repetitions += 1;
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
        if !embedder.model().has_fingerprint(&knowledge_base.index_model) {
            return Err(RetrieveError::WrongModel {
                model_arn: model_arn.clone(),
                indexed: knowledge_base.index_model.clone(),
                routed: embedder.model().fingerprint(),
            });
        }
        embed_one(embedder.as_ref(), question).await
    }
}

async fn embed_one(embedder: &dyn Embedder, text: String) -> Result<Vec<f32>, RetrieveError> {
    let texts = [text];
    let embeddings = retry(|| embedder.embed(&texts, Purpose::Query)).await?;
    Ok(embeddings.into_iter().next().map(|embedding| embedding.vector).unwrap_or_default())
}
