//! `winmail.dat`: what Outlook sends beside a message to other Outlooks (TNEF). Files that came with
//! the message may stand there alone, and so may what it says.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::extract::letter::{Attachment, Body, Content};
use crate::extract::little::{long, offset, part, short, utf16};
use crate::extract::msg::inflate;
use crate::extract::rtf;

const SIGNATURE: u32 = 0x223e_9f78;

/// Attributes of the message.
const BODY: u32 = 0x0002_800c;
const PROPERTIES: u32 = 0x0006_9003;
const CODE_PAGE: u32 = 0x0006_9007;
/// Attributes of the files, each of which begins with the first.
const FILE: u32 = 0x0006_9002;
const FILE_NAME: u32 = 0x0001_8010;
const FILE_BYTES: u32 = 0x0006_800f;
const FILE_PROPERTIES: u32 = 0x0006_9005;

/// Properties.
const PLAIN: u16 = 0x1000;
const RICH: u16 = 0x1009;
const PAGE: u16 = 0x1013;
const LONG_NAME: u16 = 0x3707;

/// Of a property with several values, and of properties, so many are looked at.
const MOST_VALUES: u32 = 10_000;

/// What stands in such a file.
#[derive(Debug, Default)]
pub(super) struct Tnef {
    pub(super) body: Option<Body<'static>>,
    pub(super) files: Vec<Attachment<'static>>,
}

impl Tnef {
    /// Reads a file, as far as it is whole; none where it is no such file.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if long(bytes, 0)? != SIGNATURE {
            return None;
        }
        let mut read = Self::default();
        let mut encoding = WINDOWS_1252;
        let mut at = 6;
        while let Some((id, data, next)) = attribute(bytes, at) {
            at = next;
            match id {
                CODE_PAGE => {
                    let page = long(data, 0).and_then(rtf::of_page);
                    encoding = page.unwrap_or(encoding);
                }
                BODY if read.body.is_none() => {
                    read.body = Some(Body::Plain(Cow::Owned(text(data, encoding))));
                }
                PROPERTIES => read.body = body(data, encoding).or(read.body),
                FILE => read.files.push(Attachment {
                    name: String::new(),
                    media_type: None,
                    content: Content::Bytes(Cow::Borrowed(&[])),
                }),
                _ => {}
            }
            let Some(file) = read.files.last_mut() else { continue };
            match id {
                FILE_NAME if file.name.is_empty() => file.name = text(data, encoding),
                FILE_BYTES => file.content = Content::Bytes(Cow::Owned(data.to_vec())),
                FILE_PROPERTIES => {
                    let name = property(data, LONG_NAME);
                    file.name = name.map_or_else(
                        || std::mem::take(&mut file.name),
                        |(kind, name)| string(kind, name, encoding),
                    );
                }
                _ => {}
            }
        }
        Some(read)
    }
}

/// The attribute at a place: its id, its bytes, and where the next begins.
fn attribute(bytes: &[u8], at: usize) -> Option<(u32, &[u8], usize)> {
    let (id, length) = (long(bytes, at + 1)?, offset(bytes, at + 5)?);
    let data = part(bytes, at + 9, length)?;
    // A sum of the bytes stands behind them.
    Some((id, data, at + 9 + length + 2))
}

