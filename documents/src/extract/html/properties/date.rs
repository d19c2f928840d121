//! Dates as pages write them.

use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{Date, Month, OffsetDateTime};

/// A date in RFC 3339, with its time where that is known to the second and its offset is told.
pub(super) fn normal(text: &str) -> Option<String> {
    let text = text.trim();
    if let Ok(moment) = OffsetDateTime::parse(text, &Rfc2822) {
        return moment.format(&Rfc3339).ok();
    }
    let with_time = text.replacen(' ', "T", 1);
    let moment = with_colon(&with_time);
    if let Ok(moment) = OffsetDateTime::parse(&moment, &Rfc3339) {
        return moment.format(&Rfc3339).ok();
    }
    let digits = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let parts = match text.as_bytes() {
        [_, _, _, _, b'-' | b'/' | b'.', _, _, b'-' | b'/' | b'.', _, _, ..] => {
            [digits(0, 4)?, digits(5, 7)?, digits(8, 10)?]
        }
        bytes if bytes.len() == 8 => [digits(0, 4)?, digits(4, 6)?, digits(6, 8)?],
        _ => return None,
    };
    let [year, month, day] = parts;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
    Some(format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// An offset of `+0100` as `+01:00`.
fn with_colon(text: &str) -> String {
    let offset = text.len().checked_sub(5).and_then(|at| text.split_at_checked(at));
    match offset {
        Some((moment, offset))
            if offset.starts_with(['+', '-'])
                && offset.bytes().skip(1).all(|byte| byte.is_ascii_digit()) =>
        {
            let (hours, minutes) = offset.split_at(3);
            format!("{moment}{hours}:{minutes}")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_rfc_3339() {
        let check = |text, expect: Option<&str>| {
            assert_eq!(normal(text).as_deref(), expect, "{text}");
        };
        check("2019-11-18T16:30:00Z", Some("2019-11-18T16:30:00Z"));
        check("2019-11-18T16:30:00.000+0100", Some("2019-11-18T16:30:00+01:00"));
        check("2019-11-18 16:30:00+01:00", Some("2019-11-18T16:30:00+01:00"));
        check("Mon, 18 Nov 2019 16:30:00 GMT", Some("2019-11-18T16:30:00Z"));
        check("2019-11-18T16:30", Some("2019-11-18"));
        check("2019/11/18", Some("2019-11-18"));
        check("20191118", Some("2019-11-18"));
        check("2019-13-18", None);
        check("yesterday", None);
        check("ää-ää-ää", None);
    }
}
