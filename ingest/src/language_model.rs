//! A language model that works on documents: called at its pace, as long as it takes, and what it
//! used is counted.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use corpus::{
    GenerateError, Generation, GenerationRequest, Generator, InferenceParameters, IngestionJob,
    Message, ModelError, ModelTask, ModelUse, StopReason,
};

use crate::document::Fault;
use crate::retry::Pace;
use crate::worker::Worker;

/// A language model with its instructions.
pub(crate) struct LanguageModel {
    pub(crate) generator: Arc<dyn Generator>,
    pub(crate) instructions: String,
    /// Shared by all runs with the same model.
    pub(crate) pace: Arc<Pace>,
    pub(crate) patience: Duration,
    /// Shared by the models of a run.
    pub(crate) used: Arc<Used>,
}

/// What was asked of language models so far.
#[derive(Debug, Default)]
pub(crate) struct Used {
    calls: AtomicU64,
    input_tokens: AtomicU64,
    output_tokens: AtomicU64,
}

impl LanguageModel {
    /// Asks the model; again where it fails for a passing reason.
    pub(crate) async fn ask(
        &self,
        message: Message,
        max_tokens: Option<u32>,
    ) -> Result<Generation, GenerateError> {
        let request = GenerationRequest {
            system: Some(self.instructions.clone()),
            messages: vec![message],
            inference: InferenceParameters { max_tokens, ..InferenceParameters::default() },
            ..GenerationRequest::default()
        };
        let answer = self.pace.run(self.patience, || self.generator.generate(&request)).await?;
        self.used.add(&answer);
        if answer.stop_reason == StopReason::ContentFiltered {
            let reason = "its provider cut the answer for what it says".to_owned();
            return Err(GenerateError::Refused { reason });
        }
        Ok(answer)
    }
}

impl Worker {
    /// The model that does a task, if there is one to do.
    pub(crate) fn language_model(
        &self,
        task: Option<&ModelTask>,
        instructions: &str,
        used: &Arc<Used>,
    ) -> Result<Option<LanguageModel>, ModelError> {
        let Some(task) = task else { return Ok(None) };
        let generator = corpus::language_model(self.models.as_ref(), &task.model_arn)?;
        // No embedding model has such a fingerprint.
        let pace = self.model_pace(&format!("language model {}", generator.model()));
        Ok(Some(LanguageModel {
            generator,
            instructions: task.prompt.clone().unwrap_or_else(|| instructions.to_owned()),
            pace,
            patience: self.config.patience(),
            used: Arc::clone(used),
        }))
    }

    /// Tells what a job asked of language models.
    pub(crate) async fn account(&self, job: &IngestionJob, used: ModelUse) -> Result<(), Fault> {
        if used.calls == 0 {
            return Ok(());
        }
        tracing::info!(
            job.id = %job.id,
            calls = used.calls,
            input_tokens = used.input_tokens,
            output_tokens = used.output_tokens,
            "the job asked language models"
        );
        Ok(self.catalog.add_model_use(job.id, used).await?)
    }
}

impl fmt::Debug for LanguageModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LanguageModel").field("generator", &self.generator).finish_non_exhaustive()
    }
}

impl Used {
    fn add(&self, answer: &Generation) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.input_tokens.fetch_add(answer.usage.input_tokens, Ordering::Relaxed);
        self.output_tokens.fetch_add(answer.usage.output_tokens, Ordering::Relaxed);
    }

    /// How much it is.
    pub(crate) fn total(&self) -> ModelUse {
        ModelUse {
            calls: self.calls.load(Ordering::Relaxed),
            input_tokens: self.input_tokens.load(Ordering::Relaxed),
            output_tokens: self.output_tokens.load(Ordering::Relaxed),
        }
    }
}

/// The last part of a document's name, which is what people call it.
pub(crate) fn short_name(key: &str) -> &str {
    key.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or(key)
}

/// The beginning of a text, at most so many bytes, on a character bound.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

/// The end of a text, at most so many bytes, on a character bound.
pub(crate) fn end(text: &str, most: usize) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(most))..).unwrap_or(text)
}
