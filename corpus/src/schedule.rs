//! When something is due again: a cron expression of five fields, in UTC.
//!
//! Invariant: an expression that is kept has a meaning, and a moment that it fits.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::time::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// A schedule: `minute hour day-of-month month day-of-week`, with lists, ranges, steps, names, and
/// `L` for the last day of a month; or a name as `@daily`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Schedule(String);

/// Why an expression is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// It cannot be read.
    #[error(
        "'{expression}' is no cron expression ({reason}): give minute, hour, day of the month, \
         month and day of the week, as '0 3 * * *' for three in the morning, in UTC"
    )]
    Unreadable {
        /// The expression.
        expression: String,
        /// What was seen.
        reason: String,
    },
    /// No moment fits, as on the 30th of February.
    #[error("'{expression}' never comes: correct the day or the month")]
    Never {
        /// The expression.
        expression: String,
    },
}

impl Schedule {
    /// The first moment after `moment` that fits. None only beyond the end of the calendar.
    pub fn next_after(&self, moment: OffsetDateTime) -> Option<OffsetDateTime> {
        next_after(&parse(&self.0).ok()?, moment)
    }

    /// The expression as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(expression: &str) -> Result<Self, ScheduleError> {
        let cron = parse(expression).map_err(|error| ScheduleError::Unreadable {
            expression: expression.to_owned(),
            reason: error.to_string().trim_end_matches('.').to_owned(),
        })?;
        match next_after(&cron, OffsetDateTime::UNIX_EPOCH) {
            Some(_) => Ok(Self(expression.to_owned())),
            None => Err(ScheduleError::Never { expression: expression.to_owned() }),
        }
    }
}

impl TryFrom<String> for Schedule {
    type Error = ScheduleError;

    fn try_from(expression: String) -> Result<Self, ScheduleError> {
        expression.parse()
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> Self {
        schedule.0
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn parse(expression: &str) -> Result<Cron, CronError> {
    CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(expression)
}

fn next_after(cron: &Cron, moment: OffsetDateTime) -> Option<OffsetDateTime> {
    let moment = Moment(moment.to_offset(UtcOffset::UTC));
    cron.find_next_occurrence(&moment, false).ok().map(|Moment(next)| next)
}

/// A moment as the cron library wants it. In UTC every time of day is there once.
#[derive(Debug, Clone, Copy)]
struct Moment(OffsetDateTime);

impl CronDateTime for Moment {
    fn to_civil(&self) -> CivilDateTime {
        let Self(moment) = self;
        let month = u32::from(u8::from(moment.month()));
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(moment.year(), month, moment.day().into()),
            CivilTime::from_parts_unchecked(
                moment.hour().into(),
                moment.minute().into(),
                moment.second().into(),
            ),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        Weekday::from_days_from_sunday(self.0.weekday().number_days_from_sunday().into())
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let date = date(civil).ok_or(CronError::InvalidDate)?;
        let time = time(civil).ok_or(CronError::InvalidTime)?;
        Ok(Resolution::Single(Self(PrimitiveDateTime::new(date, time).assume_utc())))
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        self.0.checked_add(Duration::seconds(seconds)).map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

fn date(civil: CivilDateTime) -> Option<Date> {
    let month = Month::try_from(u8::try_from(civil.month()).ok()?).ok()?;
    Date::from_calendar_date(civil.year(), month, u8::try_from(civil.day()).ok()?).ok()
}

fn time(civil: CivilDateTime) -> Option<Time> {
    let part = |part: u32| u8::try_from(part).ok();
    Time::from_hms(part(civil.hour())?, part(civil.minute())?, part(civil.second())?).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use time::macros::datetime;

    use super::*;

    fn check(expression: &str, after: OffsetDateTime, expect: OffsetDateTime) {
        let schedule: Schedule = expression.parse().unwrap();
        assert_eq!(schedule.next_after(after), Some(expect), "{expression}");
    }

    #[test]
    fn the_next_moment_is_found_in_utc() {
        let moment = datetime!(2026-01-31 03:00:00.5 UTC);
        check("0 3 * * *", moment, datetime!(2026-02-01 03:00 UTC));
        check("*/15 * * * *", moment, datetime!(2026-01-31 03:15 UTC));
        check("0 3 * * MON", moment, datetime!(2026-02-02 03:00 UTC));
        check("0 3 * * 7", moment, datetime!(2026-02-01 03:00 UTC));
        check("0 3 L * *", moment, datetime!(2026-02-28 03:00 UTC));
        check("30 2 29 2 *", moment, datetime!(2028-02-29 02:30 UTC));
        check("0 12 1-7 * *", moment, datetime!(2026-02-01 12:00 UTC));
        check("@hourly", moment, datetime!(2026-01-31 04:00 UTC));
        check("0 3 * * *", datetime!(2026-06-01 04:00 +02:00), datetime!(2026-06-01 03:00 UTC));
    }

    #[test]
    fn a_moment_that_fits_is_not_after_itself() {
        let moment = datetime!(2026-01-31 03:00 UTC);
        check("0 3 * * *", moment, datetime!(2026-02-01 03:00 UTC));
    }

    #[test]
    fn what_has_no_meaning_is_refused_with_a_remedy() {
        for expression in ["", "daily", "0 3 * *", "0 0 3 * * *", "61 * * * *", "0 3 * * FOO"] {
            let error = expression.parse::<Schedule>().unwrap_err();
            assert!(matches!(error, ScheduleError::Unreadable { .. }), "{expression}");
            assert!(error.to_string().contains("'0 3 * * *'"), "{error}");
        }
        let error = "0 3 30 2 *".parse::<Schedule>().unwrap_err();
        assert_eq!(error, ScheduleError::Never { expression: "0 3 30 2 *".to_owned() });
    }

    #[test]
    fn it_is_kept_as_it_was_given() {
        let kept = serde_json::to_string(&"0 3  * * mon".parse::<Schedule>().unwrap()).unwrap();
        assert_eq!(kept, "\"0 3  * * mon\"");
        assert_eq!(serde_json::from_str::<Schedule>(&kept).unwrap().as_str(), "0 3  * * mon");
        assert!(serde_json::from_str::<Schedule>("\"never\"").is_err());
    }
}
