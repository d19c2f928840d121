//! Simple fonts: each byte is a glyph. Its character is told by the font's `ToUnicode` map, else by
//! the glyph's name in the encoding, else by the encoding that the font program has built in.

use lopdf::{Dictionary, Object};

use super::glyphs::{self, Glyphs, Table};
use super::truetype::Program;
use super::{MOST_FONT_BYTES, Shown, ToUnicode, cff, metrics};
use crate::extract::pdf::lexer::{Lexer, Token};
use crate::extract::pdf::objects::{Pdf, as_index, as_number};

/// A simple font.
#[derive(Debug)]
pub(in super::super) struct Simple {
    codes: Vec<Code>,
}

#[derive(Debug, Clone, Default)]
struct Code {
    text: Option<Box<str>>,
    advance: f64,
}

impl Simple {
    pub(super) fn load<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, glyphs: &mut Glyphs) -> Self {
        let name = String::from_utf8_lossy(pdf.name(font, b"BaseFont").unwrap_or_default());
        let map = ToUnicode::load(pdf, font);
        let named = encoding(pdf, font, &name, glyphs);
        let widths = Widths::of(pdf, font, &name);
        let codes = (0_u32..).zip(named).map(|(code, named)| {
            let mapped = map.as_ref().and_then(|map| map.characters(code));
            let text = mapped.or(named);
            let advance = widths.advance(code, text.as_deref());
            Code { text: text.map(String::into_boxed_str), advance }
        });
        Self { codes: codes.collect() }
    }

    pub(super) fn fallback(glyphs: &mut Glyphs) -> Self {
        let table = glyphs.encoding(b"WinAnsiEncoding").unwrap_or([None; 256]);
        let codes = table.iter().map(|c| Code {
            text: c.map(|c| c.to_string().into_boxed_str()),
            advance: metrics::width("Helvetica", *c) * 0.001,
        });
        Self { codes: codes.collect() }
    }

    pub(super) fn read(&self, string: &[u8], visit: &mut dyn FnMut(Shown<'_>)) {
        for byte in string {
            if let Some(code) = self.codes.get(usize::from(*byte)) {
                visit(Shown {
                    text: code.text.as_deref(),
                    advance: code.advance,
                    is_space: *byte == b' ',
                });
            }
        }
    }
}

/// The characters of the 256 codes by the font's encoding.
fn encoding<'a>(
    pdf: &Pdf<'a>,
    font: &'a Dictionary,
    name: &str,
    glyphs: &mut Glyphs,
) -> Vec<Option<String>> {
    let entry = pdf.get(font, b"Encoding");
    let base = match entry {
        Some(Object::Name(encoding)) => glyphs.encoding(encoding),
        Some(Object::Dictionary(encoding)) => {
            pdf.name(encoding, b"BaseEncoding").and_then(|base| glyphs.encoding(base))
        }
        _ => None,
    };
    let mut codes: Vec<Option<String>> = match base {
        Some(table) => strings(&table),
        None => built_in(pdf, font, name, glyphs),
    };
    if let Some(Object::Dictionary(encoding)) = entry {
        let mut code = 0_usize;
        for item in pdf.array(encoding, b"Differences").unwrap_or_default() {
            match pdf.resolve(item) {
                Object::Name(glyph) => {
                    if let Some(entry) = codes.get_mut(code) {
                        // A name that says nothing (`g12`) leaves what the base encoding says.
                        let named = glyphs.characters(glyph);
                        if named.is_some() || glyph == b".notdef" {
                            *entry = named;
                        }
                    }
                    code = code.saturating_add(1);
                }
                item => code = as_index(item).map_or(code, |index| index as usize),
            }
        }
    }
    codes
}

fn strings(table: &Table) -> Vec<Option<String>> {
    table.iter().map(|entry| entry.map(String::from)).collect()
}

