//! How documents of a data source are read with the help of language models.

use serde::{Deserialize, Serialize};

/// What language models do while documents are read. By default: nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// Transcribes pages and pictures; none: the parsers of this program read them.
    pub transcription: Option<ModelTask>,
    /// Says where in its document each chunk stands, for it to be found; none: nothing does.
    pub situating: Option<ModelTask>,
}

/// Something that a language model is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelTask {
    /// The model, as the client gave it: an id or an ARN.
    pub model_arn: String,
    /// Instructions in place of our own.
    pub prompt: Option<String>,
}

impl Reading {
    /// Whether a language model is asked for anything.
    pub fn asks_models(&self) -> bool {
        *self != Self::default()
    }

    /// What language models are asked to do.
    pub fn tasks(&self) -> impl Iterator<Item = &ModelTask> {
        [&self.transcription, &self.situating].into_iter().flatten()
    }
}
