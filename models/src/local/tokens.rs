//! The model's tokenizer: texts to token ids and to the places of their tokens, however long the
//! text. Packaged tokenizers often cut and pad; that is taken from them.

use std::ops::Range;
use std::path::{Path, PathBuf};

use tokenizers::normalizers::{Lowercase, NormalizerWrapper, Sequence};
use tokenizers::{Encoding, Tokenizer};

use super::LocalError;
use super::folder::Folder;

/// Tokenizers hold some twenty times a text while they work on it: longer texts go by pieces.
pub(super) const PIECE_BYTES: usize = 64 * 1024;

/// The tokenizer and the special tokens around each text.
#[derive(Debug)]
pub(super) struct Tokens {
    tokenizer: Tokenizer,
    before: Vec<u32>,
    after: Vec<u32>,
}

/// A folder's `tokenizer.json`.
pub(super) fn file(folder: &Folder) -> Result<PathBuf, LocalError> {
    let places = [&folder.network, &folder.root].map(|place| place.join("tokenizer.json"));
    let path = places.into_iter().find(|path| path.exists());
    path.ok_or_else(|| LocalError::unsupported(&folder.root, "has no tokenizer.json"))
}

impl Tokens {
    /// Loads `tokenizer.json`.
    pub(super) fn open(folder: &Folder) -> Result<Self, LocalError> {
        let path = &file(folder)?;
        let tokenizer =
            Tokenizer::from_file(path).map_err(|error| LocalError::damaged(path, error))?;
        Self::new(tokenizer, path, folder.lowercase)
    }

    fn new(mut tokenizer: Tokenizer, path: &Path, lowercase: bool) -> Result<Self, LocalError> {
        let damaged = |error: tokenizers::Error| LocalError::damaged(path, error);
        tokenizer.with_padding(None).with_truncation(None).map_err(damaged)?;
        if lowercase {
            let first = std::iter::once(NormalizerWrapper::Lowercase(Lowercase));
            let all = first.chain(tokenizer.get_normalizer().cloned()).collect();
            tokenizer.with_normalizer(Some(Sequence::new(all))).map_err(damaged)?;
        }
        let (before, after) = special_tokens(&tokenizer).map_err(damaged)?;
        Ok(Self { tokenizer, before, after })
    }

    /// How many special tokens stand around each text.
    pub(super) fn special(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// The ids of a text's tokens, special ones left out.
    pub(super) fn ids(&self, text: &str) -> Result<Vec<u32>, String> {
        let encoding = self.tokenizer.encode_fast(text, false);
        Ok(encoding.map_err(|error| error.to_string())?.get_ids().to_vec())
    }

    /// One window's ids as the network reads them: special tokens around a prompt and the text.
    pub(super) fn framed(&self, prompt: &[u32], ids: &[u32]) -> Vec<u32> {
        [&self.before, prompt, ids, &self.after].concat()
    }

    /// Where a text's tokens stand: in bytes, ascending, not overlapping, on character bounds.
    /// None where the tokenizer refuses the text.
    pub(super) fn ranges(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let mut ranges = Vec::with_capacity(text.len() / 4);
        let mut start = 0;
        for piece in pieces(text, PIECE_BYTES) {
            let encoding = self.tokenizer.encode(piece, false).ok()?;
            append_ranges(&mut ranges, text, start, &encoding);
            start += piece.len();
        }
        Some(ranges)
    }
}

/// Byte-level tokenizers may split a character, and so give two tokens the same place: the first
/// gets it, the others an empty one after it.
fn append_ranges(ranges: &mut Vec<Range<usize>>, text: &str, base: usize, encoding: &Encoding) {
    for (start, end) in encoding.get_offsets() {
        let done = ranges.last().map_or(0, |last: &Range<usize>| last.end);
        let start = text.floor_char_boundary(base + start).max(done);
        let end = text.ceil_char_boundary(base + end).max(start);
        ranges.push(start..end);
    }
}

/// What the tokenizer puts before and after a text.
fn special_tokens(tokenizer: &Tokenizer) -> tokenizers::Result<(Vec<u32>, Vec<u32>)> {
    let framed = tokenizer.encode_fast("a", true)?;
    let own = tokenizer.encode_fast("a", false)?.len();
    let mask = framed.get_special_tokens_mask();
    let before = mask.iter().take_while(|special| **special == 1).count();
    let ids = framed.get_ids();
    if before + own > ids.len() {
        return Err("its post-processor changes the text's tokens".into());
    }
    Ok((ids[..before].to_vec(), ids[before + own..].to_vec()))
}

/// Cuts a long text into pieces of about `bytes`, between words where it can. A piece begins with
/// the space before its first word, as some vocabularies expect.
pub(super) fn pieces(text: &str, bytes: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, others) = rest.split_at(cut(rest, bytes));
        rest = others;
        Some(piece)
    })
}

/// Where the first piece of a text that is not empty ends: after one character at least.
fn cut(text: &str, bytes: usize) -> usize {
    if text.len() <= bytes {
        return text.len();
    }
    let most = text.floor_char_boundary(bytes);
    let word_end = text[..most].rfind(char::is_whitespace).filter(|end| *end > 0);
    word_end.unwrap_or(if most > 0 { most } else { text.ceil_char_boundary(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, bytes: usize, expect: &[&str]) {
        let cut: Vec<&str> = pieces(text, bytes).collect();
        assert_eq!(cut, expect);
        assert_eq!(cut.concat(), text);
    }

    #[test]
    fn long_texts_are_cut_between_words() {
        check("", 5, &[]);
        check("one two three", 100, &["one two three"]);
        check("one two three", 9, &["one two", " three"]);
        check("one two three", 4, &["one", " two", " thr", "ee"]);
    }

    #[test]
    fn texts_without_spaces_are_cut_on_character_bounds() {
        check("äöü", 3, &["ä", "ö", "ü"]);
        check("日本語", 2, &["日", "本", "語"]);
        check("   ", 2, &[" ", "  "]);
    }
}
