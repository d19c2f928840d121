//! What a file of the folder is called.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use corpus::{DocumentKey, SourceLocation};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// What a `file:` URI's path spells out of all that is no letter or digit (RFC 3986 §3.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// The end of a sidecar's name.
const SIDECAR: &[u8] = crate::sidecar::SUFFIX.as_bytes();

/// The key of a file: its path below the folder.
///
/// A part that is no UTF-8 has an empty part before it, which no other path has, and its odd bytes
/// and percent signs as `%` and two digits. So different files have different keys.
pub(super) fn key(relative: &Path) -> DocumentKey {
    DocumentKey::new(text(relative))
}

/// The key under which a directory that could not be listed is reported; no file has it.
pub(super) fn directory_key(relative: &Path) -> DocumentKey {
    DocumentKey::new(format!("{}/", text(relative)))
}

/// The file's URI, of its very bytes.
pub(super) fn location(absolute: &Path) -> SourceLocation {
    let path = percent_encode(absolute.as_os_str().as_bytes(), ESCAPED);
    SourceLocation::Custom { id: format!("file://{path}") }
}

/// Whether the name is a sidecar's.
pub(super) fn is_sidecar(name: &OsStr) -> bool {
    name.as_bytes().ends_with(SIDECAR)
}

/// The name of a file's sidecar.
pub(super) fn sidecar_of(name: &OsStr) -> std::ffi::OsString {
    let mut sidecar = name.to_owned();
    sidecar.push(OsStr::from_bytes(SIDECAR));
    sidecar
}

/// Whether the name begins with a dot.
pub(super) fn is_hidden(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b".")
}

fn text(relative: &Path) -> String {
    let mut key = String::new();
    for part in relative {
        if !key.is_empty() {
            key.push('/');
        }
        match part.to_str() {
            Some(part) => key.push_str(part),
            None => push_odd(&mut key, part),
        }
    }
    key
}

fn push_odd(key: &mut String, part: &OsStr) {
    key.push('/');
    for chunk in part.as_bytes().utf8_chunks() {
        key.push_str(&chunk.valid().replace('%', "%25"));
        for byte in chunk.invalid() {
            // Writing to a text cannot fail.
            write!(key, "%{byte:02X}").unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn keys_are_paths_and_stay_apart() {
        let check = |path: &[u8], expect: &str| {
            let path = PathBuf::from(OsStr::from_bytes(path));
            assert_eq!(key(&path).as_str(), expect);
        };
        check(b"a.md", "a.md");
        check(b"b/c d/\xc3\xa9%20.md", "b/c d/é%20.md");
        check(b"caf\xe9.md", "/caf%E9.md");
        check(b"caf%E9.md", "caf%E9.md");
        check(b"100%\xff", "/100%25%FF");
        check(b"a/\xff/b", "a//%FF/b");
    }

    #[test]
    fn locations_are_uris_of_the_bytes() {
        let check = |path: &[u8], expect: &str| {
            let path = PathBuf::from(OsStr::from_bytes(path));
            assert_eq!(location(&path).uri(), expect);
        };
        check(b"/srv/a-b_c.~d", "file:///srv/a-b_c.~d");
        check(b"/srv/a b#1?x%y", "file:///srv/a%20b%231%3Fx%25y");
        check(b"/srv/\xc3\xa9\xff[1]", "file:///srv/%C3%A9%FF%5B1%5D");
    }

    #[test]
    fn sidecars_are_known_by_their_ends() {
        assert_eq!(sidecar_of(OsStr::new("a.md")), "a.md.metadata.json");
        assert!(is_sidecar(OsStr::new("a.md.metadata.json")));
        assert!(!is_sidecar(OsStr::new("metadata.json")));
    }
}
