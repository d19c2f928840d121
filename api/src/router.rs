//! The router: health, status, secrets and checks under paths of our own, everything else by
//! [`crate::dispatch`]. Every response carries a request id, and every request leaves a line in
//! the log, without bodies and queries. Web pages are kept out of all of it.

use std::time::Instant;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use tracing::Instrument;
use uuid::Uuid;

use crate::dispatch::{Surface, dispatch};
use crate::state::ApiState;
use crate::{check, estimate, health, origin, secrets, status};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The whole HTTP surface.
pub fn router(state: ApiState) -> Router {
    let own = Router::new()
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz))
        .route("/outcrop/status", get(status::status))
        .route("/outcrop/check", get(check::answer))
        .route("/outcrop/estimate", get(estimate::answer))
        .route("/outcrop/secrets", get(secrets::list).put(secrets::set).delete(secrets::remove))
        .with_state(state.clone());
    own.fallback_service(Router::new().fallback(dispatch).with_state(Surface::new(state)))
        .layer(from_fn(keep_pages_out))
        .layer(from_fn(observe))
}

async fn keep_pages_out(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match origin::check(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => error.into_response(None),
    }
}

async fn observe(request: Request, next: Next) -> Response {
    let id = Uuid::new_v4().to_string();
    let span = tracing::info_span!(
        "request",
        request_id = id,
        method = %request.method(),
        operation = tracing::field::Empty,
    );
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, duration_ms, "answered a request"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
