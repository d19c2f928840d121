//! Goes through the tokens, and writes what they say.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::super::flow::{Aside, Flow, address};
use super::charset;
use super::lexer::{Lexer, Token};
use super::state::{Destination, State, destination, is_head};
use crate::extracted::{Kind, title_of};
use crate::writer::Writer;

/// Groups deeper than this share the state of the one above.
const DEEPEST: usize = 4096;

/// Instructions, names and notes are no longer.
const LONGEST: usize = 1 << 16;

/// A link whose words are being read.
#[derive(Debug)]
struct Link {
    address: String,
    /// The group that ends it, the paragraph, and where in that it begins.
    group: usize,
    paragraph: usize,
    start: usize,
}

/// How much of a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    Text,
    /// The text with the heads and feet of its pages.
    Pages,
}

#[derive(Debug)]
pub(super) struct Reader {
    flow: Flow,
    state: State,
    groups: Vec<State>,
    /// Groups beyond the deepest.
    deeper: usize,
    encoding: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// Styles of headings.
    levels: HashMap<i32, u8>,
    /// Characters not decoded yet.
    bytes: Vec<u8>,
    /// The first half of a character of UTF-16.
    half: Option<u16>,
    /// Characters that stand in for one of Unicode, and are left out.
    stand_ins: u8,
    is_optional: bool,
    /// What is collected outside of the text.
    name: String,
    font: i32,
    instruction: String,
    note: String,
    links: Vec<Link>,
    /// Whether what stands above and below the pages is read with the text.
    reads_heads: bool,
}

impl Reader {
    /// A reader of the text, or of all that stands on the pages.
    pub(super) fn new(reads: Reads) -> Self {
        Self {
            flow: Flow::new(Writer::new(Kind::Rtf)),
            state: State::default(),
            groups: Vec::new(),
            deeper: 0,
            encoding: WINDOWS_1252,
            fonts: HashMap::new(),
            levels: HashMap::new(),
            bytes: Vec::new(),
            half: None,
            stand_ins: 0,
            is_optional: false,
            name: String::new(),
            font: 0,
            instruction: String::new(),
            note: String::new(),
            links: Vec::new(),
            reads_heads: reads == Reads::Pages,
        }
    }

    /// Reads a file; whether it is all there.
    pub(super) fn read(&mut self, bytes: &[u8]) -> bool {
        for token in Lexer::new(bytes) {
            match token {
                Token::Byte(_) | Token::Binary | Token::Symbol(b'~' | b'_' | b'-')
                    if self.stand_ins > 0 =>
                {
                    self.stand_ins -= 1;
                }
                Token::Byte(byte) => self.bytes.push(byte),
                Token::Open => self.open(),
                Token::Close => {
                    self.close();
                    if self.groups.is_empty() {
                        return true;
                    }
                }
                Token::Word { name, number } => self.word(name, number),
                Token::Symbol(symbol) => self.symbol(symbol),
                Token::Binary => {}
            }
        }
        false
    }

    /// The text that was read.
    pub(super) fn finish(mut self) -> Writer {
        self.decode();
        self.flow.finish()
    }

    fn open(&mut self) {
        self.decode();
        self.stand_ins = 0;
        self.is_optional = false;
        if self.groups.len() < DEEPEST {
            self.groups.push(self.state.clone());
        } else {
            self.deeper += 1;
        }
    }

