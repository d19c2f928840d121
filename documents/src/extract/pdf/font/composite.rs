//! Composite (Type 0) fonts: codes of one to four bytes, by an encoding that is a `CMap`: the
//! identity, one of the predefined ones for Chinese, Japanese and Korean, or an embedded one.

use std::collections::HashMap;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS};
use lopdf::{Dictionary, Object};

use super::cmap::{CMap, number};
use super::collection::{self, Collection};
use super::truetype::Program;
use super::{MOST_FONT_BYTES, Shown, ToUnicode, windows};
use crate::extract::pdf::objects::{Pdf, as_dictionary, as_index, as_number};

/// A composite font.
#[derive(Debug)]
pub(in super::super) struct Composite {
    scheme: Scheme,
    to_unicode: Option<ToUnicode>,
    /// The CIDs of the codes of a predefined encoding.
    numbers: Option<hayro_cmap::CMap>,
    /// What is known of its glyphs.
    glyphs: Option<Glyphs>,
    widths: HashMap<u32, f64>,
    default_width: f64,
    is_vertical: bool,
}

/// How strings part into codes, and what the codes are.
#[derive(Debug)]
enum Scheme {
    /// Two bytes, which are the CID.
    Identity,
    /// Two bytes of UTF-16; a surrogate pair is one code.
    Utf16,
    /// Four bytes, a character.
    Utf32,
    /// UTF-8.
    Utf8,
    /// A national encoding.
    National(&'static Encoding),
    /// JIS without the high bits that make it EUC.
    Jis,
    /// A `CMap` in the document.
    Embedded(CMap<u32>),
}

/// A code of a string.
struct Code<'s> {
    bytes: &'s [u8],
    cid: Option<u32>,
}

impl Composite {
    pub(super) fn load<'a>(pdf: &Pdf<'a>, font: &'a Dictionary) -> Self {
        let (scheme, is_vertical) = scheme(pdf, font);
        let numbers = pdf.name(font, b"Encoding").and_then(|name| {
            // The identity needs no table.
            let is_named = !matches!(scheme, Scheme::Identity | Scheme::Embedded(_));
            is_named.then(|| collection::encoding(&String::from_utf8_lossy(name))).flatten()
        });
        let descendant = pdf
            .array(font, b"DescendantFonts")
            .and_then(|fonts| fonts.first())
            .and_then(|font| as_dictionary(pdf.resolve(font)));
        let (widths, default_width) = descendant.map_or_else(
            || (HashMap::new(), 1000.0),
            |font| (widths(pdf, font), pdf.number(font, b"DW").unwrap_or(1000.0)),
        );
        let to_unicode = ToUnicode::load(pdf, font);
        Self {
            scheme,
            numbers,
            glyphs: descendant.and_then(|font| Glyphs::load(pdf, font, to_unicode.is_some())),
            to_unicode,
            widths,
            default_width,
            is_vertical,
        }
    }

    /// A font in the encoding of mainland China.
    pub(super) fn chinese() -> Self {
        Self {
            scheme: Scheme::National(GBK),
            numbers: None,
            to_unicode: None,
            glyphs: None,
            widths: HashMap::new(),
            default_width: 1000.0,
            is_vertical: false,
        }
    }

    pub(super) fn is_vertical(&self) -> bool {
        self.is_vertical
    }

    pub(super) fn read(&self, string: &[u8], visit: &mut dyn FnMut(Shown<'_>)) {
        let mut rest = string;
        while !rest.is_empty() {
            let mut code = self.scheme.next(rest);
            code.cid = code.cid.or_else(|| {
                let length = u8::try_from(code.bytes.len()).ok()?;
                self.numbers.as_ref()?.lookup_cid_code(number(code.bytes), length)
            });
            rest = rest.get(code.bytes.len().max(1)..).unwrap_or_default();
            let text = self.characters(&code);
            visit(Shown {
                text: text.as_deref(),
                advance: self.advance(&code, text.as_deref()),
                is_space: code.bytes == b" ",
            });
        }
    }

    fn characters(&self, code: &Code<'_>) -> Option<String> {
        let mapped = self.to_unicode.as_ref().and_then(|map| map.characters(number(code.bytes)));
        mapped
            .or_else(|| self.scheme.characters(code))
            .or_else(|| self.glyphs.as_ref()?.characters(code.cid?))
    }

    fn advance(&self, code: &Code<'_>, text: Option<&str>) -> f64 {
        if self.is_vertical {
            return 1.0;
        }
        let given = code.cid.and_then(|cid| self.widths.get(&cid).copied());
        let width = given.unwrap_or_else(|| {
            // Where the CID is not known, Latin letters are half as wide as ideographs.
            let narrow = code.cid.is_none() && text.is_some_and(str::is_ascii);
            if narrow { 500.0 } else { self.default_width }
        });
        width / 1000.0
    }
}

