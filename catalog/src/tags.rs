//! Tags of knowledge bases.

use std::collections::BTreeMap;

use corpus::KnowledgeBaseId;

use crate::catalog::Catalog;
use crate::error::Result;

impl Catalog {
    /// Adds tags; those of the same key are replaced.
    pub async fn tag(&self, id: KnowledgeBaseId, tags: &BTreeMap<String, String>) -> Result<()> {
        todo!()
    }

    /// Removes tags; does nothing about keys that are not there.
    pub async fn untag(&self, id: KnowledgeBaseId, keys: &[String]) -> Result<()> {
        todo!()
    }

    /// The tags.
    pub async fn tags(&self, id: KnowledgeBaseId) -> Result<BTreeMap<String, String>> {
        todo!()
    }
}
