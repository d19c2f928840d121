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
    let template = configuration["promptTemplate"]["textPromptTemplate"].as_str();
    if let Some(template) = template {
        check_template(&format!("{at}.promptTemplate.textPromptTemplate"), template)?;
    }
    Ok(Generation {
        prompt_template: template.map(str::to_owned),
        inference: InferenceParameters {
            temperature: inference.temperature,
            top_p: inference.top_p,
            max_tokens: inference.max_tokens,
            stop_sequences: inference.stop_sequences.unwrap_or_default(),
        },
    })
}

/// Checks that a template has the results, and no placeholder that belongs to orchestration.
fn check_template(at: &str, template: &str) -> Result<(), ApiError> {
    if !template.contains("$search_results$") {
        return Err(ApiError::field(at, "generation prompts must include $search_results$"));
    }
    if template.contains("$conversation_history$") {
        return Err(ApiError::field(
            at,
            "$conversation_history$ belongs to orchestration prompts: leave it out, the turns of \
             the session are before the prompt",
        ));
    }
    Ok(())
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
    fn templates_have_the_placeholders_of_generation() {
        for (template, part) in [
            ("Answer $query$.", "must include $search_results$"),
            ("$search_results$ $conversation_history$", "belongs to orchestration"),
        ] {
            let configuration = json!({"promptTemplate": {"textPromptTemplate": template}});
            let refused = read("g", Some(&configuration));
            assert!(refused.is_err_and(|e| e.to_string().contains(part)), "{template}");
        }
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
