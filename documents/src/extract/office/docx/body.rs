//! Paragraphs and tables of a part, one after the other.

use corpus::SourcePlace;

use super::Context;
use super::inline::{Inline, Look, Runs, alternative, is_insertion};
use super::insets::Inset;
use super::numbering::Marker;
use super::styles::{Properties, Role};
use super::table;
use crate::extract::office::package::Relations;
use crate::extract::office::xml::Node;
use crate::writer::Writer;

/// Text in a monospaced font is code if it has one of these.
const SIGNS_OF_CODE: [char; 8] = ['{', '}', ';', '=', '<', '>', '(', '\\'];

/// Writes a part.
#[derive(Debug)]
pub(super) struct Body<'c> {
    part: &'c str,
    relations: &'c Relations,
    context: &'c mut Context,
    writer: &'c mut Writer,
    runs: Runs<'c>,
    paragraphs: usize,
    tables: usize,
    /// Lines of code that are not written yet, and the paragraphs that they stand in.
    code: Vec<String>,
    code_start: usize,
    code_end: usize,
    /// The text of a paragraph whose end was deleted: it goes on in the next.
    carried: String,
}

/// A paragraph that has been read.
struct Paragraph<'a> {
    inline: Inline<'a>,
    role: Role,
    marker: Option<Marker>,
    depth: usize,
}

impl<'c> Body<'c> {
    pub(super) fn new(
        part: &'c str,
        relations: &'c Relations,
        context: &'c mut Context,
        writer: &'c mut Writer,
    ) -> Self {
        let (code, carried) = (Vec::new(), String::new());
        let runs = Runs::new(relations);
        let (paragraphs, tables, code_start, code_end) = (0, 0, 0, 0);
        Self {
            part,
            relations,
            context,
            writer,
            runs,
            paragraphs,
            tables,
            code,
            code_start,
            code_end,
            carried,
        }
    }

    /// Writes all that stands in an element.
    pub(super) fn write(mut self, node: Node<'_>) {
        self.blocks(node);
        self.end_code();
    }

    /// The tree bounds how deep this goes.
    fn blocks(&mut self, node: Node<'_>) {
        for child in node.children() {
            match child.name() {
                "p" => self.paragraph(child),
                "tbl" => self.table(child),
                "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo" | "body" => {
                    self.blocks(child);
                }
                // Of Word 2003.
                "sect" | "sub-section" | "pBdrGroup" | "content" => self.blocks(child),
                "annotation" if is_insertion(child) => self.blocks(child),
                "AlternateContent" => {
                    if let Some(choice) = alternative(child) {
                        self.blocks(choice);
                    }
                }
                "altChunk" => {
                    let id = child.prefixed("id").unwrap_or_default();
                    let relation = self.relations.get(id.as_ref());
                    self.inset(relation.map_or("", |relation| &relation.target), None);
                }
                _ => {}
            }
        }
    }

