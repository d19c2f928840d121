//! The rules of a host's `robots.txt` (RFC 9309).
//!
//! Parsing and matching is the work of `robotxt`. What is added is what site owners rely on
//! although the standard does not have it: a name of a crawler ends at the first character that
//! cannot be in one, and a rule that allows a folder's `index.html` allows the folder.
//!
//! `%62` in a rule is `b` by the standard, §2.2.2; Google's parser leaves it as it is. Where the two
//! readings differ, nothing is fetched that one of them forbids.

use std::time::Duration;

use url::Url;

/// The most bytes that are read, by the standard's minimum.
pub(super) const BYTES: usize = robotxt::BYTE_LIMIT;

/// The rules of one host.
#[derive(Debug)]
pub(super) struct Robots {
    rules: robotxt::Robots,
    /// The rules with escapes of letters left as they are, where there are such.
    verbatim: Option<robotxt::Robots>,
}

impl Robots {
    /// The rules for the crawler of this name.
    pub(super) fn parse(text: &[u8], product: &str) -> Self {
        let text = text.get(..BYTES).unwrap_or(text);
        if is_markup(text) {
            return Self::none();
        }
        let text = tolerated(text);
        let verbatim = kept_escapes(&text);
        Self {
            rules: robotxt::Robots::parse(&text, product),
            verbatim: verbatim.map(|text| robotxt::Robots::parse(&text, product)),
        }
    }

    /// No rules.
    pub(super) fn none() -> Self {
        Self { rules: robotxt::Robots::allow_all(), verbatim: None }
    }

    /// Whether a path with its query, as it goes into a request, may be fetched. What is no such
    /// path cannot be.
    pub(super) fn allow(&self, target: &str) -> bool {
        let allows_verbatim = |rules: &robotxt::Robots| match kept_escapes(target.as_bytes()) {
            Some(target) => rules.is_allowed(&String::from_utf8_lossy(&target)),
            None => rules.is_allowed(target),
        };
        target.is_ascii()
            && self.rules.is_allowed(target)
            && self.verbatim.as_ref().is_none_or(allows_verbatim)
    }

    /// Whether a URL of the host may be fetched.
    pub(super) fn allow_url(&self, url: &Url) -> bool {
        self.allow(&url[url::Position::BeforePath..url::Position::AfterQuery])
    }

    /// The pause between two requests that the host asks for.
    pub(super) fn delay(&self) -> Option<Duration> {
        self.rules.crawl_delay()
    }

    /// Where its sitemaps are.
    pub(super) fn sitemaps(&self) -> &[Url] {
        self.rules.sitemaps()
    }
}

/// Whether this is a page, as hosts give that have no `robots.txt` and do not say so.
fn is_markup(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    text.starts_with(b"<")
}

/// The text with names of crawlers cut where they end, and folders allowed with their index.
fn tolerated(text: &[u8]) -> Vec<u8> {
    let mut tolerated = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        let colon = line.iter().position(|byte| *byte == b':');
        let (key, value) = line.split_at(colon.map_or(line.len(), |at| at + 1));
        let key = key.strip_prefix(b"\xef\xbb\xbf").unwrap_or(key).trim_ascii();
        if key.eq_ignore_ascii_case(b"user-agent:") {
            let value = value.trim_ascii_start();
            let is_end = |byte: &u8| !(byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'));
            let name = value.get(..value.iter().position(is_end).unwrap_or(value.len()));
            if let Some(name @ [_, ..]) = name {
                tolerated.extend_from_slice(key);
                tolerated.extend_from_slice(name);
                tolerated.push(b'\n');
                continue;
            }
        }
        tolerated.extend_from_slice(line);
        if key.eq_ignore_ascii_case(b"allow:") {
            let value = value.trim_ascii();
            let folder = ["/index.html", "/index.htm"]
                .iter()
                .find_map(|index| value.strip_suffix(index.as_bytes()));
            if let Some(folder) = folder {
                tolerated.extend_from_slice(b"\nallow:");
                tolerated.extend_from_slice(folder);
                tolerated.extend_from_slice(b"/$\n");
            }
        }
    }
    tolerated
}

