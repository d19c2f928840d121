//! Knowledge bases.

use std::collections::BTreeMap;

use corpus::{KnowledgeBase, KnowledgeBaseId};

use crate::catalog::Catalog;
use crate::error::Result;
use crate::page::{Listing, Page};

/// A knowledge base to be.
#[derive(Debug, Clone, PartialEq)]
pub struct NewKnowledgeBase {
    /// See [`KnowledgeBase::name`].
    pub name: String,
    /// See [`KnowledgeBase::description`].
    pub description: Option<String>,
    /// See [`KnowledgeBase::role_arn`].
    pub role_arn: String,
    /// See [`KnowledgeBase::configuration`].
    pub configuration: serde_json::Value,
    /// See [`KnowledgeBase::storage_configuration`].
    pub storage_configuration: Option<serde_json::Value>,
    /// See [`KnowledgeBase::embedding_model_arn`].
    pub embedding_model_arn: String,
    /// See [`KnowledgeBase::index_model`].
    pub index_model: String,
    /// See [`KnowledgeBase::tags`].
    pub tags: BTreeMap<String, String>,
    /// A second call with the same token returns what the first created.
    pub client_token: Option<String>,
}

/// What may be changed of a knowledge base; all of it is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeBaseUpdate {
    /// See [`KnowledgeBase::name`].
    pub name: String,
    /// See [`KnowledgeBase::description`].
    pub description: Option<String>,
    /// See [`KnowledgeBase::role_arn`].
    pub role_arn: String,
}

impl Catalog {
    /// Creates a knowledge base.
    pub async fn create_knowledge_base(&self, new: NewKnowledgeBase) -> Result<KnowledgeBase> {
        todo!()
    }

    /// A knowledge base.
    pub async fn knowledge_base(&self, id: KnowledgeBaseId) -> Result<KnowledgeBase> {
        todo!()
    }

    /// The knowledge bases, those being removed too.
    pub async fn knowledge_bases(&self, page: Page) -> Result<Listing<KnowledgeBase>> {
        todo!()
    }

    /// Changes a knowledge base.
    pub async fn update_knowledge_base(
        &self,
        id: KnowledgeBaseId,
        update: KnowledgeBaseUpdate,
    ) -> Result<KnowledgeBase> {
        todo!()
    }

    /// Marks a knowledge base as being removed and stops its jobs; the worker removes it.
    pub async fn delete_knowledge_base(&self, id: KnowledgeBaseId) -> Result<KnowledgeBase> {
        todo!()
    }

    /// The knowledge bases that are to be removed.
    pub async fn knowledge_bases_to_delete(&self) -> Result<Vec<KnowledgeBaseId>> {
        todo!()
    }

    /// Removes every row of a knowledge base; does nothing where there is none.
    pub async fn forget_knowledge_base(&self, id: KnowledgeBaseId) -> Result<()> {
        todo!()
    }
}
