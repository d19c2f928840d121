//! What the handlers work with.

use std::sync::Arc;

use catalog::{Catalog, SecretStore};
use corpus::{Connectors, KnowledgeBaseId, Models, VectorStore};
use retrieve::Retriever;

use crate::limits::Limits;

/// Handles to everything that requests need; cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiState {
    /// What exists.
    pub catalog: Catalog,
    /// Answers questions.
    pub retriever: Retriever,
    /// The chunk index; only asked whether it is in good order.
    pub vectors: Arc<dyn VectorStore>,
    /// The routing table of models, which says whether a model id can be had.
    pub models: Arc<dyn Models>,
    /// Checks the configuration of new data sources.
    pub connectors: Arc<dyn Connectors>,
    /// The secrets that data sources name.
    pub secrets: Arc<SecretStore>,
    /// The identity that ARNs carry.
    pub identity: Identity,
    /// How much is taken on at once.
    pub limits: Limits,
}

/// Where in AWS's world of names this server stands. Only ARNs show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// As `us-east-1`.
    pub region: Arc<str>,
    /// Twelve digits.
    pub account: Arc<str>,
}

impl Default for Identity {
    fn default() -> Self {
        Self { region: Arc::from("us-east-1"), account: Arc::from("000000000000") }
    }
}

impl Identity {
    /// The ARN of a knowledge base.
    pub fn knowledge_base_arn(&self, id: KnowledgeBaseId) -> String {
        format!("arn:aws:bedrock:{}:{}:knowledge-base/{id}", self.region, self.account)
    }

    /// The ARN of a secret.
    pub fn secret_arn(&self, name: &str) -> String {
        format!("arn:aws:secretsmanager:{}:{}:secret:{name}", self.region, self.account)
    }
}
