//! From a request to an operation and back: the one way in for everything that Bedrock's clients
//! call.
//!
//! A request is routed on its raw path, admitted, read, checked against the published model, and
//! given to the handler as one object in which labels, query and body come together, as the model
//! has it. An operation that is not built says so, and never pretends.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::body::{BodyMemory, receive};
use crate::constraints::Constraints;
use crate::error::ApiError;
use crate::handlers;
use crate::operations::{self, Labels, Operation};
use crate::path;
use crate::state::ApiState;

/// The header by which `StartIngestionJob` is told to remove what is missing; handlers find it
/// among the members of the input.
const ACCEPT_DELETIONS: &str = "x-outcrop-accept-deletions";

/// What requests share.
#[derive(Debug, Clone)]
pub(crate) struct Surface {
    state: ApiState,
    admission: Arc<Semaphore>,
    memory: BodyMemory,
}

impl Surface {
    pub(crate) fn new(state: ApiState) -> Self {
        let admission = Arc::new(Semaphore::new(state.limits.concurrent_requests));
        let memory = BodyMemory::new(&state.limits);
        Self { state, admission, memory }
    }
}

/// Answers a request for an operation.
pub(crate) async fn dispatch(State(surface): State<Surface>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = path::segments(parts.uri.path());
    let found = path.as_deref().and_then(|path| operations::find(&parts.method, path));
    let Some((operation, labels)) = found else {
        return unknown(&parts).into_response(None);
    };
    tracing::Span::current().record("operation", operation.name);
    let answer = AssertUnwindSafe(answer(&surface, operation, labels, &parts, body));
    let answer = answer.catch_unwind().await.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(ApiError::internal(format!("the handler panicked: {}", text.unwrap_or_default())))
    });
    match answer {
        Ok(body) => {
            let json = HeaderValue::from_static("application/json");
            (operation.status, [(header::CONTENT_TYPE, json)], Body::from(body)).into_response()
        }
        Err(error) => error.into_response(Some(operation.service)),
    }
}

async fn answer(
    surface: &Surface,
    operation: &'static Operation,
    labels: Labels,
    parts: &Parts,
    body: Body,
) -> Result<Vec<u8>, ApiError> {
    let handler = handlers::of(operation).ok_or_else(|| not_built(operation))?;
    let constraints = Constraints::of(operation.service).ok_or_else(|| not_built(operation))?;
    let _permit = surface.admission.try_acquire().map_err(|_full| ApiError::Throttling {
        message: "the server is busy with as many requests as it takes: try again".to_owned(),
    })?;
    let received = receive(&parts.headers, body, &surface.state.limits, &surface.memory).await?;
    let mut input = object(&received.bytes)?;
    read_query(parts.uri.query().unwrap_or(""), constraints.query(operation.name), &mut input)?;
    for (name, value) in labels {
        input.insert(name.to_owned(), Value::String(value));
    }
    let mut input = Value::Object(input);
    crate::validate::validate(constraints, operation.name, &input)?;
    input[ACCEPT_DELETIONS] = accepts_deletions(&parts.headers)?.into();
    handler(surface.state.clone(), input).await
}

/// Whether the client agrees to what a job removes, however much that is: our own extension, a
/// header, so that any of Bedrock's clients can send it.
fn accepts_deletions(headers: &HeaderMap) -> Result<bool, ApiError> {
    match headers.get(ACCEPT_DELETIONS).map(HeaderValue::as_bytes) {
        None | Some(b"false") => Ok(false),
        Some(b"true") => Ok(true),
        Some(_) => Err(ApiError::field(ACCEPT_DELETIONS, "must be true or false")),
    }
}

/// The body as an object; none at all stands for an empty one.
fn object(bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(ApiError::validation("the body must be a JSON object")),
        Err(error) => Err(ApiError::validation(format!("the body is not JSON: {error}"))),
    }
}

/// Takes members out of the query; all that are built are lists of texts.
fn read_query(
    query: &str,
    members: &[String],
    input: &mut Map<String, Value>,
) -> Result<(), ApiError> {
    let pairs = path::query(query).ok_or_else(|| ApiError::validation("the query is not UTF-8"))?;
    for member in members {
        let values = pairs.iter().filter(|(name, _)| name == member);
        let values: Vec<Value> = values.map(|(_, value)| value.as_str().into()).collect();
        if values.is_empty() {
            input.remove(member);
        } else {
            input.insert(member.clone(), values.into());
        }
    }
    Ok(())
}

fn not_built(operation: &Operation) -> ApiError {
    let (service, name) = (operation.service.name(), operation.name);
    ApiError::UnknownOperation {
        message: format!("{name} of {service} is not offered by this server"),
    }
}

fn unknown(parts: &Parts) -> ApiError {
    let path: String = parts.uri.path().chars().take(256).collect();
    ApiError::UnknownOperation {
        message: format!("no operation of Bedrock's has the route {} {path}", parts.method),
    }
}