/// What the message says, by its properties.
fn body(properties: &[u8], encoding: &'static Encoding) -> Option<Body<'static>> {
    if let Some((_, page)) = property(properties, PAGE) {
        return Some(Body::Html(Cow::Owned(page.to_vec()), Some(encoding.name())));
    }
    if let Some((kind, plain)) = property(properties, PLAIN) {
        return Some(Body::Plain(Cow::Owned(string(kind, plain, encoding))));
    }
    let (_, rich) = property(properties, RICH)?;
    rtf::extract(&inflate(rich)?).ok().map(|read| Body::Read(Box::new(read)))
}

/// The first value of a property, and of what type it is.
fn property(list: &[u8], wanted: u16) -> Option<(u16, &[u8])> {
    let count = long(list, 0)?.min(MOST_VALUES);
    let mut at = 4;
    for _ in 0..count {
        let (kind, id) = (short(list, at)?, short(list, at + 2)?);
        at += 4;
        if id >= 0x8000 {
            // One that has a name: a GUID, then a number, or how long the name is.
            let (is_text, length) = (long(list, at + 16)? == 1, offset(list, at + 20)?);
            at = at.checked_add(24 + if is_text { padded(length)? } else { 0 })?;
        }
        let is_many = kind & 0x1000 != 0;
        let is_variable = matches!(kind & 0xfff, 0x1e | 0x1f | 0x0d | 0x102);
        let values = if is_many || is_variable { long(list, at)? } else { 1 };
        at += if is_many || is_variable { 4 } else { 0 };
        for value in 0..values.min(MOST_VALUES) {
            let length = match kind & 0xfff {
                _ if is_variable => offset(list, at)?,
                0x05 | 0x06 | 0x07 | 0x14 | 0x40 => 8,
                0x48 => 16,
                _ => 4,
            };
            at += if is_variable { 4 } else { 0 };
            let bytes = part(list, at, length)?;
            if id == wanted && value == 0 {
                return Some((kind & 0xfff, bytes));
            }
            at = at.checked_add(padded(length)?)?;
        }
    }
    None
}

/// Values take up whole groups of four bytes.
fn padded(length: usize) -> Option<usize> {
    length.checked_next_multiple_of(4)
}

fn string(kind: u16, bytes: &[u8], encoding: &'static Encoding) -> String {
    if kind == 0x1f {
        utf16(bytes).trim_end_matches('\0').to_owned()
    } else {
        text(bytes, encoding)
    }
}

fn text(bytes: &[u8], encoding: &'static Encoding) -> String {
    let text = encoding.decode_without_bom_handling(bytes).0;
    text.trim_end_matches('\0').to_owned()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

    use super::*;

    fn sample() -> Vec<u8> {
        let mut file = [&SIGNATURE.to_le_bytes()[..], &[0, 0]].concat();
        let mut add = |level: u8, id: u32, data: &[u8]| {
            file.push(level);
            file.extend(id.to_le_bytes());
            file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
            file.extend(data);
            file.extend([0, 0]);
        };
        let number = |number: u32| number.to_le_bytes();
        let named =
            [&number(0x8000_0003)[..], &[7; 16], &number(0), &number(1), &number(5)].concat();
        let name: Vec<u8> = "Plan ü.txt\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let long = [&number(0x3707_001f)[..], &number(1), &number(22), &name, &[0, 0]].concat();
        add(1, CODE_PAGE, &[&number(1252)[..], &number(0)].concat());
        add(1, BODY, b"Gr\xfc\xdfe\0");
        add(2, FILE, &[0; 14]);
        add(2, FILE_NAME, b"PLAN~1.TXT\0");
        add(2, FILE_BYTES, b"words");
        add(2, FILE_PROPERTIES, &[&number(2)[..], &named, &long].concat());
        file
    }

    #[test]
    fn files_and_words_are_taken_out() {
        let read = Tnef::read(&sample()).unwrap();
        assert!(matches!(read.body, Some(Body::Plain(text)) if text == "Grüße"));
        let [file] = &read.files[..] else { panic!("{:?}", read.files) };
        assert_eq!(file.name, "Plan ü.txt");
        assert!(matches!(&file.content, Content::Bytes(bytes) if bytes.as_ref() == b"words"));
        assert!(Tnef::read(b"words").is_none());
    }

    #[test]
    fn what_is_cut_off_does_no_harm() {
        let whole = sample();
        for end in 0..whole.len() {
            let _any = Tnef::read(&whole[..end]);
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] = 0xff;
            let _any = Tnef::read(&bytes);
        }
    }
}
