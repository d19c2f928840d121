//! Where the text of a file that is text stands in its bytes.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use corpus::SourcePlace;

use super::decode::{Decoded, tidy};
use crate::extracted::Origin;

/// Bytes of a piece at least, so that there are not too many: shorter lines go with the next ones.
const SHORTEST: usize = 32;

/// Bytes of a piece at most, where no line ends.
const LONGEST: usize = 4096;

/// The origins of a text that was decoded of these bytes: one where it is the bytes themselves,
/// else one for each line or few.
pub(super) fn origins(bytes: &[u8], decoded: &Decoded) -> Vec<Origin> {
    let Decoded { ref text, start: begin, encoding, .. } = *decoded;
    let rest = bytes.get(begin..).unwrap_or_default();
    let origin = |from: usize, length: usize, start: usize, count: usize| Origin {
        range: from..from + length,
        source: SourcePlace::Bytes {
            start: (begin + start) as u64,
            end: (begin + start + count) as u64,
        },
    };
    if rest == text.as_bytes() {
        return vec![origin(0, text.len(), 0, rest.len())];
    }
    let mut origins = Vec::new();
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut written, mut read) = (0, 0);
    while let Some(left) = rest.get(read..).filter(|left| !left.is_empty()) {
        let (piece, _) = left.split_at(piece(left, encoding));
        let Some(room) = decoder.max_utf8_buffer_length(piece.len()) else { break };
        let mut decoded = String::with_capacity(room);
        let is_last = piece.len() == left.len();
        let (_, count, _) = decoder.decode_to_string(piece, &mut decoded, is_last);
        let tidied = tidy(decoded);
        // A line's end may have other bytes; the line may be the same all the same.
        let line = tidied.trim_end_matches('\n');
        let is_same = piece.get(..line.len()) == Some(line.as_bytes());
        let (length, bytes) =
            if is_same { (line.len(), line.len()) } else { (tidied.len(), piece.len()) };
        if length > 0 {
            origins.push(origin(written, length, read, bytes));
        }
        written += tidied.len();
        read += count.max(1);
    }
    if written != text.len() {
        // Not told piece by piece: it is somewhere in the file.
        return vec![origin(0, text.len(), 0, rest.len())];
    }
    origins
}

/// The length of the next piece: whole lines, where there are any.
fn piece(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let head = bytes.get(..LONGEST).unwrap_or(bytes);
    let (width, newline): (usize, &[u8]) = if encoding == UTF_16LE {
        (2, b"\n\0")
    } else if encoding == UTF_16BE {
        (2, b"\0\n")
    } else {
        (1, b"\n")
    };
    let units = head.chunks(width).enumerate().skip(SHORTEST / width);
    let mut line_ends = units.filter(|(_, unit)| *unit == newline);
    if let Some((index, _)) = line_ends.next() {
        return ((index + 1) * width).min(bytes.len());
    }
    if head.len() == bytes.len() {
        return bytes.len();
    }
    // Not within a character, nor within a line end.
    let is_within = |end: &usize| {
        let continues = head.get(*end).is_some_and(|byte| (0x80..0xc0).contains(byte));
        end.checked_sub(1).and_then(|last| head.get(last)) == Some(&b'\r')
            || encoding == UTF_8 && continues
    };
    (head.len() - 8..head.len()).rev().find(|end| !is_within(end)).unwrap_or(head.len())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::extract::decode::decode;

    /// Every part of the text leads to bytes that hold it.
    fn check(bytes: &[u8], declared: Option<&str>, encoding: &'static Encoding, exact: bool) {
        let decoded = decode(bytes, declared);
        let (origins, text) = (origins(bytes, &decoded), decoded.text);
        assert!(!origins.is_empty());
        let mut end = 0;
        for Origin { range, source } in &origins {
            let SourcePlace::Bytes { start, end: to } = source else { unreachable!("{source:?}") };
            let (start, to) = (usize::try_from(*start).unwrap(), usize::try_from(*to).unwrap());
            assert!(text[end..range.start].trim().is_empty());
            end = range.end;
            let (found, _) = encoding.decode_without_bom_handling(&bytes[start..to]);
            assert_eq!(tidy(found.into_owned()), text[range.clone()]);
            assert!(!exact || to - start == range.len());
        }
        assert!(text[end..].trim().is_empty());
    }

    #[test]
    fn texts_lead_back_to_their_bytes() {
        let lines = "Grüße aus der Stadt, in der es regnet.\r\nkurz\r\nund noch eine Zeile, die lang genug ist, um allein zu stehen\r\n";
        check(lines.replace('\r', "").as_bytes(), None, UTF_8, true);
        check(b"\xef\xbb\xbfwords", None, UTF_8, true);
        check(lines.as_bytes(), None, UTF_8, false);
        let exact = format!("{0}\r\n{0}\r\n{0}", "A line that is long enough to stand alone, ü.");
        check(exact.as_bytes(), None, UTF_8, true);
        check(
            &[b"\xff\xfe".to_vec(), lines.encode_utf16().flat_map(u16::to_le_bytes).collect()]
                .concat(),
            None,
            UTF_16LE,
            false,
        );
        let latin = Encoding::for_label(b"windows-1252").unwrap();
        check(&latin.encode(lines).0, Some("windows-1252"), latin, false);
        let japanese = Encoding::for_label(b"shift_jis").unwrap();
        let text = "日本語の文章です。\r\n".repeat(40);
        check(&japanese.encode(&text).0, Some("shift_jis"), japanese, false);
        check("é\r".repeat(5000).as_bytes(), None, UTF_8, false);
    }
}
