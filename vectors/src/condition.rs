//! What a filter or a selector asks of a payload, in terms that both engines know.
//!
//! The translation keeps [`Filter::matches`] exactly; the tests of both stores compare them on
//! random filters and metadata.

use corpus::{DataSourceId, Filter, MetadataValue, Operand, Operator, Selector, VectorStoreError};

use crate::payload::{
    DATA_SOURCE, DOCUMENT, REVISION, TERMS, member_term, number_path, presence_term, term,
};

/// A condition on a payload.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// All of them hold; none at all hold always.
    All(Vec<Condition>),
    /// One of them holds, and there is one at least.
    Any(Vec<Condition>),
    /// None of them holds.
    Neither(Vec<Condition>),
    /// A field is this text, or a list that has it.
    Keyword {
        /// The field.
        field: &'static str,
        /// The text.
        value: String,
    },
    /// A field is one of these texts, or a list that has one; there is one at least.
    Keywords {
        /// The field.
        field: &'static str,
        /// The texts.
        values: Vec<String>,
    },
    /// A field is this number.
    Integer {
        /// The field.
        field: &'static str,
        /// The number.
        value: i64,
    },
    /// A field is a number within the bound.
    Number {
        /// The path to the field.
        path: String,
        /// The bound.
        bound: Bound,
    },
}

/// A bound of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    /// Above it.
    Above(f64),
    /// Not below it.
    AtLeast(f64),
    /// Below it.
    Below(f64),
    /// Not above it.
    AtMost(f64),
}

impl Condition {
    /// The condition of a search; none where it looks at everything.
    pub(crate) fn of_search(
        data_sources: Option<&[DataSourceId]>,
        filter: Option<&Filter>,
    ) -> Result<Option<Self>, VectorStoreError> {
        let sources = data_sources.map(|ids| {
            Self::one_of(DATA_SOURCE, ids.iter().map(DataSourceId::to_string).collect())
        });
        let filter = filter.map(Self::of_filter).transpose()?;
        Ok(match (sources, filter) {
            (Some(sources), Some(filter)) => Some(Self::All(vec![sources, filter])),
            (sources, filter) => sources.or(filter),
        })
    }

    /// The condition that a filter is.
    fn of_filter(filter: &Filter) -> Result<Self, VectorStoreError> {
        let all =
            |filters: &[Filter]| filters.iter().map(Self::of_filter).collect::<Result<Vec<_>, _>>();
        match filter {
            Filter::AndAll(filters) => all(filters).map(Self::All),
            Filter::OrAll(filters) if filters.is_empty() => Ok(Self::never()),
            Filter::OrAll(filters) => all(filters).map(Self::Any),
            Filter::Condition { operator, key, value } => Self::of_operator(*operator, key, value),
        }
    }

    /// The condition that a selector is; none where it names everything.
    pub(crate) fn of_selector(selector: Selector) -> Option<Self> {
        let keyword = |field, value| Self::Keyword { field, value };
        match selector {
            Selector::All => None,
            Selector::DataSource(id) => Some(keyword(DATA_SOURCE, id.to_string())),
            Selector::Document(id) => Some(keyword(DOCUMENT, id.to_string())),
            Selector::Revision(id, revision) => Some(Self::All(vec![
                keyword(DOCUMENT, id.to_string()),
                Self::Integer { field: REVISION, value: i64::from(revision.0) },
            ])),
        }
    }

    fn of_operator(
        operator: Operator,
        key: &str,
        operand: &Operand,
    ) -> Result<Self, VectorStoreError> {
        use MetadataValue::{Number, String};
        use Operand::{One, Several};
        let unsupported = || VectorStoreError::UnsupportedFilter { operator: operator.name() };
        let bound = |bound| Self::Number { path: number_path(key), bound };
        let term = |value: &MetadataValue| term(key, value).ok_or_else(unsupported);
        let one_of = |values: &[MetadataValue]| values.iter().map(term).collect::<Result<_, _>>();
        Ok(match (operator, operand) {
            (Operator::Equals, One(value)) => Self::term(term(value)?),
            (Operator::NotEquals, One(value)) => Self::Neither(vec![Self::term(term(value)?)]),
            (Operator::GreaterThan, One(Number(number))) => bound(Bound::Above(*number)),
            (Operator::GreaterThanOrEquals, One(Number(number))) => bound(Bound::AtLeast(*number)),
            (Operator::LessThan, One(Number(number))) => bound(Bound::Below(*number)),
            (Operator::LessThanOrEquals, One(Number(number))) => bound(Bound::AtMost(*number)),
            (Operator::In, Several(values)) => Self::one_of(TERMS, one_of(values)?),
            (Operator::NotIn, Several(values)) => Self::All(vec![
                Self::term(presence_term(key)),
                Self::Neither(vec![Self::one_of(TERMS, one_of(values)?)]),
            ]),
            (Operator::ListContains, One(String(member))) => Self::term(member_term(key, member)),
            (Operator::StartsWith | Operator::StringContains, _)
            | (Operator::NotEquals, Several(_)) => return Err(unsupported()),
            // A value of a kind that the operator does not compare is no match.
            _ => Self::never(),
        })
    }

    fn term(term: String) -> Self {
        Self::Keyword { field: TERMS, value: term }
    }

    fn one_of(field: &'static str, mut values: Vec<String>) -> Self {
        match values.pop() {
            None => Self::never(),
            Some(value) if values.is_empty() => Self::Keyword { field, value },
            Some(value) => {
                values.push(value);
                Self::Keywords { field, values }
            }
        }
    }

    /// Looks for a term that is never written.
    fn never() -> Self {
        Self::term(String::new())
    }
}
