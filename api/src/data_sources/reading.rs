//! What language models do while the documents of a data source are read: transcribe pages, which
//! is Bedrock's `parsingConfiguration`, and say where chunks stand, which is our own
//! `situatingContext` among the `connectorParameters`.

use corpus::{ModelTask, Models, Reading, language_model};
use serde::Deserialize;
use serde_json::Value;

use super::configuration::{CONNECTOR_PARAMETERS, read};
use crate::error::ApiError;
use crate::members::only;

const PARSING: &str = "vectorIngestionConfiguration.parsingConfiguration";
const FOUNDATION_MODEL: &str = "bedrockFoundationModelConfiguration";
const DATA_AUTOMATION: &str = "bedrockDataAutomationConfiguration";

/// Our own member among the `connectorParameters`.
pub(super) const SITUATING: &str = "situatingContext";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireSituating {
    model_arn: String,
    prompt: Option<String>,
}

/// What language models are to do, as the two configurations say.
pub(crate) fn reading(
    configuration: &Value,
    vector_ingestion: Option<&Value>,
) -> Result<Reading, ApiError> {
    Ok(Reading {
        transcription: match vector_ingestion.map(|whole| &whole["parsingConfiguration"]) {
            None | Some(Value::Null) => None,
            Some(parsing) => Some(transcription(parsing)?),
        },
        situating: situating(configuration)?,
    })
}

fn transcription(parsing: &Value) -> Result<ModelTask, ApiError> {
    match parsing["parsingStrategy"].as_str().unwrap_or_default() {
        kind @ "BEDROCK_FOUNDATION_MODEL" => {
            let members = [FOUNDATION_MODEL, DATA_AUTOMATION];
            only(parsing, PARSING, kind, &members, Some(FOUNDATION_MODEL))?;
            let model = &parsing[FOUNDATION_MODEL];
            let Some(model_arn) = model["modelArn"].as_str() else {
                return Err(ApiError::field(
                    &format!("{PARSING}.{FOUNDATION_MODEL}.modelArn"),
                    "is missing: name a model that sees",
                ));
            };
            // With the modality MULTIMODAL or without: what is on a page is seen in its picture.
            let prompt = model["parsingPrompt"]["parsingPromptText"].as_str();
            Ok(ModelTask { model_arn: model_arn.to_owned(), prompt: prompt.map(str::to_owned) })
        }
        other => Err(ApiError::field(
            &format!("{PARSING}.parsingStrategy"),
            format!(
                "{other} is not supported by this server: use BEDROCK_FOUNDATION_MODEL with any \
                 model that sees, or leave parsingConfiguration out for the parsers of this server"
            ),
        )),
    }
}

fn situating(configuration: &Value) -> Result<Option<ModelTask>, ApiError> {
    let (managed, parameters) = CONNECTOR_PARAMETERS;
    let at = format!("dataSourceConfiguration.{managed}.{parameters}.{SITUATING}");
    match &configuration[managed][parameters][SITUATING] {
        Value::Null => Ok(None),
        given => {
            let WireSituating { model_arn, prompt } = read(&at, given)?;
            Ok(Some(ModelTask { model_arn, prompt }))
        }
    }
}

/// Checks that the models can be had, and follow instructions.
pub(crate) fn check_models(models: &dyn Models, reading: &Reading) -> Result<(), ApiError> {
    let mut refused =
        reading.tasks().filter_map(|task| language_model(models, &task.model_arn).err());
    match refused.next() {
        Some(error) => Err(ApiError::validation(error.to_string())),
        None => Ok(()),
    }
}

