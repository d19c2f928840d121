//! `generationConfiguration`: the prompt and the parameters of the model.

use corpus::InferenceParameters;
use serde::Deserialize;
use serde_json::Value;

use crate::error::ApiError;
use crate::members::absent;

/// How the answer is generated.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Generation {
    pub(crate) prompt_template: Option<String>,
    pub(crate) inference: InferenceParameters,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireInference {
    temperature: Option<f32>,
    top_p: Option<f32>,
    max_tokens: Option<u32>,
    stop_sequences: Option<Vec<String>>,
}

/// The generation that a `generationConfiguration` asks for.
pub(crate) fn read(at: &str, configuration: Option<&Value>) -> Result<Generation, ApiError> {
    let Some(configuration) = configuration else { return Ok(Generation::default()) };
    absent(configuration, at, &["guardrailConfiguration"])?;
    unused(configuration, at)?;
    let inference = &configuration["inferenceConfig"]["textInferenceConfig"];
    let inference = Option::<WireInference>::deserialize(inference)
        .map_err(|error| ApiError::field(at, format!("cannot be read: {error}")))?
        .unwrap_or_default();
    let template = &configuration["promptTemplate"]["textPromptTemplate"];
    Ok(Generation {
        prompt_template: template.as_str().map(str::to_owned),
        inference: InferenceParameters {
            temperature: inference.temperature,
            top_p: inference.top_p,
            max_tokens: inference.max_tokens,
            stop_sequences: inference.stop_sequences.unwrap_or_default(),
        },
    })
}

/// Refuses an `orchestrationConfiguration`, unless it asks for nothing.
pub(crate) fn check_orchestration(at: &str, configuration: &Value) -> Result<(), ApiError> {
    absent(
        configuration,
        at,
        &["promptTemplate", "inferenceConfig", "queryTransformationConfiguration"],
    )?;
    unused(configuration, at)
}

/// Refuses settings of the provider that no model here would see.
fn unused(configuration: &Value, at: &str) -> Result<(), ApiError> {
    if configuration["additionalModelRequestFields"].as_object().is_some_and(|f| !f.is_empty()) {
        absent(configuration, at, &["additionalModelRequestFields"])?;
    }
    if configuration["performanceConfig"]["latency"] == "optimized" {
        return Err(ApiError::field(
            &format!("{at}.performanceConfig.latency"),
            "is not yet supported by this server: use standard",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn prompt_and_parameters_are_read() {
        let read = read(
            "generationConfiguration",
            Some(&json!({
                "promptTemplate": {"textPromptTemplate": "$search_results$"},
                "inferenceConfig": {"textInferenceConfig":
                    {"temperature": 0.5, "maxTokens": 100, "stopSequences": ["."]}},
                "performanceConfig": {"latency": "standard"},
                "additionalModelRequestFields": {},
            })),
        );
        let expect = Generation {
            prompt_template: Some("$search_results$".to_owned()),
            inference: InferenceParameters {
                temperature: Some(0.5),
                top_p: None,
                max_tokens: Some(100),
                stop_sequences: vec![".".to_owned()],
            },
        };
        assert_eq!(read.ok(), Some(expect));
    }

    #[test]
    fn what_is_not_built_is_refused() {
        for configuration in [
            json!({"guardrailConfiguration": {}}),
            json!({"additionalModelRequestFields": {"k": 1}}),
            json!({"performanceConfig": {"latency": "optimized"}}),
        ] {
            let refused = read("generationConfiguration", Some(&configuration));
            assert!(refused.is_err_and(|e| e.to_string().contains("not yet")), "{configuration}");
        }
        let decomposition = json!({"queryTransformationConfiguration": {}});
        assert!(check_orchestration("o", &decomposition).is_err());
        assert!(check_orchestration("o", &json!({})).is_ok());
    }
}
