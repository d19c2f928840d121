//! The system's errors in the words of the ports, with what to do about them.

use std::io::{self, ErrorKind};
use std::path::Path;

use corpus::{ConnectorError, ReadError};

/// Why the folder itself cannot be walked.
pub(super) fn of_root(root: &Path, error: &io::Error) -> ConnectorError {
    let root = root.display();
    match error.kind() {
        ErrorKind::NotFound => ConnectorError::Misconfigured {
            reason: format!(
                "the folder {root} does not exist: create or mount it, or correct the data \
                 source's path"
            ),
        },
        ErrorKind::NotADirectory => ConnectorError::Misconfigured {
            reason: format!("{root} is no directory: correct the data source's path"),
        },
        ErrorKind::PermissionDenied => ConnectorError::Denied {
            reason: format!(
                "the folder {root} cannot be listed: give the server's user the right to read it \
                 and to enter the directories above it"
            ),
        },
        _ => ConnectorError::Unavailable { reason: format!("{root}: {error}") },
    }
}

/// The folder is not the one that the walk began in.
pub(super) fn of_exchange(root: &Path) -> ConnectorError {
    let reason = format!(
        "the folder {} was exchanged while it was read; nothing is removed, start another job",
        root.display()
    );
    ConnectorError::Unavailable { reason }
}

/// The walk itself broke; the runtime ends, or there is a fault in it.
pub(super) fn of_walk() -> ConnectorError {
    ConnectorError::Unavailable { reason: "the walk through the folder was cut off".to_owned() }
}

/// Why the folder cannot be watched, or not all of it.
pub(super) fn of_watching(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => "there are more directories than the system watches: \
             raise fs.inotify.max_user_watches, or give the data source a schedule instead"
            .to_owned(),
        _ => format!("it cannot be watched ({error})"),
    }
}

/// A file changed while it was read.
pub(super) fn of_change() -> ReadError {
    ReadError::Interrupted { reason: "the file changed while it was being read".to_owned() }
}

/// Why a directory or an entry of one cannot be examined.
pub(super) fn of_entry(error: &io::Error) -> String {
    let remedy = match error.kind() {
        ErrorKind::PermissionDenied => "give the server's user the right to read it, or exclude it",
        ErrorKind::InvalidFilename => "shorten the path",
        _ => "the next job tries again",
    };
    format!("it cannot be examined ({error}): {remedy}; until then nothing is removed")
}

/// Why a file cannot be read.
pub(super) fn of_file(error: &io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => ReadError::Vanished,
        ErrorKind::PermissionDenied => ReadError::Denied {
            reason: "give the server's user the right to read the file".to_owned(),
        },
        // What opening a symbolic link says where links are not followed.
        _ if error.raw_os_error() == Some(libc::ELOOP) => not_plain("a symbolic link"),
        _ => ReadError::Interrupted { reason: error.to_string() },
    }
}

/// A file became something that is not read.
pub(super) fn not_plain(what: &str) -> ReadError {
    ReadError::Denied { reason: format!("it is {what} by now; the next job looks at it anew") }
}
