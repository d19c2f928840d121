//! When a data source is synchronised by itself, and how much that may remove: the model's
//! `syncSchedule` and `deletionProtectionConfiguration`, here for every type, and our own
//! `schedule` among the `connectorParameters`, a cron expression in UTC.

use corpus::{DeletionProtection, Schedule, Synchronisation};
use serde::Deserialize;
use serde_json::Value;

use super::{AT, MANAGED, read};
use crate::error::ApiError;

/// Our own member among the `connectorParameters`.
pub(super) const SCHEDULE: &str = "schedule";

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireManaged {
    deletion_protection_configuration: Option<WireProtection>,
    sync_schedule: Option<WireSchedule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProtection {
    deletion_protection_status: String,
    deletion_protection_threshold: Option<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum WireSchedule {
    Daily {},
    #[serde(rename_all = "camelCase")]
    Weekly {
        day_of_week: String,
    },
    #[serde(rename_all = "camelCase")]
    Monthly {
        day_of_month: WireDay,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum WireDay {
    DayNumber(u8),
    LastDayOfMonth {},
}

/// How a data source is synchronised.
pub(super) fn synchronisation(configuration: &Value) -> Result<Synchronisation, ApiError> {
    let at = format!("{AT}.{MANAGED}");
    let managed: WireManaged = match &configuration[MANAGED] {
        Value::Null => WireManaged::default(),
        managed => read(&at, managed)?,
    };
    Ok(Synchronisation {
        schedule: schedule(configuration, &managed)?,
        deletion_protection: managed
            .deletion_protection_configuration
            .as_ref()
            .map_or(DeletionProtection::Standard, protection),
    })
}

fn schedule(configuration: &Value, managed: &WireManaged) -> Result<Option<Schedule>, ApiError> {
    let at = format!("{AT}.{MANAGED}.connectorParameters.{SCHEDULE}");
    let own = &configuration[MANAGED]["connectorParameters"][SCHEDULE];
    let (at, expression) = match (own, &managed.sync_schedule) {
        (Value::Null, None) => return Ok(None),
        (Value::Null, Some(schedule)) => (format!("{AT}.{MANAGED}.syncSchedule"), cron(schedule)),
        (Value::String(expression), None) => (at, expression.clone()),
        (_, None) => return Err(ApiError::field(&at, "is no text: give a cron expression")),
        (_, Some(_)) => {
            return Err(ApiError::field(&at, "stands beside syncSchedule: use one of them"));
        }
    };
    let schedule = expression
        .parse()
        .map_err(|error: corpus::ScheduleError| ApiError::field(&at, error.to_string()))?;
    Ok(Some(schedule))
}

/// The schedules of the model run at three in the morning: there the time is the service's to say.
fn cron(schedule: &WireSchedule) -> String {
    match schedule {
        WireSchedule::Daily {} => "0 3 * * *".to_owned(),
        WireSchedule::Weekly { day_of_week } => {
            format!("0 3 * * {}", day_of_week.get(..3).unwrap_or(day_of_week))
        }
        WireSchedule::Monthly { day_of_month: WireDay::DayNumber(day) } => {
            format!("0 3 {day} * *")
        }
        WireSchedule::Monthly { day_of_month: WireDay::LastDayOfMonth {} } => {
            "0 3 L * *".to_owned()
        }
    }
}

fn protection(wire: &WireProtection) -> DeletionProtection {
    if wire.deletion_protection_status == "DISABLED" {
        return DeletionProtection::Off;
    }
    DeletionProtection::AtMost(wire.deletion_protection_threshold.unwrap_or(0))
}
