//! What glyph names mean (`eacute`, `uni00E9`, `f_i`), and the encodings that PDF knows by name.
//! The Adobe Glyph List and the encodings come from lopdf, which gives them out for the font
//! dictionaries that are made here.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Encoding, Object};

/// A table from the 256 bytes to characters.
pub(super) type Table = [Option<char>; 256];

/// Glyph names that were looked up, and where to look up more.
#[derive(Debug)]
pub(in super::super) struct Glyphs {
    nothing: Document,
    known: HashMap<Vec<u8>, Option<char>>,
}

impl Default for Glyphs {
    fn default() -> Self {
        Self { nothing: Document::new(), known: HashMap::new() }
    }
}

impl Glyphs {
    /// The characters that a glyph name stands for.
    pub(super) fn characters(&mut self, name: &[u8]) -> Option<String> {
        // What follows a dot is a variant: `a.sc` is an `a`.
        let base = name.split(|byte| *byte == b'.').next().filter(|base| !base.is_empty())?;
        if let Some(c) = self.listed(base) {
            return Some(c.to_string());
        }
        let parts = base.split(|byte| *byte == b'_');
        let text: Option<String> = parts.map(|part| self.part(part)).collect();
        text.filter(|text| !text.is_empty())
    }

    fn part(&mut self, name: &[u8]) -> Option<String> {
        if let Some(c) = self.listed(name) {
            return Some(c.to_string());
        }
        let name = std::str::from_utf8(name).ok()?;
        if let Some(digits) = name.strip_prefix("uni")
            && digits.len() >= 4
            && digits.len() % 4 == 0
            && digits.len() <= 32
        {
            let units = (0..digits.len()).step_by(4).map(|at| hexadecimal(digits.get(at..at + 4)?));
            return units.map(|unit| char::from_u32(unit?)).collect();
        }
        let digits = name.strip_prefix('u')?;
        if !(4..=6).contains(&digits.len()) {
            return None;
        }
        char::from_u32(hexadecimal(digits)?).map(String::from)
    }

    /// What the glyph list says.
    fn listed(&mut self, name: &[u8]) -> Option<char> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let found = self.look_up(name);
        self.known.insert(name.to_vec(), found);
        found
    }

    fn look_up(&self, name: &[u8]) -> Option<char> {
        let mut encoding = Dictionary::new();
        encoding.set("Differences", vec![Object::Integer(0), Object::Name(name.to_vec())]);
        let font = font_with(Object::Dictionary(encoding));
        match font.get_font_encoding(&self.nothing).ok()? {
            Encoding::Differences(differences) => {
                let unit = differences.map.get(&0)?.utf16_code_unit();
                char::from_u32(u32::from(unit)).filter(|c| *c != '\0')
            }
            _ => None,
        }
    }

    /// The encoding of a name; none where PDF knows none of that name.
    pub(super) fn encoding(&self, name: &[u8]) -> Option<Table> {
        if !matches!(
            name,
            b"StandardEncoding" | b"WinAnsiEncoding" | b"MacRomanEncoding" | b"MacExpertEncoding"
        ) {
            return None;
        }
        let font = font_with(Object::Name(name.to_vec()));
        let encoding = font.get_font_encoding(&self.nothing).ok()?;
        let mut table = [None; 256];
        for (byte, entry) in (0..=u8::MAX).zip(&mut table) {
            *entry = encoding.bytes_to_string(&[byte]).ok().and_then(|text| text.chars().next());
        }
        if name == b"WinAnsiEncoding" {
            // All unused codes from 0o41 on are bullets, says the standard; and two are doubled.
            for entry in table.iter_mut().skip(0x21) {
                *entry = entry.or(Some('•'));
            }
            [table[0xa0], table[0xad]] = [Some(' '), Some('-')];
        }
        Some(table)
    }
}

fn font_with(encoding: Object) -> Dictionary {
    let mut font = Dictionary::new();
    font.set("Type", "Font");
    font.set("Encoding", encoding);
    font
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// The characters of the font Symbol, whose encoding has no name.
pub(super) fn symbol() -> Table {
    const LOW: &str = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾\
                       αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼";
    const HIGH: &str = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓\
                        ◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭";
    let mut table = [None; 256];
    let low = (0x20..).zip(LOW.chars());
    for (code, c) in low.chain((0xa0..).zip(HIGH.chars())) {
        if let Some(entry) = table.get_mut::<usize>(code) {
            *entry = Some(c);
        }
    }
    table
}

/// The characters of the font `ZapfDingbats`: a block of Unicode, with some that had been there.
pub(super) fn dingbats() -> Table {
    const ELSEWHERE: [(usize, char); 10] = [
        (0x25, '☎'),
        (0x2a, '☛'),
        (0x2b, '☞'),
        (0x48, '★'),
        (0x6c, '●'),
        (0x6e, '■'),
        (0x73, '▲'),
        (0x74, '▼'),
        (0x75, '◆'),
        (0x77, '◗'),
    ];
    let mut table = [None; 256];
    let block = (0x21..0x7f).zip('\u{2701}'..).chain((0xa1..0xff).zip('\u{2761}'..));
    let all = [(0x20, ' ')].into_iter().chain(block).chain(ELSEWHERE);
    for (code, c) in all {
        if let Some(entry) = table.get_mut::<usize>(code) {
            *entry = Some(c);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyph_names_mean_characters() {
        let mut glyphs = Glyphs::default();
        let mut check = |name: &str, expect: Option<&str>| {
            assert_eq!(glyphs.characters(name.as_bytes()).as_deref(), expect, "{name}");
        };
        check("eacute", Some("é"));
        check("a.sc", Some("a"));
        check("f_f_i", Some("ﬃ"));
        check("f_t", Some("ft"));
        check("uni00E900E8", Some("éè"));
        check("u1F600", Some("😀"));
        check("uniD800", None);
        check(".notdef", None);
        check("g123", None);
        check("", None);
    }

    #[test]
    fn encodings_are_known_by_name() {
        let glyphs = Glyphs::default();
        let check = |name: &[u8], code: usize, expect| {
            assert_eq!(glyphs.encoding(name).and_then(|table| table[code]), Some(expect), "{code}");
        };
        check(b"StandardEncoding", 0x27, '’');
        check(b"WinAnsiEncoding", 0x27, '\'');
        check(b"WinAnsiEncoding", 0x80, '€');
        check(b"WinAnsiEncoding", 0x81, '•');
        check(b"MacRomanEncoding", 0x8a, 'ä');
        assert_eq!(glyphs.encoding(b"Identity-H"), None);
        assert_eq!(
            [symbol()[0x61], symbol()[0xb7], symbol()[0xfe]],
            [Some('α'), Some('•'), Some('⎭')]
        );
        assert_eq!([dingbats()[0x34], dingbats()[0x6c]], [Some('✔'), Some('●')]);
    }
}
