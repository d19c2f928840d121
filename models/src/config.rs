//! The `[models]` section of the configuration: which model serves which model id.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::SecretString;
use serde::Deserialize;

use crate::local::LocalConfig;

/// `[models]`. Without any of it, every id leads to the local models.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelsConfig {
    /// `[[models.embedding]]`: the first route whose `match` fits an id serves it.
    pub embedding: Vec<EmbeddingRoute>,
    /// `[[models.generation]]`: the first route whose `match` fits an id serves it.
    pub generation: Vec<GenerationRoute>,
    /// `[models.local]`: the embedding model in this process.
    pub local: LocalConfig,
    /// `[models.bedrock]`: how Amazon Bedrock is reached.
    pub bedrock: BedrockConfig,
    /// `[models.openai.NAME]`: OpenAI-compatible servers.
    pub openai: BTreeMap<String, OpenAiConfig>,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            embedding: vec![EmbeddingRoute::local()],
            generation: vec![GenerationRoute::local()],
            local: LocalConfig::default(),
            bedrock: BedrockConfig::default(),
            openai: BTreeMap::new(),
        }
    }
}

/// Who makes the vectors or the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// This process.
    Local,
    /// Amazon Bedrock.
    Bedrock,
    /// A server that speaks OpenAI's protocol.
    Openai,
}

/// A route for embedding models.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingRoute {
    /// A glob (`*` is any text) on the id: an ARN's part after its last slash.
    #[serde(rename = "match")]
    pub pattern: String,
    /// Who serves it.
    pub provider: Provider,
    /// The provider's name of the model. Bedrock: the id or ARN that was asked for, where absent.
    pub model: Option<String>,
    /// Which of `[models.openai.NAME]`; may be absent where there is one only.
    pub server: Option<String>,
    /// Length of the vectors. OpenAI-compatible models need it; Bedrock's that offer a choice use
    /// their own default without it.
    pub dimensions: Option<u32>,
    /// OpenAI-compatible models: the most tokens of one text.
    #[serde(default = "EmbeddingRoute::default_window")]
    pub window_tokens: u32,
    /// OpenAI-compatible models: whether `dimensions` is sent, for models that offer a choice.
    #[serde(default)]
    pub send_dimensions: bool,
    /// OpenAI-compatible models: what the model wants before each question, as `query: `.
    #[serde(default)]
    pub query_prefix: String,
    /// OpenAI-compatible models: what the model wants before each passage, as `passage: `.
    #[serde(default)]
    pub document_prefix: String,
}

impl EmbeddingRoute {
    /// Every id to the local model.
    fn local() -> Self {
        Self {
            pattern: "*".to_owned(),
            provider: Provider::Local,
            model: None,
            server: None,
            dimensions: None,
            window_tokens: Self::default_window(),
            send_dimensions: false,
            query_prefix: String::new(),
            document_prefix: String::new(),
        }
    }

    fn default_window() -> u32 {
        512
    }
}

/// A route for generation models.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerationRoute {
    /// A glob (`*` is any text) on the id: an ARN's part after its last slash.
    #[serde(rename = "match")]
    pub pattern: String,
    /// Who serves it.
    pub provider: Provider,
    /// The provider's name of the model. Bedrock: the id or ARN that was asked for, where absent.
    pub model: Option<String>,
    /// Which of `[models.openai.NAME]`; may be absent where there is one only.
    pub server: Option<String>,
}

impl GenerationRoute {
    /// Every id to the local answerer.
    fn local() -> Self {
        Self { pattern: "*".to_owned(), provider: Provider::Local, model: None, server: None }
    }
}

/// `[models.bedrock]`. What is absent comes from AWS's own environment variables and profiles.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BedrockConfig {
    /// The region, as `us-east-1`.
    pub region: Option<String>,
    /// The profile of AWS's configuration files.
    pub profile: Option<String>,
    /// Another endpoint than AWS's.
    pub endpoint_url: Option<String>,
    /// How long one call may take.
    pub timeout_seconds: u32,
}

impl Default for BedrockConfig {
    fn default() -> Self {
        Self { region: None, profile: None, endpoint_url: None, timeout_seconds: 120 }
    }
}

/// `[models.openai.NAME]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAiConfig {
    /// The address before `/chat/completions`, as `http://127.0.0.1:8000/v1`.
    pub base_url: String,
    /// Sent as a bearer token.
    pub api_key: Option<SecretString>,
    /// How long one call may take.
    #[serde(default = "OpenAiConfig::default_timeout")]
    pub timeout_seconds: u32,
    /// The member that limits the answer's tokens; some models know only the newer one.
    #[serde(default)]
    pub token_limit: TokenLimit,
}

impl fmt::Debug for OpenAiConfig {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiConfig")
            .field("timeout_seconds", &self.timeout_seconds)
            .field("token_limit", &self.token_limit)
            .finish_non_exhaustive()
    }
}

impl OpenAiConfig {
    fn default_timeout() -> u32 {
        120
    }
}

/// The two names of one limit in OpenAI's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLimit {
    /// What nearly every server knows.
    #[default]
    MaxTokens,
    /// What OpenAI's own newer models ask for.
    MaxCompletionTokens,
}

/// Whether a glob, in which `*` is any text, fits all of a text.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(end)
}

/// The bare id: an ARN's part after its last slash; anything else as it is.
pub(crate) fn bare_id(model: &str) -> &str {
    if model.starts_with("arn:") { model.rsplit('/').next().unwrap_or(model) } else { model }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expect: bool) {
        assert_eq!(fits(pattern, text), expect, "{pattern} on {text}");
    }

    #[test]
    fn globs_fit_whole_ids() {
        check("*", "", true);
        check("*", "amazon.titan-embed-text-v1", true);
        check("amazon.titan-*", "amazon.titan-embed-text-v1", true);
        check("amazon.titan-*", "us.amazon.titan-embed-text-v1", false);
        check("*cohere*v3", "us.cohere.embed-english-v3", true);
        check("*cohere*v3", "us.cohere.embed-v4:0", false);
        check("a*ab", "ab", false);
        check("exact", "exact", true);
        check("exact", "exactly", false);
    }

    #[test]
    fn arns_end_in_ids() {
        for (model, id) in [
            (
                "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v1",
                "amazon.titan-embed-text-v1",
            ),
            ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.a.b-v1:0", "us.a.b-v1:0"),
            ("meta/llama", "meta/llama"),
        ] {
            assert_eq!(bare_id(model), id);
        }
    }
}
