//! `/livez` and `/readyz`, for whoever supervises the process.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use tokio::time::timeout;

use crate::state::ApiState;

/// The longest that a part may take to answer before the server counts as not ready.
const PATIENCE: Duration = Duration::from_secs(5);

/// The process runs.
pub(crate) async fn livez() -> &'static str {
    "ok\n"
}

/// The parts that every request needs are in good order.
pub(crate) async fn readyz(State(state): State<ApiState>) -> (StatusCode, String) {
    let catalog = async { state.catalog.ping().await.map_err(|error| error.to_string()) };
    let index = async { state.vectors.ping().await.map_err(|error| error.to_string()) };
    let (catalog, index) = tokio::join!(timeout(PATIENCE, catalog), timeout(PATIENCE, index));
    let failures: Vec<String> = [("catalog", catalog), ("index", index)]
        .into_iter()
        .filter_map(|(part, answer)| match answer {
            Ok(Ok(())) => None,
            Ok(Err(reason)) => Some(format!("{part}: {reason}\n")),
            Err(_) => Some(format!("{part}: no answer within {} seconds\n", PATIENCE.as_secs())),
        })
        .collect();
    if failures.is_empty() {
        (StatusCode::OK, "ok\n".to_owned())
    } else {
        tracing::warn!(failures = failures.concat(), "the server is not ready");
        (StatusCode::SERVICE_UNAVAILABLE, failures.concat())
    }
}
