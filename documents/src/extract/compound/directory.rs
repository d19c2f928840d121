//! The directory of a file of streams: each storage has a tree of what stands in it.

use std::collections::HashMap;

use crate::extract::little::{long, short, utf16};

/// An entry takes up so many bytes.
const ENTRY: usize = 128;

/// Entries beyond these are not seen. A message of Outlook has some hundred for each recipient.
const MOST_ENTRIES: usize = 1 << 20;

/// Storages deeper in each other than this are not gone into.
const DEEPEST: usize = 16;

const STORAGE: u8 = 1;
const STREAM: u8 = 2;
const ROOT: u8 = 5;

/// Something that stands in the file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    kind: u8,
    /// Entries beside it in the tree, and the topmost of those within it.
    left: u32,
    right: u32,
    child: u32,
    /// Its first sector, and its bytes.
    pub(super) start: u32,
    pub(super) size: u64,
}

/// The entries of a file.
#[derive(Debug, Default)]
pub(super) struct Directory {
    entries: Vec<Entry>,
    /// Where each stands, by its path in small letters: `/__attach/__properties`.
    by_path: HashMap<String, usize>,
    /// What stands in a storage, in the order of its tree.
    within: HashMap<usize, Vec<usize>>,
}

impl Entry {
    fn of(bytes: &[u8]) -> Option<Self> {
        let length = usize::from(short(bytes, 64)?).clamp(2, 64) - 2;
        Some(Self {
            name: utf16(bytes.get(..length)?),
            kind: *bytes.get(66)?,
            left: long(bytes, 68)?,
            right: long(bytes, 72)?,
            child: long(bytes, 76)?,
            start: long(bytes, 116)?,
            // The upper half is noise where sectors have 512 bytes, and nothing is as large as that.
            size: u64::from(long(bytes, 120)?),
        })
    }

    pub(super) fn is_stream(&self) -> bool {
        self.kind == STREAM
    }
}

impl Directory {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let entries = bytes.chunks_exact(ENTRY).take(MOST_ENTRIES).filter_map(Entry::of);
        let mut directory = Self { entries: entries.collect(), ..Self::default() };
        let mut met = vec![false; directory.entries.len()];
        let mut storages = vec![(0, String::new(), 0)];
        while let Some((storage, path, depth)) = storages.pop() {
            let within = directory.walk(storage, &mut met);
            for number in &within {
                let Some(entry) = directory.entries.get(*number) else { continue };
                let path = format!("{path}/{}", entry.name.to_lowercase());
                if entry.kind == STORAGE && depth < DEEPEST {
                    storages.push((*number, path.clone(), depth + 1));
                }
                directory.by_path.entry(path).or_insert(*number);
            }
            directory.within.insert(storage, within);
        }
        directory
    }

    /// The entry that holds all others.
    pub(super) fn root(&self) -> Option<&Entry> {
        self.entries.first().filter(|entry| entry.kind == ROOT)
    }

    /// An entry by its path; capital letters and small ones are the same.
    pub(super) fn find(&self, path: &str) -> Option<&Entry> {
        self.entries.get(*self.by_path.get(&path.to_lowercase())?)
    }

    /// What stands in a storage, in the order of its tree.
    pub(super) fn within(&self, path: &str) -> impl Iterator<Item = &Entry> {
        let path = path.trim_end_matches('/').to_lowercase();
        let storage = if path.is_empty() { Some(&0) } else { self.by_path.get(&path) };
        let within = storage.and_then(|storage| self.within.get(storage));
        within.into_iter().flatten().filter_map(|number| self.entries.get(*number))
    }

    /// Goes through the tree of a storage; what was met before, the tree of another, is not gone
    /// into again.
    fn walk(&self, storage: usize, met: &mut [bool]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = Vec::new();
        let mut next = self.entries.get(storage).map_or(u32::MAX, |storage| storage.child);
        loop {
            let number = usize::try_from(next).unwrap_or(usize::MAX);
            let entry = self.entries.get(number);
            let entry = entry.filter(|entry| matches!(entry.kind, STORAGE | STREAM));
            if let (Some(entry), Some(met @ false)) = (entry, met.get_mut(number)) {
                *met = true;
                open.push(number);
                next = entry.left;
            } else if let Some(number) = open.pop() {
                found.push(number);
                next = self.entries.get(number).map_or(u32::MAX, |entry| entry.right);
            } else {
                return found;
            }
        }
    }
}
