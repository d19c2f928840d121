//! `retrievalConfiguration`: how much is searched for, and how.
//!
//! Settings for vector and for managed knowledge bases say the same things under two names; some
//! clients always send the latter, so either is taken.

use corpus::Filter;
use retrieve::SearchType;
use serde_json::Value;

use super::filter;
use crate::error::ApiError;
use crate::members::absent;

/// Results where the client does not say; Bedrock's own default.
const DEFAULT_RESULTS: u32 = 5;

/// What is searched for.
#[derive(Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) number_of_results: u32,
    pub(crate) search_type: Option<SearchType>,
    pub(crate) filter: Option<Filter>,
}

/// The search that a `retrievalConfiguration` asks for.
pub(crate) fn read(at: &str, configuration: Option<&Value>) -> Result<Settings, ApiError> {
    const VECTOR: &str = "vectorSearchConfiguration";
    const MANAGED: &str = "managedSearchConfiguration";
    let configuration = configuration.unwrap_or(&Value::Null);
    let settings = match (&configuration[VECTOR], &configuration[MANAGED]) {
        (Value::Null, Value::Null) => &Value::Null,
        (vector, Value::Null) => vector,
        (Value::Null, managed) => managed,
        _ => return Err(ApiError::field(at, format!("has both {VECTOR} and {MANAGED}"))),
    };
    let member = if configuration[MANAGED].is_null() { VECTOR } else { MANAGED };
    let at = format!("{at}.{member}");
    absent(settings, &at, &["implicitFilterConfiguration", "rerankingConfiguration"])?;
    if !matches!(settings["rerankingModelType"].as_str(), None | Some("NONE")) {
        return Err(ApiError::field(
            &format!("{at}.rerankingModelType"),
            "reranking is not yet supported by this server: use NONE",
        ));
    }
    let results =
        settings["numberOfResults"].as_u64().and_then(|number| u32::try_from(number).ok());
    let filter = Some(&settings["filter"]).filter(|filter| !filter.is_null());
    Ok(Settings {
        number_of_results: results.unwrap_or(DEFAULT_RESULTS),
        search_type: match settings["overrideSearchType"].as_str() {
            Some("HYBRID") => Some(SearchType::Hybrid),
            Some("SEMANTIC") => Some(SearchType::Semantic),
            _ => None,
        },
        filter: filter.map(|filter| filter::read(&format!("{at}.filter"), filter)).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(configuration: &Value, expect: Result<(u32, Option<SearchType>), &str>) {
        match (read("retrievalConfiguration", Some(configuration)), expect) {
            (Ok(search), Ok((number_of_results, search_type))) => {
                assert_eq!(search, Settings { number_of_results, search_type, filter: None });
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (other, expect) => assert_eq!(format!("{other:?}"), format!("{expect:?}")),
        }
    }

    #[test]
    fn either_configuration_is_taken() {
        let vector = json!({"numberOfResults": 7, "overrideSearchType": "HYBRID"});
        let managed = json!({"numberOfResults": 3, "rerankingModelType": "NONE"});
        check(&Value::Null, Ok((5, None)));
        check(&json!({"vectorSearchConfiguration": vector}), Ok((7, Some(SearchType::Hybrid))));
        check(&json!({"managedSearchConfiguration": managed}), Ok((3, None)));
        check(
            &json!({"vectorSearchConfiguration": vector, "managedSearchConfiguration": managed}),
            Err("has both"),
        );
    }

    #[test]
    fn what_is_not_built_is_refused() {
        for member in ["implicitFilterConfiguration", "rerankingConfiguration"] {
            check(&json!({"vectorSearchConfiguration": {member: {}}}), Err(member));
        }
        let managed = json!({"managedSearchConfiguration": {"rerankingModelType": "MANAGED"}});
        check(&managed, Err("reranking is not yet supported"));
    }
}
