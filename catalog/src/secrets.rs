//! Secrets at rest: each encrypted as a whole, with its name bound to it, by XChaCha20-Poly1305.
//! A nonce of 192 bits may be drawn by lot each time. Versions are never used twice, so that one
//! that was removed and stored anew is never taken for what it was.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use corpus::{Secret, SecretError, SecretFields, Secrets};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::catalog::Catalog;
use crate::columns::{Columns, integer, microseconds, take_numbers};
use crate::error::{CatalogError, Result};

/// Bytes of a nonce.
const NONCE: usize = 24;

/// The key that secrets are encrypted with.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// A key of 32 random bytes.
    pub fn new(bits: [u8; 32]) -> Self {
        Self(bits)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

/// The secrets of a catalog.
#[derive(Debug, Clone)]
pub struct SecretStore {
    catalog: Catalog,
    key: SecretKey,
}

impl Catalog {
    /// The secrets, which this key encrypts.
    pub fn secrets(&self, key: SecretKey) -> Arc<SecretStore> {
        Arc::new(SecretStore { catalog: self.clone(), key })
    }
}

impl SecretStore {
    /// Stores a secret under a name, in place of one that has it.
    pub async fn set(&self, name: &str, fields: &SecretFields) -> Result<()> {
        let sealed = self.seal(name, fields)?;
        let mut transaction = self.catalog.begin().await?;
        let version = take_numbers(&mut transaction, 1).await?;
        sqlx::query(
            "INSERT INTO secrets (name, version, sealed, updated_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO UPDATE SET version = excluded.version, \
             sealed = excluded.sealed, updated_at = excluded.updated_at",
        )
        .bind(name)
        .bind(version)
        .bind(sealed)
        .bind(microseconds(self.catalog.now()))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Removes a secret; tells whether there was one.
    pub async fn remove(&self, name: &str) -> Result<bool> {
        let mut transaction = self.catalog.begin().await?;
        let removed = sqlx::query("DELETE FROM secrets WHERE name = $1")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(removed.rows_affected() > 0)
    }

    /// The names of all secrets, in order.
    pub async fn names(&self) -> Result<Vec<String>> {
        let names = sqlx::query_scalar("SELECT name FROM secrets ORDER BY name");
        Ok(names.fetch_all(self.catalog.reader()).await?)
    }

    async fn read(&self, name: &str) -> std::result::Result<Secret, SecretError> {
        let unreadable = |reason: String| SecretError::Unreadable { name: name.to_owned(), reason };
        let row = sqlx::query("SELECT version, sealed FROM secrets WHERE name = $1")
            .bind(name)
            .fetch_optional(self.catalog.reader())
            .await
            .map_err(|error| unreadable(error.to_string()))?
            .ok_or_else(|| SecretError::Unknown { name: name.to_owned() })?;
        let opened =
            || -> Result<(u64, Vec<u8>)> { Ok((row.natural("version")?, row.bytes("sealed")?)) };
        let (version, sealed) = opened().map_err(|error| unreadable(error.to_string()))?;
        let fields = self.open(name, &sealed).ok_or_else(|| {
            unreadable("it was stored with another key, or is damaged: store it again".to_owned())
        })?;
        Ok(Secret { name: name.to_owned(), version, fields })
    }

    fn seal(&self, name: &str, fields: &SecretFields) -> Result<Vec<u8>> {
        let plain: BTreeMap<&str, &str> =
            fields.iter().map(|(field, value)| (field.as_str(), value.expose_secret())).collect();
        let message = serde_json::to_vec(&plain).map_err(refused)?;
        let mut nonce = [0; NONCE];
        nonce[..16].copy_from_slice(Uuid::new_v4().as_bytes());
        nonce[16..].copy_from_slice(&Uuid::new_v4().as_bytes()[8..]);
        let payload = Payload { msg: &message, aad: name.as_bytes() };
        let sealed = self.key.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(refused)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, name: &str, sealed: &[u8]) -> Option<SecretFields> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let payload = Payload { msg: sealed, aad: name.as_bytes() };
        let message = self.key.cipher().decrypt(&XNonce::from(nonce), payload).ok()?;
        let fields: BTreeMap<String, String> = serde_json::from_slice(&message).ok()?;
        Some(fields.into_iter().map(|(field, value)| (field, SecretString::from(value))).collect())
    }
}

#[async_trait]
impl Secrets for SecretStore {
    async fn secret(&self, arn: &str) -> std::result::Result<Secret, SecretError> {
        self.read(name_of(arn)).await
    }

    async fn replace(
        &self,
        seen: &Secret,
        fields: SecretFields,
    ) -> std::result::Result<bool, SecretError> {
        let replaced = async {
            let sealed = self.seal(&seen.name, &fields)?;
            let mut transaction = self.catalog.begin().await?;
            let version = take_numbers(&mut transaction, 1).await?;
            let replaced = sqlx::query(
                "UPDATE secrets SET version = $5, sealed = $3, updated_at = $4 \
                 WHERE name = $1 AND version = $2",
            )
            .bind(&seen.name)
            .bind(integer(seen.version))
            .bind(sealed)
            .bind(microseconds(self.catalog.now()))
            .bind(version)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok::<_, CatalogError>(replaced.rows_affected() > 0)
        };
        replaced.await.map_err(|error| SecretError::Unreadable {
            name: seen.name.clone(),
            reason: error.to_string(),
        })
    }
}

/// Neither JSON nor the cipher refuses what fits in memory.
fn refused(error: impl fmt::Display) -> CatalogError {
    CatalogError::conflict(format!("the secret cannot be encrypted: {error}"))
}

/// The name of the secret that an ARN (`arn:…:secret:NAME`) ends with; a bare name is its own.
fn name_of(arn: &str) -> &str {
    arn.rsplit_once(":secret:").map_or(arn, |(_, name)| name)
}
