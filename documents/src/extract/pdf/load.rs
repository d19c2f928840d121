//! Loads the structure of a file, by lopdf, and keeps it from taking more memory than it is worth:
//! an object of a few bytes takes a hundred in memory, and streams of objects are compressed.

use std::cell::Cell;

use lopdf::{Document, Error, LoadOptions, Object, ObjectId};

use super::damaged;
use super::lexer::is_blank;
use crate::extracted::{ExtractError, Kind};

/// The most tokens that the objects of a file may have, streams' contents aside: some 600 MB,
/// and twice that if they are one single object.
const MOST_TOKENS: usize = 4_000_000;

/// The most bytes that a stream of objects may decode to.
const MOST_OBJECT_BYTES: usize = 8 << 20;

/// A document.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) document: Document,
    /// Whether objects were left out for their number.
    pub(super) is_partial: bool,
}

thread_local! {
    /// Tokens that may still be read. The loader's filter is a plain function, and runs on the
    /// thread that loads.
    static ROOM: Cell<usize> = const { Cell::new(0) };
    /// Whether there was no room for some.
    static IS_PARTIAL: Cell<bool> = const { Cell::new(false) };
}

/// Reads a file's structure; where its table of contents is broken, anew without it.
pub(super) fn load(bytes: &[u8]) -> Result<Loaded, ExtractError> {
    let plain = tokens(bytes);
    if plain > MOST_TOKENS {
        return Err(damaged("it has more objects than are read"));
    }
    let mut loaded = attempt(bytes, MOST_TOKENS - plain, Table::AsWritten)?;
    if !has_pages(&loaded.document)
        && let Ok(other) = attempt(bytes, MOST_TOKENS - plain, Table::Rebuilt)
        && has_pages(&other.document)
    {
        loaded = other;
    }
    if loaded.document.trailer.has(b"Encrypt") && loaded.document.encryption_state.is_none() {
        return Err(ExtractError::Locked { kind: Kind::Pdf });
    }
    Ok(loaded)
}

/// Where objects are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    AsWritten,
    Rebuilt,
}

fn attempt(bytes: &[u8], room: usize, table: Table) -> Result<Loaded, ExtractError> {
    ROOM.set(room);
    IS_PARTIAL.set(false);
    let options = LoadOptions {
        max_decompressed_size: Some(MOST_OBJECT_BYTES),
        filter: Some(keep),
        force_reconstruct: table == Table::Rebuilt,
        ..LoadOptions::default()
    };
    match Document::load_mem_with_options(bytes, options) {
        Ok(document) => Ok(Loaded { document, is_partial: IS_PARTIAL.get() }),
        Err(Error::InvalidPassword) => Err(ExtractError::Locked { kind: Kind::Pdf }),
        Err(Error::Decryption(_)) => Err(damaged("it is encrypted in a way that is not known")),
        Err(error) => Err(damaged(reason_of(&error))),
    }
}

/// Keeps an object; a stream of objects only while there is room for them.
fn keep(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let Object::Stream(stream) = object else {
        // What stands in a stream of objects is taken from the answer; all else is kept as it is.
        return Some((id, object.clone()));
    };
    if stream.dict.has_type(b"ObjStm") {
        let content = stream.get_plain_content_with_limit(MOST_OBJECT_BYTES).ok();
        let left = content.and_then(|content| ROOM.get().checked_sub(tokens(&content)));
        let Some(left) = left else {
            IS_PARTIAL.set(true);
            return None;
        };
        ROOM.set(left);
    }
    Some((id, Object::Null))
}

fn has_pages(document: &Document) -> bool {
    let root = document.catalog().and_then(|catalog| catalog.get_deref(b"Pages", document));
    let root = root.and_then(Object::as_dict);
    root.is_ok_and(|root| root.has(b"Kids") || root.has_type(b"Page"))
}

/// How many tokens some bytes hold, the contents of streams aside.
fn tokens(bytes: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = bytes;
    let mut follows = false;
    while let Some((byte, behind)) = rest.split_first() {
        let is_delimiter = matches!(byte, b'/' | b'[' | b'<' | b'(');
        let is_regular = !is_blank(*byte) && !matches!(byte, b']' | b'>' | b')');
        if is_delimiter || (is_regular && !follows) {
            count += 1;
            if let Some(content) = rest.strip_prefix(b"stream")
                && let Some(b'\r' | b'\n') = content.first()
                && let Some(end) = find(content, b"endstream")
            {
                rest = content.get(end..).unwrap_or_default();
                follows = false;
                continue;
            }
        }
        follows = is_regular && (*byte == b'/' || !is_delimiter);
        rest = behind;
    }
    count
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let at = from + rest.iter().position(|byte| Some(byte) == word.first())?;
        if bytes.get(at..)?.starts_with(word) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The whole of a reader's complaint: its parts say little each.
fn reason_of(error: &Error) -> String {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        reason.push_str(": ");
        reason.push_str(&error.to_string());
        cause = error.source();
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_outside_of_streams() {
        let check = |bytes: &[u8], expect| assert_eq!(tokens(bytes), expect);
        check(b"1 0 obj<</A[0 0 0]/B(x y)>>endobj", 15);
        check(b"<<>>stream\n 1 2 3 4 5 endstream 1", 5);
        check(b"stream\n never ends", 3);
        check(b"", 0);
    }
}
