//! The bytes of a file, read when asked for. A file that is written meanwhile is no document: it is
//! looked at again after its last byte.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use corpus::{Body, Content, ReadError};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::task::spawn_blocking;
use tokio_util::io::ReaderStream;

use super::{fault, stamp};

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
        let opened = spawn_blocking(move || {
            let file = open_within(&root, &path)?;
            let (again, before) = Again::of(&file).map_err(|error| fault::of_file(&error))?;
            Ok::<_, ReadError>((file, again, before))
        });
        let (file, again, before) = opened.await.map_err(cut_off)??;
        let pieces = ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE);
        let pieces = pieces.map_err(|error| fault::of_file(&error));
        let unchanged = stream::once(async move {
            let after = spawn_blocking(move || again.stamp()).await.map_err(cut_off)?;
            match after {
                Ok(after) if after == before => Ok(None),
                Ok(_) => Err(fault::of_change()),
                Err(error) => Err(fault::of_file(&error)),
            }
        });
        let unchanged = unchanged.filter_map(|result| async { result.transpose() });
        Ok(pieces.chain(unchanged).boxed())
    }
}

/// A second handle to a file that is being read.
#[derive(Debug)]
struct Again(File);

impl Again {
    /// The handle, and what changes when the file does.
    fn of(file: &File) -> io::Result<(Self, String)> {
        let again = Self(file.try_clone()?);
        let stamp = again.stamp()?;
        Ok((again, stamp))
    }

    fn stamp(&self) -> io::Result<String> {
        Ok(stamp(&self.0.metadata()?))
    }
}

fn cut_off(_panicked: tokio::task::JoinError) -> ReadError {
    ReadError::Interrupted { reason: "the server ends".to_owned() }
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
