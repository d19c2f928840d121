//! Attributes of a document, as sidecar files and direct ingestion give them and filters read
//! them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Attributes by name, in the order of their names.
pub type Metadata = BTreeMap<String, MetadataValue>;

/// The four kinds of value that Bedrock's metadata knows. Numbers are doubles there too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MetadataValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A finite number.
    Number(f64),
    /// A text.
    String(String),
    /// Some texts.
    StringList(Vec<String>),
}

impl MetadataValue {
    /// The value that a piece of JSON stands for; none for null, objects, mixed lists and numbers
    /// that are not finite.
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        use serde_json::Value;
        match json {
            Value::Bool(value) => Some(Self::Boolean(*value)),
            Value::Number(value) => value.as_f64().filter(|n| n.is_finite()).map(Self::Number),
            Value::String(value) => Some(Self::String(value.clone())),
            Value::Array(values) => values
                .iter()
                .map(|value| value.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .map(Self::StringList),
            Value::Null | Value::Object(_) => None,
        }
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::StringList(_))
    }

    /// The value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Boolean(value) => (*value).into(),
            Self::Number(value) => (*value).into(),
            Self::String(value) => value.as_str().into(),
            Self::StringList(values) => values.clone().into(),
        }
    }
}
