//! The operations on tags, which knowledge bases have.

pub(crate) mod list;
pub(crate) mod tag;
pub(crate) mod untag;

use corpus::KnowledgeBaseId;
use serde::Serialize;

use crate::arn;
use crate::error::ApiError;

/// A response without content.
#[derive(Debug, Serialize)]
pub(crate) struct Empty {}

/// The knowledge base that is tagged.
pub(crate) fn tagged(resource_arn: &str) -> Result<KnowledgeBaseId, ApiError> {
    arn::knowledge_base(resource_arn).ok_or_else(|| ApiError::ResourceNotFound {
        message: format!(
            "no resource has the ARN '{resource_arn}': on this server, knowledge bases have tags"
        ),
    })
}
