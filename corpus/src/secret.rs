//! Port: secrets, by the ARN that a configuration names.

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;
use secrecy::SecretString;

/// Keeps secrets. Their values are never logged, returned by the API or part of an error.
#[async_trait]
pub trait Secrets: Send + Sync + Debug {
    /// The secret that an ARN (`arn:…:secret:NAME`) names.
    async fn secret(&self, arn: &str) -> Result<Secret, SecretError>;

    /// Replaces a secret that is as it was when it was read: a refresh token that is used up by
    /// refreshing must not be lost to a second worker. False where it has changed since.
    async fn replace(&self, seen: &Secret, fields: SecretFields) -> Result<bool, SecretError>;
}

/// The fields of a secret by name.
pub type SecretFields = BTreeMap<String, SecretString>;

/// A secret as it was when it was read.
#[derive(Debug, Clone)]
pub struct Secret {
    /// Its name, the last part of its ARN.
    pub name: String,
    /// Grows with every change.
    pub version: u64,
    /// What is in it.
    pub fields: SecretFields,
}

impl Secret {
    /// One of its fields.
    pub fn field(&self, field: &'static str) -> Result<&SecretString, SecretError> {
        self.fields
            .get(field)
            .ok_or_else(|| SecretError::NoField { name: self.name.clone(), field })
    }
}

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There is none of this name.
    #[error("there is no secret '{name}': store it with 'outcrop secret set {name}'")]
    Unknown {
        /// Its name.
        name: String,
    },
    /// It lacks a field.
    #[error("the secret '{name}' has no field '{field}': add it with 'outcrop secret set {name}'")]
    NoField {
        /// The secret's name.
        name: String,
        /// The field.
        field: &'static str,
    },
    /// It cannot be read for another reason.
    #[error("the secret '{name}' cannot be read: {reason}")]
    Unreadable {
        /// Its name.
        name: String,
        /// Why, without the secret.
        reason: String,
    },
}
