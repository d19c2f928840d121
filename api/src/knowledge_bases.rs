//! The operations on knowledge bases, and how a knowledge base looks on the wire.

pub(crate) mod configuration;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod update;

use corpus::{KnowledgeBase, KnowledgeBaseId, KnowledgeBaseStatus};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::state::Identity;

/// A response that holds one knowledge base.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    knowledge_base: WireKnowledgeBase,
}

impl Response {
    pub(crate) fn new(knowledge_base: KnowledgeBase, identity: &Identity) -> Self {
        Self { knowledge_base: WireKnowledgeBase::new(knowledge_base, identity) }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireKnowledgeBase {
    knowledge_base_id: KnowledgeBaseId,
    name: String,
    knowledge_base_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    role_arn: String,
    knowledge_base_configuration: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_configuration: Option<Value>,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failure_reasons: Vec<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

impl WireKnowledgeBase {
    fn new(from: KnowledgeBase, identity: &Identity) -> Self {
        Self {
            knowledge_base_arn: identity.knowledge_base_arn(from.id),
            knowledge_base_id: from.id,
            name: from.name,
            description: from.description,
            role_arn: from.role_arn,
            knowledge_base_configuration: from.configuration,
            storage_configuration: from.storage_configuration,
            status: status(from.status),
            failure_reasons: from.failure_reasons,
            created_at: from.created_at,
            updated_at: from.updated_at,
        }
    }
}

/// A status as Bedrock spells it.
pub(crate) fn status(status: KnowledgeBaseStatus) -> &'static str {
    match status {
        KnowledgeBaseStatus::Active => "ACTIVE",
        KnowledgeBaseStatus::Deleting => "DELETING",
        KnowledgeBaseStatus::DeleteUnsuccessful => "DELETE_UNSUCCESSFUL",
    }
}
