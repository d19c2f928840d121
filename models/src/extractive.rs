//! The local answerer.
mod evidence;
mod grammar;
mod question;
mod sentences;
mod words;
use async_trait::async_trait;
use corpus::*;
/// x
#[derive(Debug, Default)]
pub struct Extractive {}
#[async_trait]
impl Generator for Extractive {
    fn model(&self) -> &str {
        "extractive"
    }
    async fn generate(&self, request: &GenerationRequest) -> Result<Generation, GenerateError> {
        let c = evidence::candidates(&request.question, &request.passages);
        Ok(Generation {
            text: format!("{}", c.len()),
            stop_reason: StopReason::EndTurn,
            usage: Usage::default(),
        })
    }
}
