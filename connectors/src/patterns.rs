//! Filters of a data source: regular expressions of linear time, searched for anywhere in a name.
//! An exclusion wins over an inclusion.

use corpus::ConnectorError;
use regex::{Regex, RegexBuilder};

/// The most bytes of a compiled expression, so that none takes the server's memory.
const COMPILED: usize = 1 << 20;

/// Compiled filters.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    /// None for all.
    inclusions: Vec<Regex>,
    exclusions: Vec<Regex>,
}

impl Patterns {
    /// Compiles filters; an error where one has no meaning, which says where the fault is. `of`
    /// names what they choose.
    pub(crate) fn new(
        of: &str,
        inclusions: &[String],
        exclusions: &[String],
    ) -> Result<Self, ConnectorError> {
        let mut patterns = Self::default();
        patterns.add(of, inclusions, exclusions)?;
        Ok(patterns)
    }

    /// Adds filters to those that there are.
    pub(crate) fn add(
        &mut self,
        of: &str,
        inclusions: &[String],
        exclusions: &[String],
    ) -> Result<(), ConnectorError> {
        for expression in inclusions {
            self.inclusions.push(compile(of, "inclusion", expression)?);
        }
        for expression in exclusions {
            self.exclusions.push(compile(of, "exclusion", expression)?);
        }
        Ok(())
    }

    /// Whether something with these names is read: one is included, and none excluded.
    pub(crate) fn admit(&self, names: &[&str]) -> bool {
        let is_included =
            self.inclusions.is_empty() || names.iter().any(|name| is_found(&self.inclusions, name));
        is_included && !names.iter().any(|name| self.excludes(name))
    }

    /// Whether an exclusion is found in a name.
    pub(crate) fn excludes(&self, name: &str) -> bool {
        is_found(&self.exclusions, name)
    }
}

fn is_found(expressions: &[Regex], name: &str) -> bool {
    expressions.iter().any(|expression| expression.is_match(name))
}

fn compile(of: &str, which: &str, expression: &str) -> Result<Regex, ConnectorError> {
    RegexBuilder::new(expression).size_limit(COMPILED).build().map_err(|error| {
        let what = match &error {
            regex::Error::CompiledTooBig(_) => "is too large when compiled: shorten it".to_owned(),
            error => format!(
                "cannot be used{} (filters are regular expressions of linear time, without \
                 look-around and back-references)",
                fault(&error.to_string())
            ),
        };
        let reason = format!("the {which} filter '{expression}' of {of} {what}");
        ConnectorError::Misconfigured { reason }
    })
}

/// What is wrong, and where, by an error that shows the expression with a mark below the place.
fn fault(error: &str) -> String {
    // The expression is indented by four.
    let place = error.lines().find_map(|line| line.find('^'));
    let place = place.map(|column| format!(" at character {}", column.saturating_sub(3)));
    let last = error.lines().last().unwrap_or_default();
    format!("{}: {}", place.unwrap_or_default(), last.trim_start_matches("error: "))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn patterns(inclusions: &[&str], exclusions: &[&str]) -> Result<Patterns, ConnectorError> {
        let owned = |list: &[&str]| -> Vec<String> { list.iter().map(|&p| p.to_owned()).collect() };
        Patterns::new("pages", &owned(inclusions), &owned(exclusions))
    }

    #[test]
    fn expressions_are_searched_for_and_an_exclusion_wins() {
        let check = |inclusions: &[&str], exclusions: &[&str], names: &[&str], expect: bool| {
            let patterns = patterns(inclusions, exclusions).unwrap();
            assert_eq!(patterns.admit(names), expect, "{inclusions:?} {exclusions:?} {names:?}");
        };
        let url = ["https://a.example/b/c.html"];
        check(&[], &[], &url, true);
        check(&["/b/"], &[], &url, true);
        check(&["^/b"], &[], &url, false);
        check(&["/x/", r"\.html$"], &[], &url, true);
        check(&["/b/"], &["c\\.html"], &url, false);
        check(&[], &["^$"], &[""], false);
        check(&["^OPS$"], &[], &["OPS", "Operations"], true);
        check(&[], &["^Op"], &["OPS", "Operations"], false);
    }

    #[test]
    fn an_expression_without_meaning_is_refused_with_its_place() {
        let check = |expression: &str, expect: &str| {
            let error = patterns(&[expression], &[]).unwrap_err().to_string();
            assert!(error.contains(&format!("the inclusion filter '{expression}' of pages")));
            assert!(error.contains(expect), "{error}");
        };
        check("a(b", "cannot be used at character 2: unclosed group");
        check("a(?=b)", "look-around, including look-ahead");
        check("(?:a{1000}){1000}", "too large when compiled");
        check(r"(a)\1", "backreferences are not supported");
    }
}
