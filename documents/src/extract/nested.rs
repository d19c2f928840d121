//! Files within files: attachments of messages. What they may take together is bounded for the
//! outermost file.

use super::{Hint, extract_within};
use crate::extracted::{ExtractError, Extracted};

/// A file may stand in a message in a message in the file, and no deeper.
const DEEPEST: u8 = 3;

/// So many files within one are read.
const MOST_FILES: usize = 200;

/// Their bytes together.
const MOST_BYTES: usize = 256 << 20;

/// What may still be read within a file.
#[derive(Debug)]
pub(super) struct Nesting {
    depth: u8,
    files: usize,
    bytes: usize,
}

impl Default for Nesting {
    fn default() -> Self {
        Self { depth: DEEPEST, files: MOST_FILES, bytes: MOST_BYTES }
    }
}

impl Nesting {
    /// Reads a file within the present one; none where there is no more room for it.
    pub(super) fn extract(
        &mut self,
        bytes: &[u8],
        hint: Hint<'_>,
    ) -> Option<Result<Extracted, ExtractError>> {
        self.within(bytes.len(), |nesting| extract_within(bytes, hint, nesting))
    }

    /// Begins a file of many that stand side by side: each may hold as many as one alone. Their
    /// bytes are counted together all the same.
    pub(super) fn renew_files(&mut self) {
        self.files = MOST_FILES;
    }

    /// Does something one level deeper, with a file of so many bytes.
    pub(super) fn within<T>(
        &mut self,
        bytes: usize,
        act: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if self.depth == 0 || self.files == 0 || self.bytes < bytes {
            return None;
        }
        self.files -= 1;
        self.bytes -= bytes;
        self.depth -= 1;
        let done = act(self);
        self.depth += 1;
        Some(done)
    }
}
