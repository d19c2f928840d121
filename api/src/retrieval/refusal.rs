//! Why a question is not answered, in Bedrock's exceptions.

use corpus::{EmbedError, GenerateError, ModelError, VectorStoreError};
use retrieve::RetrieveError;

use crate::error::ApiError;

impl From<RetrieveError> for ApiError {
    fn from(error: RetrieveError) -> Self {
        let message = error.to_string();
        match error {
            RetrieveError::Catalog(error) => error.into(),
            RetrieveError::SessionNotFound { .. } => Self::field("sessionId", message),
            RetrieveError::Filter(_)
            | RetrieveError::Model(ModelError::NoRoute { .. })
            | RetrieveError::Generate(GenerateError::PromptTooLong { .. })
            | RetrieveError::Store(VectorStoreError::UnsupportedFilter { .. }) => {
                Self::validation(message)
            }
            RetrieveError::Deleting { .. } | RetrieveError::WrongModel { .. } => {
                Self::Conflict { message }
            }
            RetrieveError::Embed(EmbedError::Throttled { .. })
            | RetrieveError::Generate(GenerateError::Throttled { .. }) => {
                Self::Throttling { message }
            }
            RetrieveError::Model(ModelError::Unavailable { .. })
            | RetrieveError::Embed(EmbedError::Refused { .. } | EmbedError::Denied { .. })
            | RetrieveError::Generate(GenerateError::Refused { .. }) => {
                Self::DependencyFailed { message }
            }
            RetrieveError::Embed(EmbedError::Unavailable { .. })
            | RetrieveError::Generate(GenerateError::Unavailable { .. })
            | RetrieveError::Store(VectorStoreError::Unavailable { .. }) => {
                Self::BadGateway { message }
            }
            RetrieveError::Store(
                VectorStoreError::NoIndex { .. }
                | VectorStoreError::WrongDimensions { .. }
                | VectorStoreError::Failed { .. },
            ) => Self::internal(error),
        }
    }
}
