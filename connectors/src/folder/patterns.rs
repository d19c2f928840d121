//! Which files of a folder are meant.
//!
//! A pattern is a glob on the path below the folder: `*` and `?` stay within a part of the path,
//! `**` does not. A pattern without a slash is one on the name alone, in any directory. A
//! directory that an exclusion matches is left out as a whole.

use std::path::Path;

use corpus::ConnectorError;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

#[derive(Debug)]
pub(super) struct Patterns {
    /// None for all files.
    inclusions: Option<GlobSet>,
    exclusions: GlobSet,
    spells_hidden: bool,
}

impl Patterns {
    pub(super) fn new(
        inclusions: &[String],
        exclusions: &[String],
    ) -> Result<Self, ConnectorError> {
        Ok(Self {
            inclusions: match inclusions {
                [] => None,
                some => Some(set("inclusion", some)?),
            },
            exclusions: set("exclusion", exclusions)?,
            spells_hidden: inclusions.iter().any(|pattern| spells_hidden(pattern)),
        })
    }

    /// Whether a file is meant.
    pub(super) fn include(&self, file: &Path) -> bool {
        self.inclusions.as_ref().is_none_or(|set| set.is_match(file)) && !self.exclude(file)
    }

    /// Whether a file or a directory is left out.
    pub(super) fn exclude(&self, path: &Path) -> bool {
        self.exclusions.is_match(path)
    }

    /// Whether names that begin with a dot may be meant.
    pub(super) fn include_hidden(&self) -> bool {
        self.spells_hidden
    }
}

fn spells_hidden(pattern: &str) -> bool {
    pattern.split('/').any(|part| part.starts_with('.') && part != "." && part != "..")
}

fn set(kind: &str, patterns: &[String]) -> Result<GlobSet, ConnectorError> {
    let misconfigured = |pattern: &str, error: &globset::Error| ConnectorError::Misconfigured {
        reason: format!("the {kind} pattern '{pattern}' is no glob: {}", error.kind()),
    };
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let rooted = pattern.trim_start_matches("./");
        let glob = match rooted.strip_prefix('/') {
            Some(rooted) => rooted.to_owned(),
            None if rooted.contains('/') => rooted.to_owned(),
            None => format!("**/{rooted}"),
        };
        let glob = GlobBuilder::new(glob.trim_end_matches('/'))
            .literal_separator(true)
            .build()
            .map_err(|error| misconfigured(pattern, &error))?;
        builder.add(glob);
    }
    let all = patterns.join("', '");
    builder.build().map_err(|error| misconfigured(&all, &error))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn patterns(inclusions: &[&str], exclusions: &[&str]) -> Result<Patterns, ConnectorError> {
        let owned = |list: &[&str]| -> Vec<String> { list.iter().map(|&p| p.to_owned()).collect() };
        Patterns::new(&owned(inclusions), &owned(exclusions))
    }

    #[test]
    fn patterns_match_names_or_paths() {
        let check = |inclusions: &[&str], exclusions: &[&str], path: &str, expect: bool| {
            let patterns = patterns(inclusions, exclusions).unwrap();
            let included = patterns.include(Path::new(path));
            assert_eq!(included, expect, "{inclusions:?} {exclusions:?} {path}");
        };
        check(&[], &[], "a/b.md", true);
        check(&["*.md"], &[], "b.md", true);
        check(&["*.md"], &[], "a/b.md", true);
        check(&["*.md"], &[], "a/b.txt", false);
        check(&["/*.md"], &[], "a/b.md", false);
        check(&["a/*.md"], &[], "a/b.md", true);
        check(&["a/*.md"], &[], "a/c/b.md", false);
        check(&["a/**/*.md"], &[], "a/c/d/b.md", true);
        check(&["a/**"], &[], "a/c/d/b.md", true);
        check(&["./a/*.{md,txt}"], &[], "a/b.txt", true);
        check(&[], &["b.md"], "a/b.md", false);
        check(&["*.md"], &["a/**"], "a/b.md", false);
        check(&["*.md"], &["drafts/"], "drafts", false);
        check(&["*.MD"], &[], "b.md", false);
    }

    #[test]
    fn hidden_names_are_meant_where_they_are_spelled() {
        let check = |pattern: &str, expect: bool| {
            assert_eq!(patterns(&[pattern], &[]).unwrap().include_hidden(), expect, "{pattern}");
        };
        check("**", false);
        check("./a/../b", false);
        check(".notes/**", true);
        check("a/.b", true);
    }

    #[test]
    fn a_pattern_without_meaning_is_named() {
        let error = patterns(&["[a"], &[]).unwrap_err().to_string();
        assert!(error.contains("inclusion pattern '[a' is no glob"), "{error}");
    }
}
