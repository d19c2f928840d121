//! The directories of the embedded indexes: one for each knowledge base, below one root.
//!
//! An index comes into being, and ceases to be, by one rename, so that a crash leaves all of it or
//! nothing; what else a crash leaves has a name that begins with a dot and goes at the next start.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use corpus::{KnowledgeBaseId, VectorStoreError};

/// What the engine writes first in a directory.
const ENGINE_CONFIG: &str = "edge_config.json";
/// Held while a store is open.
const LOCK: &str = ".lock";
/// Names of indexes that are being made begin so.
const UNFINISHED: &str = ".unfinished-";
/// Names of indexes that are being removed begin so.
const REMOVED: &str = ".removed-";

/// The root, for this process alone.
#[derive(Debug)]
pub(crate) struct Root {
    path: PathBuf,
    _lock: File,
}

impl Root {
    /// Takes the root, makes it where it is not there, and clears what a crash left.
    pub(crate) fn open(path: &Path) -> Result<Self, VectorStoreError> {
        fs::create_dir_all(path).map_err(failed(path))?;
        let lock = File::create(path.join(LOCK)).map_err(failed(path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => VectorStoreError::Unavailable {
                reason: format!(
                    "the chunk index in {} is open already, in this process or another; stop that \
                     one, or choose another data directory",
                    path.display()
                ),
            },
            TryLockError::Error(error) => failed(path)(error),
        })?;
        let root = Self { path: path.to_owned(), _lock: lock };
        root.clear()?;
        Ok(root)
    }

    /// The path of the root.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The directory of an index, whether it is there or not.
    pub(crate) fn index(&self, index: KnowledgeBaseId) -> PathBuf {
        self.path.join(index.as_str())
    }

    /// Whether an index is there.
    pub(crate) fn has(&self, index: KnowledgeBaseId) -> bool {
        self.index(index).join(ENGINE_CONFIG).is_file()
    }

    /// An empty directory for an index that is being made.
    pub(crate) fn unfinished(&self, index: KnowledgeBaseId) -> Result<PathBuf, VectorStoreError> {
        let path = self.path.join(format!("{UNFINISHED}{index}"));
        remove(&path)?;
        fs::create_dir(&path).map_err(failed(&path))?;
        Ok(path)
    }

    /// Gives a finished index its name.
    pub(crate) fn publish(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        let unfinished = self.path.join(format!("{UNFINISHED}{index}"));
        fs::rename(&unfinished, self.index(index)).map_err(failed(&unfinished))?;
        self.sync()
    }

    /// Takes an index its name, if it is there.
    pub(crate) fn withdraw(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        let path = self.index(index);
        let removed = self.path.join(format!("{REMOVED}{index}"));
        remove(&removed)?;
        match fs::rename(&path, removed) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&path)(error)),
            _ => self.sync(),
        }
    }

    /// Deletes what is left of an index that was withdrawn.
    pub(crate) fn remove(&self, index: KnowledgeBaseId) -> Result<(), VectorStoreError> {
        remove(&self.path.join(format!("{REMOVED}{index}")))?;
        // An optimisation that was under way may have made a directory of the old name again.
        if self.has(index) { Ok(()) } else { remove(&self.index(index)) }
    }

    fn clear(&self) -> Result<(), VectorStoreError> {
        for entry in fs::read_dir(&self.path).map_err(failed(&self.path))? {
            let entry = entry.map_err(failed(&self.path))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let leftover = name.starts_with(UNFINISHED) || name.starts_with(REMOVED);
            let torso = name.parse::<KnowledgeBaseId>().is_ok_and(|index| !self.has(index));
            if leftover || torso {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Makes renames in the root survive a power loss.
    fn sync(&self) -> Result<(), VectorStoreError> {
        File::open(&self.path).and_then(|root| root.sync_all()).map_err(failed(&self.path))
    }
}

/// Deletes a directory and all in it, if it is there.
fn remove(path: &Path) -> Result<(), VectorStoreError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

/// Says which path an error is about.
pub(crate) fn failed(path: &Path) -> impl FnOnce(io::Error) -> VectorStoreError + use<> {
    let path = path.display().to_string();
    move |error| VectorStoreError::Failed { reason: format!("{path}: {error}") }
}
