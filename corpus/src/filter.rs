//! Conditions on metadata, with Bedrock's operators, and what they mean.
//!
//! [`Filter::matches`] is the definition. A vector store pushes the same condition down to its
//! index; its contract suite compares the two.

use serde::{Deserialize, Serialize};

use crate::metadata::{Metadata, MetadataValue};

/// A condition on the metadata of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Filter {
    /// One attribute compared with one value.
    Condition {
        /// How they are compared.
        operator: Operator,
        /// The attribute's name.
        key: String,
        /// What it is compared with.
        value: Operand,
    },
    /// All of them hold; at least two.
    AndAll(Vec<Filter>),
    /// One of them holds at least; at least two.
    OrAll(Vec<Filter>),
}

/// What an attribute is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Operand {
    /// One value.
    One(MetadataValue),
    /// Some values, for [`Operator::In`] and [`Operator::NotIn`]; no lists among them.
    Several(Vec<MetadataValue>),
}

/// Bedrock's comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// Present and equal.
    Equals,
    /// Different or absent.
    NotEquals,
    /// A number above the value.
    GreaterThan,
    /// A number not below the value.
    GreaterThanOrEquals,
    /// A number below the value.
    LessThan,
    /// A number not above the value.
    LessThanOrEquals,
    /// A text, a number or a boolean that is one of the values.
    In,
    /// Present, and none of the values.
    NotIn,
    /// A text that begins with the value.
    StartsWith,
    /// A list that has the value as a member.
    ListContains,
    /// A text that contains the value, or a list of which a member does.
    StringContains,
}

/// A filter that has no meaning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A group of fewer than two conditions.
    #[error("{group} needs at least two filters, and has {count}")]
    TooFew {
        /// `andAll` or `orAll`.
        group: &'static str,
        /// How many there are.
        count: usize,
    },
    /// A value of a kind that the operator cannot compare with.
    #[error("the value of {operator} on '{key}' must be {expected}")]
    WrongValue {
        /// The operator as the API spells it.
        operator: &'static str,
        /// The attribute's name.
        key: String,
        /// What it takes.
        expected: &'static str,
    },
    /// Groups within groups beyond what is read.
    #[error("filters nest deeper than {limit} levels")]
    TooDeep {
        /// The most levels.
        limit: usize,
    },
}

impl From<MetadataValue> for Operand {
    fn from(value: MetadataValue) -> Self {
        Self::One(value)
    }
}

impl From<Vec<MetadataValue>> for Operand {
    fn from(values: Vec<MetadataValue>) -> Self {
        Self::Several(values)
    }
}

impl Operator {
    /// All operators.
    pub const ALL: [Self; 11] = [
        Self::Equals,
        Self::NotEquals,
        Self::GreaterThan,
        Self::GreaterThanOrEquals,
        Self::LessThan,
        Self::LessThanOrEquals,
        Self::In,
        Self::NotIn,
        Self::StartsWith,
        Self::ListContains,
        Self::StringContains,
    ];

    /// The operator as the API spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEquals => "notEquals",
            Self::GreaterThan => "greaterThan",
            Self::GreaterThanOrEquals => "greaterThanOrEquals",
            Self::LessThan => "lessThan",
            Self::LessThanOrEquals => "lessThanOrEquals",
            Self::In => "in",
            Self::NotIn => "notIn",
            Self::StartsWith => "startsWith",
            Self::ListContains => "listContains",
            Self::StringContains => "stringContains",
        }
    }

    /// The value that the operator needs, in words, where `value` is of another kind.
    fn refuses(self, value: &Operand) -> Option<&'static str> {
        use Operand::{One, Several};
        let (expected, fits) = match self {
            Self::Equals | Self::NotEquals => {
                ("a text, a number or a boolean", matches!(value, One(value) if !value.is_list()))
            }
            Self::GreaterThan
            | Self::GreaterThanOrEquals
            | Self::LessThan
            | Self::LessThanOrEquals => {
                ("a number", matches!(value, One(MetadataValue::Number(_))))
            }
            Self::In | Self::NotIn => (
                "a list of texts, numbers or booleans",
                matches!(value, Several(values) if !values.iter().any(MetadataValue::is_list)),
            ),
            Self::StartsWith | Self::ListContains | Self::StringContains => {
                ("a text", matches!(value, One(MetadataValue::String(_))))
            }
        };
        (!fits).then_some(expected)
    }
}

impl Filter {
    /// The deepest nesting that is read; Bedrock documents one level of groups in a group.
    pub const MAX_DEPTH: usize = 16;

    /// Says what is wrong with the filter, if anything is.
    pub fn validate(&self) -> Result<(), FilterError> {
        self.validate_within(Self::MAX_DEPTH)
    }

    fn validate_within(&self, levels: usize) -> Result<(), FilterError> {
        let (group, filters) = match self {
            Self::Condition { operator, key, value } => {
                return match operator.refuses(value) {
                    None => Ok(()),
                    Some(expected) => Err(FilterError::WrongValue {
                        operator: operator.name(),
                        key: key.clone(),
                        expected,
                    }),
                };
            }
            Self::AndAll(filters) => ("andAll", filters),
            Self::OrAll(filters) => ("orAll", filters),
        };
        if filters.len() < 2 {
            return Err(FilterError::TooFew { group, count: filters.len() });
        }
        let levels =
            levels.checked_sub(1).ok_or(FilterError::TooDeep { limit: Self::MAX_DEPTH })?;
        filters.iter().try_for_each(|filter| filter.validate_within(levels))
    }

