//! What a `vectorIngestionConfiguration` means: how documents are cut.

use corpus::ChunkingStrategy;
use serde_json::Value;

use crate::error::ApiError;
use crate::members::{absent, only};

const AT: &str = "vectorIngestionConfiguration";
const FIXED_SIZE: &str = "fixedSizeChunkingConfiguration";
/// The members that hold the settings of each strategy.
const SETTINGS: [&str; 3] =
    [FIXED_SIZE, "hierarchicalChunkingConfiguration", "semanticChunkingConfiguration"];

/// The chunking that a `vectorIngestionConfiguration` asks for.
pub(crate) fn strategy(configuration: Option<&Value>) -> Result<ChunkingStrategy, ApiError> {
    let Some(configuration) = configuration else { return Ok(ChunkingStrategy::Default) };
    absent(
        configuration,
        AT,
        &["customTransformationConfiguration", "contextEnrichmentConfiguration"],
    )?;
    let chunking = &configuration["chunkingConfiguration"];
    if chunking.is_null() {
        return Ok(ChunkingStrategy::Default);
    }
    let at = format!("{AT}.chunkingConfiguration");
    match chunking["chunkingStrategy"].as_str().unwrap_or_default() {
        kind @ "FIXED_SIZE" => {
            only(chunking, &at, kind, &SETTINGS, Some(FIXED_SIZE))?;
            let fixed = &chunking[FIXED_SIZE];
            match (number(&fixed["maxTokens"]), number(&fixed["overlapPercentage"])) {
                (Some(max_tokens), Some(overlap_percentage)) => {
                    Ok(ChunkingStrategy::FixedSize { max_tokens, overlap_percentage })
                }
                _ => Err(ApiError::field(
                    &format!("{at}.{FIXED_SIZE}"),
                    "needs maxTokens and overlapPercentage",
                )),
            }
        }
        kind @ "NONE" => {
            only(chunking, &at, kind, &SETTINGS, None)?;
            Ok(ChunkingStrategy::None)
        }
        other => Err(ApiError::field(
            &format!("{at}.chunkingStrategy"),
            format!("{other} is not yet supported by this server: use FIXED_SIZE or NONE"),
        )),
    }
}

/// The chunking that a `vectorIngestionConfiguration` asks for, outside of a request; else what is
/// wrong with it.
pub fn chunking_strategy(configuration: &Value) -> Result<ChunkingStrategy, String> {
    strategy(Some(configuration)).map_err(|error| error.to_string())
}

/// Checks that an update leaves the chunking as it is.
pub(crate) fn check_unchanged(
    present: ChunkingStrategy,
    configuration: Option<&Value>,
) -> Result<(), ApiError> {
    if strategy(configuration)? == present {
        return Ok(());
    }
    Err(ApiError::field(
        &format!("{AT}.chunkingConfiguration"),
        "cannot be changed once the data source exists: repeat what GetDataSource returns, or \
         create another data source",
    ))
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(configuration: &Value, expect: Result<ChunkingStrategy, &str>) {
        match (strategy(Some(configuration)), expect) {
            (Ok(strategy), Ok(expect)) => assert_eq!(strategy, expect),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (other, expect) => assert_eq!(format!("{other:?}"), format!("{expect:?}")),
        }
    }

    #[test]
    fn strategies_are_read_or_refused() {
        let fixed = json!({"maxTokens": 200, "overlapPercentage": 20});
        let of = |strategy: &str, fixed: &Value| {
            json!({"chunkingConfiguration": {
                "chunkingStrategy": strategy, "fixedSizeChunkingConfiguration": fixed}})
        };
        let fixed_size = ChunkingStrategy::FixedSize { max_tokens: 200, overlap_percentage: 20 };
        check(&json!({}), Ok(ChunkingStrategy::Default));
        check(&of("FIXED_SIZE", &fixed), Ok(fixed_size));
        check(&of("FIXED_SIZE", &Value::Null), Err("FIXED_SIZE needs it"));
        check(&of("NONE", &Value::Null), Ok(ChunkingStrategy::None));
        check(&of("NONE", &fixed), Err("does not belong"));
        for member in ["hierarchicalChunkingConfiguration", "semanticChunkingConfiguration"] {
            for mut strategy in [of("FIXED_SIZE", &fixed), of("NONE", &Value::Null)] {
                strategy["chunkingConfiguration"][member] = json!({});
                check(&strategy, Err("does not belong"));
            }
        }
        check(&of("SEMANTIC", &Value::Null), Err("SEMANTIC is not yet supported"));
        check(&json!({"contextEnrichmentConfiguration": {}}), Err("not yet supported"));
        assert!(check_unchanged(fixed_size, Some(&of("FIXED_SIZE", &fixed))).is_ok());
        assert!(check_unchanged(fixed_size, None).is_err());
        assert!(check_unchanged(ChunkingStrategy::Default, None).is_ok());
    }
}
