//! Carries out the deletion of data sources and knowledge bases: first from the index, verified by
//! count, then from the catalog. Nothing answers from them as soon as they are marked.

use catalog::Catalog;
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

/// What is marked and not in use by a running job.
pub(crate) async fn pending(
    catalog: &Catalog,
    running: &[(KnowledgeBaseId, DataSourceId)],
) -> Result<Vec<Removal>, catalog::CatalogError> {
    let mut removals = Vec::new();
    for knowledge_base in catalog.knowledge_bases_to_delete().await? {
        if !running.iter().any(|(running, _)| *running == knowledge_base) {
            removals.push(Removal::KnowledgeBase(knowledge_base));
        }
    }
    for data_source in catalog.data_sources_to_delete().await? {
        if !running.iter().any(|(_, running)| *running == data_source.id) {
            removals.push(Removal::DataSource(Box::new(data_source)));
        }
    }
    Ok(removals)
}

/// Removes them, one after the other.
pub(crate) async fn carry_out(worker: &Worker, removals: Vec<Removal>) -> Result<(), Fault> {
    for removal in removals {
        match removal {
            Removal::KnowledgeBase(id) => {
                worker.vectors.delete_index(id).await?;
                worker.catalog.forget_knowledge_base(id).await?;
                tracing::info!(knowledge_base.id = %id, "knowledge base removed");
            }
            Removal::DataSource(data_source) => remove_data_source(worker, &data_source).await?,
        }
    }
    Ok(())
}

async fn remove_data_source(worker: &Worker, data_source: &DataSource) -> Result<(), Fault> {
    let (index, id) = (data_source.knowledge_base_id, data_source.id);
    if data_source.data_deletion_policy == DataDeletionPolicy::Delete {
        match remove_chunks(worker, index, id).await {
            Ok(0) | Err(VectorStoreError::NoIndex { .. }) => {}
            Ok(left) => {
                let reason = format!("{left} chunks could not be removed from the index");
                worker.catalog.fail_delete_data_source(index, id, &reason).await?;
                return Ok(());
            }
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => {
                let reason = format!("the chunks could not be removed from the index: {error}");
                worker.catalog.fail_delete_data_source(index, id, &reason).await?;
                return Ok(());
            }
        }
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
