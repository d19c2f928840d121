//! Conversations: what was asked and answered before, for 24 hours.

use corpus::KnowledgeBaseId;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::catalog::{Catalog, Connection};
use crate::columns::{Columns, json, microseconds};
use crate::error::{CatalogError, Result};
use crate::knowledge_bases;

/// How long a conversation lasts, however much is said.
const LIFE: Duration = Duration::hours(24);

/// Turns that are kept.
const TURNS: usize = 20;

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, a UUID.
    pub id: String,
    /// The knowledge base that it is about.
    pub knowledge_base_id: KnowledgeBaseId,
    /// How it was asked when it began, in the client's own words; for questions that leave it out.
    pub configuration: String,
    /// What was said, oldest first; the last 20 turns are kept.
    pub turns: Vec<Turn>,
    /// When it ends.
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
    pub async fn create_session(
        &self,
        knowledge_base: KnowledgeBaseId,
        configuration: &str,
    ) -> Result<Session> {
        let now = self.now();
        let session = Session {
            id: Uuid::new_v4().to_string(),
            knowledge_base_id: knowledge_base,
            configuration: configuration.to_owned(),
            turns: Vec::new(),
            expires_at: now + LIFE,
        };
        let mut transaction = self.begin().await?;
        knowledge_bases::active(&mut transaction, knowledge_base).await?;
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(microseconds(now))
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (id, knowledge_base_id, configuration, turns, expires_at) \
             VALUES ($1, $2, $3, '[]', $4)",
        )
        .bind(&session.id)
        .bind(knowledge_base.as_str())
        .bind(configuration)
        .bind(microseconds(session.expires_at))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(session)
    }

    /// A conversation that has not expired.
    pub async fn session(&self, id: &str) -> Result<Session> {
        let mut snapshot = self.snapshot().await?;
        get(&mut snapshot, id, self.now()).await
    }

    /// Adds to a conversation.
    pub async fn append_turn(&self, id: &str, turn: Turn) -> Result<()> {
        let mut transaction = self.begin().await?;
        let mut turns = get(&mut transaction, id, self.now()).await?.turns;
        turns.push(turn);
        let kept = &turns[turns.len().saturating_sub(TURNS)..];
        sqlx::query("UPDATE sessions SET turns = $2 WHERE id = $1")
            .bind(id)
            .bind(json(&kept)?)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}

async fn get(connection: &mut Connection, id: &str, now: OffsetDateTime) -> Result<Session> {
    let row = sqlx::query("SELECT * FROM sessions WHERE id = $1 AND expires_at > $2")
        .bind(id)
        .bind(microseconds(now))
        .fetch_optional(connection)
        .await?;
    let row = row.ok_or_else(|| CatalogError::not_found("session", id))?;
    Ok(Session {
        id: row.text("id")?,
        knowledge_base_id: row.id("knowledge_base_id")?,
        configuration: row.text("configuration")?,
        turns: row.json("turns")?,
        expires_at: row.moment("expires_at")?,
    })
}
