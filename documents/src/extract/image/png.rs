//! PNG's texts: chunks of a key word and what it says.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::describe::{Description, set};

/// No text is inflated to more bytes.
const MOST_INFLATED: u64 = 1 << 20;

/// Reads the texts of a PNG.
pub(super) fn read(bytes: &[u8], description: &mut Description) {
    let Some(mut rest) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") else { return };
    while let Some((head, behind)) = rest.split_at_checked(8) {
        let [a, b, c, d, kind @ ..] = head else { return };
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some((data, behind)) = behind.split_at_checked(length) else { return };
        match kind {
            b"tEXt" => {
                if let Some((key, text)) = split(data) {
                    take(key, &latin(text), description);
                }
            }
            b"zTXt" => {
                if let Some((key, [_, text @ ..])) = split(data) {
                    take(key, &latin(&inflate(text)), description);
                }
            }
            b"iTXt" => international(data, description),
            b"IEND" => return,
            _ => {}
        }
        rest = behind.get(4..).unwrap_or_default();
    }
}

fn international(data: &[u8], description: &mut Description) {
    let Some((key, [is_compressed, _, rest @ ..])) = split(data) else { return };
    let Some((_language, rest)) = split(rest) else { return };
    let Some((_translated, text)) = split(rest) else { return };
    if key == b"XML:com.adobe.xmp" {
        return;
    }
    let text = if *is_compressed == 1 { inflate(text) } else { text.to_vec() };
    take(key, &String::from_utf8_lossy(&text), description);
}

fn take(key: &[u8], text: &str, description: &mut Description) {
    match key {
        b"Title" => set(&mut description.title, text),
        b"Author" => set(&mut description.author, text),
        b"Copyright" => set(&mut description.copyright, text),
        b"Description" | b"Comment" | b"Disclaimer" | b"Warning" => description.text(text),
        _ => {}
    }
}

/// What stands before and behind the first zero.
fn split(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = data.iter().position(|byte| *byte == 0)?;
    Some((data.get(..at)?, data.get(at + 1..)?))
}

fn latin(bytes: &[u8]) -> String {
    // Most programs write UTF-8, whatever the rule says.
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut inflated = Vec::new();
    // What is damaged ends there.
    let _infallible = ZlibDecoder::new(bytes).take(MOST_INFLATED).read_to_end(&mut inflated);
    inflated
}
