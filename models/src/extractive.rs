//! The local answerer.

use async_trait::async_trait;
use corpus::{GenerateError, Generation, GenerationRequest, Generator, StopReason, Usage};

/// Quotes what answers a question.
#[derive(Debug, Default)]
pub struct Extractive {}

#[async_trait]
impl Generator for Extractive {
    fn model(&self) -> &'static str {
        "extractive"
    }

    async fn generate(&self, request: &GenerationRequest) -> Result<Generation, GenerateError> {
        let text = request.passages.first().map(|passage| format!("{} [1]", passage.text));
        let text = text.unwrap_or_default();
        Ok(Generation { text, stop_reason: StopReason::EndTurn, usage: Usage::default() })
    }
}
