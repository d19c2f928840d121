//! The sidecar of a file in a folder.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use corpus::{ReadError, Sidecar, SidecarContents, SidecarError};
use tokio::task::spawn_blocking;

use super::{content, stamp};
use crate::sidecar::{BYTES, parse};

/// A sidecar that was seen.
#[derive(Debug, Clone)]
pub(super) struct FileSidecar {
    path: PathBuf,
}

/// Looks for a sidecar; none where there is none. Tells what changes when it does.
pub(super) fn find(path: &Path) -> Option<(FileSidecar, String)> {
    let stamp = match fs::symlink_metadata(path) {
        Ok(metadata) => stamp(&metadata),
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        // Reading it says why.
        Err(_) => String::new(),
    };
    Some((FileSidecar { path: path.to_owned() }, stamp))
}

#[async_trait]
impl Sidecar for FileSidecar {
    async fn read(&self) -> Result<SidecarContents, SidecarError> {
        let path = self.path.clone();
        let read = spawn_blocking(move || read(&path).and_then(|bytes| parse(&bytes)));
        let name = self.path.file_name().unwrap_or_default().display().to_string();
        match read.await {
            Ok(read) => read.map_err(|reason| SidecarError::Invalid { name, reason }),
            Err(error) => Err(ReadError::Interrupted { reason: error.to_string() }.into()),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let is_file = fs::symlink_metadata(path).map(|metadata| metadata.is_file());
    if !is_file.map_err(|error| unreadable(&error))? {
        return Err("is no regular file: replace it by one".to_owned());
    }
    let mut bytes = Vec::new();
    let opened = content::open_plain(path);
    match opened.and_then(|file| file.take(BYTES + 1).read_to_end(&mut bytes)) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(unreadable(&error)),
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot be read ({error}): give the server's user the right to read it")
}