fn scheme<'a>(pdf: &Pdf<'a>, font: &'a Dictionary) -> (Scheme, bool) {
    match pdf.get(font, b"Encoding") {
        Some(Object::Stream(stream)) => {
            let map = pdf.decode(stream, MOST_FONT_BYTES).map(|bytes| CMap::to_cids(&bytes));
            let based_on_identity = pdf
                .name(&stream.dict, b"UseCMap")
                .is_some_and(|name| name.starts_with(b"Identity"));
            let vertical = pdf.number(&stream.dict, b"WMode").is_some_and(|mode| mode > 0.5);
            match map {
                Some(map) if !map.codespaces.is_empty() && !based_on_identity => {
                    let is_vertical = vertical || map.is_vertical;
                    (Scheme::Embedded(map), is_vertical)
                }
                _ => (Scheme::Identity, vertical),
            }
        }
        Some(Object::Name(name)) => {
            let name = String::from_utf8_lossy(name);
            (named(&name), name == "V" || name.ends_with("-V"))
        }
        _ => (Scheme::Identity, false),
    }
}

/// What a predefined `CMap`'s name says. `90ms-RKSJ-H` is Shift JIS, `GBK-EUC-V` is GBK.
fn named(name: &str) -> Scheme {
    let has = |part: &str| name.contains(part);
    if has("UCS2") || has("UTF16") {
        Scheme::Utf16
    } else if has("UTF32") {
        Scheme::Utf32
    } else if has("UTF8") {
        Scheme::Utf8
    } else if has("RKSJ") {
        Scheme::National(SHIFT_JIS)
    } else if name.starts_with("GB") {
        Scheme::National(GBK)
    } else if has("B5") {
        Scheme::National(BIG5)
    } else if name.starts_with("KSC") {
        Scheme::National(EUC_KR)
    } else if matches!(name, "EUC-H" | "EUC-V") {
        Scheme::National(EUC_JP)
    } else if matches!(name, "H" | "V") {
        Scheme::Jis
    } else {
        Scheme::Identity
    }
}

impl Scheme {
    /// The first code of a string that is not empty.
    fn next<'s>(&self, string: &'s [u8]) -> Code<'s> {
        let take = |count: usize| string.get(..count).unwrap_or(string);
        let first = string.first().copied().unwrap_or(0);
        let length = match self {
            Self::Utf16 if matches!(first, 0xd8..=0xdb) => 4,
            Self::Identity | Self::Jis | Self::Utf16 => 2,
            Self::Utf32 => 4,
            Self::Utf8 => match first {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0.. => 4,
                _ => 1,
            },
            Self::National(encoding) => {
                let single = match first {
                    0x00..=0x80 | 0xff => true,
                    0xa0..=0xdf => *encoding == SHIFT_JIS,
                    _ => false,
                };
                if single { 1 } else { 2 }
            }
            Self::Embedded(map) => code_length(&map.codespaces, string),
        };
        let bytes = take(length);
        let cid = match self {
            Self::Identity => Some(number(bytes)),
            Self::Embedded(map) => map.cid(number(bytes)),
            _ => None,
        };
        Code { bytes, cid }
    }

    /// The characters of a code, where the encoding itself tells.
    fn characters(&self, code: &Code<'_>) -> Option<String> {
        let text = match self {
            Self::Identity | Self::Embedded(_) => return None,
            Self::Utf16 => {
                let units: Vec<u16> = code
                    .bytes
                    .chunks_exact(2)
                    .map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)))
                    .collect();
                String::from_utf16(&units).ok()?
            }
            Self::Utf32 => char::from_u32(number(code.bytes))?.to_string(),
            Self::Utf8 => std::str::from_utf8(code.bytes).ok()?.to_owned(),
            Self::National(encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(code.bytes)?
                .into_owned(),
            Self::Jis => {
                let euc: Vec<u8> = code.bytes.iter().map(|byte| byte | 0x80).collect();
                EUC_JP.decode_without_bom_handling_and_without_replacement(&euc)?.into_owned()
            }
        };
        (!text.is_empty() && !text.contains('\0')).then_some(text)
    }
}

/// Which characters the glyphs of a composite font are for, where nothing else tells.
#[derive(Debug)]
enum Glyphs {
    /// One of Adobe's character collections.
    Collection(Collection),
    /// A TrueType program, with the glyphs of CIDs where these are not the same.
    Program(Program, Option<Vec<u8>>),
    /// A font that comes with Windows.
    Windows,
}

