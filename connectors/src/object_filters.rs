//! `patternObjectFilter`: which objects of each type are read, by their names ([`Patterns`]).
//!
//! Types are compared without regard to case; those without a filter are not restricted. A type
//! that the source does not have is refused; one that Bedrock's documentation names and that is not
//! read has no effect, which is said in the log.

use std::collections::HashMap;

use corpus::{ConnectorError, ObjectFilter};

use crate::patterns::Patterns;

/// The types of objects of a source.
#[derive(Debug)]
pub(crate) struct ObjectTypes {
    /// The source's name.
    pub(crate) source: &'static str,
    /// Those that are read.
    pub(crate) read: &'static [&'static str],
    /// Those that are not.
    pub(crate) not_read: &'static [&'static str],
}

/// Filters by type.
#[derive(Debug, Default)]
pub(crate) struct ObjectFilters {
    /// By type in lower case.
    by_type: HashMap<String, Patterns>,
}

impl ObjectTypes {
    /// The filters of a data source; an error where a type or an expression has no meaning.
    pub(crate) fn filters(
        &self,
        filters: &[ObjectFilter],
    ) -> Result<ObjectFilters, ConnectorError> {
        let has = |list: &[&str], name: &str| list.iter().any(|one| one.eq_ignore_ascii_case(name));
        for filter in filters {
            let name = filter.object_type.as_str();
            if has(self.not_read, name) {
                tracing::warn!(
                    "the filter for objects of type {name} has no effect: they are not read"
                );
            } else if !has(self.read, name) {
                let reason = format!(
                    "{} has no object type '{name}': filters are for {}",
                    self.source,
                    self.read.join(", ")
                );
                return Err(ConnectorError::Misconfigured { reason });
            }
        }
        ObjectFilters::new(filters)
    }
}

impl ObjectFilters {
    /// Filters of any types; an error where an expression has no meaning.
    pub(crate) fn new(filters: &[ObjectFilter]) -> Result<Self, ConnectorError> {
        let mut by_type: HashMap<String, Patterns> = HashMap::new();
        for filter in filters {
            let patterns = by_type.entry(filter.object_type.to_lowercase()).or_default();
            patterns.add(
                &filter.object_type,
                &filter.inclusion_filters,
                &filter.exclusion_filters,
            )?;
        }
        Ok(Self { by_type })
    }

    /// Whether an object of this type and with these names is read.
    pub(crate) fn admit(&self, object_type: &str, names: &[&str]) -> bool {
        let patterns = self.by_type.get(&object_type.to_lowercase());
        patterns.is_none_or(|patterns| patterns.admit(names))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const TYPES: ObjectTypes =
        ObjectTypes { source: "The attic", read: &["Page", "File"], not_read: &["Event"] };

    fn filter(object_type: &str, inclusions: &[&str], exclusions: &[&str]) -> ObjectFilter {
        let owned = |list: &[&str]| list.iter().map(|&one| one.to_owned()).collect();
        ObjectFilter {
            object_type: object_type.to_owned(),
            inclusion_filters: owned(inclusions),
            exclusion_filters: owned(exclusions),
        }
    }

    #[test]
    fn filters_are_of_their_type_and_add_up() {
        let filters = [
            filter("file", &[r"\.md$"], &[]),
            filter("File", &[r"\.txt$"], &["draft"]),
            filter("Event", &["x"], &[]),
        ];
        let filters = TYPES.filters(&filters).unwrap();
        let check = |object_type: &str, name: &str, expect: bool| {
            assert_eq!(filters.admit(object_type, &[name]), expect, "{object_type} {name}");
        };
        check("File", "a.md", true);
        check("FILE", "a.txt", true);
        check("File", "a.pdf", false);
        check("File", "draft.md", false);
        check("Page", "draft", true);
    }

    #[test]
    fn a_type_that_is_none_is_refused_with_those_that_are() {
        let error = TYPES.filters(&[filter("Folder", &[], &[])]).unwrap_err().to_string();
        assert!(error.contains("'Folder'") && error.contains("Page, File"), "{error}");
    }
}
