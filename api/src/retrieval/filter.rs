//! Filters as clients write them: objects with one key, which is the operator.

use corpus::{Filter, MetadataValue, Operand, Operator};
use serde_json::Value;

use crate::error::ApiError;

/// The filter that a `RetrievalFilter` object stands for.
pub(crate) fn read(at: &str, filter: &Value) -> Result<Filter, ApiError> {
    let read = read_nested(at, filter)?;
    read.validate().map_err(|error| ApiError::field(at, error.to_string()))?;
    Ok(read)
}

/// The recursion is as deep as the JSON, which the parser bounds.
fn read_nested(at: &str, filter: &Value) -> Result<Filter, ApiError> {
    // The published model, which was checked, says that exactly one operator is there.
    let group = |name: &str| filter[name].as_array();
    if let Some(filters) = group("andAll") {
        return Ok(Filter::AndAll(read_all(&format!("{at}.andAll"), filters)?));
    }
    if let Some(filters) = group("orAll") {
        return Ok(Filter::OrAll(read_all(&format!("{at}.orAll"), filters)?));
    }
    let operator = Operator::ALL.into_iter().find(|operator| !filter[operator.name()].is_null());
    let operator = operator.ok_or_else(|| ApiError::field(at, "has no operator"))?;
    let condition = &filter[operator.name()];
    let at = format!("{at}.{}", operator.name());
    let value = operand(&condition["value"]).ok_or_else(|| {
        let message = "must be a text, a number, a boolean or a list of these";
        ApiError::field(&format!("{at}.value"), message)
    })?;
    let key = condition["key"].as_str().unwrap_or_default().to_owned();
    Ok(Filter::Condition { operator, key, value })
}

fn operand(value: &Value) -> Option<Operand> {
    match value {
        Value::Array(values) => {
            values.iter().map(MetadataValue::from_json).collect::<Option<_>>().map(Operand::Several)
        }
        value => MetadataValue::from_json(value).map(Operand::One),
    }
}

fn read_all(at: &str, filters: &[Value]) -> Result<Vec<Filter>, ApiError> {
    let filters = filters.iter().enumerate();
    filters
        .map(|(position, filter)| read_nested(&format!("{at}.{}.member", position + 1), filter))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(filter: &Value, expect: Result<Filter, &str>) {
        match (read("filter", filter), expect) {
            (Ok(filter), Ok(expect)) => assert_eq!(filter, expect),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (other, expect) => assert_eq!(format!("{other:?}"), format!("{expect:?}")),
        }
    }

    fn equals(value: &str) -> Filter {
        let value = Operand::One(MetadataValue::String(value.to_owned()));
        Filter::Condition { operator: Operator::Equals, key: "k".to_owned(), value }
    }

    #[test]
    fn every_operator_is_read() {
        for operator in Operator::ALL {
            let text = MetadataValue::String("a".to_owned());
            let (wire, value) = match operator {
                Operator::In | Operator::NotIn => (
                    json!(["a", 1, true]),
                    vec![text, MetadataValue::Number(1.0), MetadataValue::Boolean(true)].into(),
                ),
                Operator::Equals
                | Operator::NotEquals
                | Operator::StartsWith
                | Operator::ListContains
                | Operator::StringContains => (json!("a"), text.into()),
                _ => (json!(1), MetadataValue::Number(1.0).into()),
            };
            let filter = json!({operator.name(): {"key": "k", "value": wire}});
            check(&filter, Ok(Filter::Condition { operator, key: "k".to_owned(), value }));
        }
    }

    #[test]
    fn groups_nest() {
        let a = json!({"equals": {"key": "k", "value": "a"}});
        let b = json!({"equals": {"key": "k", "value": "b"}});
        check(
            &json!({"orAll": [a, {"andAll": [a, b]}]}),
            Ok(Filter::OrAll(vec![equals("a"), Filter::AndAll(vec![equals("a"), equals("b")])])),
        );
        check(&json!({"andAll": [a]}), Err("at least two"));
    }

    #[test]
    fn meaningless_values_are_refused() {
        check(&json!({"in": {"key": "k", "value": [null]}}), Err("filter.in.value"));
        check(&json!({"in": {"key": "k", "value": [["a"]]}}), Err("must be a list of texts"));
        check(&json!({"equals": {"key": "k", "value": {}}}), Err("must be a text"));
        check(&json!({"lessThan": {"key": "k", "value": "a"}}), Err("must be a number"));
        check(&json!({}), Err("no operator"));
    }
}