    fn close(&mut self) {
        self.decode();
        self.stand_ins = 0;
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        if self.links.last().is_some_and(|link| link.group == self.groups.len()) {
            self.end_link();
        }
        let Some(outer) = self.groups.pop() else { return };
        let closed = std::mem::replace(&mut self.state, outer);
        let aside = match closed.destination {
            _ if self.note.trim().is_empty() => None,
            Destination::Note => Some(Aside::Note),
            Destination::Comment => Some(Aside::Comment),
            _ => None,
        };
        if let Some(aside) = aside.filter(|_| closed.destination != self.state.destination) {
            let note = std::mem::take(&mut self.note);
            let mark = self.flow.note(aside, &note);
            self.flow.text.push_str(&mark);
        }
        match closed.destination {
            Destination::Styles => self.end_name(closed.style, closed.level),
            Destination::Title | Destination::Author
                if self.state.destination == Destination::Skip =>
            {
                let name = title_of(&std::mem::take(&mut self.name));
                let properties = self.flow.writer.properties();
                match closed.destination {
                    Destination::Title => properties.title = name,
                    _ => properties.author = name,
                }
            }
            _ => {}
        }
        // A paragraph's properties outlive the group that gave them.
        if closed.destination == Destination::Body && self.state.destination == Destination::Body {
            let State { style, level, is_item, depth, in_table, .. } = closed;
            self.state = State { style, level, is_item, depth, in_table, ..self.state.clone() };
        }
    }

    /// Ends the definition of a style.
    fn end_name(&mut self, style: i32, level: Option<u8>) {
        let name = std::mem::take(&mut self.name).to_lowercase();
        let name = name.trim().trim_end_matches(';').trim();
        let number = name.rsplit(' ').next().and_then(|number| number.parse().ok());
        let is_heading =
            ["heading", "überschrift", "titre", "título", "titolo", "kop", "заголовок"]
                .iter()
                .any(|word| name.starts_with(word));
        let level = match number.filter(|level| is_heading && (1..=9).contains(level)) {
            Some(level) => Some(level),
            None if name == "title" => Some(1),
            None => level,
        };
        self.levels.extend(level.map(|level| (style, level)));
    }

    fn word(&mut self, name: &str, number: Option<i32>) {
        if name == "u" {
            self.unicode(number.unwrap_or_default());
            return;
        }
        self.decode();
        self.half = None;
        self.stand_ins = 0;
        let is_optional = std::mem::take(&mut self.is_optional);
        let is_read = self.state.destination != Destination::Skip
            || matches!(name, "title" | "author" | "result");
        let destination = match destination(name, is_optional) {
            Some(_) if self.reads_heads && is_head(name) => Some(Destination::Body),
            destination => destination,
        };
        if let Some(destination) = destination.filter(|_| is_read) {
            self.turn_to(destination, name);
            return;
        }
        let is_on = number != Some(0);
        match name {
            "ansicpg" => {
                let page = number.and_then(|page| charset::of_page(u32::try_from(page).ok()?));
                self.encoding = page.unwrap_or(self.encoding);
            }
            "mac" => self.encoding = encoding_rs::MACINTOSH,
            "uc" => {
                self.state.stand_ins = u8::try_from(number.unwrap_or(1)).unwrap_or(1);
            }
            "f" if self.state.destination == Destination::Fonts => {
                self.font = number.unwrap_or_default();
            }
            "f" => self.state.encoding = self.fonts.get(&number.unwrap_or_default()).copied(),
            "fcharset" if self.state.destination == Destination::Fonts => {
                if let Some(encoding) = charset::of_font(number.unwrap_or_default()) {
                    self.fonts.insert(self.font, encoding);
                }
            }
            "s" => {
                self.state.style = number.unwrap_or_default();
            }
            "outlinelevel" => {
                let level = number.and_then(|level| u8::try_from(level + 1).ok());
                self.state.level = level.filter(|level| (1..=9).contains(level));
            }
            "ls" => self.state.is_item = is_on,
            "ilvl" => self.state.depth = u8::try_from(number.unwrap_or(0)).unwrap_or(0),
            "intbl" => self.state.in_table = true,
            "v" | "deleted" => self.state.is_hidden = is_on,
            "plain" => {
                self.state.is_hidden = false;
                self.state.encoding = None;
            }
            "pard" => self.state.reset_paragraph(),
            _ => self.mark(name),
        }
    }

