//! The characters of a document: text, marks that end paragraphs and cells, and fields.

use std::ops::Range;

use encoding_rs::WINDOWS_1252;

use super::super::flow::{Aside, Flow, Style, address, shown_by};
use super::super::little::{part, short};
use super::header::Header;
use super::lists::Lists;
use super::pieces::{Piece, pieces};
use super::properties::{About, Pages, Paragraph, is_hidden};
use super::styles::Styles;

/// Fields in fields beyond this are not told apart.
const DEEPEST_FIELD: usize = 64;

/// A field that is open.
#[derive(Debug, Default)]
struct Field {
    instruction: String,
    /// Whether its result has begun, in which paragraph and where.
    result: Option<(usize, usize)>,
}

struct Text<'a, 'b> {
    flow: &'b mut Flow,
    paragraphs: Pages<'a>,
    characters: Pages<'a>,
    styles: Styles,
    lists: Lists,
    fields: Vec<Field>,
    /// Where the present run of characters ends, and whether it is hidden.
    run: (Range<u32>, bool),
    /// What is being read, where it is not the body.
    aside: Option<Aside>,
}

/// Reads the text of a document.
pub(super) fn read(main: &[u8], table: &[u8], header: &Header, flow: &mut Flow) {
    let pieces = pieces(main, table, header);
    let mut text = Text {
        flow,
        paragraphs: Pages::of(main, table, &header.paragraph_pages, About::Paragraphs),
        characters: Pages::of(main, table, &header.character_pages, About::Characters),
        styles: Styles::of(table.get(header.styles.clone()).unwrap_or_default()),
        lists: lists(table, header),
        fields: Vec::new(),
        run: (0..0, false),
        aside: None,
    };
    for part in [&header.body, &header.boxes] {
        text.part(main, &pieces, part);
    }
    if text.flow.is_empty() {
        // A letterhead, or a form that has all its words there.
        text.part(main, &pieces, &header.heads);
    }
    // Notes stand behind the text that refers to them.
    let notes = [
        (Aside::Note, &header.notes),
        (Aside::Note, &header.end_notes),
        (Aside::Comment, &header.comments),
    ];
    for (aside, part) in notes {
        text.aside = Some(aside);
        text.part(main, &pieces, part);
    }
}

fn lists(table: &[u8], header: &Header) -> Lists {
    if header.lists.is_empty() || header.list_names.is_empty() {
        return Lists::default();
    }
    Lists::of(table, header.lists.start, header.list_names.start)
}

impl Text<'_, '_> {
    /// Reads some of the characters.
    fn part(&mut self, main: &[u8], pieces: &[Piece], wanted: &Range<u32>) {
        let first = pieces.partition_point(|piece| piece.characters.end <= wanted.start);
        for piece in pieces.iter().skip(first) {
            let from = wanted.start.max(piece.characters.start);
            let to = wanted.end.min(piece.characters.end);
            if from >= to {
                break;
            }
            let start = piece
                .start
                .saturating_add((from - piece.characters.start).saturating_mul(piece.width));
            let length = (to - from).saturating_mul(piece.width) as usize;
            let rest = main.get(start as usize..).unwrap_or_default();
            self.piece(&rest[..length.min(rest.len())], start, piece.width);
        }
        self.fields.clear();
        self.flow.end_paragraph(&Style::default());
    }

