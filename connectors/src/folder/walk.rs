//! The walk through a folder: depth first, each directory in the order of its names, so that two
//! walks through the same files are the same.

use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use corpus::{ChangeKey, ConnectorError, SourceDocument, SourceEvent, SourceMetadata};

use super::content::FileContent;
use super::{Folder, Root, fault, name, sidecar, stamp};

/// What is found, as an iterator that blocks.
#[derive(Debug)]
pub(super) struct Walk {
    folder: Arc<Folder>,
    progress: Progress,
}

#[derive(Debug)]
enum Progress {
    Before,
    Under(Tour),
    Over,
}

/// A walk that has begun.
#[derive(Debug)]
struct Tour {
    root: Root,
    /// The directories from the folder down to the current one.
    directories: Vec<Directory>,
    /// Whether everything was seen so far.
    whole: bool,
}

/// A directory and what is left of it.
#[derive(Debug)]
struct Directory {
    /// Below the folder.
    path: PathBuf,
    names: std::vec::IntoIter<OsString>,
}

impl Walk {
    pub(super) fn new(folder: Arc<Folder>) -> Self {
        Self { folder, progress: Progress::Before }
    }

    fn begin(&self) -> Result<Tour, ConnectorError> {
        let root = self.folder.find()?;
        let top = list(&self.folder, PathBuf::new())
            .map_err(|error| fault::of_root(&self.folder.root, &error))?;
        Ok(Tour { root, directories: vec![top], whole: true })
    }
}

impl Iterator for Walk {
    type Item = Result<SourceEvent, ConnectorError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Progress::Before = self.progress {
            match self.begin() {
                Ok(tour) => self.progress = Progress::Under(tour),
                Err(error) => {
                    self.progress = Progress::Over;
                    return Some(Err(error));
                }
            }
        }
        let Progress::Under(tour) = &mut self.progress else { return None };
        if let Some(event) = tour.next(&self.folder) {
            return Some(Ok(event));
        }
        let end = tour.end(&self.folder);
        self.progress = Progress::Over;
        end.transpose()
    }
}

impl Tour {
    /// The next event; none where nothing is left.
    fn next(&mut self, folder: &Folder) -> Option<SourceEvent> {
        loop {
            let directory = self.directories.last_mut()?;
            let Some(name) = directory.names.next() else {
                self.directories.pop();
                continue;
            };
            let path = directory.path.join(&name);
            if let Some(event) = self.visit(folder, &name, &path) {
                return Some(event);
            }
        }
    }

    /// The last event, if there is one: nothing is known to be gone if something was not seen, or
    /// if the folder is not the one in which the walk began.
    fn end(&self, folder: &Folder) -> Result<Option<SourceEvent>, ConnectorError> {
        if folder.find()? != self.root {
            return Err(fault::of_exchange(&folder.root));
        }
        Ok(self.whole.then_some(SourceEvent::Complete))
    }

    /// Looks at an entry of a directory; tells if there is something to tell.
    fn visit(&mut self, folder: &Folder, name: &OsStr, path: &Path) -> Option<SourceEvent> {
        let absolute = folder.absolute(path);
        let metadata = match fs::symlink_metadata(&absolute) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(_) if folder.patterns.exclude(path) => return None,
            Err(error) => {
                // For all we know it is a directory.
                self.whole = false;
                return Some(failure(path, &absolute, fault::of_entry(&error)));
            }
        };
        let kind = metadata.file_type();
        let is_directory = kind.is_dir() || (kind.is_symlink() && absolute.is_dir());
        let meant = if is_directory {
            !folder.patterns.exclude(path)
        } else {
            !name::is_sidecar(name) && folder.patterns.include(path)
        };
        if !meant {
            return None;
        }
        if name::is_hidden(name) && !folder.patterns.include_hidden() {
            let reason = "its name begins with a dot: to read it, spell it in an inclusion pattern";
            return Some(ignored(path, &absolute, reason.to_owned()));
        }
        if kind.is_dir() {
            return self.enter(folder, path);
        }
        match unread(&self.root, &absolute, kind) {
            Some(reason) => Some(ignored(path, &absolute, reason)),
            None => Some(document(&self.root, path, absolute, &metadata)),
        }
    }

    /// Goes down into a directory.
    fn enter(&mut self, folder: &Folder, path: &Path) -> Option<SourceEvent> {
        match list(folder, path.to_owned()) {
            Ok(directory) => self.directories.push(directory),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                self.whole = false;
                let location = name::location(&folder.absolute(path));
                let (key, reason) = (name::directory_key(path), fault::of_entry(&error));
                return Some(SourceEvent::Failure { key, location, reason });
            }
        }
        None
    }
}

fn list(folder: &Folder, path: PathBuf) -> io::Result<Directory> {
    let entries = fs::read_dir(folder.absolute(&path))?;
    let names: io::Result<Vec<_>> =
        entries.map(|entry| entry.map(|entry| entry.file_name())).collect();
    let mut names = names?;
    names.sort_unstable();
    Ok(Directory { path, names: names.into_iter() })
}

/// Why something other than a directory is not read; none for a plain file.
fn unread(root: &Root, absolute: &Path, kind: FileType) -> Option<String> {
    if kind.is_file() {
        return None;
    }
    let what = if kind.is_symlink() {
        match fs::canonicalize(absolute) {
            Ok(target) if target.starts_with(&root.real) => {
                "a symbolic link within the folder: its target is read under its own name"
            }
            Ok(_) => {
                "a symbolic link that leaves the folder: put the file itself here, or add a data \
                 source for the place that it leads to"
            }
            Err(_) => "a symbolic link that leads nowhere",
        }
    } else if kind.is_fifo() {
        "a FIFO, not a file"
    } else if kind.is_socket() {
        "a socket, not a file"
    } else {
        "a device, not a file"
    };
    Some(format!("it is {what}"))
}

fn document(root: &Root, path: &Path, absolute: PathBuf, metadata: &Metadata) -> SourceEvent {
    let sidecar = absolute.file_name().map(name::sidecar_of).unwrap_or_default();
    let content = stamp(metadata);
    let (attributes, sidecar) = match sidecar::find(&absolute.with_file_name(&sidecar)) {
        Some((sidecar, stamp)) => (SourceMetadata::Sidecar(Arc::new(sidecar)), Some(stamp)),
        None => (SourceMetadata::None, None),
    };
    SourceEvent::Upsert(SourceDocument {
        key: name::key(path),
        location: name::location(&absolute),
        change_key: Some(ChangeKey { content, metadata: sidecar }),
        size: Some(metadata.len()),
        media_type: None,
        metadata: attributes,
        access: None,
        content: Arc::new(FileContent { root: root.real.clone(), path: absolute }),
    })
}

fn failure(path: &Path, absolute: &Path, reason: String) -> SourceEvent {
    SourceEvent::Failure { key: name::key(path), location: name::location(absolute), reason }
}

fn ignored(path: &Path, absolute: &Path, reason: String) -> SourceEvent {
    SourceEvent::Ignored { key: name::key(path), location: name::location(absolute), reason }
}
