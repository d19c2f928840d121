//! What must be done again if the process dies while an index is optimised.
//!
//! The engine builds a new segment beside the old ones and takes deletions of their chunks into
//! memory only until the new one is in place; a flush does not write them, and version 0.7 does
//! not replay its log. So deletions of that time are noted here as well, and a flush syncs the
//! note. The note is a line per chunk: `-` and its id where it was deleted, `+` where it was
//! written again afterwards.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use corpus::{ChunkId, VectorStoreError};
use uuid::Uuid;

use super::directory::failed;

/// The file in the directory of an index.
const JOURNAL: &str = "optimising";

/// The deletions since an optimisation began.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    deleted: BTreeSet<ChunkId>,
}

impl Journal {
    /// Begins a journal in the directory of an index, or goes on with the one that is there.
    pub(crate) fn begin(directory: &Path) -> Result<Self, VectorStoreError> {
        let path = directory.join(JOURNAL);
        let deleted = read(&path).map_err(failed(&path))?.unwrap_or_default();
        let file =
            OpenOptions::new().append(true).create(true).open(&path).map_err(failed(&path))?;
        let mut journal = Self { path, file, deleted };
        // Ends the line that a crash may have cut short.
        journal.file.write_all(b"\n").map_err(failed(&journal.path))?;
        journal.sync()?;
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(failed(directory))?;
        Ok(journal)
    }

    /// Whether an optimisation of the index in this directory did not come to its end.
    pub(crate) fn is_left(directory: &Path) -> bool {
        directory.join(JOURNAL).exists()
    }

    /// The chunks that were deleted and not written again.
    pub(crate) fn deleted(&self) -> impl Iterator<Item = ChunkId> {
        self.deleted.iter().copied()
    }

    /// Notes that chunks are deleted.
    pub(crate) fn note_deleted(
        &mut self,
        chunks: impl Iterator<Item = ChunkId>,
    ) -> Result<(), VectorStoreError> {
        let chunks: Vec<_> = chunks.filter(|chunk| self.deleted.insert(*chunk)).collect();
        self.append('-', &chunks)
    }

    /// Notes that chunks are written; only those matter that were deleted before.
    pub(crate) fn note_written(
        &mut self,
        chunks: impl Iterator<Item = ChunkId>,
    ) -> Result<(), VectorStoreError> {
        let chunks: Vec<_> = chunks.filter(|chunk| self.deleted.remove(chunk)).collect();
        self.append('+', &chunks)
    }

    /// Returns when the notes would survive a power loss.
    pub(crate) fn sync(&self) -> Result<(), VectorStoreError> {
        self.file.sync_data().map_err(failed(&self.path))
    }

    /// Ends the journal: all that it notes is on disk elsewhere.
    pub(crate) fn end(self) -> Result<(), VectorStoreError> {
        fs::remove_file(&self.path).map_err(failed(&self.path))
    }

    fn append(&mut self, sign: char, chunks: &[ChunkId]) -> Result<(), VectorStoreError> {
        let mut lines = Vec::new();
        chunks
            .iter()
            .try_for_each(|chunk| writeln!(lines, "{sign}{chunk}"))
            .and_then(|()| self.file.write_all(&lines))
            .map_err(failed(&self.path))
    }
}

/// What the lines of a journal amount to. A line that a crash cut short is not one.
fn read(path: &Path) -> io::Result<Option<BTreeSet<ChunkId>>> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes?,
    };
    let mut deleted = BTreeSet::new();
    for line in String::from_utf8_lossy(&bytes)
        .split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'))
    {
        let Some((sign, id)) = line.split_at_checked(1) else { continue };
        let Ok(id) = Uuid::parse_str(id) else { continue };
        let chunk = ChunkId::from_u128(id.as_u128());
        match sign {
            "-" => deleted.insert(chunk),
            _ => deleted.remove(&chunk),
        };
    }
    Ok(Some(deleted))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_was_deleted_and_not_written_again_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let chunks = [1, 2, 3].map(ChunkId::from_u128);
        let mut journal = Journal::begin(directory.path()).unwrap();
        journal.note_deleted(chunks.into_iter()).unwrap();
        journal.note_written(chunks[..1].iter().copied()).unwrap();
        journal.file.write_all(b"-00000000-0000-").unwrap();
        drop(journal);

        assert!(Journal::is_left(directory.path()));
        let journal = Journal::begin(directory.path()).unwrap();
        assert_eq!(journal.deleted().collect::<Vec<_>>(), chunks[1..]);
        journal.end().unwrap();
        assert!(!Journal::is_left(directory.path()));
    }
}
