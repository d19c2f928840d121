//! The data directory: who holds it, and where to reach them.
//!
//! Invariant: `lock` is locked by the process that serves the directory, for as long as it does,
//! and by nobody else; the operating system lets go when the process dies. `server.json` says where
//! it is reached, and means something only while the lock is held.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const LOCK: &str = "lock";
const NOTICE: &str = "server.json";

/// How a process that serves a data directory is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its process id.
    pub(crate) pid: u32,
    /// Its version.
    pub(crate) version: String,
}

/// A data directory that is ours until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    folder: PathBuf,
    /// Locked; closing it lets go.
    _lock: File,
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataDirError {
    /// Another process holds it.
    #[error("the data directory {path} is held by another process", path = .folder.display())]
    InUse {
        /// The directory.
        folder: PathBuf,
    },
    /// It cannot be made or written to.
    #[error("the data directory {path} cannot be used: make it writable or give another --data-dir", path = .folder.display())]
    Unusable {
        /// The directory.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Takes a data directory, making it where it is not there.
pub(crate) fn hold(folder: &Path) -> Result<Held, DataDirError> {
    let unusable = |source| DataDirError::Unusable { folder: folder.to_owned(), source };
    make(folder).map_err(unusable)?;
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK))
        .map_err(unusable)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(DataDirError::InUse { folder: folder.to_owned() });
        }
        Err(TryLockError::Error(source)) => return Err(unusable(source)),
    }
    // What a process that died left behind.
    remove(&folder.join(NOTICE)).map_err(unusable)?;
    Ok(Held { folder: folder.to_owned(), _lock: lock })
}

/// Where the holder of a data directory is reached, once it says so.
pub(crate) fn notice(folder: &Path) -> Option<Notice> {
    serde_json::from_slice(&fs::read(folder.join(NOTICE)).ok()?).ok()
}

impl Held {
    /// Tells others where this process is reached.
    pub(crate) fn announce(&self, address: SocketAddr) -> io::Result<()> {
        let notice = Notice {
            address,
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(&notice)?)?;
        file.as_file().sync_all()?;
        file.persist(self.folder.join(NOTICE))?;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.folder.join(NOTICE)) {
            tracing::warn!(%error, "server.json could not be removed");
        }
    }
}

/// Makes a directory that only its owner reads: it holds people's documents.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn one_process_holds_a_directory_and_says_where_it_is() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("new/data");
        let held = hold(&folder).unwrap();
        assert!(matches!(hold(&folder), Err(DataDirError::InUse { .. })));
        assert_eq!(notice(&folder), None);
        let address = "127.0.0.1:4711".parse().unwrap();
        held.announce(address).unwrap();
        assert_eq!(notice(&folder).unwrap().address, address);
        drop(held);
        assert_eq!(notice(&folder), None);
        fs::write(folder.join(NOTICE), "{\"left\": \"behind\"}").unwrap();
        drop(hold(&folder).unwrap());
        assert!(!folder.join(NOTICE).exists());
    }
}
