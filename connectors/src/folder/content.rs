//! The bytes of a file, read when asked for.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use corpus::{Body, Content, ReadError};
use futures::{StreamExt, TryStreamExt};
use tokio::task::spawn_blocking;
use tokio_util::io::ReaderStream;

use super::fault;

/// Bytes of a piece.
const PIECE: usize = 64 * 1024;

/// A file of a folder.
#[derive(Debug)]
pub(super) struct FileContent {
    /// The folder, without symbolic links.
    pub(super) root: PathBuf,
    pub(super) path: PathBuf,
}

#[async_trait]
impl Content for FileContent {
    async fn open(&self) -> Result<Body, ReadError> {
        let (root, path) = (self.root.clone(), self.path.clone());
        let opened = spawn_blocking(move || open_within(&root, &path)).await;
        let cut_off = |_panicked| ReadError::Interrupted { reason: "the server ends".to_owned() };
        let file = tokio::fs::File::from_std(opened.map_err(cut_off)??);
        let pieces = ReaderStream::with_capacity(file, PIECE);
        Ok(pieces.map_err(|error| fault::of_file(&error)).boxed())
    }
}

/// Opens a file that was a plain one below `root` when it was listed, if it still is.
fn open_within(root: &Path, path: &Path) -> Result<File, ReadError> {
    // A directory on the way may have become a symbolic link meanwhile.
    let real = fs::canonicalize(path).map_err(|error| fault::of_file(&error))?;
    if !real.starts_with(root) {
        return Err(fault::not_plain("outside of the folder"));
    }
    open_plain(path).map_err(|error| match error.kind() {
        ErrorKind::InvalidInput => fault::not_plain("no regular file"),
        _ => fault::of_file(&error),
    })
}

/// Opens a plain file, and nothing else: a symbolic link is not followed, and what would block or
/// act when opened is not waited for. [`ErrorKind::InvalidInput`] says that it is none.
pub(super) fn open_plain(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(ErrorKind::InvalidInput, "it is no regular file"))
    }
}
