//! Text by chat completions.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use corpus::{
    GenerateError, Generation, GenerationRequest, Generator, Message, Role, StopReason, Usage,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::OpenAiServer;
use crate::config::TokenLimit;

/// A model on an OpenAI-compatible server that writes.
#[derive(Debug)]
pub struct OpenAiGenerator {
    server: Arc<OpenAiServer>,
    model: String,
}

impl OpenAiGenerator {
    /// The model that the server calls so.
    pub fn new(server: Arc<OpenAiServer>, model: impl Into<String>) -> Self {
        Self { server, model: model.into() }
    }

    fn body(&self, request: &GenerationRequest) -> Value {
        let system = request.system.iter().map(|text| json!({"role": "system", "content": text}));
        let turns = request.messages.iter().map(|message| {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            json!({ "role": role, "content": content(message) })
        });
        let mut body = json!({
            "model": self.model,
            "messages": system.chain(turns).collect::<Vec<_>>(),
            "stream": false,
        });
        let limit = match self.server.config.token_limit {
            TokenLimit::MaxTokens => "max_tokens",
            TokenLimit::MaxCompletionTokens => "max_completion_tokens",
        };
        let inference = &request.inference;
        let stops = &inference.stop_sequences;
        let optional = [
            ("temperature", inference.temperature.map(Value::from)),
            ("top_p", inference.top_p.map(Value::from)),
            (limit, inference.max_tokens.filter(|most| *most > 0).map(Value::from)),
            ("stop", (!stops.is_empty()).then(|| stops.as_slice().into())),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                body[name] = value;
            }
        }
        body
    }
}

#[async_trait]
impl Generator for OpenAiGenerator {
    fn model(&self) -> &str {
        &self.model
    }

    async fn generate(&self, request: &GenerationRequest) -> Result<Generation, GenerateError> {
        let answer: Completion = self.server.post("chat/completions", &self.body(request)).await?;
        let choice = answer.choices.into_iter().next().ok_or_else(|| {
            GenerateError::Unavailable { reason: "the server answered without a choice".to_owned() }
        })?;
        let stop_reason = match choice.finish_reason.as_deref() {
            Some("length") => StopReason::MaxTokens,
            Some("content_filter") => StopReason::ContentFiltered,
            _ => StopReason::EndTurn,
        };
        let usage = answer.usage.unwrap_or_default();
        Ok(Generation {
            text: spoken(&choice.message.content.unwrap_or_default()).to_owned(),
            stop_reason,
            usage: Usage {
                input_tokens: usage.prompt_tokens,
                output_tokens: usage.completion_tokens,
            },
        })
    }
}

/// What a message says: a text where there is nothing else, as every server takes it.
fn content(message: &Message) -> Value {
    if message.images.is_empty() {
        return message.text.as_str().into();
    }
    let images = message.images.iter().map(|image| {
        let (kind, bytes) = (image.format.media_type(), BASE64_STANDARD.encode(&image.bytes));
        let url = format!("data:{kind};base64,{bytes}");
        json!({"type": "image_url", "image_url": {"url": url}})
    });
    let text = json!({"type": "text", "text": message.text});
    images.chain([text]).collect()
}

/// What a model says after it has thought aloud, where the server leaves its thoughts in.
fn spoken(content: &str) -> &str {
    let content = content.trim();
    match content.strip_prefix("<think>").and_then(|rest| rest.split_once("</think>")) {
        Some((_, said)) => said.trim_start(),
        None => content,
    }
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    usage: Option<TokenCounts>,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    content: Option<String>,
}

#[derive(Deserialize, Default)]
struct TokenCounts {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_are_left_out() {
        assert_eq!(spoken("<think>\nhm\n</think>\n\nYes. [1]"), "Yes. [1]");
        assert_eq!(spoken(" Yes. [1] "), "Yes. [1]");
        assert_eq!(spoken("<think> without end"), "<think> without end");
    }
}
