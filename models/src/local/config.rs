//! The `[models.local]` section of the configuration.

use std::path::PathBuf;

use serde::Deserialize;

/// `[models.local]`: the embedding model that runs in this process.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LocalConfig {
    /// A folder of a sentence-transformers model; the default model is fetched where absent.
    pub folder: Option<PathBuf>,
    /// How exactly it calculates.
    pub precision: Precision,
    /// Processors that it may use; all of the machine's where absent.
    pub threads: Option<usize>,
    /// The most tokens, padding counted, that one thread embeds at once, unless one text alone has
    /// more. Small, so that what lies between two layers stays in the processor's cache.
    pub batch_tokens: usize,
}

impl Default for LocalConfig {
    fn default() -> Self {
        Self { folder: None, precision: Precision::default(), threads: None, batch_tokens: 128 }
    }
}

impl LocalConfig {
    /// Threads that embed documents.
    pub(super) fn worker_threads(&self) -> usize {
        let machine = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(machine).max(1)
    }
}

/// How exactly a model calculates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32-bit floating point: the model's own vectors.
    #[default]
    Fp32,
    /// 8-bit integers in the large multiplications, scaled for each channel: faster and smaller,
    /// not quite the same vectors, so not comparable with those of `fp32`.
    Int8,
}

impl Precision {
    /// The name in the configuration.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Fp32 => "fp32",
            Self::Int8 => "int8",
        }
    }
}
