//! Sites without end: calendars, sessions in paths, filters in every combination.
//!
//! URLs of one template (digits left out) have a budget for each host. It is wide for numbers, as
//! sites do have thousands of numbered pages, and narrow for dates.

use std::collections::HashMap;

use url::Url;

/// URLs of one template whose numbers are dates.
const DATES: usize = 500;

/// URLs of one path that differ in their queries.
const QUERIES: usize = 2_000;

/// URLs of one template with other numbers.
const NUMBERS: usize = 10_000;

/// How often a part of a path may occur in it.
const REPETITIONS: usize = 2;

/// Names in a query that hold a date.
const DATE_NAMES: [&str; 7] = ["date", "day", "week", "month", "year", "from", "to"];

/// What was spent so far.
#[derive(Debug, Default)]
pub(super) struct Traps {
    spent: HashMap<String, usize>,
}

/// What is to be thought of a URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Suspicion {
    /// Nothing bad.
    None,
    /// It is one of too many like it. The first time that this is so, it is worth telling.
    Spent {
        /// How many there may be.
        budget: usize,
    },
    /// It is one of too many like it, as others before, or leads round in circles.
    Trap,
}

impl Traps {
    /// Judges a URL that was not seen before, and counts it.
    pub(super) fn judge(&mut self, url: &Url) -> Suspicion {
        if is_circular(url.path()) {
            return Suspicion::Trap;
        }
        let Some((template, budget)) = template(url) else { return Suspicion::None };
        let spent = self.spent.entry(template).or_default();
        *spent += 1;
        match *spent {
            spent if spent <= budget => Suspicion::None,
            spent if spent == budget + 1 => Suspicion::Spent { budget },
            _ => Suspicion::Trap,
        }
    }
}

/// Whether a part of the path is in it too often: `/a/b/a/b/a/b`, by relative links gone wrong.
fn is_circular(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    parts.iter().any(|part| {
        !is_number(part) && parts.iter().filter(|other| *other == part).count() > REPETITIONS
    })
}

/// What a URL has in common with others of its kind, and how many there may be; none where it is
/// not of a kind.
fn template(url: &Url) -> Option<(String, usize)> {
    let authority = &url[..url::Position::BeforePath];
    if let Some(query) = url.query() {
        let dated = query.split('&').any(|pair| {
            let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
            DATE_NAMES.contains(&name.as_str())
        });
        let budget = if dated { DATES } else { QUERIES };
        return Some((format!("{authority}{}?", without_digits(url.path())), budget));
    }
    let path = url.path();
    if !path.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let budget = if ends_in_date(path) { DATES } else { NUMBERS };
    Some((format!("{authority}{}", without_digits(path)), budget))
}

fn without_digits(text: &str) -> String {
    let mut template = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' if template.ends_with('#') => {}
            '0'..='9' => template.push('#'),
            c => template.push(c),
        }
    }
    template
}

/// Whether the path ends in a year and a month, with or without a day: `/2031/05`, `/2031-05-01`.
fn ends_in_date(path: &str) -> bool {
    let numbers: Vec<&str> = path
        .trim_end_matches('/')
        .rsplit(['/', '-'])
        .take_while(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    let is_year =
        |part: &&&str| part.len() == 4 && (part.starts_with("19") || part.starts_with('2'));
    numbers.len() >= 2 && numbers.iter().skip(1).any(|part| is_year(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(urls: impl Iterator<Item = String>) -> usize {
        let mut traps = Traps::default();
        let is_fine = |url: &Url| traps.judge(url) == Suspicion::None;
        urls.filter_map(|url| Url::parse(&url).ok()).filter(is_fine).count()
    }

    #[test]
    fn calendars_end() {
        let days =
            |n: u32| format!("https://a.example/cal/{}/{}/{}", 2000 + n / 365, n % 12, n % 28);
        assert_eq!(admitted((0..9_000).map(days)), DATES);
        let months = |n| format!("https://a.example/cal?month={n}");
        assert_eq!(admitted((0..9_000).map(months)), DATES);
    }

    #[test]
    fn numbered_pages_are_no_calendar() {
        assert_eq!(admitted((0..9_000).map(|n| format!("https://a.example/page/{n}"))), 9_000);
        assert_eq!(
            admitted((0..9_000).map(|n| format!("https://a.example/2024/05/post-{n}x"))),
            9_000
        );
        assert_eq!(admitted((0..9_000).map(|n| format!("https://a.example/list?p={n}"))), QUERIES);
    }

    #[test]
    fn the_end_of_a_budget_is_told_once() {
        let mut traps = Traps::default();
        let mut told = 0;
        for n in 0..3_000 {
            let Ok(url) = Url::parse(&format!("https://a.example/cal?year={n}")) else { continue };
            told += usize::from(traps.judge(&url) == Suspicion::Spent { budget: DATES });
        }
        assert_eq!(told, 1);
    }

    #[test]
    fn circles_are_not_followed() {
        assert!(is_circular("/a/b/a/b/a/b"));
        assert!(!is_circular("/a/b/a/b"));
        assert!(!is_circular("/1/1/1/1"));
        assert!(!is_circular("////"));
    }
}