impl Glyphs {
    fn load<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, is_mapped: bool) -> Option<Self> {
        let system = pdf.dictionary(font, b"CIDSystemInfo");
        let ordering = system.and_then(|system| pdf.get(system, b"Ordering")?.as_str().ok());
        let descriptor = pdf.dictionary(font, b"FontDescriptor");
        let is_truetype = descriptor.is_some_and(|descriptor| descriptor.has(b"FontFile2"));
        // A TrueType font with a map of its own has the numbers of its glyphs, whatever it says.
        if let Some(collection) = ordering.and_then(Collection::of)
            && !(is_mapped && is_truetype)
        {
            return Some(Self::Collection(collection));
        }
        let program = descriptor.and_then(|descriptor| {
            pdf.get(descriptor, b"FontFile2").or_else(|| pdf.get(descriptor, b"FontFile3"))
        });
        let Some(program) = program else {
            let name = String::from_utf8_lossy(pdf.name(font, b"BaseFont")?);
            return (!is_mapped && windows::has(&name)).then_some(Self::Windows);
        };
        let program = pdf.decode(program.as_stream().ok()?, MOST_FONT_BYTES)?;
        let map = pdf.get(font, b"CIDToGIDMap").and_then(|map| map.as_stream().ok());
        let map = map.and_then(|map| pdf.decode(map, MOST_FONT_BYTES));
        Some(Self::Program(Program::read(&program), map))
    }

    fn characters(&self, cid: u32) -> Option<String> {
        let c = match self {
            Self::Collection(collection) => return collection.characters(cid),
            Self::Windows => windows::character(cid),
            Self::Program(program, None) => program.character(cid),
            Self::Program(program, Some(map)) => {
                let glyph = map.get(2 * cid as usize..)?.first_chunk()?;
                program.character(u32::from(u16::from_be_bytes(*glyph)))
            }
        };
        c.map(String::from)
    }
}

/// How many bytes the first code of a string has, by the ranges of codes that there are.
fn code_length(codespaces: &[(usize, u32, u32)], string: &[u8]) -> usize {
    let fits = |length: usize, low: u32, high: u32| {
        let Some(code) = string.get(..length) else { return false };
        // Each byte has a range of its own.
        let (low, high) = (low.to_be_bytes(), high.to_be_bytes());
        let bounds = low.iter().zip(&high).skip(4 - length.min(4));
        code.iter().zip(bounds).all(|(byte, (low, high))| (low..=high).contains(&byte))
    };
    let found = codespaces.iter().filter(|(length, low, high)| fits(*length, *low, *high));
    let shortest = codespaces.iter().map(|(length, ..)| *length).min().unwrap_or(2);
    found.map(|(length, ..)| *length).min().unwrap_or(shortest)
}

/// The widths of CIDs: `first [w1 w2 …]` or `first last w`.
fn widths<'a>(pdf: &Pdf<'a>, font: &'a Dictionary) -> HashMap<u32, f64> {
    const MOST: usize = 65_536;
    let mut widths = HashMap::new();
    let mut items = pdf.array(font, b"W").unwrap_or_default().iter().map(|item| pdf.resolve(item));
    while let (Some(first), Some(second)) = (items.next(), items.next()) {
        let Some(first) = as_index(first) else { continue };
        if let Object::Array(list) = second {
            for (cid, width) in (first..).zip(list.iter().take(MOST)) {
                widths.extend(as_number(pdf.resolve(width)).map(|width| (cid, width)));
            }
        } else if let (Some(last), Some(width)) =
            (as_index(second), items.next().and_then(as_number))
        {
            widths.extend((first..=last).take(MOST).map(|cid| (cid, width)));
        }
        if widths.len() > MOST {
            break;
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, string: &[u8], expect: &[Option<&str>]) {
        let font = Composite {
            scheme: named(name),
            to_unicode: None,
            numbers: None,
            glyphs: Some(Glyphs::Collection(Collection::Other)),
            widths: HashMap::new(),
            default_width: 1000.0,
            is_vertical: false,
        };
        let mut found = Vec::new();
        font.read(string, &mut |shown| found.push(shown.text.map(str::to_owned)));
        let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
        assert_eq!(found, expect, "{name}");
    }

    #[test]
    fn predefined_encodings_are_read() {
        check("90ms-RKSJ-H", b"\x83e\x83Xa\xb1", &[Some("テ"), Some("ス"), Some("a"), Some("ｱ")]);
        check("GBK-EUC-H", b"\xd6\xd0a", &[Some("中"), Some("a")]);
        check("ETen-B5-H", b"\xa4\xa4", &[Some("中")]);
        check("KSCms-UHC-H", b"\xb0\xa1", &[Some("가")]);
        check("H", b"\x30\x21", &[Some("亜")]);
        check("UniGB-UCS2-H", b"\x4e\x2d\x00a", &[Some("中"), Some("a")]);
        check("UniJIS-UTF16-H", b"\xd8\x40\xdc\x0b", &[Some("𠀋")]);
        check("Identity-H", b"\x00\x22\x12\x34\x00", &[Some("A"), None, None]);
    }

    #[test]
    fn codes_have_the_length_that_their_range_says() {
        let ranges = [(1, 0x00, 0x80), (2, 0x8140, 0x9ffc)];
        assert_eq!(code_length(&ranges, b"a"), 1);
        assert_eq!(code_length(&ranges, b"\x81\x40"), 2);
        assert_eq!(code_length(&ranges, b"\x81\x20"), 1);
    }
}
