//! Files of streams (OLE), as Office before 2007 and Outlook write them: sectors, chains of them in
//! a table, and a directory that is a tree of names.
//!
//! Invariant: no number of the file is believed. A chain ends where it leads out of the file or has
//! as many sectors as there are; an entry of the directory is met once. What a file that is cut off,
//! or whose tree is crooked, still holds is given, and [`Compound::loss`] tells that it is less
//! than the file promised.

mod directory;
mod objects;

use super::little::{long, offset, short};
use crate::extracted::{ExtractError, Kind, Warning};
use directory::{Directory, Entry};

pub(super) use objects::objects;

/// All streams that are read of a file have no more bytes together.
const MOST_READ: usize = 1 << 30;

/// The header, which takes up the place of a sector of 512 bytes.
const HEADER: usize = 512;

/// The header has room for the places of so many sectors of the table.
const IN_HEADER: usize = 109;

/// Streams below this size (the header could name another, and never does) are kept in pieces of 64
/// bytes within the stream of the root.
const SMALL: u64 = 4096;
const PIECE: usize = 64;

/// What begins each such file.
const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// A file of streams.
#[derive(Debug)]
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    /// The size of a sector, and the sector that follows each.
    sector: usize,
    next: Vec<u32>,
    /// The same of the pieces of small streams, and these themselves.
    next_piece: Vec<u32>,
    pieces: Vec<u8>,
    directory: Directory,
    left: usize,
    is_cut: bool,
}

/// Whether some bytes are a file of streams.
pub(super) fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

impl<'a> Compound<'a> {
    /// Opens a file, to be told of as one of that kind.
    pub(super) fn open(bytes: &'a [u8], kind: Kind) -> Result<Self, ExtractError> {
        Self::of(bytes).ok_or_else(|| {
            ExtractError::damaged(kind, "its directory is not found; perhaps it is cut off")
        })
    }

    /// Opens a file; none where there is no directory to be found.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let shift = short(bytes, 30).filter(|shift| is_compound(bytes) && (7..=16).contains(shift));
        let sector = 1_usize << shift?;
        let mut compound = Self {
            bytes,
            sector,
            next: Vec::new(),
            next_piece: Vec::new(),
            pieces: Vec::new(),
            directory: Directory::default(),
            left: MOST_READ,
            is_cut: false,
        };
        compound.next = compound.table();
        let directory = compound.chain(long(bytes, 48)?, u64::MAX);
        compound.directory = Directory::of(&directory);
        let root = compound.directory.root()?.clone();
        let table = compound.chain(long(bytes, 60)?, u64::MAX);
        compound.next_piece = numbers(&table).collect();
        compound.pieces = compound.chain(root.start, root.size);
        Some(compound)
    }

    /// A stream by its path (`/Workbook`); as much of it as there is.
    pub(super) fn read(&mut self, path: &str) -> Option<Vec<u8>> {
        let entry = self.directory.find(path).filter(|entry| entry.is_stream())?.clone();
        let bytes = self.stream(&entry);
        self.left = self.left.saturating_sub(bytes.len());
        self.is_cut |= (bytes.len() as u64) < entry.size;
        Some(bytes)
    }

    /// The names of what stands in a storage, in their order.
    pub(super) fn names(&self, path: &str) -> Vec<String> {
        self.directory.within(path).map(|entry| entry.name.clone()).collect()
    }

    /// What to tell where a stream that was read is shorter than it is said to be.
    pub(super) fn loss(&self) -> Option<Warning> {
        let told = "the file is cut off, or damaged; what could be read is here";
        self.is_cut.then(|| Warning::loss(told))
    }

    fn stream(&self, entry: &Entry) -> Vec<u8> {
        let size = entry.size.min(self.left as u64);
        if entry.size >= SMALL {
            return self.chain(entry.start, size);
        }
        let piece = |number: usize| {
            let start = number.checked_mul(PIECE)?;
            self.pieces.get(start..(start + PIECE).min(self.pieces.len()))
        };
        follow(&self.next_piece, entry.start, size, piece)
    }

    fn chain(&self, start: u32, size: u64) -> Vec<u8> {
        follow(&self.next, start, size, |number| self.sector(number))
    }

    /// A sector; the last of a file may be cut off.
    fn sector(&self, number: usize) -> Option<&'a [u8]> {
        let start = number.checked_mul(self.sector)?.checked_add(HEADER.max(self.sector))?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// The table of what follows each sector: its own sectors are listed in the header, then in
    /// sectors that each lead to the next.
    fn table(&self) -> Vec<u32> {
        let most = self.bytes.len() / self.sector + 1;
        let per_sector = self.sector / 4;
        let mut table = Vec::new();
        let mut add = |list: &[u8]| {
            for number in numbers(list) {
                if table.len() > most {
                    break;
                }
                match usize::try_from(number).ok().and_then(|number| self.sector(number)) {
                    Some(sector) => table.extend(numbers(sector)),
                    // Of a sector that is not there, nothing is known; those behind keep their places.
                    None if number < END => table.extend(std::iter::repeat_n(END, per_sector)),
                    None => {}
                }
            }
        };
        add(self.bytes.get(76..76 + IN_HEADER * 4).unwrap_or_default());
        let mut more = offset(self.bytes, 68);
        for _ in 0..most {
            let Some(list) = more.and_then(|number| self.sector(number)) else { break };
            let last = list.len().saturating_sub(4);
            add(list.get(..last).unwrap_or_default());
            more = offset(list, last);
        }
        table.truncate(most);
        table
    }
}

/// Numbers from here on name no sector: the end of a chain above all.
const END: u32 = 0xffff_fffa;

/// Joins what a chain leads through, up to `size` bytes.
fn follow<'s>(
    next: &[u32],
    start: u32,
    size: u64,
    part: impl Fn(usize) -> Option<&'s [u8]>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut at = start;
    // A chain that has gone through all sectors goes round in circles.
    for _ in 0..next.len() {
        let number = usize::try_from(at).unwrap_or(usize::MAX);
        let Some(part) = part(number).filter(|_| at < END && (bytes.len() as u64) < size) else {
            break;
        };
        bytes.extend_from_slice(part);
        at = next.get(number).copied().unwrap_or(END);
    }
    bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    bytes
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).filter_map(|number| long(number, 0))
}

#[cfg(test)]
mod tests;
