//! Tries every route once, for `outcrop check`.

use corpus::{Embedder, GenerationRequest, Generator, InferenceParameters, Message, Purpose, Role};

use super::Router;
use crate::config::Provider;

impl Router {
    /// Asks each model that a route names for a token's worth of work. A route on Bedrock that
    /// names no model is tried as far as that goes: credentials and region. Each failure names its
    /// remedy.
    pub async fn check(&self) -> Vec<(String, Result<(), String>)> {
        let mut checks = Vec::new();
        for route in &self.config.embedding {
            let name = format!("embedding \"{}\" by {}", route.pattern, name(route.provider));
            let outcome = match (route.provider, &route.model) {
                (Provider::Bedrock, None) => self.bedrock.check().await,
                _ => match self.embedder_of(route, &route.pattern) {
                    Ok(embedder) => embeds(&*embedder).await,
                    Err(reason) => Err(reason),
                },
            };
            checks.push((name, outcome));
        }
        for route in &self.config.generation {
            let name = format!("generation \"{}\" by {}", route.pattern, name(route.provider));
            let outcome = match (route.provider, &route.model) {
                (Provider::Bedrock, None) => self.bedrock.check().await,
                _ => match self.generator_of(route, &route.pattern) {
                    Ok(generator) => generates(&*generator).await,
                    Err(reason) => Err(reason),
                },
            };
            checks.push((name, outcome));
        }
        checks
    }
}

fn name(provider: Provider) -> &'static str {
    match provider {
        Provider::Local => "local",
        Provider::Bedrock => "bedrock",
        Provider::Openai => "openai",
    }
}

async fn embeds(embedder: &dyn Embedder) -> Result<(), String> {
    let embedded = embedder.embed(&["ping".to_owned()], Purpose::Query).await;
    embedded.map(drop).map_err(|error| error.to_string())
}

async fn generates(generator: &dyn Generator) -> Result<(), String> {
    let request = GenerationRequest {
        messages: vec![Message::new(Role::User, "ping")],
        question: "ping".to_owned(),
        inference: InferenceParameters { max_tokens: Some(1), ..InferenceParameters::default() },
        ..GenerationRequest::default()
    };
    generator.generate(&request).await.map(drop).map_err(|error| error.to_string())
}
