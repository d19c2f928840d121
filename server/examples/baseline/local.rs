//! The local embedding model, as the arguments name it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use corpus::Embedder;
use models::{LocalConfig, LocalModel, Precision};
use serde_json::json;

/// Which model, and how it calculates.
#[derive(Debug, Args)]
pub(crate) struct Local {
    /// A folder of a sentence-transformers model
    #[arg(long)]
    model: PathBuf,
    /// Where what is made of it once is kept
    #[arg(long)]
    cache: PathBuf,
    /// How exactly it calculates
    #[arg(long, default_value = "fp32", value_parser = precision)]
    precision: Precision,
    /// Processors that it may use; all where absent
    #[arg(long)]
    threads: Option<usize>,
}

impl Local {
    /// Loads the model.
    pub(crate) fn open(&self) -> anyhow::Result<Arc<dyn Embedder>> {
        let config = LocalConfig {
            precision: self.precision,
            threads: self.threads,
            ..LocalConfig::default()
        };
        Ok(Arc::new(LocalModel::open(&self.model, &self.cache, &config)?))
    }
}

/// A precision as the configuration spells it.
fn precision(name: &str) -> serde_json::Result<Precision> {
    serde_json::from_value(json!(name))
}
