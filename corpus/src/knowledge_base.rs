//! A knowledge base: documents of some data sources, in one index, by one embedding model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::id::KnowledgeBaseId;

/// A knowledge base as the catalog keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnowledgeBase {
    /// Its id, in ARNs and paths.
    pub id: KnowledgeBaseId,
    /// Its name, unique among knowledge bases.
    pub name: String,
    /// What it is for, in its owner's words.
    pub description: Option<String>,
    /// The role that AWS would assume: echoed, without meaning here.
    pub role_arn: String,
    /// `knowledgeBaseConfiguration` as the client sent it, echoed exactly.
    pub configuration: serde_json::Value,
    /// `storageConfiguration` as the client sent it, echoed exactly.
    pub storage_configuration: Option<serde_json::Value>,
    /// The embedding model that the client asked for (id or ARN).
    pub embedding_model_arn: String,
    /// [`crate::EmbeddingModel::fingerprint`] of the model that made the vectors of the index.
    pub index_model: String,
    /// Where it is in its life.
    pub status: KnowledgeBaseStatus,
    /// Why it failed, where it did.
    pub failure_reasons: Vec<String>,
    /// The owner's tags.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    pub updated_at: OffsetDateTime,
}

/// Bedrock's states of a knowledge base, as far as this service has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KnowledgeBaseStatus {
    /// Answers.
    Active,
    /// Is being removed; no longer answers.
    Deleting,
    /// Could not be removed; the reasons say why.
    DeleteUnsuccessful,
}
