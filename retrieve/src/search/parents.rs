//! From the chunks that were found to the larger pieces that they were cut from.

use std::collections::{HashMap, HashSet};

use corpus::{Chunk, ChunkId, KnowledgeBaseId, Parent};

use super::Retrieved;
use crate::Retriever;
use crate::error::RetrieveError;
use crate::retry::retry;

/// Results with parents in the place of their children.
pub(super) struct Family {
    pub(super) results: Vec<Retrieved>,
    /// Whether all parents were there. Where one was not, the child stands for itself.
    pub(super) is_complete: bool,
}

impl Retriever {
    /// Puts parents in the place of their children, each where its best child stands.
    pub(super) async fn with_parents(
        &self,
        index: KnowledgeBaseId,
        found: Vec<Retrieved>,
    ) -> Result<Family, RetrieveError> {
        let mut parents: HashMap<ChunkId, Chunk> = HashMap::new();
        let mut missing: HashSet<ChunkId> = HashSet::new();
        for result in &found {
            match (&result.chunk.parent, key(result)) {
                (Some(Parent::Carried(parent)), Some(key)) => {
                    parents.insert(key, parent.as_ref().clone());
                }
                (Some(Parent::With(_)), Some(key)) => {
                    missing.insert(key);
                }
                _ => {}
            }
        }
        let missing: Vec<ChunkId> =
            missing.into_iter().filter(|key| !parents.contains_key(key)).collect();
        if !missing.is_empty() {
            let stored = retry(|| self.vectors.fetch(index, &missing)).await?;
            parents.extend(stored.into_iter().filter_map(|stored| match stored.chunk.parent {
                Some(Parent::Carried(parent)) => Some((stored.id, *parent)),
                _ => None,
            }));
        }
        let mut family = Family { results: Vec::with_capacity(found.len()), is_complete: true };
        let mut seen: HashSet<ChunkId> = HashSet::new();
        for result in found {
            let Some(key) = key(&result) else {
                family.results.push(result);
                continue;
            };
            match parents.get(&key) {
                Some(parent) if seen.insert(key) => {
                    let chunk = parent.clone();
                    family.results.push(Retrieved { chunk_id: key, chunk, ..result });
                }
                Some(_) => {}
                None => {
                    family.is_complete = false;
                    family.results.push(result);
                }
            }
        }
        Ok(family)
    }
}

/// The key of the chunk that carries a result's parent, where there is one: the parent's own.
fn key(result: &Retrieved) -> Option<ChunkId> {
    let ordinal = match result.chunk.parent.as_ref()? {
        Parent::Carried(_) => result.chunk.ordinal,
        Parent::With(ordinal) => *ordinal,
    };
    Some(ChunkId::of(result.document.id, result.revision, ordinal))
}
