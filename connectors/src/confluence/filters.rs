//! Which objects are read, by regular expressions on their names.
//!
//! Compared are: of a space its key and its name, of a page or blog post its title, of a comment
//! `Re: ` and the title of what it is on, of an attachment its file name. What is on a page that is
//! left out is left out with it.

use corpus::{ConnectorError, ObjectFilter};
use regex::{RegexSet, RegexSetBuilder};

/// The most memory of the patterns of one kind.
const SIZE: usize = 10 * 1024 * 1024;

/// A type of object, as Bedrock's documentation names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ObjectType {
    Space,
    Page,
    Blog,
    Comment,
    Attachment,
}

impl ObjectType {
    const ALL: [Self; 5] = [Self::Space, Self::Page, Self::Blog, Self::Comment, Self::Attachment];

    /// Its name in filters and attributes.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Space => "Space",
            Self::Page => "Page",
            Self::Blog => "Blog",
            Self::Comment => "Comment",
            Self::Attachment => "Attachment",
        }
    }
}

/// The filters of a source.
#[derive(Debug)]
pub(super) struct Filters(Vec<(ObjectType, Patterns)>);

#[derive(Debug)]
struct Patterns {
    /// None for all.
    inclusions: Option<RegexSet>,
    exclusions: RegexSet,
}

impl Filters {
    /// Compiles the filters; an error where one has no meaning.
    pub(super) fn new(filters: &[ObjectFilter]) -> Result<Self, ConnectorError> {
        let compiled = filters.iter().map(|filter| {
            let kind = ObjectType::ALL.into_iter().find(|kind| kind.name() == filter.object_type);
            let kind = kind.ok_or_else(|| ConnectorError::Misconfigured {
                reason: format!(
                    "there is no objectType '{}' in Confluence: use Space, Page, Blog, Comment or \
                     Attachment",
                    filter.object_type
                ),
            })?;
            let inclusions = match filter.inclusion_filters.as_slice() {
                [] => None,
                some => Some(set(kind, "inclusion", some)?),
            };
            let exclusions = set(kind, "exclusion", &filter.exclusion_filters)?;
            Ok((kind, Patterns { inclusions, exclusions }))
        });
        Ok(Self(compiled.collect::<Result<_, ConnectorError>>()?))
    }

    /// Whether an object with one of these names is read.
    pub(super) fn admit(&self, kind: ObjectType, names: &[&str]) -> bool {
        let matches = |set: &RegexSet| names.iter().any(|name| set.is_match(name));
        let mut filters = self.0.iter().filter(|(of, _)| *of == kind).map(|(_, patterns)| patterns);
        filters.all(|patterns| {
            patterns.inclusions.as_ref().is_none_or(matches) && !matches(&patterns.exclusions)
        })
    }
}

fn set(kind: ObjectType, which: &str, patterns: &[String]) -> Result<RegexSet, ConnectorError> {
    // One at a time, so that the error names the one.
    for pattern in patterns {
        build(std::slice::from_ref(pattern))
            .map_err(|error| refused(kind, which, pattern, &error))?;
    }
    build(patterns).map_err(|error| refused(kind, which, &patterns.join("', '"), &error))
}

fn build(patterns: &[String]) -> Result<RegexSet, regex::Error> {
    RegexSetBuilder::new(patterns).size_limit(SIZE).build()
}

fn refused(kind: ObjectType, which: &str, pattern: &str, error: &regex::Error) -> ConnectorError {
    // The error of a pattern's syntax shows the pattern with a mark below the place.
    let place = error
        .to_string()
        .lines()
        .find_map(|line| line.find('^'))
        .map_or_else(String::new, |column| format!(" at character {}", column.saturating_sub(3)));
    let what = match error {
        regex::Error::CompiledTooBig(_) => "is too large when compiled: shorten it".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!(
                "cannot be used{place}: {last} (patterns are of linear time: no look-around and no \
                 back-references)"
            )
        }
    };
    ConnectorError::Misconfigured {
        reason: format!("the {which} filter '{pattern}' of {} {what}", kind.name()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn filters(kind: &str, inclusions: &[&str], exclusions: &[&str]) -> Result<Filters, String> {
        let owned = |list: &[&str]| -> Vec<String> { list.iter().map(|&p| p.to_owned()).collect() };
        let filter = ObjectFilter {
            object_type: kind.to_owned(),
            inclusion_filters: owned(inclusions),
            exclusion_filters: owned(exclusions),
        };
        Filters::new(&[filter]).map_err(|error| error.to_string())
    }

    #[test]
    fn patterns_are_searched_for_and_an_exclusion_wins() {
        let check = |inclusions: &[&str], exclusions: &[&str], title: &str, expect: bool| {
            let filters = filters("Page", inclusions, exclusions).unwrap();
            assert_eq!(filters.admit(ObjectType::Page, &[title]), expect, "{title}");
            assert!(filters.admit(ObjectType::Blog, &[title]));
        };
        check(&[], &[], "Plan", true);
        check(&["lan"], &[], "Plan", true);
        check(&["^lan"], &[], "Plan", false);
        check(&["Plan", "Map"], &["Draft"], "Map", true);
        check(&["Plan"], &["Draft"], "Plan (Draft)", false);
        check(&[], &["^$"], "", false);
    }

    #[test]
    fn a_filter_without_meaning_is_refused_with_its_place() {
        let check = |kind: &str, pattern: &str, expect: &str| {
            let error = filters(kind, &[pattern], &[]).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check("Page", "a(b", "inclusion filter 'a(b' of Page cannot be used at character 2");
        check("Page", "(?=a)", "no look-around");
        check("Folder", "a", "no objectType 'Folder'");
        check("Space", r"\w{1000}{1000}", "too large");
    }
}