    /// Whether a document with this metadata satisfies the filter. A value of a kind that the
    /// operator does not compare is no match, never an error.
    pub fn matches(&self, metadata: &Metadata) -> bool {
        match self {
            Self::AndAll(filters) => filters.iter().all(|filter| filter.matches(metadata)),
            Self::OrAll(filters) => filters.iter().any(|filter| filter.matches(metadata)),
            Self::Condition { operator, key, value } => match metadata.get(key) {
                Some(actual) => holds(*operator, actual, value),
                None => *operator == Operator::NotEquals,
            },
        }
    }
}

fn holds(operator: Operator, actual: &MetadataValue, operand: &Operand) -> bool {
    use MetadataValue::{Number, String, StringList};
    let value = match (operator, operand) {
        (Operator::In, Operand::Several(values)) => return values.contains(actual),
        (Operator::NotIn, Operand::Several(values)) => return !values.contains(actual),
        (_, Operand::Several(_)) => return false,
        (_, Operand::One(value)) => value,
    };
    match (operator, actual, value) {
        (Operator::Equals, actual, value) => actual == value,
        (Operator::NotEquals, actual, value) => actual != value,
        (Operator::GreaterThan, Number(a), Number(b)) => a > b,
        (Operator::GreaterThanOrEquals, Number(a), Number(b)) => a >= b,
        (Operator::LessThan, Number(a), Number(b)) => a < b,
        (Operator::LessThanOrEquals, Number(a), Number(b)) => a <= b,
        (Operator::StartsWith, String(text), String(start)) => text.starts_with(start.as_str()),
        (Operator::ListContains, StringList(list), String(member)) => list.contains(member),
        (Operator::StringContains, String(text), String(part)) => text.contains(part.as_str()),
        (Operator::StringContains, StringList(list), String(part)) => {
            list.iter().any(|text| text.contains(part.as_str()))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(operator: Operator, value: impl Into<Operand>) -> Filter {
        Filter::Condition { operator, key: "k".to_owned(), value: value.into() }
    }

    fn check(
        operator: Operator,
        value: impl Into<Operand>,
        actual: Option<MetadataValue>,
        expect: bool,
    ) {
        let metadata = actual.map(|actual| ("k".to_owned(), actual)).into_iter().collect();
        let filter = condition(operator, value);
        assert_eq!(filter.matches(&metadata), expect, "{filter:?} on {metadata:?}");
    }

    fn text(text: &str) -> MetadataValue {
        MetadataValue::String(text.to_owned())
    }

    fn list(texts: &[&str]) -> MetadataValue {
        MetadataValue::StringList(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn operators_mean_what_bedrock_documents() {
        use MetadataValue::Number;
        check(Operator::Equals, text("a"), Some(text("a")), true);
        check(Operator::Equals, Number(1.0), Some(text("1")), false);
        check(Operator::NotEquals, text("a"), None, true);
        check(Operator::GreaterThan, Number(1.0), Some(Number(2.0)), true);
        check(Operator::GreaterThan, Number(1.0), Some(text("2")), false);
        check(Operator::LessThanOrEquals, Number(1.0), Some(Number(1.0)), true);
        let several = [text("a"), Number(1.0), MetadataValue::Boolean(true)].to_vec();
        for (actual, expect) in [
            (text("a"), true),
            (text("b"), false),
            (text("1"), false),
            (Number(1.0), true),
            (Number(2.0), false),
            (MetadataValue::Boolean(true), true),
            (MetadataValue::Boolean(false), false),
            (list(&["a"]), false),
        ] {
            check(Operator::In, several.clone(), Some(actual.clone()), expect);
            check(Operator::NotIn, several.clone(), Some(actual), !expect);
        }
        check(Operator::In, several.clone(), None, false);
        check(Operator::NotIn, several, None, false);
        check(Operator::StartsWith, text("ab"), Some(text("abc")), true);
        check(Operator::ListContains, text("a"), Some(list(&["a"])), true);
        check(Operator::StringContains, text("b"), Some(list(&["abc"])), true);
    }

    #[test]
    fn meaningless_filters_are_refused() {
        assert!(condition(Operator::GreaterThan, text("a")).validate().is_err());
        assert!(condition(Operator::Equals, vec![text("a")]).validate().is_err());
        assert!(condition(Operator::In, text("a")).validate().is_err());
        assert!(condition(Operator::In, vec![list(&["a"])]).validate().is_err());
        assert!(condition(Operator::NotIn, Vec::new()).validate().is_ok());
        assert!(Filter::AndAll(vec![condition(Operator::Equals, text("a"))]).validate().is_err());
        let mut deep = condition(Operator::Equals, text("a"));
        for _ in 0..20 {
            deep = Filter::OrAll(vec![deep, condition(Operator::Equals, text("a"))]);
        }
        assert!(matches!(deep.validate(), Err(FilterError::TooDeep { .. })));
    }
}
