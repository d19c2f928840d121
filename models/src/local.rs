//! The embedding model that runs in this process: any BERT-style sentence-transformers folder.
//!
//! A text goes through the folder's own tokenizer, is cut into windows of what the model sees at
//! once, and each window goes through the network. Nothing of a text is dropped: the vectors of
//! its windows are averaged by the number of their tokens.

mod config;
mod error;

mod folder;
mod pooling;
mod tokens;
mod weights;

mod derived;
mod encoder;
mod identity;
mod onnx;

mod engine;
mod network;
mod plan;
mod windows;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use corpus::{EmbedError, Embedder, Embedding, EmbeddingModel, Purpose};

pub use self::config::{LocalConfig, Precision};
pub use self::error::LocalError;

use self::engine::{Engine, Work};
use self::folder::Folder;
use self::network::Network;
use self::tokens::Tokens;

/// The most texts in one call: enough to fill the queue's places from a few callers.
const MAX_BATCH: usize = 64;

/// An embedding model in this process.
#[derive(Debug)]
pub struct LocalModel {
    model: EmbeddingModel,
    tokens: Arc<Tokens>,
    query_prompt: Prompt,
    document_prompt: Prompt,
    engine: Engine,
}

/// What stands before a text.
#[derive(Debug)]
struct Prompt {
    /// Its tokens, without the blank at its end.
    ids: Vec<u32>,
    /// That blank, if it has one: byte-level tokenizers make it part of the text's first token.
    lead: &'static str,
}

impl LocalModel {
    /// Loads a model folder. What is made of it once is kept in `cache`. Takes a second or two:
    /// not for an asynchronous thread.
    pub fn open(root: &Path, cache: &Path, config: &LocalConfig) -> Result<Self, LocalError> {
        let folder = Folder::read(root)?;
        let tokens = Tokens::open(&folder)?;
        let prompt = |text: &str| {
            let damaged = |reason| LocalError::damaged(&folder.root, reason);
            let ids = tokens.ids(text.trim_end()).map_err(damaged)?;
            let lead = if text.ends_with(char::is_whitespace) { " " } else { "" };
            Ok::<_, LocalError>(Prompt { ids, lead })
        };
        let query_prompt = prompt(&folder.prompts.query)?;
        let document_prompt = prompt(&folder.prompts.document)?;
        let taken = tokens.special() + query_prompt.ids.len().max(document_prompt.ids.len());
        let window = folder.tokens_at_once().saturating_sub(taken);
        if window == 0 {
            return Err(LocalError::unsupported(&folder.root, "sees no text at once"));
        }
        let onnx = derived::onnx_file(&folder, cache, config.precision)?;
        let hidden = folder.architecture.hidden_size;
        let network = Arc::new(Network::open(&onnx, hidden, folder.pooling.clone())?);
        let work = Work { threads: config.worker_threads(), batch_tokens: config.batch_tokens };
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let name = match config.precision {
            Precision::Fp32 => folder.name.clone(),
            Precision::Int8 => format!("{}-int8", folder.name),
        };
        Ok(Self {
            model: EmbeddingModel {
                name,
                dimensions: number(network.dimensions()),
                identity: identity::identity(&folder, cache, config.precision)?,
                window: number(window),
                max_batch: MAX_BATCH,
            },
            tokens: Arc::new(tokens),
            query_prompt,
            document_prompt,
            engine: Engine::start(&network, work)?,
        })
    }

    fn prompt(&self, purpose: Purpose) -> &Prompt {
        match purpose {
            Purpose::Document => &self.document_prompt,
            Purpose::Query => &self.query_prompt,
        }
    }
}

#[async_trait]
impl Embedder for LocalModel {
    fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    fn tokens(&self, text: &str) -> Vec<Range<usize>> {
        // Only odd tokenizers refuse a text; an estimate still cuts it into chunks.
        self.tokens.ranges(text).unwrap_or_else(|| crate::windows::estimated_tokens(text))
    }

    async fn embed(
        &self,
        texts: &[String],
        purpose: Purpose,
    ) -> Result<Vec<Embedding>, EmbedError> {
        let prompt = self.prompt(purpose);
        let mut call = windows::Call::new(texts, prompt.lead, self.model.window as usize);
        while let Some(slice) = call.next_slice() {
            let tokens = Arc::clone(&self.tokens);
            for window in call.windows_of(slice.tokenised(tokens).await?) {
                let ids = self.tokens.framed(&prompt.ids, &window.ids);
                let reply = self.engine.submit(purpose, ids).await;
                call.expect(window.text, window.ids.len(), reply).await?;
            }
        }
        call.embeddings().await
    }
}
