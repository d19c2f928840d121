//! A directory tree on this machine.
//!
//! * **Key**: the path below the folder, its parts joined by `/`; see [`name::key`] for names that
//!   are no UTF-8.
//! * **Change**: size, inode, modification and status change time of the file and of its sidecar.
//!   What is missed is a change in place that keeps the size, made after the bytes were read and
//!   within the same tick of the file system's clock (some milliseconds).
//! * **Left out, and said so** ([`SourceEvent::Ignored`]): symbolic links, which are never
//!   followed; FIFOs, sockets and devices, which are never opened; names that begin with a dot,
//!   unless an inclusion pattern spells such a name.
//! * **Left out silently**: what the patterns leave out, and sidecars, which belong to their files.
//! * **Removal**: a walk that saw everything ends with [`SourceEvent::Complete`]. A directory that
//!   cannot be listed may hold anything, so it is reported as [`SourceEvent::Failure`] under its
//!   path with a `/` behind it, the walk goes on, and ends without `Complete`: nothing is removed
//!   until it can be listed again. If the folder itself cannot be listed, or was exchanged during
//!   the walk (a volume that was unmounted), the walk ends with an error.
//!
//! It remembers nothing between runs: a walk is cheap. Where it is asked to watch, it tells that
//! something changed, and the walk finds out what.

mod content;
mod fault;
mod name;
mod patterns;
mod sidecar;
mod walk;
mod watch;

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use corpus::{Connector, ConnectorError, FolderSource, SourceEvent, SourceState};
use futures::stream::{self, BoxStream, StreamExt};
use tokio::task::spawn_blocking;

use patterns::Patterns;
use walk::Walk;

/// Events that are found in one go on a blocking thread. They and the names of the directories
/// between the folder and the current file are all that a walk holds.
const EVENTS: usize = 64;

/// Reads a directory tree.
#[derive(Debug, Clone)]
pub struct FolderConnector {
    folder: Arc<Folder>,
    watch: bool,
}

/// Which files are meant.
#[derive(Debug)]
struct Folder {
    root: PathBuf,
    patterns: Patterns,
}

/// The folder as it was found: its path without symbolic links, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Root {
    real: PathBuf,
    device: u64,
    inode: u64,
}

impl FolderConnector {
    /// A connector for this folder; an error where a pattern has no meaning.
    pub fn new(source: &FolderSource) -> Result<Self, ConnectorError> {
        let patterns = Patterns::new(&source.inclusion_patterns, &source.exclusion_patterns)?;
        let root = PathBuf::from(&source.path);
        Ok(Self { folder: Arc::new(Folder { root, patterns }), watch: source.watch })
    }
}

#[async_trait]
impl Connector for FolderConnector {
    async fn check(&self) -> Result<(), ConnectorError> {
        let folder = Arc::clone(&self.folder);
        let checked = spawn_blocking(move || {
            folder.find()?;
            fs::read_dir(&folder.root)
                .map(drop)
                .map_err(|error| fault::of_root(&folder.root, &error))
        });
        checked.await.unwrap_or_else(|_panicked| Err(fault::of_walk()))
    }

    fn enumerate(
        &self,
        _state: Arc<dyn SourceState>,
    ) -> BoxStream<'static, Result<SourceEvent, ConnectorError>> {
        let walk = Walk::new(Arc::clone(&self.folder));
        let groups = stream::unfold(Some(walk), |walk| async move {
            let mut walk = walk?;
            let step = spawn_blocking(move || {
                let events: Vec<_> = walk.by_ref().take(EVENTS).collect();
                (events, walk)
            });
            match step.await {
                Ok((events, _)) if events.is_empty() => None,
                Ok((events, walk)) => Some((events, Some(walk))),
                Err(_panicked) => Some((vec![Err(fault::of_walk())], None)),
            }
        });
        groups.flat_map(stream::iter).boxed()
    }

    fn lists_in_order(&self) -> bool {
        true
    }

    fn changes(&self) -> Option<BoxStream<'static, Result<(), ConnectorError>>> {
        self.watch.then(|| watch::changes(Arc::clone(&self.folder)))
    }
}

impl Folder {
    /// Finds the folder, or says what is wrong with its path.
    fn find(&self) -> Result<Root, ConnectorError> {
        if !self.root.is_absolute() {
            let reason = format!(
                "the folder's path '{}' is not absolute: begin it with '/'",
                self.root.display()
            );
            return Err(ConnectorError::Misconfigured { reason });
        }
        let found = fs::canonicalize(&self.root).and_then(|real| Ok((fs::metadata(&real)?, real)));
        let (metadata, real) = found.map_err(|error| fault::of_root(&self.root, &error))?;
        if !metadata.is_dir() {
            let error = io::Error::from(io::ErrorKind::NotADirectory);
            return Err(fault::of_root(&self.root, &error));
        }
        Ok(Root { real, device: metadata.dev(), inode: metadata.ino() })
    }

    /// Where a path below the folder is on the machine.
    fn absolute(&self, relative: &Path) -> PathBuf {
        self.root.join(relative)
    }
}

/// What changes when a file does.
fn stamp(metadata: &Metadata) -> String {
    format!(
        "{}:{}:{}.{:09}:{}.{:09}",
        metadata.len(),
        metadata.ino(),
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec()
    )
}