    /// Marks within the text, and those that end its parts.
    fn mark(&mut self, name: &str) {
        let character = match name {
            "tab" | "nestcell" | "emspace" | "enspace" | "qmspace" => " ",
            "line" | "lbr" => "\n",
            "emdash" => "—",
            "endash" => "–",
            "bullet" => "•",
            "lquote" => "‘",
            "rquote" => "’",
            "ldblquote" => "“",
            "rdblquote" => "”",
            "par" | "sect" | "page" if self.state.destination != Destination::Body => " ",
            _ => "",
        };
        self.put(character);
        if self.state.destination != Destination::Body {
            return;
        }
        match name {
            "sect" | "page" if self.flow.text.trim().is_empty() => {}
            "par" | "sect" | "page" => {
                let level = self.levels.get(&self.state.style).copied();
                self.flow.end_paragraph(&self.state.paragraph(level));
            }
            "cell" => self.flow.end_cell(),
            "row" => self.flow.end_row(),
            _ => {}
        }
    }

    fn turn_to(&mut self, destination: Destination, word: &str) {
        match destination {
            Destination::Marker => self.flow.marker.clear(),
            Destination::Instruction => self.instruction.clear(),
            Destination::Title | Destination::Author | Destination::Styles => self.name.clear(),
            Destination::Note | Destination::Comment => self.note.clear(),
            _ => {}
        }
        if word == "fldrslt"
            && self.state.destination == Destination::Body
            && let Some(address) = address(&std::mem::take(&mut self.instruction))
        {
            self.links.push(Link {
                address,
                group: self.groups.len(),
                paragraph: self.flow.count,
                start: self.flow.text.len(),
            });
        }
        // The result of a field within a note, say, goes where the field stands.
        if word != "fldrslt" {
            self.state.destination = destination;
        }
    }

    fn end_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        self.flow.link(link.paragraph, link.start, &link.address);
    }

    fn symbol(&mut self, symbol: u8) {
        if matches!(symbol, b'{' | b'}' | b'\\') {
            if self.stand_ins > 0 {
                self.stand_ins -= 1;
            } else {
                self.bytes.push(symbol);
            }
            return;
        }
        self.decode();
        match symbol {
            b'*' => self.is_optional = true,
            b'~' => self.put("\u{a0}"),
            b'_' => self.put("-"),
            b'\n' | b'\r' => self.mark("par"),
            b'\t' => self.put(" "),
            _ => {}
        }
    }

    fn unicode(&mut self, number: i32) {
        self.decode();
        self.stand_ins = self.state.stand_ins;
        // Numbers over 32767 are written as negative ones.
        let unit = u16::try_from(number.rem_euclid(0x10000)).unwrap_or_default();
        let units = [self.half.take().unwrap_or_default(), unit];
        match unit {
            0xd800..0xdc00 => self.half = Some(unit),
            0xdc00..0xe000 => {
                let character = char::decode_utf16(units).next().and_then(Result::ok);
                self.put(character.map(String::from).as_deref().unwrap_or("\u{fffd}"));
            }
            // Symbol fonts draw bullets from here.
            0xf000..0xf100 => self.put("•"),
            _ => {
                let character = char::from_u32(u32::from(unit)).filter(|c| !c.is_control());
                self.put(character.map(String::from).as_deref().unwrap_or_default());
            }
        }
    }

    /// Decodes the characters so far.
    fn decode(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        self.half = None;
        let bytes = std::mem::take(&mut self.bytes);
        let encoding = self.state.encoding.unwrap_or(self.encoding);
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        self.put(&text);
        self.bytes = bytes;
        self.bytes.clear();
    }

    /// Puts text where it belongs.
    fn put(&mut self, text: &str) {
        let target = match self.state.destination {
            Destination::Body if self.state.is_hidden => return,
            Destination::Body => {
                self.flow.text.push_str(text);
                return;
            }
            Destination::Marker => &mut self.flow.marker,
            Destination::Instruction => &mut self.instruction,
            Destination::Note | Destination::Comment => &mut self.note,
            Destination::Styles | Destination::Title | Destination::Author => &mut self.name,
            Destination::Skip | Destination::Fonts => return,
        };
        if target.len() + text.len() < LONGEST {
            target.push_str(text);
        }
    }
}