    fn read<'a>(&mut self, node: Node<'a>) -> Paragraph<'a> {
        let properties = node.child("pPr");
        let id = properties.and_then(|properties| properties.value("pStyle"));
        let id = id.as_deref();
        let own = Properties::read(properties, None);
        let all = self.context.styles.resolve(&own, id);
        let mut role = self.context.styles.role(&all, id);
        let look = Look {
            is_hidden: all.is_hidden.unwrap_or(false),
            is_monospaced: all.is_monospaced.unwrap_or(false),
        };
        let mut inline = self.runs.paragraph(node, self.context, look);
        let mark = properties.and_then(|properties| properties.child("rPr"));
        if mark.is_some_and(|mark| mark.child("del").is_some()) {
            self.carried.push_str(&std::mem::take(&mut inline.text));
            return Paragraph { inline, role: Role::Body, marker: None, depth: 0 };
        }
        if !self.carried.is_empty() {
            inline.text.insert_str(0, &std::mem::take(&mut self.carried));
        }
        let list = all.list.as_deref().filter(|list| *list != "0");
        let depth = list.map_or(0, |list| {
            all.depth.or_else(|| self.context.numbering.depth_of_style(list, id?)).unwrap_or(0)
        });
        let marker = list.and_then(|list| self.context.numbering.count(list, depth));
        let marker = marker.or_else(|| properties.and_then(written_marker));
        let is_code = inline.is_monospaced && inline.text.contains(SIGNS_OF_CODE);
        if role == Role::Body && is_code && marker.is_none() {
            role = Role::Code;
        }
        Paragraph { inline, role, marker, depth }
    }

    fn paragraph(&mut self, node: Node<'_>) {
        self.paragraphs += 1;
        let number = self.paragraphs;
        let Paragraph { inline, role, marker, depth } = self.read(node);
        let place = Some(self.place(format!("paragraph {number}")));
        if role == Role::Code && !(inline.text.trim().is_empty() && self.code.is_empty()) {
            if self.code.is_empty() {
                self.code_start = number;
            }
            self.code_end = number;
            self.code.extend(inline.text.split('\n').map(str::to_owned));
        } else if !inline.text.trim().is_empty() {
            self.end_code();
            let text = inline.text.trim();
            match (role, marker) {
                (Role::Title, _) => self.writer.heading(1, text, place),
                (Role::Heading(level), marker) => {
                    let level = level + 1 + u8::from(self.context.has_title);
                    self.writer.heading(level, &marked(marker, text), place);
                }
                (_, Some(Marker::Bullet)) => self.writer.item(depth, "-", text, place),
                (_, Some(Marker::Number(number))) => {
                    self.writer.item(depth, &number, text, place);
                }
                (_, Some(Marker::None) | None) => self.writer.paragraph(text, place),
            }
        }
        for inner in inline.boxes {
            self.blocks(inner);
        }
        for part in inline.insets {
            let place = self.place(format!("paragraph {number}"));
            self.inset(&part, Some(&place));
        }
    }

    /// Writes what stands in a part of its own.
    fn inset(&mut self, part: &str, place: Option<&SourcePlace>) {
        let Some(inset) = self.context.insets.take(part) else { return };
        self.end_code();
        match inset {
            Inset::Chart(title, mut rows) => {
                self.writer.paragraph(&title, place.cloned());
                for row in &mut rows {
                    row.source = place.cloned();
                }
                self.writer.table(&rows, 1);
            }
            Inset::Diagram(points) => {
                for words in &points {
                    self.writer.item(0, "-", words, place.cloned());
                }
            }
            Inset::Document(extracted) => self.writer.append(*extracted, 0),
        }
    }

    fn table(&mut self, node: Node<'_>) {
        self.end_code();
        if let Some(cell) = table::only_cell(node) {
            return self.blocks(cell);
        }
        self.tables += 1;
        let table = self.tables;
        let (mut rows, headers) = table::read(node, &mut |cell| self.flat(cell));
        for (index, row) in rows.iter_mut().enumerate() {
            row.source = Some(self.place(format!("table {table}, row {}", index + 1)));
        }
        self.writer.table(&rows, headers);
    }

    /// All that stands in an element, as one text.
    pub(super) fn flat(&mut self, node: Node<'_>) -> String {
        let mut text = String::new();
        self.flatten(node, &mut text);
        text.trim_end().to_owned()
    }

    fn flatten(&mut self, node: Node<'_>, out: &mut String) {
        for child in node.children() {
            match child.name() {
                "p" => {
                    let Paragraph { inline, marker, .. } = self.read(child);
                    let words = inline.text.trim();
                    if !words.is_empty() {
                        out.push_str(&marked(marker.map(bullet_as_dash), words));
                        out.push('\n');
                    }
                    for inner in inline.boxes {
                        self.flatten(inner, out);
                    }
                    let insets = inline.insets.iter();
                    for inset in insets.filter_map(|part| self.context.insets.take(part)) {
                        out.push_str(&inset.flat());
                        out.push('\n');
                    }
                }
                "tbl" | "tr" | "tc" | "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo" => {
                    self.flatten(child, out);
                }
                "AlternateContent" => {
                    if let Some(choice) = alternative(child) {
                        self.flatten(choice, out);
                    }
                }
                _ => {}
            }
        }
    }

    fn end_code(&mut self) {
        let lines = std::mem::take(&mut self.code);
        if !lines.is_empty() {
            let name = |number| format!("paragraph {number}");
            let (first, last) = (name(self.code_start), name(self.code_end));
            let part = Some(self.part.to_owned());
            let place = SourcePlace::Elements { part, first, last };
            self.writer.code(None, &lines.join("\n"), Some(place));
        }
    }

    fn place(&self, name: String) -> SourcePlace {
        SourcePlace::element(Some(self.part.to_owned()), name)
    }
}

/// What Word 2003 has written before an item; it writes bullets as characters of symbol fonts.
fn written_marker(properties: Node<'_>) -> Option<Marker> {
    let text = properties.child("listPr")?.child("t")?.attribute("val")?;
    let is_number = text.chars().any(char::is_alphanumeric) && text.chars().count() > 1;
    Some(if is_number { Marker::Number(text.trim().to_owned()) } else { Marker::Bullet })
}

/// A text with its number before it.
fn marked(marker: Option<Marker>, text: &str) -> String {
    match marker {
        Some(Marker::Number(number)) => format!("{number} {text}"),
        _ => text.to_owned(),
    }
}

fn bullet_as_dash(marker: Marker) -> Marker {
    if marker == Marker::Bullet { Marker::Number("-".to_owned()) } else { marker }
}
