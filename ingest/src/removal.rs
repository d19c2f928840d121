//! Carries out the deletion of data sources and knowledge bases: first from the index, verified by
//! count, then from the catalog. Nothing answers from them as soon as they are marked.
//!
//! Chunks of a removed data source never answer, so they leave the index whatever its
//! `dataDeletionPolicy`. Where they cannot, a data source that was to retain them goes all the same.

use catalog::{Catalog, CatalogError};
use corpus::{
    DataDeletionPolicy, DataSource, DataSourceId, KnowledgeBaseId, Selector, VectorStoreError,
};

use crate::document::Fault;
use crate::worker::Worker;

/// Something to remove.
#[derive(Debug)]
pub(crate) enum Removal {
    KnowledgeBase(KnowledgeBaseId),
    DataSource(Box<DataSource>),
}

impl Removal {
    /// The knowledge base that it is, or is in.
    pub(crate) fn knowledge_base(&self) -> KnowledgeBaseId {
        match self {
            Self::KnowledgeBase(id) => *id,
            Self::DataSource(data_source) => data_source.knowledge_base_id,
        }
    }
}

/// What is marked.
pub(crate) async fn pending(catalog: &Catalog) -> Result<Vec<Removal>, CatalogError> {
    let knowledge_bases = catalog.knowledge_bases_to_delete().await?;
    let data_sources = catalog.data_sources_to_delete().await?;
    let data_sources = data_sources.into_iter().map(Box::new).map(Removal::DataSource);
    Ok(knowledge_bases.into_iter().map(Removal::KnowledgeBase).chain(data_sources).collect())
}

/// Removes it. A fault that would come again is noted on it, for its owner to see.
pub(crate) async fn carry_out(worker: &Worker, removal: &Removal) -> Result<(), Fault> {
    match removal {
        Removal::KnowledgeBase(id) => remove_knowledge_base(worker, *id).await,
        Removal::DataSource(data_source) => remove_data_source(worker, data_source).await,
    }
}

async fn remove_knowledge_base(worker: &Worker, id: KnowledgeBaseId) -> Result<(), Fault> {
    match worker.vectors.delete_index(id).await {
        Err(error) if !error.is_transient() => {
            let reason = format!("the index could not be removed: {error}");
            worker.catalog.fail_delete_knowledge_base(id, &reason).await?;
            return Ok(());
        }
        removed => removed?,
    }
    worker.catalog.forget_knowledge_base(id).await?;
    tracing::info!(knowledge_base.id = %id, "knowledge base removed");
    Ok(())
}

async fn remove_data_source(worker: &Worker, data_source: &DataSource) -> Result<(), Fault> {
    let (index, id) = (data_source.knowledge_base_id, data_source.id);
    let failed = match remove_chunks(worker, index, id).await {
        Ok(0) | Err(VectorStoreError::NoIndex { .. }) => None,
        Ok(left) => Some(format!("{left} chunks could not be removed from the index")),
        Err(error) if error.is_transient() => return Err(error.into()),
        Err(error) => Some(format!("the chunks could not be removed from the index: {error}")),
    };
    let failed = failed.filter(|_| data_source.data_deletion_policy == DataDeletionPolicy::Delete);
    if let Some(reason) = failed {
        worker.catalog.fail_delete_data_source(index, id, &reason).await?;
        return Ok(());
    }
    worker.catalog.forget_data_source(index, id).await?;
    tracing::info!(data_source.id = %id, "data source removed");
    Ok(())
}

/// Removes the chunks of a data source; tells how many are left.
async fn remove_chunks(
    worker: &Worker,
    index: KnowledgeBaseId,
    data_source: DataSourceId,
) -> Result<u64, VectorStoreError> {
    worker.vectors.delete(index, Selector::DataSource(data_source)).await?;
    worker.vectors.flush(index).await?;
    worker.vectors.count(index, Selector::DataSource(data_source)).await
}
