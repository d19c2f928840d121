//! Bytes to characters: byte order marks first, then a declared charset, then UTF-8, then what the
//! bytes look like: programs of Windows save in the code page of their country and say nothing of
//! it. Bytes that have no meaning become U+FFFD, and are counted.

use std::borrow::Cow;
use std::ops::Range;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use corpus::SourcePlace;
use encoding_rs::{
    Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257,
};

use crate::extracted::Warning;

/// So many bytes tell what an encoding looks like.
const MOST_LOOKED_AT: usize = 1 << 20;

/// Characters, and what was lost in decoding them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    /// The text; every line end is `\n`, and there are no control characters but tab.
    pub(super) text: String,
    /// The byte of the source where the text begins, and its encoding there.
    pub(super) start: usize,
    pub(super) encoding: &'static Encoding,
    /// A warning where bytes were replaced.
    pub(super) warnings: Vec<Warning>,
}

/// A text whose places can be told in bytes of its source.
#[derive(Debug)]
pub(super) struct Exact<'a> {
    /// The characters, as they are: no line end or control character is changed.
    pub(super) text: Cow<'a, str>,
    /// The byte of the source where the text begins.
    start: usize,
    encoding: &'static Encoding,
    /// Whether bytes were replaced.
    has_errors: bool,
    /// A warning where bytes were replaced, a note where the encoding is guessed.
    pub(super) warnings: Vec<Warning>,
}

impl Exact<'_> {
    /// The byte of the source where the text begins.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// The place of some bytes of the text; only where the source is UTF-8, so that nothing need be
    /// counted for each.
    pub(super) fn place(&self, range: &Range<usize>) -> Option<SourcePlace> {
        (self.encoding == UTF_8 && !self.has_errors).then(|| SourcePlace::Bytes {
            start: (self.start + range.start) as u64,
            end: (self.start + range.end) as u64,
        })
    }

    /// How many bytes of the source a part of the text takes up; none where that cannot be told.
    pub(super) fn source_length(&self, part: &str) -> Option<usize> {
        if self.has_errors {
            None
        } else if self.encoding == UTF_8 {
            Some(part.len())
        } else if self.encoding == UTF_16LE || self.encoding == UTF_16BE {
            Some(part.chars().map(|c| 2 * c.len_utf16()).sum())
        } else if self.encoding.is_single_byte() {
            Some(part.chars().count())
        } else {
            None
        }
    }
}

/// Decodes a text and leaves it as it is.
pub(super) fn decode_exact<'a>(bytes: &'a [u8], declared: Option<&str>) -> Exact<'a> {
    let (encoding, rest, sure) = encoding_of(bytes, declared);
    let (text, has_errors) = encoding.decode_without_bom_handling(rest);
    let mut warnings = Vec::new();
    if has_errors {
        let message = format!("some bytes are not valid {} and were replaced", encoding.name());
        warnings.push(Warning::loss(message));
    }
    warnings.extend((!sure).then(|| guessed(encoding)));
    Exact { text, start: bytes.len() - rest.len(), encoding, has_errors, warnings }
}

/// Decodes a text. `declared` is a charset's label from the media type or from the text itself.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    let (encoding, rest, sure) = encoding_of(bytes, declared);
    let mut warnings = Vec::new();
    let text = if encoding == UTF_8 {
        utf8(rest, &mut warnings)
    } else {
        let (text, had_errors) = encoding.decode_without_bom_handling(rest);
        if had_errors {
            let count = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
            warnings.push(Warning::loss(format!(
                "{count} places are not valid {} and were replaced",
                encoding.name()
            )));
        }
        text.into_owned()
    };
    warnings.extend((!sure).then(|| guessed(encoding)));
    Decoded { text: tidy(text), start: bytes.len() - rest.len(), encoding, warnings }
}

/// The encoding, the bytes after the byte order mark, and whether the file itself says so.
fn encoding_of<'a>(bytes: &'a [u8], declared: Option<&str>) -> (&'static Encoding, &'a [u8], bool) {
    if let Some(found) = unicode_of(bytes) {
        return found;
    }
    match declared.and_then(|label| Encoding::for_label(label.as_bytes())) {
        // Many files that say so are UTF-8 all the same; no other encoding looks like it.
        Some(encoding) if encoding != UTF_8 && std::str::from_utf8(bytes).is_err() => {
            (encoding, bytes, true)
        }
        Some(_) => (UTF_8, bytes, true),
        None => match look(bytes) {
            Some(encoding) => (encoding, bytes, false),
            None => (UTF_8, bytes, true),
        },
    }
}

/// The same where the first bytes alone tell it: by a byte order mark, or as those of UTF-16.
pub(super) fn unicode_of(bytes: &[u8]) -> Option<(&'static Encoding, &[u8], bool)> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return Some((encoding, bytes.get(length..).unwrap_or_default(), true));
    }
    utf16_without_mark(bytes).map(|encoding| (encoding, bytes, false))
}

fn guessed(encoding: &'static Encoding) -> Warning {
    let name = encoding.name();
    Warning::note(format!("the file does not say how it is encoded; read as {name}"))
}

/// The encoding that some bytes look like they are in; none where they are UTF-8, be it with a few
/// bytes that are damaged.
fn look(bytes: &[u8]) -> Option<&'static Encoding> {
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let (mut characters, mut faults) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    if faults <= characters {
        return None;
    }
    // Of a text in Latin letters most are of ASCII; what is not is EBCDIC, say, or damaged.
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes.get(..MOST_LOOKED_AT).unwrap_or(bytes), bytes.len() <= MOST_LOOKED_AT);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let is_latin = [WINDOWS_1250, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257].contains(&encoding);
    (!is_latin || high * 2 < bytes.len()).then_some(encoding)
}

