//! Files within a zip archive: office documents, e-books.
//!
//! Invariants: whatever the archive says of itself, no entry gives more bytes than its caller
//! allows, and all that is read of one archive together is bounded. What is cut short, for its size
//! or because the archive is damaged, is given as far as it goes, and told by [`Archive::is_cut`].

mod salvage;

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::extracted::{ExtractError, Kind};
use salvage::Salvaged;

/// The most bytes that all reads of one archive may give.
const MOST_INFLATED: u64 = 1 << 30;

/// Entries beyond these are not seen. Real office files have some hundreds.
const MOST_ENTRIES: usize = 65_535;

/// Why an entry, or the archive, is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// The bytes are no archive, or nothing of it can be found.
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    /// There is no entry of that name.
    #[error("the archive has no {0}")]
    Missing(String),
    /// The entry opens only with a password.
    #[error("the archive is locked with a password")]
    Locked,
}

impl ArchiveError {
    /// What it means for a document of that kind, which is an archive.
    pub(crate) fn of(self, kind: Kind) -> ExtractError {
        match self {
            Self::Locked => ExtractError::Locked { kind },
            error => ExtractError::damaged(kind, error.to_string()),
        }
    }
}

/// An archive in memory.
#[derive(Debug)]
pub(crate) struct Archive<'a> {
    source: Source<'a>,
    names: Vec<String>,
    /// Where a name stands among `names`; keys are folded by [`fold`].
    places: HashMap<String, usize>,
    left: u64,
    is_cut: bool,
}

#[derive(Debug)]
enum Source<'a> {
    Whole(Box<ZipArchive<Cursor<&'a [u8]>>>),
    /// The archive has lost its directory, as one that was cut off has.
    Salvaged(Vec<Salvaged<'a>>),
}

impl<'a> Archive<'a> {
    /// Opens an archive. Where its directory is lost, its entries are looked for one by one.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let (source, names) = match ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) => {
                let names = archive.file_names().take(MOST_ENTRIES);
                let names = names.map(|name| name.unwrap_or_default().into_owned()).collect();
                (Source::Whole(Box::new(archive)), names)
            }
            Err(error) => {
                let entries = salvage::entries(bytes, MOST_ENTRIES);
                if entries.is_empty() {
                    return Err(ArchiveError::Damaged(error.to_string()));
                }
                let names = entries.iter().map(|entry| entry.name.clone()).collect();
                (Source::Salvaged(entries), names)
            }
        };
        let names: Vec<String> = names;
        let mut places = HashMap::with_capacity(names.len());
        for (place, name) in names.iter().enumerate() {
            places.entry(fold(name)).or_insert(place);
        }
        let is_cut = matches!(source, Source::Salvaged(_));
        Ok(Self { source, names, places, left: MOST_INFLATED, is_cut })
    }

    /// The names of its entries, as they are written, in the order of its directory.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether there is an entry of that name.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.places.contains_key(&fold(name))
    }

    /// The first `limit` bytes of an entry. Names are compared without regard to case, to a slash
    /// before them, and to its direction, as office programs do.
    pub(crate) fn read(&mut self, name: &str, limit: u64) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = Vec::new();
        // An entry ends where it is damaged, and does not fail.
        let _infallible = self.entry(name, limit)?.read_to_end(&mut bytes);
        Ok(bytes)
    }

    /// An entry to be read bit by bit: its first `limit` bytes.
    pub(crate) fn entry(&mut self, name: &str, limit: u64) -> Result<Entry<'_>, ArchiveError> {
        let Some(&place) = self.places.get(&fold(name)) else {
            return Err(ArchiveError::Missing(name.to_owned()));
        };
        let inner: Box<dyn Read + '_> = match &mut self.source {
            Source::Whole(archive) => match archive.by_index(place) {
                Ok(entry) => Box::new(entry),
                Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                    return Err(ArchiveError::Locked);
                }
                Err(error) => return Err(ArchiveError::Damaged(error.to_string())),
            },
            Source::Salvaged(entries) => match entries.get(place) {
                Some(entry) => entry.reader(),
                None => return Err(ArchiveError::Missing(name.to_owned())),
            },
        };
        Ok(Entry { inner, limit, left: &mut self.left, is_cut: &mut self.is_cut })
    }

    /// Whether something was cut short: an entry, or the archive itself.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }
}

/// An entry's bytes. Reading ends, without an error, where the entry is damaged or as large as is
/// allowed.
pub(crate) struct Entry<'a> {
    inner: Box<dyn Read + 'a>,
    limit: u64,
    left: &'a mut u64,
    is_cut: &'a mut bool,
}

impl Read for Entry<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.limit.min(*self.left)).unwrap_or(usize::MAX);
        let length = buffer.len().min(most);
        // A byte more is asked for where there is no room left, to tell an entry that is cut from
        // one that fits.
        let mut probe = [0];
        let buffer = if length == 0 { &mut probe[..] } else { &mut buffer[..length] };
        let count = match self.inner.read(buffer) {
            Ok(count) if length > 0 => count,
            Ok(0) => 0,
            Ok(_) | Err(_) => {
                *self.is_cut = true;
                0
            }
        };
        self.limit -= count as u64;
        *self.left -= count as u64;
        Ok(count)
    }
}

/// A name as names are compared.
fn fold(name: &str) -> String {
    name.trim_start_matches(['/', '\\']).replace('\\', "/").to_lowercase()
}

#[cfg(test)]
pub(crate) mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail on what is not there")]

    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// An archive of these entries.
    pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn entries_are_found_as_office_programs_find_them() {
        let bytes = zip(&[("Word\\Document.xml", b"<a/>"), ("b", b"2")]);
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.read("/word/document.xml", 10).unwrap(), b"<a/>");
        assert_eq!(archive.names().nth(1), Some("b"));
        assert!(archive.contains("B") && !archive.contains("c"));
        assert_eq!(archive.read("c", 10), Err(ArchiveError::Missing("c".to_owned())));
        assert!(!archive.is_cut());
    }

    #[test]
    fn what_is_too_large_is_cut_and_told() {
        let bomb = vec![b'a'; 10 << 20];
        let bytes = zip(&[("a", &bomb), ("b", b"1234")]);
        assert!(bytes.len() < 1 << 16);
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.read("b", 4).unwrap(), b"1234");
        assert!(!archive.is_cut());
        assert_eq!(archive.read("a", 1000).unwrap().len(), 1000);
        assert!(archive.is_cut());
        archive.left = 500;
        assert_eq!(archive.read("a", 1000).unwrap().len(), 500);
        assert_eq!(archive.read("b", 1000).unwrap().len(), 0);
    }

    #[test]
    fn an_archive_without_its_end_is_salvaged() {
        let noise: Vec<u8> =
            (0..20_000_u32).flat_map(|i| (i * 2_654_435_761).to_le_bytes()).collect();
        let bytes = zip(&[("a.xml", b"<whole/>"), ("b.bin", &noise)]);
        let cut = &bytes[..bytes.len() / 2];
        let mut archive = Archive::open(cut).unwrap();
        assert!(archive.is_cut());
        assert_eq!(archive.names().collect::<Vec<_>>(), ["a.xml", "b.bin"]);
        assert_eq!(archive.read("a.xml", 100).unwrap(), b"<whole/>");
        let found = archive.read("b.bin", 1 << 20).unwrap();
        assert!(found.len() > 1000 && noise.starts_with(&found), "{}", found.len());
        assert!(matches!(Archive::open(b"PK\x03\x04no"), Err(ArchiveError::Damaged(_))));
    }
}
