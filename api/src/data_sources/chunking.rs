//! What a `vectorIngestionConfiguration` means: how documents are cut.

use corpus::ChunkingStrategy;
use serde_json::Value;

use crate::error::ApiError;
use crate::members::{absent, only};

const AT: &str = "vectorIngestionConfiguration";
const FIXED_SIZE: &str = "fixedSizeChunkingConfiguration";
const HIERARCHICAL: &str = "hierarchicalChunkingConfiguration";
const SEMANTIC: &str = "semanticChunkingConfiguration";
/// The members that hold the settings of each strategy.
const SETTINGS: [&str; 3] = [FIXED_SIZE, HIERARCHICAL, SEMANTIC];

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
        kind @ "HIERARCHICAL" => {
            only(chunking, &at, kind, &SETTINGS, Some(HIERARCHICAL))?;
            hierarchical(&chunking[HIERARCHICAL], &format!("{at}.{HIERARCHICAL}"))
        }
        kind @ "SEMANTIC" => {
            only(chunking, &at, kind, &SETTINGS, Some(SEMANTIC))?;
            let semantic = &chunking[SEMANTIC];
            let numbers = ["maxTokens", "bufferSize", "breakpointPercentileThreshold"]
                .map(|name| number(&semantic[name]));
            match numbers {
                [Some(max_tokens), Some(buffer_size), Some(breakpoint_percentile)] => {
                    Ok(ChunkingStrategy::Semantic {
                        max_tokens,
                        buffer_size,
                        breakpoint_percentile,
                    })
                }
                _ => Err(ApiError::field(
                    &format!("{at}.{SEMANTIC}"),
                    "needs maxTokens, bufferSize and breakpointPercentileThreshold",
                )),
            }
        }
        kind @ "NONE" => {
            only(chunking, &at, kind, &SETTINGS, None)?;
            Ok(ChunkingStrategy::None)
        }
        other => Err(ApiError::field(
            &format!("{at}.chunkingStrategy"),
            format!("{other} is none: use FIXED_SIZE, HIERARCHICAL, SEMANTIC or NONE"),
        )),
    }
}

/// The two sizes of a hierarchy: the first level is that of parents, the second of children.
fn hierarchical(settings: &Value, at: &str) -> Result<ChunkingStrategy, ApiError> {
    let levels = settings["levelConfigurations"].as_array().map(Vec::as_slice);
    let levels: Option<Vec<u32>> = levels
        .map(|levels| levels.iter().filter_map(|level| number(&level["maxTokens"])).collect());
    let (Some([parent_tokens, child_tokens]), Some(overlap_tokens)) =
        (levels.as_deref(), number(&settings["overlapTokens"]))
    else {
        return Err(ApiError::field(
            at,
            "needs overlapTokens and two levelConfigurations with maxTokens: of parents, then of \
             children",
        ));
    };
    let (parent_tokens, child_tokens) = (*parent_tokens, *child_tokens);
    if child_tokens > parent_tokens {
        return Err(ApiError::field(
            &format!("{at}.levelConfigurations"),
            "children (the second level) cannot have more maxTokens than parents (the first)",
        ));
    }
    if overlap_tokens >= child_tokens {
        return Err(ApiError::field(
            &format!("{at}.overlapTokens"),
            "must be less than the maxTokens of children (the second level)",
        ));
    }
    Ok(ChunkingStrategy::Hierarchical { parent_tokens, child_tokens, overlap_tokens })
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
    fn levels_and_thresholds_are_read_or_refused() {
        let levels = |levels: &[u32], overlap: u32| {
            let levels: Vec<Value> = levels.iter().map(|most| json!({"maxTokens": most})).collect();
            json!({"chunkingConfiguration": {
                "chunkingStrategy": "HIERARCHICAL",
                HIERARCHICAL: {"levelConfigurations": levels, "overlapTokens": overlap}}})
        };
        let hierarchical = ChunkingStrategy::Hierarchical {
            parent_tokens: 1500,
            child_tokens: 300,
            overlap_tokens: 60,
        };
        check(&levels(&[1500, 300], 60), Ok(hierarchical));
        check(&levels(&[1500], 60), Err("two levelConfigurations"));
        check(&levels(&[1500, 300, 30], 60), Err("two levelConfigurations"));
        check(&levels(&[300, 1500], 60), Err("children (the second level) cannot have more"));
        check(&levels(&[1500, 300], 300), Err("overlapTokens: must be less"));
        let semantic =
            json!({"maxTokens": 300, "bufferSize": 0, "breakpointPercentileThreshold": 95});
        let mut wanted = json!({"chunkingConfiguration": {
            "chunkingStrategy": "SEMANTIC", SEMANTIC: semantic}});
        let strategy = ChunkingStrategy::Semantic {
            max_tokens: 300,
            buffer_size: 0,
            breakpoint_percentile: 95,
        };
        check(&wanted, Ok(strategy));
        wanted["chunkingConfiguration"][SEMANTIC]["bufferSize"] = Value::Null;
        check(&wanted, Err("needs maxTokens, bufferSize"));
        assert!(check_unchanged(strategy, Some(&levels(&[1500, 300], 60))).is_err());
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
        check(&of("SEMANTIC", &Value::Null), Err("SEMANTIC needs it"));
        check(&of("HIERARCHICAL", &Value::Null), Err("HIERARCHICAL needs it"));
        check(&json!({"contextEnrichmentConfiguration": {}}), Err("not yet supported"));
        assert!(check_unchanged(fixed_size, Some(&of("FIXED_SIZE", &fixed))).is_ok());
        assert!(check_unchanged(fixed_size, None).is_err());
        assert!(check_unchanged(ChunkingStrategy::Default, None).is_ok());
    }
}
