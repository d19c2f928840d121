//! Fonts, as far as text needs them: which characters the codes of a string stand for, and how far
//! each moves the pen.

mod cff;
mod cmap;
mod collection;
mod composite;
mod glyphs;
mod metrics;
mod simple;
mod truetype;
mod windows;

use lopdf::{Dictionary, Object};

use super::objects::{Pdf, as_dictionary, as_index};
use cmap::CMap;
use composite::Composite;
use simple::Simple;

pub(super) use glyphs::Glyphs;

/// The most bytes that a font's tables may decode to.
const MOST_FONT_BYTES: usize = 16 << 20;

/// A font.
#[derive(Debug)]
pub(super) struct Font {
    codes: Codes,
    pub(super) face: Face,
}

/// How a font's letters look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Face {
    /// Whether they are heavier than those of a text.
    pub(super) is_bold: bool,
    /// Whether they are all as wide as each other.
    pub(super) is_fixed: bool,
}

/// What the codes of a font's strings are.
#[derive(Debug)]
enum Codes {
    /// One byte, one glyph.
    Simple(Simple),
    /// Codes of one to four bytes.
    Composite(Box<Composite>),
}

/// A font's `ToUnicode` entry.
#[derive(Debug)]
enum ToUnicode {
    /// A map.
    Map(CMap<Vec<u16>>),
    /// Codes are characters.
    Identity,
}

impl ToUnicode {
    fn load<'a>(pdf: &Pdf<'a>, font: &'a Dictionary) -> Option<Self> {
        match pdf.get(font, b"ToUnicode")? {
            Object::Stream(map) => {
                let bytes = pdf.decode(map, MOST_FONT_BYTES)?;
                Some(Self::Map(CMap::to_unicode(&bytes)))
            }
            Object::Name(name) if name.starts_with(b"Identity") => Some(Self::Identity),
            _ => None,
        }
    }

    fn characters(&self, code: u32) -> Option<String> {
        match self {
            Self::Map(map) => map.characters(code),
            Self::Identity => char::from_u32(code).filter(|c| !c.is_control()).map(String::from),
        }
    }
}

/// What one code of a string does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shown<'s> {
    /// Its characters; none where the font does not tell.
    pub(super) text: Option<&'s str>,
    /// How far it moves the pen, in units of the font size; downwards where the font is vertical.
    pub(super) advance: f64,
    /// Whether word spacing applies: only to the single byte 32.
    pub(super) is_space: bool,
}

impl Font {
    /// Reads a font's dictionary. What it lacks is guessed.
    pub(super) fn load<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, glyphs: &mut Glyphs) -> Self {
        let codes = if pdf.name(font, b"Subtype") == Some(b"Type0") {
            Codes::Composite(Box::new(Composite::load(pdf, font)))
        } else if is_chinese(pdf, font) {
            Codes::Composite(Box::new(Composite::chinese()))
        } else {
            Codes::Simple(Simple::load(pdf, font, glyphs))
        };
        Self { codes, face: Face::of(pdf, font) }
    }

    /// A font of which nothing is known.
    pub(super) fn fallback(glyphs: &mut Glyphs) -> Self {
        Self { codes: Codes::Simple(Simple::fallback(glyphs)), face: Face::default() }
    }

    /// Whether it is written from top to bottom.
    pub(super) fn is_vertical(&self) -> bool {
        match &self.codes {
            Codes::Simple(_) => false,
            Codes::Composite(font) => font.is_vertical(),
        }
    }

    /// Goes through the codes of a string.
    pub(super) fn read(&self, string: &[u8], visit: &mut dyn FnMut(Shown<'_>)) {
        match &self.codes {
            Codes::Simple(font) => font.read(string, visit),
            Codes::Composite(font) => font.read(string, visit),
        }
    }
}

/// Whether a font that says it has codes of one byte is one for Chinese, known by its name in the
/// encoding of mainland China, that the document does not hold.
fn is_chinese<'a>(pdf: &Pdf<'a>, font: &'a Dictionary) -> bool {
    const NAMES: [&str; 6] = ["宋", "黑体", "楷体", "隶书", "幼圆", "行楷"];
    let name = pdf.name(font, b"BaseFont").unwrap_or_default();
    if name.is_ascii() || font.has(b"ToUnicode") {
        return false;
    }
    let descriptor = pdf.dictionary(font, b"FontDescriptor");
    let is_held = descriptor.is_some_and(|descriptor| {
        [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| descriptor.has(key))
    });
    let (name, _) = encoding_rs::GBK.decode_without_bom_handling(name);
    !is_held && NAMES.iter().any(|chinese| name.contains(chinese))
}

impl Face {
    /// What a font's name says, or its descriptor.
    fn of<'a>(pdf: &Pdf<'a>, font: &'a Dictionary) -> Self {
        /// The flags of fonts with letters of one width, and of those that are to be drawn bold at
        /// small sizes.
        const FIXED: u32 = 1;
        const FORCE_BOLD: u32 = 1 << 18;
        const HEAVY: f64 = 600.0;
        let name = pdf.name(font, b"BaseFont").unwrap_or_default();
        let name = String::from_utf8_lossy(name).to_lowercase();
        let descendant = pdf
            .array(font, b"DescendantFonts")
            .and_then(|fonts| as_dictionary(pdf.resolve(fonts.first()?)))
            .unwrap_or(font);
        let descriptor = pdf.dictionary(descendant, b"FontDescriptor");
        let flags = descriptor.and_then(|descriptor| pdf.get(descriptor, b"Flags"));
        let flags = flags.and_then(as_index).unwrap_or_default();
        let weight = descriptor.and_then(|descriptor| pdf.number(descriptor, b"FontWeight"));
        Self {
            is_bold: is_bold_by_name(&name)
                || flags & FORCE_BOLD != 0
                || weight.is_some_and(|weight| weight >= HEAVY),
            is_fixed: is_fixed_by_name(&name) || flags & FIXED != 0,
        }
    }
}

fn is_bold_by_name(name: &str) -> bool {
    /// The last four are those of fonts that come with TeX: Computer Modern's, and its kin's.
    const NAMES: [&str; 9] =
        ["bold", "black", "heavy", "demi", "semibd", "cmbx", "sfbx", "ecbx", "cmssbx"];
    // `NimbusRomNo9L-Medi` is TeX's Times in bold, while `Medium` is hardly heavier than a text.
    let is_abbreviated = ["-medi", "-mediital", "-bd"].iter().any(|bold| name.ends_with(bold));
    is_abbreviated || NAMES.iter().any(|bold| name.contains(bold))
}

fn is_fixed_by_name(name: &str) -> bool {
    const NAMES: [&str; 8] =
        ["courier", "mono", "consola", "typewriter", "menlo", "cmtt", "sftt", "ectt"];
    NAMES.iter().any(|fixed| name.contains(fixed)) && !name.contains("monotype")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_how_letters_look() {
        let check = |name, is_bold, is_fixed| {
            assert_eq!(
                (is_bold_by_name(name), is_fixed_by_name(name)),
                (is_bold, is_fixed),
                "{name}"
            );
        };
        check("abcdef+cmbx12", true, false);
        check("nimbusromno9l-medi", true, false);
        check("roboto-medium", false, false);
        check("couriernewps-boldmt", true, true);
        check("dejavusansmono", false, true);
        check("monotypecorsiva", false, false);
    }
}
