//! Settings before they have types: a tree whose values know where they come from, so that an
//! error can name the file, the variable or the flag.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A configuration file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "the environment variable {name}"),
            Self::Flag(name) => write!(f, "the flag {name}"),
        }
    }
}

/// A setting, a list of settings, or settings by name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Settings by name.
    Table(BTreeMap<String, Node>),
    /// A list; layers replace it as a whole.
    List(Vec<Node>, Origin),
    /// A single value.
    Leaf(Scalar, Origin),
}

/// A single value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// What stands in a variable or a flag: a text that may mean any of the above.
    Untyped(String),
}

impl Default for Node {
    fn default() -> Self {
        Self::Table(BTreeMap::new())
    }
}

impl Node {
    /// The tree of a TOML value.
    pub(crate) fn from_toml(value: toml::Value, origin: &Origin) -> Self {
        let leaf = |scalar| Self::Leaf(scalar, origin.clone());
        match value {
            toml::Value::Boolean(value) => leaf(Scalar::Boolean(value)),
            toml::Value::Integer(value) => leaf(Scalar::Integer(value)),
            toml::Value::Float(value) => leaf(Scalar::Float(value)),
            toml::Value::String(value) => leaf(Scalar::Text(value)),
            toml::Value::Datetime(value) => leaf(Scalar::Text(value.to_string())),
            toml::Value::Array(values) => Self::List(
                values.into_iter().map(|value| Self::from_toml(value, origin)).collect(),
                origin.clone(),
            ),
            toml::Value::Table(values) => Self::Table(
                values
                    .into_iter()
                    .map(|(key, value)| (key, Self::from_toml(value, origin)))
                    .collect(),
            ),
        }
    }

    /// The tree of a variable's or a flag's text. Lists and tables are written as in TOML.
    pub(crate) fn from_text(text: &str, origin: &Origin) -> Self {
        if text.starts_with(['[', '{'])
            && let Ok(mut table) = format!("value = {text}").parse::<toml::Table>()
            && let Some(value) = table.remove("value")
        {
            return Self::from_toml(value, origin);
        }
        Self::Leaf(Scalar::Untyped(text.to_owned()), origin.clone())
    }

    /// Puts a setting at a path.
    pub(crate) fn insert(&mut self, path: &[&str], node: Self) {
        let Some((first, rest)) = path.split_first() else {
            self.merge(node);
            return;
        };
        if !matches!(self, Self::Table(_)) {
            *self = Self::default();
        }
        if let Self::Table(entries) = self {
            entries.entry((*first).to_owned()).or_default().insert(rest, node);
        }
    }

    /// Lays another tree over this one: tables are united, anything else is replaced.
    pub(crate) fn merge(&mut self, over: Self) {
        match (self, over) {
            (Self::Table(entries), Self::Table(over)) => {
                for (key, node) in over {
                    match entries.get_mut(&key) {
                        Some(entry) => entry.merge(node),
                        None => {
                            entries.insert(key, node);
                        }
                    }
                }
            }
            (under, over) => *under = over,
        }
    }

    /// Where the first of these settings comes from.
    pub(crate) fn origin(&self) -> Option<&Origin> {
        match self {
            Self::List(_, origin) | Self::Leaf(_, origin) => Some(origin),
            Self::Table(entries) => entries.values().find_map(Self::origin),
        }
    }

    /// Where a setting of the outermost table comes from, if it is set.
    pub(crate) fn origin_of_key(&self, key: &str) -> Option<&Origin> {
        match self {
            Self::Table(entries) => entries.get(key)?.origin(),
            _ => None,
        }
    }

    /// Where the setting at a path comes from; of the nearest one above, if it is not there.
    pub(crate) fn origin_of(&self, path: &[String]) -> Option<&Origin> {
        let inner = match (self, path.split_first()) {
            (Self::Table(entries), Some((first, rest))) => {
                entries.get(first).and_then(|entry| entry.origin_of(rest))
            }
            (Self::List(items, _), Some((first, rest))) => first
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get(index))
                .and_then(|item| item.origin_of(rest)),
            _ => None,
        };
        inner.or_else(|| self.origin())
    }
}
