//! Files of streams (OLE), as Office before 2007 and Outlook write them.

use std::io::{Cursor, Read};

use cfb::CompoundFile;

use crate::extracted::{ExtractError, Kind};

/// All streams that are read of a file have no more bytes together.
const MOST_READ: usize = 1 << 30;

/// A file of streams.
#[derive(Debug)]
pub(super) struct Compound<'a> {
    file: CompoundFile<Cursor<&'a [u8]>>,
    left: usize,
}

impl<'a> Compound<'a> {
    pub(super) fn open(bytes: &'a [u8], kind: Kind) -> Result<Self, ExtractError> {
        match CompoundFile::open(Cursor::new(bytes)) {
            Ok(file) => Ok(Self { file, left: MOST_READ }),
            Err(error) => Err(ExtractError::damaged(kind, error.to_string())),
        }
    }

    /// A stream; as much of it as can be read.
    pub(super) fn read(&mut self, path: &str) -> Option<Vec<u8>> {
        let stream = self.file.open_stream(path).ok()?;
        let mut bytes = Vec::new();
        // A stream that is damaged ends there.
        let _infallible = stream.take(self.left as u64).read_to_end(&mut bytes);
        self.left = self.left.saturating_sub(bytes.len());
        Some(bytes)
    }

    /// The names of what stands in a storage, in the order of the file.
    pub(super) fn names(&self, path: &str) -> Vec<String> {
        let Ok(entries) = self.file.read_storage(path) else { return Vec::new() };
        entries.map(|entry| entry.name().to_owned()).collect()
    }
}