    fn piece(&mut self, bytes: &[u8], start: u32, width: u32) {
        if self.flow.writer.is_full() {
            return;
        }
        let step = width as usize;
        let mut half: Option<u16> = None;
        for (number, at) in (0..bytes.len()).step_by(step).enumerate() {
            let place = start.saturating_add(u32::try_from(number * step).unwrap_or(u32::MAX));
            if width == 1 {
                let byte = part(bytes, at, 1).unwrap_or_default();
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(byte);
                text.chars().for_each(|character| self.character(character, place));
                continue;
            }
            let Some(unit) = short(bytes, at) else { break };
            match (half.take(), unit) {
                (_, 0xd800..0xdc00) => half = Some(unit),
                (Some(first), 0xdc00..0xe000) => {
                    let character = char::decode_utf16([first, unit]).next().and_then(Result::ok);
                    self.character(character.unwrap_or('\u{fffd}'), place);
                }
                _ => {
                    let character = char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}');
                    self.character(character, place);
                }
            }
        }
    }

    fn character(&mut self, character: char, place: u32) {
        match character {
            '\r' | '\u{c}' | '\u{7}' => {
                self.end(character, place);
                return;
            }
            '\u{13}' => {
                if self.fields.len() < DEEPEST_FIELD {
                    self.fields.push(Field::default());
                }
                return;
            }
            '\u{14}' => {
                let begun = (self.flow.count, self.flow.text.len());
                self.fields.last_mut().into_iter().for_each(|field| field.result = Some(begun));
                return;
            }
            '\u{15}' => {
                self.end_field();
                return;
            }
            _ => {}
        }
        // Of a field only the result is text.
        if let Some(field) = self.fields.iter_mut().find(|field| field.result.is_none()) {
            if field.instruction.len() < 4096 {
                field.instruction.push(character);
            }
            return;
        }
        if self.is_hidden(place) {
            return;
        }
        match character {
            '\u{2}' | '\u{5}' if self.aside.is_none() => {
                let aside = if character == '\u{2}' { Aside::Note } else { Aside::Comment };
                let mark = self.flow.note(aside, "");
                self.flow.text.push_str(&mark);
            }
            // Each begins with the mark that refers to it.
            '\u{2}' | '\u{5}' => {
                self.aside.into_iter().for_each(|aside| self.flow.next_note(aside));
            }
            '\u{b}' => self.flow.text.push('\n'),
            '\t' | '\u{e}' => self.flow.text.push(' '),
            '\u{1e}' => self.flow.text.push('-'),
            // Symbol fonts draw from here.
            '\u{f000}'..='\u{f0ff}' => self.flow.text.push('•'),
            character if !character.is_control() => self.flow.text.push(character),
            _ => {}
        }
    }

    fn is_hidden(&mut self, place: u32) -> bool {
        if !self.run.0.contains(&place) {
            self.run = match self.characters.at(place) {
                Some((range, properties)) => (range, is_hidden(properties)),
                None => (place..place.saturating_add(1), false),
            };
        }
        self.run.1
    }

    /// Ends a paragraph, a cell or a row.
    fn end(&mut self, mark: char, place: u32) {
        let properties = self.paragraphs.at(place).map(|(_, properties)| properties);
        let paragraph = Paragraph::of(properties.unwrap_or_default());
        if mark == '\u{7}' {
            if paragraph.ends_row {
                self.flow.end_row();
            } else {
                self.flow.end_cell();
            }
            return;
        }
        if paragraph.ends_inner_cell {
            self.flow.text.push(' ');
        }
        // A page break within a paragraph parts it.
        if mark == '\u{c}' && self.flow.text.trim().is_empty() {
            return;
        }
        if let Some(aside) = self.aside {
            let text = std::mem::take(&mut self.flow.text);
            self.flow.fill_note(aside, &text);
            return;
        }
        let (level, list, depth) = self.styles.look_up(paragraph.style);
        let outline = paragraph.outline.filter(|level| *level < 9).map(|level| level + 1);
        let (list, depth) =
            if paragraph.list != 0 { (paragraph.list, paragraph.depth) } else { (list, depth) };
        // The number 2047 and above take a paragraph out of its list.
        let is_item = (1..2047).contains(&list);
        if is_item && !self.flow.text.trim().is_empty() {
            self.flow.marker = self.lists.mark(list, depth).unwrap_or_default();
        }
        self.flow.end_paragraph(&Style {
            level: level.or(outline),
            item: is_item.then_some(usize::from(depth)),
            in_table: paragraph.in_table,
        });
    }

    fn end_field(&mut self) {
        let Some(field) = self.fields.pop() else { return };
        let Some((paragraph, start)) = field.result else {
            let shown = shown_by(&field.instruction);
            self.flow.text.push_str(&shown.unwrap_or_default());
            return;
        };
        if let Some(address) = address(&field.instruction) {
            self.flow.link(paragraph, start, &address);
        }
    }
}
