//! Text by Converse, which is the same for every model that writes.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::operation::converse::ConverseOutput;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, ImageBlock, ImageFormat as BedrockImageFormat, ImageSource,
    InferenceConfiguration, Message as BedrockMessage, StopReason as BedrockStopReason,
    SystemContentBlock,
};
use corpus::{
    GenerateError, Generation, GenerationRequest, Generator, Image, ImageFormat,
    InferenceParameters, Message, Role, StopReason, Usage,
};

use super::Bedrock;
use super::failure::failure;

/// A model on Amazon Bedrock that writes.
#[derive(Debug)]
pub struct BedrockGenerator {
    bedrock: Arc<Bedrock>,
    model: String,
}

impl BedrockGenerator {
    /// The model of this id or ARN.
    pub fn new(bedrock: Arc<Bedrock>, model: impl Into<String>) -> Self {
        Self { bedrock, model: model.into() }
    }
}

#[async_trait]
impl Generator for BedrockGenerator {
    fn model(&self) -> &str {
        &self.model
    }

    async fn generate(&self, request: &GenerationRequest) -> Result<Generation, GenerateError> {
        let client = self.bedrock.client().await;
        let mut call = client.converse().model_id(&self.model);
        if let Some(system) = request.system.as_ref().filter(|system| !system.trim().is_empty()) {
            call = call.system(SystemContentBlock::Text(system.clone()));
        }
        for message in messages(&request.messages)? {
            call = call.messages(message);
        }
        call = call.set_inference_config(inference(&request.inference));
        let output = call.send().await.map_err(|error| failure(&error, &self.model))?;
        Ok(generation(&output))
    }
}

/// The conversation as Converse takes it: begun by the user, in turns, nothing blank.
fn messages(messages: &[Message]) -> Result<Vec<BedrockMessage>, GenerateError> {
    let spoken = messages.iter().filter(|message| !message.text.trim().is_empty());
    let begun = spoken.skip_while(|message| message.role == Role::Assistant);
    let mut turns: Vec<(Role, Vec<ContentBlock>)> = Vec::new();
    for message in begun {
        let mut said = message.images.iter().map(image).collect::<Result<Vec<_>, _>>()?;
        said.push(ContentBlock::Text(message.text.clone()));
        match turns.last_mut() {
            Some((role, blocks)) if *role == message.role => blocks.extend(said),
            _ => turns.push((message.role, said)),
        }
    }
    let built = turns.into_iter().map(|(role, blocks)| {
        let role = match role {
            Role::User => ConversationRole::User,
            Role::Assistant => ConversationRole::Assistant,
        };
        BedrockMessage::builder().role(role).set_content(Some(blocks)).build()
    });
    built.collect::<Result<_, _>>().map_err(|error| incomplete(&error))
}

fn image(image: &Image) -> Result<ContentBlock, GenerateError> {
    let format = match image.format {
        ImageFormat::Png => BedrockImageFormat::Png,
        ImageFormat::Jpeg => BedrockImageFormat::Jpeg,
    };
    let source = ImageSource::Bytes(Blob::new(image.bytes.clone()));
    let block = ImageBlock::builder().format(format).source(source).build();
    Ok(ContentBlock::Image(block.map_err(|error| incomplete(&error))?))
}

fn incomplete(error: &BuildError) -> GenerateError {
    GenerateError::Refused { reason: error.to_string() }
}

fn inference(parameters: &InferenceParameters) -> Option<InferenceConfiguration> {
    if *parameters == InferenceParameters::default() {
        return None;
    }
    let stops = &parameters.stop_sequences;
    let most = parameters.max_tokens.filter(|most| *most > 0);
    let configuration = InferenceConfiguration::builder()
        .set_max_tokens(most.map(|most| i32::try_from(most).unwrap_or(i32::MAX)))
        .set_temperature(parameters.temperature)
        .set_top_p(parameters.top_p)
        .set_stop_sequences((!stops.is_empty()).then(|| stops.clone()))
        .build();
    Some(configuration)
}

fn generation(output: &ConverseOutput) -> Generation {
    let message = output.output().and_then(|output| output.as_message().ok());
    let blocks = message.map(BedrockMessage::content).unwrap_or_default();
    let texts = blocks.iter().filter_map(|block| block.as_text().ok());
    let stop_reason = match output.stop_reason() {
        BedrockStopReason::MaxTokens | BedrockStopReason::ModelContextWindowExceeded => {
            StopReason::MaxTokens
        }
        BedrockStopReason::StopSequence => StopReason::StopSequence,
        BedrockStopReason::ContentFiltered | BedrockStopReason::GuardrailIntervened => {
            StopReason::ContentFiltered
        }
        _ => StopReason::EndTurn,
    };
    let count = |tokens: i32| u64::try_from(tokens).unwrap_or_default();
    let usage = output.usage().map(|usage| Usage {
        input_tokens: count(usage.input_tokens()),
        output_tokens: count(usage.output_tokens()),
    });
    Generation {
        text: texts.map(String::as_str).collect(),
        stop_reason,
        usage: usage.unwrap_or_default(),
    }
}