/// What the font means without an encoding of the document's own.
fn built_in<'a>(
    pdf: &Pdf<'a>,
    font: &'a Dictionary,
    name: &str,
    glyphs: &mut Glyphs,
) -> Vec<Option<String>> {
    // `ABCDEF+` before a name says that the font is a subset.
    let name = name.split_once('+').map_or(name, |(_, name)| name);
    if name.starts_with("Symbol") {
        return strings(&glyphs::symbol());
    }
    if name.starts_with("ZapfDingbats") || name.starts_with("Wingdings") {
        return strings(&glyphs::dingbats());
    }
    let program = |key: &[u8]| {
        let descriptor = pdf.dictionary(font, b"FontDescriptor")?;
        pdf.decode(pdf.get(descriptor, key)?.as_stream().ok()?, MOST_FONT_BYTES)
    };
    if let Some(codes) = program(b"FontFile").and_then(|bytes| type1_encoding(&bytes, glyphs)) {
        return codes;
    }
    if let Some(codes) = program(b"FontFile3").and_then(|bytes| cff::encoding(&bytes, glyphs)) {
        return codes;
    }
    if let Some(codes) = program(b"FontFile2").and_then(|bytes| truetype_encoding(&bytes)) {
        return codes;
    }
    let fallback: &[u8] = match pdf.name(font, b"Subtype") {
        Some(b"TrueType") => b"WinAnsiEncoding",
        _ => b"StandardEncoding",
    };
    glyphs.encoding(fallback).map_or_else(|| vec![None; 256], |table| strings(&table))
}

/// The encoding that a Type 1 font program begins with: `dup 65 /A put`, again and again.
fn type1_encoding(program: &[u8], glyphs: &mut Glyphs) -> Option<Vec<Option<String>>> {
    /// The clear part of a program is shorter than this.
    const CLEAR: usize = 64 << 10;
    let mut codes = vec![None; 256];
    let mut found = false;
    let mut before: [Option<Token<'_>>; 2] = [None, None];
    for token in Lexer::new(program.get(..CLEAR).unwrap_or(program)) {
        if let (Token::Word(b"put"), [Some(Token::Number(code)), Some(Token::Name(glyph))]) =
            (&token, &before)
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates"
            )]
            if let Some(entry) = codes.get_mut(*code as usize) {
                *entry = glyphs.characters(glyph);
                found |= entry.is_some();
            }
        } else if token == Token::Word(b"eexec") {
            break;
        }
        let [_, last] = before;
        before = [last, Some(token)];
    }
    found.then_some(codes)
}

/// What a TrueType program says of its codes.
fn truetype_encoding(program: &[u8]) -> Option<Vec<Option<String>>> {
    let program = Program::read(program);
    let codes: Vec<Option<String>> =
        (0..256).map(|code| program.character_of_code(code).map(String::from)).collect();
    codes.iter().any(Option::is_some).then_some(codes)
}

/// How far each code moves the pen.
struct Widths<'n> {
    first: u32,
    given: Vec<Option<f64>>,
    missing: Option<f64>,
    /// From the font's units to the font size.
    unit: f64,
    name: &'n str,
    is_listed: bool,
}

impl<'n> Widths<'n> {
    fn of<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, name: &'n str) -> Self {
        let widths = pdf.array(font, b"Widths");
        let descriptor = pdf.dictionary(font, b"FontDescriptor");
        let unit = match pdf.name(font, b"Subtype") {
            Some(b"Type3") => {
                let matrix: Option<[f64; 6]> = pdf.numbers(font, b"FontMatrix");
                matrix.map_or(0.001, |[a, b, ..]| a.hypot(b))
            }
            _ => 0.001,
        };
        Self {
            first: pdf.get(font, b"FirstChar").and_then(as_index).unwrap_or(0),
            given: widths
                .unwrap_or_default()
                .iter()
                .take(256)
                .map(|width| as_number(pdf.resolve(width)))
                .collect(),
            missing: descriptor.and_then(|descriptor| pdf.number(descriptor, b"MissingWidth")),
            unit,
            name,
            is_listed: widths.is_some(),
        }
    }

    fn advance(&self, code: u32, text: Option<&str>) -> f64 {
        let index = code.checked_sub(self.first).map(|index| index as usize);
        let given = index.and_then(|index| self.given.get(index).copied().flatten());
        if let Some(width) = given {
            return width * self.unit;
        }
        if self.is_listed
            && let Some(missing) = self.missing
        {
            return missing * self.unit;
        }
        metrics::width(self.name, text.and_then(|text| text.chars().next())) * 0.001
    }
}