/// UTF-16 is told by its zero bytes, which stand all on one side of the pairs where the text is
/// mostly Latin.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..4096).unwrap_or(bytes);
    let pairs = sample.chunks_exact(2);
    let (count, mut high, mut low) = (pairs.len(), 0_usize, 0_usize);
    for pair in pairs {
        if let [first, second] = pair {
            high += usize::from(*first == 0);
            low += usize::from(*second == 0);
        }
    }
    // Both halves zero happens in binary data only.
    let mostly =
        |zeros: usize, others: usize| count >= 4 && zeros * 10 > count * 4 && others * 50 < count;
    if mostly(low, high) {
        Some(UTF_16LE)
    } else if mostly(high, low) {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn utf8(bytes: &[u8], warnings: &mut Vec<Warning>) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut replaced = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            replaced += chunk.invalid().len();
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    if replaced > 0 {
        let bytes = if replaced == 1 { "byte is" } else { "bytes are" };
        warnings.push(Warning::loss(format!(
            "{replaced} {bytes} not valid UTF-8 and were replaced; save the file as UTF-8"
        )));
    }
    text
}

/// Makes all line ends `\n` and drops control characters, which nobody can read.
pub(super) fn tidy(text: String) -> String {
    let clean = |c: char| !c.is_control() || c == '\n' || c == '\t';
    if text.chars().all(clean) {
        return text;
    }
    let mut tidy = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            // Old text files part pages by form feeds.
            '\r' | '\u{c}' | '\u{b}' | '\u{85}' => tidy.push('\n'),
            c if clean(c) => tidy.push(c),
            _ => {}
        }
    }
    tidy
}

/// Whether some bytes are no text in any encoding: many zero bytes or control characters, and no
/// UTF-16.
pub(super) fn looks_binary(bytes: &[u8]) -> bool {
    let sample = bytes.get(..8192).unwrap_or(bytes);
    if Encoding::for_bom(sample).is_some() || utf16_without_mark(sample).is_some() {
        return false;
    }
    let controls =
        sample.iter().filter(|byte| matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127)).count();
    controls * 50 > sample.len() || (sample.contains(&0) && controls * 200 > sample.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], declared: Option<&str>, text: &str, warnings: &[&str]) {
        let decoded = decode(bytes, declared);
        assert_eq!(decoded.text, text);
        let messages: Vec<&str> = decoded.warnings.iter().map(|w| w.message.as_str()).collect();
        assert_eq!(messages, warnings);
    }

    fn utf16(text: &str, encode: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(encode).collect()
    }

    #[test]
    fn marks_and_declarations_are_honoured() {
        check("Grüße\r\nund\rmehr".as_bytes(), None, "Grüße\nund\nmehr", &[]);
        check(b"\xef\xbb\xbfa", Some("utf-16"), "a", &[]);
        check(b"\xff\xfea\0\xfc\0", None, "aü", &[]);
        check(b"\xfe\xff\0a\0\xfc", None, "aü", &[]);
        check(b"Gr\xfc\xdfe", Some("iso-8859-1"), "Grüße", &[]);
        check("Grüße".as_bytes(), Some("iso-8859-1"), "Grüße", &[]);
        check(b"\x83e\x83X\x83g", Some("Shift_JIS"), "テスト", &[]);
    }

    #[test]
    fn utf16_is_known_without_a_mark() {
        let note = "the file does not say how it is encoded; read as UTF-16LE";
        check(&utf16("Words and words", u16::to_le_bytes), None, "Words and words", &[note]);
        let note = "the file does not say how it is encoded; read as UTF-16BE";
        check(&utf16("Words and words", u16::to_be_bytes), None, "Words and words", &[note]);
    }

    #[test]
    fn what_is_not_said_is_looked_for() {
        let check = |bytes: &[u8], expect: &str, name: &str| {
            let note = format!("the file does not say how it is encoded; read as {name}");
            check(bytes, None, expect, &[&note]);
        };
        check(b"Gr\xfc\xdfe aus K\xf6ln", "Grüße aus Köln", "windows-1252");
        let ebcdic = [0xc1, 0x82, 0x83, 0x40, 0x84, 0x85, 0x86, 0x87, 0x88];
        assert!(look(&ebcdic).is_none());
        let russian = b"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0! \xdd\xf2\xee \xf2\xe5\xea\xf1\xf2.";
        check(russian, "Привет, мир! Это текст.", "windows-1251");
    }

    #[test]
    fn bytes_without_meaning_are_replaced_and_counted() {
        let loss = "3 bytes are not valid UTF-8 and were replaced; save the file as UTF-8";
        check(b"a\xffb\xe2\x82c", Some("utf-8"), "a\u{fffd}b\u{fffd}c", &[loss]);
        let loss = "1 places are not valid Shift_JIS and were replaced";
        check(b"a\x83", Some("shift_jis"), "a\u{fffd}", &[loss]);
    }

    #[test]
    fn control_characters_are_dropped() {
        check(b"a\0b\x1b[1m\tc\x0cd", None, "ab[1m\tc\nd", &[]);
    }

    #[test]
    fn binary_data_is_told_from_text() {
        let check = |bytes: &[u8], expect| assert_eq!(looks_binary(bytes), expect, "{bytes:?}");
        check(b"words\n", false);
        check("日本語".as_bytes(), false);
        check(b"Gr\xfc\xdfe", false);
        check(&utf16("Words and words", u16::to_le_bytes), false);
        check(b"\x7fELF\x02\x01\x01\0\0\0\0\0", true);
        check(&[0; 100], true);
    }
}