/// Checks that an update leaves as it is how documents are read: those that are there would stay as
/// they were read before.
pub(crate) fn check_unchanged(present: &Reading, new: &Reading) -> Result<(), ApiError> {
    if present.transcription != new.transcription {
        return Err(ApiError::field(
            "vectorIngestionConfiguration",
            "parsingConfiguration cannot be updated once created: repeat what GetDataSource \
             returns, or create another data source",
        ));
    }
    if present.situating != new.situating {
        let (managed, parameters) = CONNECTOR_PARAMETERS;
        return Err(ApiError::field(
            &format!("dataSourceConfiguration.{managed}.{parameters}.{SITUATING}"),
            "cannot be changed once the data source exists: repeat what GetDataSource returns, or \
             create another data source",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    fn check(configuration: &Value, vector_ingestion: &Value, expect: Result<Reading, &str>) {
        match (reading(configuration, Some(vector_ingestion)), expect) {
            (Ok(reading), Ok(expect)) => assert_eq!(reading, expect),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (other, expect) => assert_eq!(format!("{other:?}"), format!("{expect:?}")),
        }
    }

    fn task(prompt: Option<&str>) -> ModelTask {
        ModelTask { model_arn: "m".to_owned(), prompt: prompt.map(str::to_owned) }
    }

    #[test]
    fn parsing_is_read_or_refused() {
        let of = |strategy: &str, model: &Value| {
            json!({"parsingConfiguration":
                {"parsingStrategy": strategy, "bedrockFoundationModelConfiguration": model}})
        };
        let strategy = "BEDROCK_FOUNDATION_MODEL";
        let check = |vector_ingestion: &Value, expect| check(&json!({}), vector_ingestion, expect);
        check(&json!({}), Ok(Reading::default()));
        check(&json!({"parsingConfiguration": null}), Ok(Reading::default()));
        let expect = Reading { transcription: Some(task(None)), situating: None };
        check(&of(strategy, &json!({"modelArn": "m"})), Ok(expect.clone()));
        let multimodal = json!({"modelArn": "m", "parsingModality": "MULTIMODAL"});
        check(&of(strategy, &multimodal), Ok(expect));
        let prompt = json!({"modelArn": "m", "parsingPrompt": {"parsingPromptText": "Say"}});
        let expect = Reading { transcription: Some(task(Some("Say"))), situating: None };
        check(&of(strategy, &prompt), Ok(expect));
        check(&of(strategy, &Value::Null), Err("BEDROCK_FOUNDATION_MODEL needs it"));
        check(&of(strategy, &json!({})), Err("modelArn: is missing"));
        let mut automation = of(strategy, &json!({"modelArn": "m"}));
        automation["parsingConfiguration"]["bedrockDataAutomationConfiguration"] = json!({});
        check(&automation, Err("does not belong"));
        for refused in ["BEDROCK_DATA_AUTOMATION", "SMART_PARSING", "MULTI_MODAL_EMBEDDINGS"] {
            check(&of(refused, &Value::Null), Err("use BEDROCK_FOUNDATION_MODEL"));
        }
    }

    #[test]
    fn situating_is_read_or_refused() {
        let of = |situating: Value| {
            json!({"managedKnowledgeBaseConnectorConfiguration":
                {"connectorParameters": {"situatingContext": situating}}})
        };
        let check = |situating, expect| check(&of(situating), &json!({}), expect);
        let expect = |prompt| Ok(Reading { transcription: None, situating: Some(task(prompt)) });
        check(json!(null), Ok(Reading::default()));
        check(json!({"modelArn": "m"}), expect(None));
        check(json!({"modelArn": "m", "prompt": "Say"}), expect(Some("Say")));
        check(json!({}), Err("modelArn"));
        check(json!({"modelArn": "m", "promt": "Say"}), Err("promt"));
    }

    #[test]
    fn how_documents_are_read_stays() {
        let transcribed = Reading { transcription: Some(task(None)), situating: None };
        let situated = Reading { transcription: None, situating: Some(task(None)) };
        assert!(check_unchanged(&transcribed, &transcribed).is_ok());
        let refused = check_unchanged(&transcribed, &Reading::default()).unwrap_err().to_string();
        assert!(
            refused.contains("parsingConfiguration cannot be updated once created"),
            "{refused}"
        );
        let refused = check_unchanged(&Reading::default(), &situated).unwrap_err().to_string();
        assert!(refused.contains("cannot be changed"), "{refused}");
    }
}
