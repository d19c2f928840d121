//! `/outcrop/secrets`: what data sources name by `credentialsSecretArn`. Secrets go in and are
//! removed; their names come out, their values never do.
//!
//! An extension: on AWS this is another service's API. Names stand in bodies, since they may hold
//! what a path cannot.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::error::ApiError;
use crate::state::ApiState;

/// The most characters of a secret's name; the rest of this is Bedrock's pattern of an ARN.
const NAME: usize = 512;

/// What names may hold beside letters and digits.
const PUNCTUATION: &str = "!/_+=.@-";

/// The most fields of a secret, and the most bytes of them together, as AWS has it.
const FIELDS: usize = 64;
const BYTES: usize = 65_536;

/// The longest body: every byte of a value may be six in JSON.
const BODY: usize = 8 * BYTES;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetRequest {
    name: String,
    fields: BTreeMap<String, SecretString>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveRequest {
    name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    secrets: Vec<Told>,
}

/// What is told of a secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    name: String,
    /// For `credentialsSecretArn`.
    arn: String,
}

/// All secrets, by name.
pub(crate) async fn list(State(state): State<ApiState>) -> Response {
    answer(async {
        let names = state.secrets.names().await?;
        let secrets = names.into_iter().map(|name| told(&state, name)).collect();
        Ok(Listing { secrets })
    })
    .await
}

/// Stores a secret, in place of one that has its name.
pub(crate) async fn set(State(state): State<ApiState>, body: Body) -> Response {
    answer(async {
        let request: SetRequest = read(&state, body).await?;
        check(&request)?;
        state.secrets.set(&request.name, &request.fields).await?;
        tracing::info!(secret.name = request.name, "a secret was stored");
        Ok(told(&state, request.name))
    })
    .await
}

/// Removes a secret.
pub(crate) async fn remove(State(state): State<ApiState>, body: Body) -> Response {
    answer(async {
        let request: RemoveRequest = read(&state, body).await?;
        if !state.secrets.remove(&request.name).await? {
            let message = format!("there is no secret '{}'", request.name);
            return Err(ApiError::ResourceNotFound { message });
        }
        tracing::info!(secret.name = request.name, "a secret was removed");
        Ok(told(&state, request.name))
    })
    .await
}

fn told(state: &ApiState, name: String) -> Told {
    Told { arn: state.identity.secret_arn(&name), name }
}

async fn answer<T: Serialize>(work: impl Future<Output = Result<T, ApiError>>) -> Response {
    match work.await {
        Ok(told) => Json(told).into_response(),
        Err(error) => error.into_response(None),
    }
}

async fn read<T: DeserializeOwned>(state: &ApiState, body: Body) -> Result<T, ApiError> {
    let unreadable = |what: &str| ApiError::validation(format!("the body {what}"));
    let received = timeout(state.limits.body_time(), to_bytes(body, BODY)).await;
    let bytes = received
        .map_err(|_elapsed| unreadable("took too long"))?
        .map_err(|_cut| unreadable("is too long, or was cut off"))?;
    // What is wrong is not said in the words of the parser, which quotes values.
    serde_json::from_slice(&bytes).map_err(|_quotes_values| {
        ApiError::validation("the body is no JSON object of 'name' and, for PUT, 'fields'")
    })
}

fn check(request: &SetRequest) -> Result<(), ApiError> {
    let allowed =
        |character: char| character.is_ascii_alphanumeric() || PUNCTUATION.contains(character);
    let name = &request.name;
    if name.is_empty() || name.len() > NAME || !name.chars().all(allowed) {
        return Err(ApiError::field(
            "name",
            format!("must have 1 to {NAME} letters, digits or characters of {PUNCTUATION}"),
        ));
    }
    let fields = &request.fields;
    let bytes = fields.iter().map(|(name, value)| name.len() + value.expose_secret().len());
    if fields.is_empty() || fields.len() > FIELDS || bytes.sum::<usize>() > BYTES {
        let most = format!("must have 1 to {FIELDS} fields of at most {BYTES} bytes together");
        return Err(ApiError::field("fields", most));
    }
    Ok(())
}
