//! Texts of BIFF: in one byte for a character or two, within a record or over several.

use std::rc::Rc;

use encoding_rs::Encoding;

use super::record::Record;
use crate::extract::little::{short as number, utf16};
use crate::extract::office::sheet::MOST_STRINGS;

/// The encoding of texts before BIFF 8, by the number of the code page.
pub(super) fn encoding(page: u16) -> &'static Encoding {
    let label = match page {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        10_000 | 32_768 => "macintosh".to_owned(),
        866 => "ibm866".to_owned(),
        page => format!("windows-{page}"),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252)
}

/// A text whose length stands before it in `width` bytes.
pub(super) fn bytes(bytes: &[u8], width: usize, encoding: &'static Encoding) -> Option<String> {
    let length = match width {
        1 => usize::from(*bytes.first()?),
        _ => usize::from(number(bytes, 0)?),
    };
    let text = bytes.get(width..)?;
    let text = text.get(..length).unwrap_or(text);
    Some(encoding.decode_without_bom_handling(text).0.into_owned())
}

/// A Unicode text whose length stands before it in one byte.
pub(super) fn short(bytes: &[u8]) -> Option<String> {
    let length = usize::from(*bytes.first()?);
    Some(characters(bytes.get(2..)?, length, bytes.get(1)? & 1 != 0))
}

/// A Unicode text whose length stands before it in two bytes.
pub(super) fn long(bytes: &[u8]) -> Option<String> {
    let length = usize::from(number(bytes, 0)?);
    let flags = *bytes.get(2)?;
    let mut start = 3;
    start += if flags & 8 != 0 { 2 } else { 0 };
    start += if flags & 4 != 0 { 4 } else { 0 };
    Some(characters(bytes.get(start..)?, length, flags & 1 != 0))
}

fn characters(bytes: &[u8], length: usize, is_wide: bool) -> String {
    if is_wide {
        utf16(bytes.get(..length * 2).unwrap_or(bytes))
    } else {
        bytes.iter().take(length).map(|byte| char::from(*byte)).collect()
    }
}

/// The text of a box, which stands in the records that go on with it.
pub(super) fn of_box(record: &Record<'_>) -> Option<String> {
    let length = usize::from(number(record.bytes, 10)?);
    let (flags, rest) = record.more.first()?.split_first()?;
    let text = characters(rest, length, flags & 1 != 0);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The texts that cells share.
pub(super) fn shared(record: &Record<'_>) -> Vec<Rc<str>> {
    let pieces = std::iter::once(record.bytes.get(8..).unwrap_or_default());
    let mut reader = Pieces {
        here: &[],
        next: pieces.chain(record.more.iter().copied()).collect::<Vec<_>>().into_iter(),
    };
    let mut strings = Vec::new();
    while strings.len() < MOST_STRINGS
        && let Some(string) = reader.string()
    {
        strings.push(string.into());
    }
    strings
}

/// Bytes that go on from record to record.
struct Pieces<'a> {
    here: &'a [u8],
    next: std::vec::IntoIter<&'a [u8]>,
}

impl Pieces<'_> {
    fn byte(&mut self) -> Option<u8> {
        loop {
            if let Some((byte, rest)) = self.here.split_first() {
                self.here = rest;
                return Some(*byte);
            }
            self.here = self.next.next()?;
        }
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, mut count: usize) {
        while count > self.here.len() {
            count -= self.here.len();
            let Some(next) = self.next.next() else {
                self.here = &[];
                return;
            };
            self.here = next;
        }
        self.here = self.here.get(count..).unwrap_or_default();
    }

    /// A text; in each record that it goes on in, a byte says anew how wide its characters are.
    fn string(&mut self) -> Option<String> {
        let length = usize::from(self.number()?);
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { usize::from(self.number()?) } else { 0 };
        let (low, high) = if flags & 4 != 0 { (self.number()?, self.number()?) } else { (0, 0) };
        let extra = usize::from(low) | usize::from(high) << 16;
        let mut is_wide = flags & 1 != 0;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < length {
            if self.here.is_empty() {
                let Some(next) = self.next.next() else { break };
                let Some((flags, rest)) = next.split_first() else { continue };
                is_wide = flags & 1 != 0;
                self.here = rest;
                continue;
            }
            units.push(if is_wide { self.number()? } else { u16::from(self.byte()?) });
        }
        self.skip(runs * 4 + extra);
        Some(String::from_utf16_lossy(&units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_texts_go_on_from_record_to_record() {
        let first = [&[0; 8][..], &[2, 0, 0, b'a', b'b', 4, 0, 0, b'c', b'd']].concat();
        let second = [1, b'e', 0, 0xac, 0x20, 1, 0, 8, 1, 0, b'f', 9, 9];
        let third = [9, 9, 1, 0, 0, b'g'];
        let record = Record { kind: 0, bytes: &first, more: vec![&second, &third] };
        let strings: Vec<String> = shared(&record).iter().map(ToString::to_string).collect();
        assert_eq!(strings, ["ab", "cde€", "f", "g"]);
    }

    #[test]
    fn older_texts_have_an_encoding() {
        assert_eq!(bytes(b"\x01\xe4", 1, encoding(1252)).as_deref(), Some("ä"));
        assert_eq!(bytes(b"\x02\0\x83\x65", 2, encoding(932)).as_deref(), Some("テ"));
        assert_eq!(encoding(7), encoding_rs::WINDOWS_1252);
    }
}
