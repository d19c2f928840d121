//! The operations that are built.

use std::collections::HashMap;
use std::future::Future;
use std::sync::LazyLock;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ApiError;
use crate::operations::{Operation, Service};
use crate::state::ApiState;
use crate::{data_sources, documents, ingestion_jobs, knowledge_bases, retrieval, tags};

/// Answers a checked input with the body of the response.
pub(crate) type Handler =
    Box<dyn Fn(ApiState, Value) -> BoxFuture<'static, Result<Vec<u8>, ApiError>> + Send + Sync>;

/// The handler of an operation, where it is built.
pub(crate) fn of(operation: &Operation) -> Option<&'static Handler> {
    HANDLERS.get(&(operation.service, operation.name))
}

static HANDLERS: LazyLock<HashMap<(Service, &'static str), Handler>> = LazyLock::new(|| {
    use Service::{BedrockAgent as Agent, BedrockAgentRuntime as Runtime};
    HashMap::from([
        ((Agent, "CreateKnowledgeBase"), typed(knowledge_bases::create::handle)),
        ((Agent, "GetKnowledgeBase"), typed(knowledge_bases::get::handle)),
        ((Agent, "UpdateKnowledgeBase"), typed(knowledge_bases::update::handle)),
        ((Agent, "DeleteKnowledgeBase"), typed(knowledge_bases::delete::handle)),
        ((Agent, "ListKnowledgeBases"), typed(knowledge_bases::list::handle)),
        ((Agent, "CreateDataSource"), typed(data_sources::create::handle)),
        ((Agent, "GetDataSource"), typed(data_sources::get::handle)),
        ((Agent, "UpdateDataSource"), typed(data_sources::update::handle)),
        ((Agent, "DeleteDataSource"), typed(data_sources::delete::handle)),
        ((Agent, "ListDataSources"), typed(data_sources::list::handle)),
        ((Agent, "StartIngestionJob"), typed(ingestion_jobs::start::handle)),
        ((Agent, "GetIngestionJob"), typed(ingestion_jobs::get::handle)),
        ((Agent, "ListIngestionJobs"), typed(ingestion_jobs::list::handle)),
        ((Agent, "StopIngestionJob"), typed(ingestion_jobs::stop::handle)),
        ((Agent, "IngestKnowledgeBaseDocuments"), typed(documents::ingest::handle)),
        ((Agent, "GetKnowledgeBaseDocuments"), typed(documents::get::handle)),
        ((Agent, "ListKnowledgeBaseDocuments"), typed(documents::list::handle)),
        ((Agent, "DeleteKnowledgeBaseDocuments"), typed(documents::delete::handle)),
        ((Agent, "TagResource"), typed(tags::tag::handle)),
        ((Agent, "UntagResource"), typed(tags::untag::handle)),
        ((Agent, "ListTagsForResource"), typed(tags::list::handle)),
        ((Runtime, "Retrieve"), typed(retrieval::retrieve::handle)),
        ((Runtime, "RetrieveAndGenerate"), typed(retrieval::retrieve_and_generate::handle)),
    ])
});

/// Puts the reading of the request and the writing of the response around a handler.
fn typed<Q, R, F>(handle: fn(ApiState, Q) -> F) -> Handler
where
    Q: DeserializeOwned + Send + 'static,
    R: Serialize + 'static,
    F: Future<Output = Result<R, ApiError>> + Send + 'static,
{
    Box::new(move |state, input| match serde_json::from_value(input) {
        Ok(request) => handle(state, request)
            .map(|answer| serde_json::to_vec(&answer?).map_err(ApiError::internal))
            .boxed(),
        Err(error) => {
            let refusal = ApiError::validation(format!("the request cannot be read: {error}"));
            std::future::ready(Err(refusal)).boxed()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constraints::Constraints;
    use crate::operations::OPERATIONS;

    #[test]
    fn every_handler_has_a_route_and_constraints() {
        for (service, name) in HANDLERS.keys() {
            let routed = OPERATIONS.iter().any(|o| o.service == *service && o.name == *name);
            assert!(routed, "{name} has no route");
            let input = Constraints::of(*service).and_then(|table| table.input(name));
            assert!(input.is_some(), "{name} has no constraints");
        }
    }
}
