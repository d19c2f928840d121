//! Conversations: what was asked and answered before, for 24 hours after the last turn.

use corpus::KnowledgeBaseId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::catalog::Catalog;
use crate::error::Result;

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, a UUID.
    pub id: String,
    /// The knowledge base that it is about.
    pub knowledge_base_id: KnowledgeBaseId,
    /// What was said, oldest first; the last 20 turns are kept.
    pub turns: Vec<Turn>,
    /// When it ends if nothing more is said.
    pub expires_at: OffsetDateTime,
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
}

impl Catalog {
    /// Begins a conversation about a knowledge base.
    pub async fn create_session(&self, knowledge_base: KnowledgeBaseId) -> Result<Session> {
        todo!()
    }

    /// A conversation that has not expired.
    pub async fn session(&self, id: &str) -> Result<Session> {
        todo!()
    }

    /// Adds to a conversation.
    pub async fn append_turn(&self, id: &str, turn: Turn) -> Result<()> {
        todo!()
    }
}
