//! Brings objects and their sidecars together while a listing goes by.
//!
//! In an ordered listing (see [`super::order`]) the sidecar of `a.md` comes after it, and between
//! the two only keys that begin with `a.md`. So an object waits until a key comes that does not
//! begin with its own. Those that wait at a time begin with one another: there are never more of
//! them than a key has characters, and mostly one.

use super::entry::Entry;
use crate::sidecar::SUFFIX;

/// Objects whose sidecar may still come.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    waiting: Vec<Entry>,
    orphans: Orphans,
}

/// An object, with its sidecar if it has one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    pub(super) object: Entry,
    pub(super) sidecar: Option<Entry>,
}

/// Sidecars without an object.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Orphans {
    pub(super) count: u64,
    /// The first of them.
    pub(super) first: Option<String>,
}

impl Pairs {
    /// Takes the next entry of a listing; hands out the objects that have all that is theirs.
    pub(super) fn push(&mut self, entry: Entry, out: &mut Vec<Pair>) {
        if let Some(owner) = entry.key.strip_suffix(SUFFIX) {
            let found = self.waiting.iter().position(|object| object.key == owner);
            match found.map(|place| self.waiting.remove(place)) {
                Some(object) => out.push(Pair { object, sidecar: Some(entry) }),
                None => self.orphans.note(entry.key),
            }
            return;
        }
        self.release(&entry.key, out);
        self.waiting.push(entry);
    }

    /// The listing ended: hands out the rest, and tells of sidecars that nobody owns.
    pub(super) fn finish(&mut self, out: &mut Vec<Pair>) -> Orphans {
        let rest = self.waiting.drain(..);
        out.extend(rest.map(|object| Pair { object, sidecar: None }));
        std::mem::take(&mut self.orphans)
    }

    /// Lets go of objects whose sidecar would have come before this key.
    fn release(&mut self, key: &str, out: &mut Vec<Pair>) {
        let keep = self.waiting.iter().take_while(|object| key.starts_with(&object.key)).count();
        let gone = self.waiting.drain(keep..);
        out.extend(gone.map(|object| Pair { object, sidecar: None }));
    }
}

impl Orphans {
    fn note(&mut self, key: String) {
        self.count += 1;
        self.first.get_or_insert(key);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn entry(key: &str) -> Entry {
        Entry { key: key.to_owned(), size: 1, etag: None, modified: None, archived: None }
    }

    /// The objects in the order in which they come out, with whether they have a sidecar; the
    /// number of orphans; and the most objects that waited.
    fn paired(keys: &[&str]) -> (BTreeMap<String, bool>, u64, usize) {
        let (mut pairs, mut out, mut most) = (Pairs::default(), Vec::new(), 0);
        for key in keys {
            pairs.push(entry(key), &mut out);
            most = most.max(pairs.waiting.len());
        }
        let orphans = pairs.finish(&mut out);
        let count = out.len();
        let found: BTreeMap<_, _> =
            out.into_iter().map(|pair| (pair.object.key, pair.sidecar.is_some())).collect();
        assert_eq!(found.len(), count, "an object came twice: {keys:?}");
        (found, orphans.count, most)
    }

    #[test]
    fn sidecars_find_their_objects_past_what_comes_between() {
        let check = |keys: &[&str], described: &[&str], orphans: u64| {
            let (found, count, _) = paired(keys);
            let with: Vec<&str> =
                found.iter().filter(|(_, has)| **has).map(|(key, _)| key.as_str()).collect();
            assert_eq!(with, described, "{keys:?}");
            assert_eq!(count, orphans, "{keys:?}");
            let objects = keys.iter().filter(|key| !key.ends_with(SUFFIX)).count();
            assert_eq!(found.len(), objects, "{keys:?}");
        };
        check(&[], &[], 0);
        check(&["a.md", "a.md.metadata.json"], &["a.md"], 0);
        check(&["a.md", "a.md-x", "a.md.bak", "a.md.metadata.json", "b"], &["a.md"], 0);
        check(
            &["a", "a.md", "a.md.bak", "a.md.bak.metadata.json", "a.md.metadata.json"],
            &["a.md", "a.md.bak"],
            0,
        );
        check(
            &["a", "a-b", "a-b.metadata.json", "a.metadata", "a.metadata.json"],
            &["a", "a-b"],
            0,
        );
        // By directories: what is below a directory with a like name comes between.
        check(&["a.md", "a.md.d/x", "a.md.d/y", "a.md.metadata.json"], &["a.md"], 0);
        check(&["a.md.metadata.json", "b.md"], &[], 1);
        check(&[".metadata.json", "a/.metadata.json", "a/b.metadata.json.metadata.json"], &[], 3);
        check(&["a.md", "a.md.metadata.json", "a.md.metadata.json.metadata.json"], &["a.md"], 1);
    }

    #[test]
    fn few_wait_however_many_come() {
        let keys: Vec<String> = (0..10_000).map(|number| format!("a{number:05}")).collect();
        let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        keys.insert(0, "a");
        let (found, _, most) = paired(&keys);
        assert_eq!((found.len(), most), (10_001, 2));
    }
}
