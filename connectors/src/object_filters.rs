//! `patternObjectFilter`: which objects of each type are read, by regular expressions on their
//! names.
//!
//! Expressions are of linear time and searched for anywhere in the name. An exclusion wins over an
//! inclusion. Types without a filter are not restricted.

use std::collections::HashMap;

use corpus::{ConnectorError, ObjectFilter};
use regex::{Regex, RegexBuilder};

/// The most bytes of a compiled expression.
const COMPILED: usize = 1 << 20;

/// Filters by type.
#[derive(Debug, Default)]
pub(crate) struct ObjectFilters {
    /// By type in lower case.
    by_type: HashMap<String, Patterns>,
}

#[derive(Debug, Default)]
struct Patterns {
    inclusions: Vec<Regex>,
    exclusions: Vec<Regex>,
}

impl ObjectFilters {
    /// Compiles the filters; an error where an expression has no meaning.
    pub(crate) fn new(filters: &[ObjectFilter]) -> Result<Self, ConnectorError> {
        let mut by_type: HashMap<String, Patterns> = HashMap::new();
        for filter in filters {
            let patterns = by_type.entry(filter.object_type.to_lowercase()).or_default();
            for expression in &filter.inclusion_filters {
                patterns.inclusions.push(compile(&filter.object_type, expression)?);
            }
            for expression in &filter.exclusion_filters {
                patterns.exclusions.push(compile(&filter.object_type, expression)?);
            }
        }
        Ok(Self { by_type })
    }

    /// Whether an object of this type and name is read.
    pub(crate) fn admit(&self, object_type: &str, name: &str) -> bool {
        let Some(patterns) = self.by_type.get(&object_type.to_lowercase()) else { return true };
        let found = |list: &[Regex]| list.iter().any(|pattern| pattern.is_match(name));
        (patterns.inclusions.is_empty() || found(&patterns.inclusions))
            && !found(&patterns.exclusions)
    }
}

fn compile(object_type: &str, expression: &str) -> Result<Regex, ConnectorError> {
    RegexBuilder::new(expression).size_limit(COMPILED).build().map_err(|error| {
        let error = error.to_string();
        let cause = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
        ConnectorError::Misconfigured {
            reason: format!(
                "the filter '{expression}' for {object_type} is no regular expression that can be \
                 used: {cause}"
            ),
        }
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn filter(inclusions: &[&str], exclusions: &[&str]) -> ObjectFilter {
        let owned = |list: &[&str]| list.iter().map(|&one| one.to_owned()).collect();
        ObjectFilter {
            object_type: "File".to_owned(),
            inclusion_filters: owned(inclusions),
            exclusion_filters: owned(exclusions),
        }
    }

    #[test]
    fn an_exclusion_wins_and_other_types_are_not_restricted() {
        let check = |inclusions: &[&str], exclusions: &[&str], name: &str, expect: bool| {
            let filters = ObjectFilters::new(&[filter(inclusions, exclusions)]).unwrap();
            assert_eq!(filters.admit("file", name), expect, "{inclusions:?} {exclusions:?} {name}");
            assert!(filters.admit("Page", name));
        };
        check(&[], &[], "a.md", true);
        check(&[r"\.md$"], &[], "a.md", true);
        check(&[r"\.md$"], &[], "a.txt", false);
        check(&["a"], &[r"\.md$"], "a.md", false);
        check(&[], &["draft"], "my draft.md", false);
    }

    #[test]
    fn an_expression_without_meaning_is_named() {
        let error = ObjectFilters::new(&[filter(&["(?=x)"], &[])]).unwrap_err().to_string();
        assert!(error.contains("'(?=x)'") && error.contains("look-around"), "{error}");
    }
}
