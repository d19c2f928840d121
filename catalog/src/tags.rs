//! Tags of knowledge bases.

use std::collections::BTreeMap;

use corpus::KnowledgeBaseId;

use crate::catalog::{Catalog, Connection};
use crate::columns::json;
use crate::error::Result;
use crate::knowledge_bases::get;

impl Catalog {
    /// Adds tags; those of the same key are replaced.
    pub async fn tag(&self, id: KnowledgeBaseId, tags: &BTreeMap<String, String>) -> Result<()> {
        let mut transaction = self.begin().await?;
        let mut all = get(&mut transaction, id).await?.tags;
        all.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        set(&mut transaction, id, &all).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Removes tags; does nothing about keys that are not there.
    pub async fn untag(&self, id: KnowledgeBaseId, keys: &[String]) -> Result<()> {
        let mut transaction = self.begin().await?;
        let mut all = get(&mut transaction, id).await?.tags;
        all.retain(|key, _| !keys.contains(key));
        set(&mut transaction, id, &all).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The tags.
    pub async fn tags(&self, id: KnowledgeBaseId) -> Result<BTreeMap<String, String>> {
        Ok(self.knowledge_base(id).await?.tags)
    }
}

async fn set(
    connection: &mut Connection,
    id: KnowledgeBaseId,
    tags: &BTreeMap<String, String>,
) -> Result<()> {
    sqlx::query("UPDATE knowledge_bases SET tags = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(json(tags)?)
        .execute(connection)
        .await?;
    Ok(())
}
