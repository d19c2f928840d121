//! Kinds that are known by their first bytes.

use super::Verdict;
use crate::extract::decode::looks_binary;
use crate::extracted::Kind;

/// First bytes of what is read.
const READ: [(&[u8], Kind); 8] = [
    (b"{\\rtf", Kind::Rtf),
    (b"\x89PNG\r\n\x1a\n", Kind::Image),
    (b"\xff\xd8\xff", Kind::Image),
    (b"GIF8", Kind::Image),
    (b"II*\0", Kind::Image),
    (b"MM\0*", Kind::Image),
    (b"II+\0", Kind::Image),
    (b"MM\0+", Kind::Image),
];

/// First bytes of what is not.
const NOT_READ: [(&[u8], &str); 19] = [
    (b"%!PS-", "PostScript files"),
    (b"\x1f\x8b", "gzip archives"),
    (b"BZh", "bzip2 archives"),
    (b"\xfd7zXZ\0", "xz archives"),
    (b"\x28\xb5\x2f\xfd", "Zstandard archives"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archives"),
    (b"Rar!\x1a\x07", "RAR archives"),
    (b"ID3", "sound files"),
    (b"OggS", "sound files"),
    (b"fLaC", "sound files"),
    (b"\x1aE\xdf\xa3", "films and sound files"),
    (b"\x7fELF", "programs"),
    (b"MZ", "programs"),
    (b"SQLite format 3\0", "databases"),
    (b"\0\x01\0\0Standard Jet DB", "databases"),
    (b"wOFF", "fonts"),
    (b"wOF2", "fonts"),
    (b"OTTO\0", "fonts"),
    (b"\0\x01\0\0\0", "fonts"),
];

/// Judges bytes that begin as something known.
pub(super) fn of(bytes: &[u8]) -> Option<Verdict> {
    let begins = |signature: &[u8]| bytes.starts_with(signature);
    // "BZh", "GIF8", "MZ" and "ID3" could begin a text as well.
    if let Some((_, kind)) = READ.iter().find(|(signature, _)| begins(signature)) {
        return (*kind == Kind::Rtf || looks_binary(bytes)).then_some(Verdict::Is(*kind));
    }
    if let Some((signature, what)) = NOT_READ.iter().find(|(signature, _)| begins(signature)) {
        let is_text = signature.starts_with(b"%!PS");
        return (is_text || looks_binary(bytes)).then(|| Verdict::Unsupported((*what).to_owned()));
    }
    if !looks_binary(bytes) {
        return None;
    }
    if begins(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        return Some(Verdict::Is(Kind::Image));
    }
    let unsupported = |what: &str| Some(Verdict::Unsupported(what.to_owned()));
    match (bytes.get(..4)?, bytes.get(4..8)?, bytes.get(8..12)?) {
        (b"RIFF", _, b"WEBP") => Some(Verdict::Is(Kind::Image)),
        (b"RIFF", _, b"WAVE") => unsupported("sound files"),
        (_, b"ftyp", b"heic" | b"heix" | b"mif1" | b"avif") => unsupported("HEIF pictures"),
        (b"RIFF", _, b"AVI ") | (_, b"ftyp", _) => unsupported("films and sound files"),
        _ if bytes.get(257..262) == Some(b"ustar") => unsupported("tar archives"),
        _ => None,
    }
}
