//! The sets of questions, as they are on disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A set of questions and the paragraphs that answer them.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) paragraphs: Vec<Paragraph>,
    pub(crate) queries: Vec<Query>,
}

/// A paragraph of an article.
#[derive(Debug, Deserialize)]
pub(crate) struct Paragraph {
    /// The article's; may be empty.
    pub(crate) title: String,
    pub(crate) text: String,
}

/// A question.
#[derive(Debug, Deserialize)]
pub(crate) struct Query {
    pub(crate) text: String,
    /// Whether there is an answer.
    #[serde(default = "yes")]
    pub(crate) answerable: bool,
    /// Its answer, in the words in which people found it.
    answers: Vec<String>,
}

/// Data that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataError {
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("line {line} of {} is not as expected", path.display())]
    Line { path: PathBuf, line: usize, source: serde_json::Error },
}

impl Set {
    /// Reads the set in a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, DataError> {
        Ok(Self {
            paragraphs: lines(folder.join("corpus.jsonl"))?,
            queries: lines(folder.join("queries.jsonl"))?,
        })
    }
}

impl Paragraph {
    /// The title and the text.
    pub(crate) fn titled(&self) -> String {
        format!("{}\n{}", self.title, self.text)
    }
}

impl Query {
    /// Whether a text contains one of the answers.
    pub(crate) fn is_answered_by(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let mut answers = self.answers.iter().map(|answer| answer.to_lowercase());
        answers.any(|answer| !answer.is_empty() && text.contains(&answer))
    }
}

fn lines<T: DeserializeOwned>(path: PathBuf) -> Result<Vec<T>, DataError> {
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(DataError::Read { path, source }),
    };
    let numbered = text.lines().enumerate();
    let parsed = numbered.map(|(index, line)| {
        serde_json::from_str(line).map_err(|source| DataError::Line {
            path: path.clone(),
            line: index + 1,
            source,
        })
    });
    parsed.collect()
}

fn yes() -> bool {
    true
}
