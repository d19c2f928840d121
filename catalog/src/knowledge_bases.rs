//! Knowledge bases.

use std::collections::BTreeMap;

use corpus::{KnowledgeBase, KnowledgeBaseId, KnowledgeBaseStatus};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::catalog::{Catalog, Connection, Row};
use crate::columns::{Columns, json, microseconds, optional_json, take_numbers};
use crate::error::{CatalogError, Result, taken};
use crate::jobs::stop_jobs_of_knowledge_base;
use crate::names::Named;
use crate::page::{Listing, Page};
use crate::tokens;

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

/// Marks the cursors of listings of knowledge bases.
const CURSOR: &str = "kb";

/// What a client token for a new knowledge base is good for.
const CREATE: &str = "create knowledge base";

impl Catalog {
    /// Creates a knowledge base.
    pub async fn create_knowledge_base(&self, new: NewKnowledgeBase) -> Result<KnowledgeBase> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let token = new.client_token.as_deref();
        if let Some(before) = created(&mut transaction, token, now).await? {
            return Ok(before);
        }
        let id = KnowledgeBaseId::from_random(Uuid::new_v4().as_u128());
        tokens::remember(&mut transaction, CREATE, token, id.as_str(), now).await?;
        let knowledge_base = KnowledgeBase {
            id,
            name: new.name,
            description: new.description,
            role_arn: new.role_arn,
            configuration: new.configuration,
            storage_configuration: new.storage_configuration,
            embedding_model_arn: new.embedding_model_arn,
            index_model: new.index_model,
            status: KnowledgeBaseStatus::Active,
            failure_reasons: Vec::new(),
            tags: new.tags,
            created_at: now,
            updated_at: now,
        };
        insert(&mut transaction, &knowledge_base).await?;
        transaction.commit().await?;
        Ok(knowledge_base)
    }

    /// A knowledge base.
    pub async fn knowledge_base(&self, id: KnowledgeBaseId) -> Result<KnowledgeBase> {
        let mut snapshot = self.snapshot().await?;
        get(&mut snapshot, id).await
    }

    /// The knowledge bases, those being removed too.
    pub async fn knowledge_bases(&self, page: Page) -> Result<Listing<KnowledgeBase>> {
        let rows = sqlx::query(
            "SELECT * FROM knowledge_bases WHERE sequence > $1 ORDER BY sequence LIMIT $2",
        )
        .bind(page.sequence(CURSOR)?)
        .bind(page.rows())
        .fetch_all(self.reader())
        .await?;
        Listing::of(&page, CURSOR, rows, knowledge_base)
    }

    /// What a call with this token created before.
    pub async fn created_knowledge_base(
        &self,
        client_token: Option<&str>,
    ) -> Result<Option<KnowledgeBase>> {
        created(&mut *self.snapshot().await?, client_token, self.now()).await
    }

    /// Changes a knowledge base, also one that could not be removed.
    pub async fn update_knowledge_base(
        &self,
        id: KnowledgeBaseId,
        update: KnowledgeBaseUpdate,
    ) -> Result<KnowledgeBase> {
        let mut transaction = self.begin().await?;
        changeable(&mut transaction, id).await?;
        sqlx::query(
            "UPDATE knowledge_bases \
             SET name = $2, description = $3, role_arn = $4, updated_at = $5 WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(&update.name)
        .bind(update.description)
        .bind(update.role_arn)
        .bind(microseconds(self.now()))
        .execute(&mut *transaction)
        .await
        .map_err(taken(name_is_taken(&update.name)))?;
        let changed = get(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Marks a knowledge base as being removed and stops its jobs; the worker removes it. Once
    /// more where it failed before: tries again.
    pub async fn delete_knowledge_base(&self, id: KnowledgeBaseId) -> Result<KnowledgeBase> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE knowledge_bases SET status = 'DELETING', failure_reasons = '[]', \
             updated_at = $2 WHERE id = $1 AND status <> 'DELETING'",
        )
        .bind(id.as_str())
        .bind(microseconds(now))
        .execute(&mut *transaction)
        .await?;
        let deleting = get(&mut transaction, id).await?;
        stop_jobs_of_knowledge_base(&mut transaction, id, now).await?;
        transaction.commit().await?;
        self.notify();
        Ok(deleting)
    }

    /// The knowledge bases that are to be removed.
    pub async fn knowledge_bases_to_delete(&self) -> Result<Vec<KnowledgeBaseId>> {
        let rows = sqlx::query(
            "SELECT id FROM knowledge_bases WHERE status = 'DELETING' ORDER BY sequence",
        )
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(|row| row.id("id")).collect()
    }

    /// Notes that a knowledge base could not be removed, and why.
    pub async fn fail_delete_knowledge_base(
        &self,
        id: KnowledgeBaseId,
        reason: &str,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        get(&mut transaction, id).await?;
        sqlx::query(
            "UPDATE knowledge_bases SET status = $2, failure_reasons = $3, updated_at = $4 \
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(KnowledgeBaseStatus::DeleteUnsuccessful.name())
        .bind(json(&[reason])?)
        .bind(microseconds(self.now()))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Removes every row of a knowledge base; does nothing where there is none.
    pub async fn forget_knowledge_base(&self, id: KnowledgeBaseId) -> Result<()> {
        let rows = sqlx::query("SELECT id FROM data_sources WHERE knowledge_base_id = $1")
            .bind(id.as_str())
            .fetch_all(self.reader())
            .await?;
        for row in &rows {
            self.forget_data_source(id, row.id("id")?).await?;
        }
        let mut transaction = self.begin().await?;
        for statement in [
            "DELETE FROM sessions WHERE knowledge_base_id = $1",
            "DELETE FROM knowledge_bases WHERE id = $1",
        ] {
            sqlx::query(statement).bind(id.as_str()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// A knowledge base, or that it is not there.
pub(crate) async fn get(connection: &mut Connection, id: KnowledgeBaseId) -> Result<KnowledgeBase> {
    let found = find(connection, id.as_str()).await?;
    found.ok_or_else(|| CatalogError::not_found("knowledge base", id))
}

/// A knowledge base that answers and can be ingested into.
pub(crate) async fn active(
    connection: &mut Connection,
    id: KnowledgeBaseId,
) -> Result<KnowledgeBase> {
    let knowledge_base = get(connection, id).await?;
    match knowledge_base.status {
        KnowledgeBaseStatus::Active => Ok(knowledge_base),
        KnowledgeBaseStatus::Deleting => Err(deleting(id)),
        KnowledgeBaseStatus::DeleteUnsuccessful => Err(CatalogError::conflict(format!(
            "knowledge base '{id}' could not be deleted, for the reasons that it tells: delete it \
             again"
        ))),
    }
}

/// A knowledge base that can be changed, as can its data sources: one that could not be removed
/// can.
pub(crate) async fn changeable(connection: &mut Connection, id: KnowledgeBaseId) -> Result<()> {
    match get(connection, id).await?.status {
        KnowledgeBaseStatus::Deleting => Err(deleting(id)),
        KnowledgeBaseStatus::Active | KnowledgeBaseStatus::DeleteUnsuccessful => Ok(()),
    }
}

fn deleting(id: KnowledgeBaseId) -> CatalogError {
    CatalogError::conflict(format!("knowledge base '{id}' is being deleted"))
}

/// What a call with this token created before.
async fn created(
    connection: &mut Connection,
    token: Option<&str>,
    now: OffsetDateTime,
) -> Result<Option<KnowledgeBase>> {
    match tokens::result_of(connection, CREATE, token, now).await? {
        Some(id) => find(connection, &id).await,
        None => Ok(None),
    }
}

async fn find(connection: &mut Connection, id: &str) -> Result<Option<KnowledgeBase>> {
    let row = sqlx::query("SELECT * FROM knowledge_bases WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(knowledge_base).transpose()
}

async fn insert(connection: &mut Connection, new: &KnowledgeBase) -> Result<()> {
    let sequence = take_numbers(connection, 1).await?;
    sqlx::query(
        "INSERT INTO knowledge_bases (id, sequence, name, description, role_arn, configuration, \
         storage_configuration, embedding_model_arn, index_model, status, failure_reasons, tags, \
         created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(new.id.as_str())
    .bind(sequence)
    .bind(&new.name)
    .bind(&new.description)
    .bind(&new.role_arn)
    .bind(json(&new.configuration)?)
    .bind(optional_json(new.storage_configuration.as_ref())?)
    .bind(&new.embedding_model_arn)
    .bind(&new.index_model)
    .bind(new.status.name())
    .bind(json(&new.failure_reasons)?)
    .bind(json(&new.tags)?)
    .bind(microseconds(new.created_at))
    .bind(microseconds(new.updated_at))
    .execute(connection)
    .await
    .map_err(taken(name_is_taken(&new.name)))?;
    Ok(())
}

fn knowledge_base(row: &Row) -> Result<KnowledgeBase> {
    Ok(KnowledgeBase {
        id: row.id("id")?,
        name: row.text("name")?,
        description: row.optional_text("description")?,
        role_arn: row.text("role_arn")?,
        configuration: row.json("configuration")?,
        storage_configuration: row.optional_json("storage_configuration")?,
        embedding_model_arn: row.text("embedding_model_arn")?,
        index_model: row.text("index_model")?,
        status: row.name("status")?,
        failure_reasons: row.json("failure_reasons")?,
        tags: row.json("tags")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

fn name_is_taken(name: &str) -> String {
    format!("a knowledge base named '{name}' exists already: choose another name")
}
