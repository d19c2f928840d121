//! What inputs must satisfy: the shapes of the published model, as data.
//!
//! The table is made by `tests/python/make_constraints.py`, where our deviations from the model
//! are listed, and a test compares the two.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

use regex::Regex;
use serde::Deserialize;

use crate::operations::Service;

/// The shapes of one service.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Constraints {
    /// The shape of each operation's input.
    inputs: HashMap<String, String>,
    shapes: HashMap<String, Shape>,
}

/// What values of one shape are like. Members are named with their shapes' names.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Shape {
    Structure {
        members: BTreeMap<String, String>,
        #[serde(default)]
        required: Vec<String>,
        /// Members that travel in the query.
        #[serde(default)]
        query: Vec<String>,
        /// Exactly one member is there.
        #[serde(default)]
        union: bool,
    },
    List {
        member: String,
        #[serde(flatten)]
        length: Length,
    },
    Map {
        key: String,
        value: String,
        #[serde(flatten)]
        length: Length,
    },
    String {
        #[serde(flatten)]
        length: Length,
        pattern: Option<Pattern>,
        #[serde(default, rename = "enum")]
        allowed: Vec<String>,
    },
    Blob {
        #[serde(flatten)]
        length: Length,
    },
    Integer {
        #[serde(flatten)]
        range: Range,
    },
    Float {
        #[serde(flatten)]
        range: Range,
    },
    Double {
        #[serde(flatten)]
        range: Range,
    },
    Boolean,
    /// Any JSON.
    Document,
}

/// Bounds of a length, both included.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Length {
    pub(crate) min: Option<usize>,
    pub(crate) max: Option<usize>,
}

/// Bounds of a number, both included.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Range {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
}

/// A regular expression that a whole text must match, compiled when it is first needed.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl From<String> for Pattern {
    fn from(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }
}

impl Pattern {
    /// The expression as the model has it.
    pub(crate) fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether the whole text matches. `\d` means ASCII digits, as it does where the patterns
    /// come from. All patterns compile, a test says.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| {
                Regex::new(&format!(r"\A(?:{})\z", self.source.replace(r"\d", "[0-9]"))).ok()
            })
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}

impl Shape {
    /// What a value of the shape is, in the words of an error message.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Structure { .. } | Self::Map { .. } => "an object",
            Self::List { .. } => "a list",
            Self::String { .. } => "a string",
            Self::Blob { .. } => "a string of base64",
            Self::Integer { .. } => "an integer",
            Self::Float { .. } | Self::Double { .. } => "a number",
            Self::Boolean => "a boolean",
            Self::Document => "JSON",
        }
    }
}

impl Constraints {
    /// Those of a service; none where nothing of it is built.
    pub(crate) fn of(service: Service) -> Option<&'static Self> {
        TABLES.get(service.name())
    }

    /// The name of the shape of an operation's input.
    pub(crate) fn input(&self, operation: &str) -> Option<&str> {
        self.inputs.get(operation).map(String::as_str)
    }

    /// The shape that has this name.
    pub(crate) fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }

    /// The members of an operation's input that travel in the query.
    pub(crate) fn query(&self, operation: &str) -> &[String] {
        match self.input(operation).and_then(|name| self.shape(name)) {
            Some(Shape::Structure { query, .. }) => query,
            _ => &[],
        }
    }
}

#[expect(clippy::expect_used, reason = "the table is part of the program, and tests read it")]
static TABLES: LazyLock<HashMap<String, Constraints>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("constraints.json")).expect("the table is well-formed")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_a_shape_and_every_pattern_compiles() {
        for (service, table) in TABLES.iter() {
            for input in table.inputs.values() {
                assert!(table.shapes.contains_key(input), "{service} lacks {input}");
            }
            for (name, shape) in &table.shapes {
                let made_of: Vec<&String> = match shape {
                    Shape::Structure { members, .. } => members.values().collect(),
                    Shape::List { member, .. } => vec![member],
                    Shape::Map { key, value, .. } => vec![key, value],
                    Shape::String { pattern: Some(pattern), .. } => {
                        pattern.matches("");
                        assert!(matches!(pattern.compiled.get(), Some(Some(_))), "{name}");
                        Vec::new()
                    }
                    _ => Vec::new(),
                };
                for part in made_of {
                    assert!(table.shapes.contains_key(part), "{service} lacks {part} of {name}");
                }
            }
        }
    }

    #[test]
    fn patterns_match_the_whole_text() {
        let pattern = Pattern::from(r"\d{2}|[a-z-\.]+".to_owned());
        for (text, expect) in
            [("12", true), ("a-.", true), ("123", false), ("12\n", false), ("١٢", false)]
        {
            assert_eq!(pattern.matches(text), expect, "{text:?}");
        }
    }
}
