//! What a page asks of crawlers: `<meta name=robots>` and `X-Robots-Tag`.

use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// What a page asks of crawlers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Directives {
    /// It is not to be found by questions.
    pub(super) no_index: bool,
    /// Its links are not to be followed.
    pub(super) no_follow: bool,
}

/// Directives that have a value behind a colon: such a colon does not end a crawler's name.
const VALUED: [&str; 4] =
    ["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"];

impl Directives {
    /// Adds the value of a `<meta name=robots>` or of one with the crawler's name.
    pub(super) fn add(&mut self, value: &str, now: SystemTime) {
        // A date may hold commas, so it takes the rest.
        let lower = value.to_ascii_lowercase();
        let (directives, expiry) = match lower.find("unavailable_after") {
            Some(at) => (lower.get(..at).unwrap_or_default(), value.get(at..)),
            None => (lower.as_str(), None),
        };
        for directive in directives.split(',').map(str::trim) {
            match directive {
                "noindex" => self.no_index = true,
                "nofollow" => self.no_follow = true,
                "none" => *self = Self { no_index: true, no_follow: true },
                _ => {}
            }
        }
        let date = expiry.and_then(|expiry| expiry.split_once(':')).map(|(_, date)| date.trim());
        if date.and_then(moment).is_some_and(|moment| moment < now) {
            self.no_index = true;
        }
    }

    /// Adds an `X-Robots-Tag`, which may be for one crawler only.
    pub(super) fn add_header(&mut self, value: &str, product: &str, now: SystemTime) {
        if let Some((name, rest)) = value.split_once(':') {
            let name = name.trim();
            let is_agent =
                !name.contains([',', ' ']) && !VALUED.contains(&name.to_ascii_lowercase().as_str());
            if is_agent {
                if name.eq_ignore_ascii_case(product) {
                    self.add(rest, now);
                }
                return;
            }
        }
        self.add(value, now);
    }
}

fn moment(date: &str) -> Option<SystemTime> {
    if let Ok(moment) = httpdate::parse_http_date(date) {
        return Some(moment);
    }
    let parsed =
        OffsetDateTime::parse(date, &Rfc3339).or_else(|_| OffsetDateTime::parse(date, &Rfc2822));
    parsed.ok().map(SystemTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_heard_that_are_for_us() {
        let check = |value: &str, no_index: bool, no_follow: bool| {
            let mut directives = Directives::default();
            directives.add_header(value, "outcrop", SystemTime::now());
            assert_eq!(directives, Directives { no_index, no_follow }, "{value}");
        };
        check("noindex", true, false);
        check("NOINDEX, NoFollow", true, true);
        check("none", true, true);
        check("all, max-snippet: 10", false, false);
        check("max-snippet: 10, noindex", true, false);
        check("Outcrop: noindex", true, false);
        check("googlebot: noindex", false, false);
        check("unavailable_after: Wed, 01 Jan 2020 00:00:00 GMT", true, false);
        check("nofollow, unavailable_after: 2020-01-01T00:00:00Z", true, true);
        check("unavailable_after: Thu, 01 Jan 2099 00:00:00 GMT", false, false);
        check("unavailable_after: soon", false, false);
    }
}
