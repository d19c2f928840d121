//! Rich text as Outlook compresses it (MS-OXRTFCP): runs of the last 4096 bytes are referred to.

use super::super::little::{long, offset};

/// What the last bytes are taken to be before there are any.
const BEGINNING: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\
\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const WINDOW: usize = 4096;

/// No text is larger.
const MOST: usize = 64 << 20;

/// The text.
pub(in crate::extract) fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = offset(bytes, 4)?.min(MOST);
    let content = bytes.get(16..)?;
    match long(bytes, 8)? {
        // "MELA": not compressed.
        0x414c_454d => return Some(content.get(..size.min(content.len()))?.to_vec()),
        // "LZFu"
        0x7546_5a4c => {}
        _ => return None,
    }
    let mut window = [b' '; WINDOW];
    window.get_mut(..BEGINNING.len())?.copy_from_slice(BEGINNING);
    let mut at = BEGINNING.len();
    let mut text = Vec::new();
    let mut input = content.iter().copied();
    'all: while let Some(flags) = input.next() {
        for bit in 0..8 {
            let Some(first) = input.next() else { break 'all };
            let (start, length) = if flags >> bit & 1 == 1 {
                let Some(second) = input.next() else { break 'all };
                let start = usize::from(first) << 4 | usize::from(second >> 4);
                // A reference to what comes next is the end.
                if start == at {
                    break 'all;
                }
                (Some(start), usize::from(second & 0xf) + 2)
            } else {
                (None, 1)
            };
            for step in 0..length {
                let from = start.map(|start| (start + step) % WINDOW);
                let byte = match from {
                    Some(from) => window.get(from).copied().unwrap_or_default(),
                    None => first,
                };
                text.push(byte);
                if let Some(slot) = window.get_mut(at) {
                    *slot = byte;
                }
                at = (at + 1) % WINDOW;
            }
            if text.len() >= size {
                break 'all;
            }
        }
    }
    Some(text)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn runs_are_repeated() {
        assert_eq!(BEGINNING.len(), 207);
        // The example of the specification.
        let bytes = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0,
            0x0a, 0, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68,
            0x65, 0x6c, 0x09, 0, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
            0xa0,
        ];
        let text = inflate(&bytes).unwrap();
        let expect: &[u8] = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
        assert_eq!(text, expect);
        for end in 0..bytes.len() {
            let _any = inflate(&bytes[..end]);
        }
    }
}
