//! Models behind the ports [`corpus::Embedder`] and [`corpus::Generator`], and the routing table
//! that leads model ids to them.

mod config;
mod router;

mod bedrock;
mod extractive;
mod openai;

mod digest;
mod failure;
mod leftovers;
mod windows;

pub mod fetch;
mod local;

pub use bedrock::{Bedrock, BedrockEmbedder, BedrockGenerator};
pub use config::{
    BedrockConfig, EmbeddingRoute, GenerationRoute, ModelsConfig, OpenAiConfig, Provider,
    TokenLimit,
};
pub use extractive::Extractive;
pub use local::{LocalConfig, LocalError, LocalModel, Precision};
pub use openai::{OpenAiEmbedder, OpenAiEmbeddings, OpenAiGenerator, OpenAiServer};
pub use router::{LocalEmbedder, RouteError, Router};
