//! Why a model folder cannot be used.

use std::io;
use std::path::{Path, PathBuf};

/// Why a model folder cannot be used. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// A file that cannot be read.
    #[error("cannot read '{}' of the embedding model", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file that is not what its name says.
    #[error("'{}' of the embedding model is damaged ({reason}): fetch the model again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A model of a kind that does not run here.
    #[error(
        "the embedding model in '{}' {reason}: choose a BERT-style sentence-transformers model in \
         [models.local] folder",
        folder.display()
    )]
    Unsupported {
        /// The model's folder.
        folder: PathBuf,
        /// What it has or lacks.
        reason: String,
    },
    /// What is made of the model cannot be written.
    #[error("cannot write '{}', which is made of the embedding model", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The machine gives no thread.
    #[error("cannot start a thread for the embedding model")]
    NoThread(#[source] io::Error),
}

impl LocalError {
    /// For `map_err` on reading `path`.
    pub(super) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Unreadable { path, source }
    }

    /// For `map_err` on writing `path`.
    pub(super) fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Unwritable { path, source }
    }

    /// A file that is not what its name says.
    #[expect(clippy::needless_pass_by_value, reason = "takes errors of many types as they come")]
    pub(super) fn damaged(path: &Path, reason: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), reason: reason.to_string() }
    }

    /// A model of a kind that does not run here.
    pub(super) fn unsupported(folder: &Path, reason: impl Into<String>) -> Self {
        Self::Unsupported { folder: folder.to_owned(), reason: reason.into() }
    }
}
