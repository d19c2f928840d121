//! The log of deletions: fifteen days, whole minutes, at most 600,000 ids at once.

use corpus::ConnectorError;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use super::org::Org;
use crate::api::ApiError;

/// How far the log can be asked back.
const REACH: Duration = Duration::days(15);

/// The shortest span that can be asked for: more than a minute.
const SHORTEST: Duration = Duration::minutes(2);

/// What the log says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Log {
    /// All that was deleted, and until when that is known.
    Whole {
        /// The deleted records.
        ids: Vec<String>,
        /// What is deleted from then on is not among them.
        covered: OffsetDateTime,
    },
    /// It does not reach back that far.
    Gap,
}

/// What was deleted of an object between two moments.
pub(super) async fn between(
    org: &Org,
    object: &str,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<Log, ApiError> {
    let (from, until) = (minute(from), minute(until));
    if until - from >= REACH {
        return Ok(Log::Gap);
    }
    let mut ids = Vec::new();
    let mut covered = from;
    // The spans that are left, the next one last.
    let mut spans = vec![(from, until)];
    while let Some((start, end)) = spans.pop() {
        if end - start < SHORTEST {
            // The next run asks for it.
            break;
        }
        let answer = match org.deleted(object, &iso(start), &iso(end)).await {
            Err(ApiError::Refused(refusal)) if refusal.code == "EXCEEDED_ID_LIMIT" => {
                let middle = minute(start + (end - start) / 2);
                if middle - start < SHORTEST || end - middle < SHORTEST {
                    return Ok(Log::Gap);
                }
                spans.extend([(middle, end), (start, middle)]);
                continue;
            }
            Err(ApiError::Refused(refusal)) if refusal.code == "INVALID_REPLICATION_DATE" => {
                return Ok(Log::Gap);
            }
            answer => answer?,
        };
        let earliest = answer.earliest_date_available.as_deref().and_then(parse);
        if earliest.is_some_and(|earliest| earliest > start) {
            return Ok(Log::Gap);
        }
        ids.extend(answer.deleted_records.into_iter().map(|record| record.id));
        covered = answer.latest_date_covered.as_deref().and_then(parse).unwrap_or(start).min(end);
        if covered < end && !spans.is_empty() {
            // What follows would leave a hole.
            break;
        }
    }
    Ok(Log::Whole { ids, covered: covered.max(from) })
}

/// A moment without its seconds.
fn minute(moment: OffsetDateTime) -> OffsetDateTime {
    let seconds = moment.unix_timestamp();
    OffsetDateTime::from_unix_timestamp(seconds - seconds.rem_euclid(60)).unwrap_or(moment)
}

fn iso(moment: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+00:00");
    moment.format(&format).unwrap_or_default()
}

/// `2026-01-02T03:04:00.000+0000`, as answers have it.
fn parse(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(&text.replace("+0000", "Z"), &Rfc3339).ok()
}

/// Whether a moment can be written; it can, unless the clock is absurd.
pub(super) fn check_clock(now: OffsetDateTime) -> Result<(), ConnectorError> {
    if (2020..2200).contains(&now.year()) {
        return Ok(());
    }
    let reason = format!("the clock of this machine says {}: set it", now.year());
    Err(ConnectorError::Misconfigured { reason })
}
