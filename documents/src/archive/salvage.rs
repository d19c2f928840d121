//! Entries of an archive that has no directory: each has a header of its own, found by its
//! signature.

use std::io::{Cursor, Read};

use flate2::read::DeflateDecoder;

const SIGNATURE: &[u8] = b"PK\x03\x04";

/// The length of a header without the name that follows it.
const HEADER: usize = 30;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The flag of an entry that is encrypted.
const ENCRYPTED: u16 = 1;

/// An entry without a word from a directory.
#[derive(Debug)]
pub(super) struct Salvaged<'a> {
    /// Its name.
    pub(super) name: String,
    /// Its bytes, and what follows them.
    rest: &'a [u8],
    is_deflated: bool,
}

impl Salvaged<'_> {
    /// Its bytes, as far as there are any. Deflated bytes know themselves where they end.
    pub(super) fn reader(&self) -> Box<dyn Read + '_> {
        let rest = Cursor::new(self.rest);
        if self.is_deflated { Box::new(DeflateDecoder::new(rest)) } else { Box::new(rest) }
    }
}

/// The entries whose headers are found; of those that are stored as they are, only where their
/// length is told.
pub(super) fn entries(bytes: &[u8], most: usize) -> Vec<Salvaged<'_>> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while entries.len() < most
        && let Some(place) = rest.windows(SIGNATURE.len()).position(|window| window == SIGNATURE)
    {
        rest = rest.get(place..).unwrap_or_default();
        let (entry, length) = read(rest);
        entries.extend(entry);
        rest = rest.get(length.max(SIGNATURE.len())..).unwrap_or_default();
    }
    entries
}

/// The entry whose header stands at the beginning, and how many bytes are taken by it for sure.
fn read(bytes: &[u8]) -> (Option<Salvaged<'_>>, usize) {
    let short = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let long = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let entry = || {
        let (flags, method, packed) = (short(6)?, short(8)?, long(18)? as usize);
        let (name, extra) = (usize::from(short(26)?), usize::from(short(28)?));
        let start = HEADER + name + extra;
        let name = String::from_utf8_lossy(bytes.get(HEADER..HEADER + name)?).into_owned();
        let rest = bytes.get(start..)?;
        if flags & ENCRYPTED != 0 || name.is_empty() {
            return None;
        }
        let length = start + packed.min(rest.len());
        match method {
            DEFLATED => Some((Salvaged { name, rest, is_deflated: true }, length)),
            STORED => {
                let rest = rest.get(..packed.min(rest.len()))?;
                Some((Salvaged { name, rest, is_deflated: false }, length))
            }
            _ => None,
        }
    };
    entry().map_or((None, 0), |(entry, length)| (Some(entry), length))
}
