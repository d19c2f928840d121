//! Port: a prompt to an answer.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Answers a prompt.
#[async_trait]
pub trait Generator: Send + Sync + Debug {
    /// The name of the model behind it.
    fn model(&self) -> &str;

    /// Whether it follows instructions and looks at pictures, as language models do. Which of them
    /// see, their providers know: one that does not refuses.
    fn follows_instructions(&self) -> bool {
        true
    }

    /// Generates an answer. It marks the passages that it rests on by their numbers in square
    /// brackets after the words they support, as `[1]`, where the prompt asks for that.
    async fn generate(&self, request: &GenerationRequest) -> Result<Generation, GenerateError>;
}

/// A prompt, and what it was made of.
///
/// Language models read `system` and `messages`. The local answerer, which is no language model,
/// reads `question` and `passages`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GenerationRequest {
    /// The instructions.
    pub system: Option<String>,
    /// The conversation; the last message is the user's.
    pub messages: Vec<Message>,
    /// The question, as the user put it.
    pub question: String,
    /// What was retrieved; passage `n` has number `n + 1` in the prompt.
    pub passages: Vec<Passage>,
    /// Whether the prompt asks for markers.
    pub cites: bool,
    /// Limits and temperature.
    pub inference: InferenceParameters,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What they say.
    pub text: String,
    /// What they show before they say it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
}

impl Message {
    /// Words without pictures.
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into(), images: Vec::new() }
    }
}

/// A picture, as the file that it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// What kind of file.
    pub format: ImageFormat,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The kinds of picture that every provider takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl ImageFormat {
    /// As `image/png`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

impl Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} of {} bytes", self.format, self.bytes.len())
    }
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// The person who asks.
    User,
    /// The model.
    Assistant,
}

/// A retrieved passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its text.
    pub text: String,
    /// Where it stands: the name of its document, then the headings above it, outermost first.
    pub headings: Vec<String>,
}

/// Bedrock's `textInferenceConfig`; what is absent is the model's own default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InferenceParameters {
    /// 0 to 1.
    pub temperature: Option<f32>,
    /// 0 to 1.
    pub top_p: Option<f32>,
    /// The most tokens of the answer.
    pub max_tokens: Option<u32>,
    /// Texts that end the answer.
    pub stop_sequences: Vec<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// The text, with its markers.
    pub text: String,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// What it cost.
    pub usage: Usage,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It was complete.
    EndTurn,
    /// It reached `max_tokens`.
    MaxTokens,
    /// It met a stop sequence.
    StopSequence,
    /// The provider cut it for what it says.
    ContentFiltered,
}

/// Tokens, as the provider counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens of the prompt.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The provider asks for fewer calls.
    #[error("the generation model is throttling")]
    Throttled {
        /// When it asked to be called again.
        retry_after: Option<Duration>,
    },
    /// The provider does not answer, or failed for a reason that may pass.
    #[error("the generation model cannot be reached: {reason}")]
    Unavailable {
        /// What was seen.
        reason: String,
    },
    /// The prompt is longer than the model reads.
    #[error("the prompt is too long for the model: {reason}")]
    PromptTooLong {
        /// What the provider said.
        reason: String,
    },
    /// The provider refuses the request or the credentials, and would again.
    #[error("the generation model refused: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
}

impl GenerateError {
    /// Whether another try may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Unavailable { .. })
    }
}
