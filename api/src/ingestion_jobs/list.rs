//! `ListIngestionJobs`.

use catalog::{JobQuery, JobSort, JobSortKey, Order};
use corpus::{DataSourceId, IngestionJobStatus, KnowledgeBaseId};
use serde::{Deserialize, Serialize};

use super::WireSummary;
use crate::error::ApiError;
use crate::paging::page;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    knowledge_base_id: KnowledgeBaseId,
    data_source_id: DataSourceId,
    #[serde(default)]
    filters: Option<Vec<WireFilter>>,
    sort_by: Option<WireSort>,
    max_results: Option<u32>,
    next_token: Option<String>,
}

/// The model knows one attribute, `STATUS`, and one operator, `EQ`.
#[derive(Debug, Deserialize)]
struct WireFilter {
    values: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct WireSort {
    attribute: WireKey,
    order: WireOrder,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum WireKey {
    Status,
    StartedAt,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum WireOrder {
    Ascending,
    Descending,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    ingestion_job_summaries: Vec<WireSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// The jobs of a data source; the newest first where the client does not say.
pub(crate) async fn handle(state: ApiState, request: Request) -> Result<Response, ApiError> {
    let query = JobQuery {
        statuses: statuses(request.filters)?,
        sort: request.sort_by.as_ref().map(sort).unwrap_or_default(),
        page: page(request.max_results, request.next_token),
    };
    let (knowledge_base, data_source) = (request.knowledge_base_id, request.data_source_id);
    let listing = state.catalog.jobs(knowledge_base, data_source, query).await?;
    Ok(Response {
        ingestion_job_summaries: listing.items.into_iter().map(WireSummary::from).collect(),
        next_token: listing.next,
    })
}

/// The states that are asked for; a filter without values lets all pass.
fn statuses(filters: Option<Vec<WireFilter>>) -> Result<Option<Vec<IngestionJobStatus>>, ApiError> {
    const KNOWN: [IngestionJobStatus; 6] = [
        IngestionJobStatus::Starting,
        IngestionJobStatus::InProgress,
        IngestionJobStatus::Complete,
        IngestionJobStatus::Failed,
        IngestionJobStatus::Stopping,
        IngestionJobStatus::Stopped,
    ];
    let values: Vec<String> =
        filters.unwrap_or_default().into_iter().flat_map(|filter| filter.values).collect();
    let statuses = values
        .iter()
        .map(|value| KNOWN.into_iter().find(|status| super::status(*status) == value))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| {
            let known = KNOWN.map(super::status).join(", ");
            ApiError::field("filters.1.member.values", format!("must be among {known}"))
        })?;
    Ok((!statuses.is_empty()).then_some(statuses))
}

fn sort(sort: &WireSort) -> JobSort {
    JobSort {
        by: match sort.attribute {
            WireKey::Status => JobSortKey::Status,
            WireKey::StartedAt => JobSortKey::StartedAt,
        },
        order: match sort.order {
            WireOrder::Ascending => Order::Ascending,
            WireOrder::Descending => Order::Descending,
        },
    }
}
