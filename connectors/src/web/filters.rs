//! Which URLs are read, by the regular expressions of the data source.

use corpus::ConnectorError;
use regex::{Regex, RegexBuilder};

/// The most bytes of a compiled pattern, so that none takes the server's memory.
const COMPILED: usize = 1 << 20;

/// Compiled filters. They are searched for anywhere in the URL.
#[derive(Debug)]
pub(super) struct Filters {
    inclusions: Vec<Regex>,
    exclusions: Vec<Regex>,
}

impl Filters {
    /// Compiles the patterns; the error says where in which one the fault is.
    pub(super) fn new(
        inclusions: &[String],
        exclusions: &[String],
    ) -> Result<Self, ConnectorError> {
        Ok(Self {
            inclusions: compile("inclusion", inclusions)?,
            exclusions: compile("exclusion", exclusions)?,
        })
    }

    /// Whether no pattern excludes the URL.
    pub(super) fn permit(&self, url: &str) -> bool {
        !self.exclusions.iter().any(|pattern| pattern.is_match(url))
    }

    /// Whether the URL is to be read: it is included, and not excluded.
    pub(super) fn include(&self, url: &str) -> bool {
        let included =
            self.inclusions.is_empty() || self.inclusions.iter().any(|one| one.is_match(url));
        included && self.permit(url)
    }
}

fn compile(kind: &str, patterns: &[String]) -> Result<Vec<Regex>, ConnectorError> {
    let compile = |pattern: &String| {
        RegexBuilder::new(pattern).size_limit(COMPILED).build().map_err(|error| {
            let reason = format!(
                "the {kind} filter '{pattern}' is no regular expression that is understood (there \
                 is no look-around and no backreference): {error}"
            );
            ConnectorError::Misconfigured { reason }
        })
    };
    patterns.iter().map(compile).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(inclusions: &[&str], exclusions: &[&str]) -> Result<Filters, ConnectorError> {
        let owned = |list: &[&str]| -> Vec<String> { list.iter().map(|&p| p.to_owned()).collect() };
        Filters::new(&owned(inclusions), &owned(exclusions))
    }

    #[test]
    fn an_exclusion_beats_an_inclusion() {
        let check = |inclusions: &[&str], exclusions: &[&str], expect: bool| {
            let included = filters(inclusions, exclusions)
                .is_ok_and(|f| f.include("https://a.example/b/c.html"));
            assert_eq!(included, expect, "{inclusions:?} {exclusions:?}");
        };
        check(&[], &[], true);
        check(&["/b/"], &[], true);
        check(&["/x/", r"\.html$"], &[], true);
        check(&["/x/"], &[], false);
        check(&["/b/"], &["c\\.html"], false);
        check(&[], &["^/b"], true);
    }

    #[test]
    fn a_pattern_without_meaning_is_refused_with_its_place() {
        let check = |pattern: &str, expect: &str| {
            let error = filters(&[], &[pattern]).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains(pattern) && error.contains(expect), "{error}");
        };
        // The caret under the pattern is the place.
        check("a(b", "\n     ^\n");
        check("a(?=b)", "look-around");
        check("(?:a{1000}){1000}", "size limit");
    }
}
