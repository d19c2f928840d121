//! Whether every data source can be read, asked of its connector: `GET /outcrop/check`, and for
//! the command that checks without a server.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use catalog::{Catalog, Page};
use corpus::{ConnectorError, Connectors, DataSource, DataSourceStatus, KnowledgeBase};
use futures::StreamExt;
use futures::stream;
use serde::Serialize;
use tokio::time::timeout;

use crate::error::ApiError;
use crate::state::ApiState;

/// The longest that a source may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sources that are asked at once.
const AT_ONCE: usize = 8;

/// Rows that are read from the catalog at once.
const PAGE: u32 = 100;

/// What became of asking a data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceCheck {
    /// The knowledge base's name.
    pub knowledge_base: String,
    /// The data source's name.
    pub data_source: String,
    /// Why it cannot be read, and the remedy; none where it can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    data_sources: Vec<SourceCheck>,
}

/// Asks the connectors of all available data sources, in the order of their creation.
pub async fn check_sources(
    catalog: &Catalog,
    connectors: &dyn Connectors,
) -> Result<Vec<SourceCheck>, catalog::CatalogError> {
    let mut sources = Vec::new();
    for knowledge_base in knowledge_bases(catalog).await? {
        let mut after = None;
        loop {
            let page = Page { limit: PAGE, after };
            let page = catalog.data_sources(knowledge_base.id, page).await?;
            let available =
                page.items.into_iter().filter(|one| one.status == DataSourceStatus::Available);
            sources.extend(available.map(|one| (knowledge_base.name.clone(), one)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    let checks = stream::iter(sources).map(|(knowledge_base, data_source)| async move {
        let failure = check(connectors, &data_source).await.err().map(|error| error.to_string());
        SourceCheck { knowledge_base, data_source: data_source.name, failure }
    });
    Ok(checks.buffered(AT_ONCE).collect().await)
}

async fn knowledge_bases(catalog: &Catalog) -> Result<Vec<KnowledgeBase>, catalog::CatalogError> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = catalog.knowledge_bases(Page { limit: PAGE, after }).await?;
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

async fn check(connectors: &dyn Connectors, of: &DataSource) -> Result<(), ConnectorError> {
    let connector = connectors.connector(of)?;
    timeout(PATIENCE, connector.check()).await.unwrap_or_else(|_| {
        let reason = format!("it did not answer within {} seconds", PATIENCE.as_secs());
        Err(ConnectorError::Unavailable { reason })
    })
}

/// What the data sources answer.
pub(crate) async fn answer(State(state): State<ApiState>) -> Response {
    match check_sources(&state.catalog, state.connectors.as_ref()).await {
        Ok(data_sources) => Json(Told { data_sources }).into_response(),
        Err(error) => ApiError::from(error).into_response(None),
    }
}