/// The text with its escapes of letters, digits and `-._~` escaped once more, so that they are not
/// taken for what they stand for; none where there are none.
fn kept_escapes(text: &[u8]) -> Option<Vec<u8>> {
    let is_kept = |at: &usize| {
        let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2)) else { return false };
        char::from_u32(high * 16 + low)
            .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~'))
    };
    let percents = text.iter().enumerate().filter(|(_, byte)| **byte == b'%').map(|(at, _)| at);
    let kept: Vec<usize> = percents.filter(is_kept).collect();
    if kept.is_empty() {
        return None;
    }
    let mut escaped = Vec::with_capacity(text.len() + 2 * kept.len());
    let mut rest = 0;
    for at in kept {
        escaped.extend_from_slice(text.get(rest..=at).unwrap_or_default());
        escaped.extend_from_slice(b"25");
        rest = at + 1;
    }
    escaped.extend_from_slice(text.get(rest..).unwrap_or_default());
    Some(escaped)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn check(text: &str, target: &str, expect: bool) {
        let robots = Robots::parse(text.as_bytes(), "outcrop");
        assert_eq!(robots.allow(target), expect, "{text:?} {target}");
    }

    #[test]
    fn marks_line_ends_and_escapes_make_no_difference() {
        check("\u{feff}User-agent: *\rDisallow: /a\r\nDisallow:/b", "/a", false);
        check("\u{feff}User-agent: *\rDisallow: /a\r\nDisallow:/b", "/bc", false);
        check("User-agent: *\nDisallow: /a%3cd", "/a%3Cd", false);
        check("User-agent: *\nDisallow: /%62%61z", "/baz", false);
        check("User-agent: *\nDisallow: /baz", "/%62%61z", false);
        check("User-agent: *\nDisallow: /\nAllow: /%62%61z", "/baz", false);
        check("User-agent: *\nDisallow: /\nAllow: /%62%61z", "/%62%61z", true);
        check("User-agent: *\nDisallow: /\nAllow: /b%20z", "/b%20z", true);
        check("User-agent: *\nDisallow: /ツ", "/%E3%83%84", false);
        check("User-agent: *\nDisallow: /", "/robots.txt", true);
        check("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", false);
        check("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", true);
    }

    #[test]
    fn groups_are_chosen_by_the_name_alone() {
        check(
            "User-agent: OUTCROP/1.0 (x)\nDisallow: /a\n\nUser-agent: *\nDisallow: /",
            "/b",
            true,
        );
        check("User-agent: outcropper\nDisallow: /", "/a", true);
        check(
            "User-agent: outcrop\nDisallow: /a\n\nUser-agent: outcrop\nDisallow: /b",
            "/b",
            false,
        );
        check("User-agent: *\nDisallow: /\n\nUser-agent: outcrop\nDisallow:\n", "/a", true);
    }

    #[test]
    fn the_longest_rule_wins_and_permission_at_a_tie() {
        check("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true);
        check("User-agent: *\nDisallow: /a\nAllow: /a", "/a", true);
        check("User-agent: *\nDisallow: /\nAllow: /a/index.html", "/a/", true);
        check("User-agent: *\nDisallow: /\nAllow: /a/index.html", "/a/b", false);
    }

    #[test]
    fn a_page_has_no_rules() {
        check("<!DOCTYPE html><p>User-agent: *\nDisallow: /\n", "/a", true);
    }

    #[test]
    fn delays_and_sitemaps_are_known() {
        let text = b"User-agent: outcrop\nCrawl-delay: 2.5\nDisallow: /x\n\nSitemap: https://b.example/s.xml";
        let robots = Robots::parse(text, "outcrop");
        assert_eq!(robots.delay(), Some(Duration::from_millis(2_500)));
        assert_eq!(
            robots.sitemaps().iter().map(Url::as_str).collect::<Vec<_>>(),
            ["https://b.example/s.xml"]
        );
    }

    /// The cases of Google's reference implementation, where the evaluation data is.
    #[test]
    fn the_reference_cases_hold() {
        #[expect(clippy::disallowed_methods, reason = "the tests' own data is named so")]
        let data = std::env::var_os("OUTCROP_DATA");
        let path =
            data.map(|data| std::path::PathBuf::from(data).join("robots/google_rfc9309.jsonl"));
        let Some(cases) = path.and_then(|path| std::fs::read_to_string(path).ok()) else {
            #[expect(clippy::print_stderr, reason = "says why nothing was tested")]
            {
                eprintln!(
                    "skipped: set OUTCROP_DATA to the folder with robots/google_rfc9309.jsonl"
                );
            }
            return;
        };
        let mut wrong = String::new();
        let mut count = 0;
        for line in cases.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            let text = |name: &str| case.get(name).and_then(|v| v.as_str()).unwrap_or_default();
            let url = text("url");
            let after_host = url.split_once("://").map_or(url, |(_, rest)| rest);
            let target = after_host.find('/').and_then(|at| after_host.get(at..)).unwrap_or("/");
            let allowed = Robots::parse(text("robots").as_bytes(), text("agent")).allow(target);
            count += 1;
            if Some(allowed) != case.get("allowed").and_then(serde_json::Value::as_bool) {
                writeln!(wrong, "{line}").unwrap_or_default();
            }
        }
        assert_eq!(count, 140);
        assert!(wrong.is_empty(), "{wrong}");
    }
}
