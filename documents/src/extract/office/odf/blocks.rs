//! Paragraphs, lists and tables, one after the other.

use corpus::SourcePlace;

use super::inline::{self, Inline, Notes, description};
use super::lists::Counters;
use super::styles::Styles;
use crate::extract::office::xml::Node;
use crate::writer::{Row, Writer};

/// A table is not wider than this, and a row not repeated more often.
const MOST_COLUMNS: usize = 1_000;
const MOST_REPEATED: usize = 100;

/// The style of code.
const PREFORMATTED: &str = "Preformatted_20_Text";

/// Writes a part.
#[derive(Debug)]
pub(super) struct Blocks<'c, 'a> {
    part: &'c str,
    styles: &'c Styles,
    writer: &'c mut Writer,
    notes: Notes<'a>,
    counters: Counters,
    paragraphs: usize,
    tables: usize,
    code: Vec<String>,
}

/// Where in a list something stands.
#[derive(Debug, Clone, Copy)]
struct Within<'s> {
    style: &'s str,
    depth: usize,
}

impl<'c, 'a> Blocks<'c, 'a> {
    pub(super) fn new(part: &'c str, styles: &'c Styles, writer: &'c mut Writer) -> Self {
        let (notes, counters, code) = (Notes::default(), Counters::default(), Vec::new());
        Self { part, styles, writer, notes, counters, paragraphs: 0, tables: 0, code }
    }

    /// Writes all that stands in an element.
    pub(super) fn write(&mut self, node: Node<'a>) {
        self.blocks(node);
        self.end_code();
    }

    /// Writes the notes and comments met so far.
    pub(super) fn write_notes(&mut self) {
        let notes = std::mem::take(&mut self.notes);
        for (index, note) in notes.notes.into_iter().enumerate() {
            let body = note.child("note-body").unwrap_or(note);
            let text = self.flat(body);
            self.writer.paragraph(&format!("[^{}]: {text}", index + 1), None);
        }
        for (index, comment) in notes.comments.into_iter().enumerate() {
            let text = self.flat(comment);
            let author = comment.child("creator").map(Node::text).unwrap_or_default();
            let author = if author.is_empty() { author } else { format!("{author}: ") };
            let text = format!("[^comment-{}]: {author}{text}", index + 1);
            self.writer.paragraph(&text, None);
        }
    }

    /// The tree bounds how deep this goes.
    fn blocks(&mut self, node: Node<'a>) {
        for child in node.children() {
            match child.name() {
                "h" => self.heading(child),
                "p" => self.paragraph(child, None),
                "list" => self.list(child, Within { style: "", depth: 0 }, false),
                "table" => self.table(child),
                "section" if child.attribute("display").as_deref() == Some("none") => {}
                "section" | "index-body" | "index-title" | "numbered-paragraph" | "text-box" => {
                    self.blocks(child);
                }
                name if name.ends_with("-index") || name == "table-of-content" => {
                    self.blocks(child);
                }
                "frame" | "custom-shape" | "g" | "rect" | "ellipse" => self.frame(child),
                _ => {}
            }
        }
    }

    fn heading(&mut self, node: Node<'a>) {
        self.end_code();
        self.paragraphs += 1;
        let level = node.attribute("outline-level").and_then(|level| level.parse::<u8>().ok());
        let Inline { text, frames } = inline::read(node, self.styles, &mut self.notes);
        let place = Some(self.place(format!("paragraph {}", self.paragraphs)));
        self.writer.heading(level.unwrap_or(1).max(1), &text, place);
        for frame in frames {
            self.frame(frame);
        }
    }

    /// Writes a paragraph; as an item where it has a marker.
    fn paragraph(&mut self, node: Node<'a>, marker: Option<(usize, &str)>) {
        self.paragraphs += 1;
        let style = node.attribute("style-name").unwrap_or_default();
        let Inline { text, frames } = inline::read(node, self.styles, &mut self.notes);
        let place = Some(self.place(format!("paragraph {}", self.paragraphs)));
        if marker.is_none() && self.styles.is(&style, PREFORMATTED) {
            self.code.push(text);
        } else {
            self.end_code();
            match marker {
                Some((depth, marker)) => self.writer.item(depth, marker, &text, place),
                None if self.styles.is(&style, "Title") => self.writer.heading(1, &text, place),
                None => self.writer.paragraph(&text, place),
            }
        }
        for frame in frames {
            self.frame(frame);
        }
    }

    /// Writes a list; whether the one before goes on may have been said of the list around it.
    fn list(&mut self, node: Node<'a>, within: Within<'_>, goes_on: bool) {
        let Within { style: inherited, depth } = within;
        let own = node.attribute("style-name");
        let first = node.descendants().find(|node| node.is("p"));
        let by_paragraph = first.and_then(|node| node.attribute("style-name"));
        let by_paragraph = by_paragraph.as_deref().and_then(|name| self.styles.list_of(name));
        let style = own.as_deref().or((!inherited.is_empty()).then_some(inherited));
        let style = style.or(by_paragraph).unwrap_or_default().to_owned();
        let mut goes_on = goes_on
            || node.attribute("continue-numbering").as_deref() == Some("true")
            || node.attribute("continue-list").is_some();
        if !goes_on {
            self.counters.restart(&style, depth);
        }
        for item in node.children() {
            match item.name() {
                "list-item" => {
                    let within = Within { style: &style, depth };
                    self.item(item, within, goes_on);
                    goes_on = false;
                }
                "list-header" => self.blocks(item),
                _ => {}
            }
        }
    }

    fn item(&mut self, item: Node<'a>, within: Within<'_>, goes_on: bool) {
        let Within { style, depth } = within;
        let start = item.attribute("start-value").and_then(|start| start.parse().ok());
        let mut is_first = true;
        for child in item.children() {
            match child.name() {
                "p" | "h" if is_first => {
                    is_first = false;
                    let marker = self.counters.marker(self.styles, style, depth, start);
                    match (child.name(), marker.as_deref()) {
                        ("h", _) => self.heading(child),
                        (_, Some(marker)) => self.paragraph(child, Some((depth, marker))),
                        (_, None) => self.paragraph(child, None),
                    }
                }
                "p" => self.paragraph(child, None),
                "list" => {
                    let within = Within { style, depth: depth + 1 };
                    self.list(child, within, goes_on && is_first);
                }
                "table" => self.table(child),
                "section" | "frame" => self.frame(child),
                _ => {}
            }
        }
    }

    /// Writes what stands in a frame or a shape.
    pub(super) fn frame(&mut self, frame: Node<'a>) {
        if let Some(description) = description(frame) {
            self.end_code();
            self.writer.paragraph(&description, None);
        }
        self.blocks(frame);
    }

    fn table(&mut self, node: Node<'a>) {
        self.end_code();
        self.tables += 1;
        let table = self.tables;
        let mut rows = Vec::new();
        let mut headers = 0;
        self.rows(node, false, &mut rows, &mut headers);
        for (index, row) in rows.iter_mut().enumerate() {
            row.source = Some(self.place(format!("table {table}, row {}", index + 1)));
        }
        if headers == 0 || headers == rows.len() {
            headers = usize::from(rows.len() > 1);
        }
        self.writer.table(&rows, headers);
    }

    fn rows(&mut self, node: Node<'a>, is_header: bool, rows: &mut Vec<Row>, headers: &mut usize) {
        for child in node.children() {
            match child.name() {
                "table-row" => {
                    let cells = self.cells(child);
                    let count = repeated(child, "number-rows-repeated").min(MOST_REPEATED);
                    rows.extend(std::iter::repeat_n(Row { cells, source: None }, count));
                    if is_header {
                        *headers = rows.len();
                    }
                }
                "table-header-rows" => self.rows(child, true, rows, headers),
                "table-rows" | "table-row-group" => self.rows(child, is_header, rows, headers),
                _ => {}
            }
        }
    }

    fn cells(&mut self, row: Node<'a>) -> Vec<String> {
        let mut cells = Vec::new();
        for cell in row.children().filter(|node| node.name().ends_with("table-cell")) {
            let count = repeated(cell, "number-columns-repeated").min(MOST_COLUMNS - cells.len());
            let text = if cell.is("table-cell") { self.flat(cell) } else { String::new() };
            cells.extend(std::iter::repeat_n(text, count));
        }
        cells
    }

    /// All that stands in an element, as one text.
    fn flat(&mut self, node: Node<'a>) -> String {
        let mut text = String::new();
        self.flatten(node, None, &mut text);
        text.trim_end().to_owned()
    }

    fn flatten(&mut self, node: Node<'a>, within: Option<Within<'_>>, out: &mut String) {
        let mut is_first = true;
        for child in node.children() {
            match child.name() {
                "p" | "h" => {
                    let marker = within.filter(|_| std::mem::take(&mut is_first));
                    let marker = marker.and_then(|within| {
                        self.counters.marker(self.styles, within.style, within.depth, None)
                    });
                    let Inline { text, frames } = inline::read(child, self.styles, &mut self.notes);
                    if !text.trim().is_empty() {
                        let marker = marker.map(|marker| marker + " ").unwrap_or_default();
                        out.push_str(&marker);
                        out.push_str(text.trim());
                        out.push('\n');
                    }
                    for frame in frames {
                        if let Some(description) = description(frame) {
                            out.push_str(&description);
                            out.push('\n');
                        }
                        self.flatten(frame, None, out);
                    }
                }
                "list" => {
                    let depth = within.map_or(0, |within| within.depth + 1);
                    let own = child.attribute("style-name").map(std::borrow::Cow::into_owned);
                    let above = within.map(|within| within.style.to_owned());
                    let style = own.or(above).unwrap_or_default();
                    self.counters.restart(&style, depth);
                    for item in child.children() {
                        let within = Within { style: &style, depth };
                        self.flatten(item, Some(within).filter(|_| item.is("list-item")), out);
                    }
                }
                "annotation" | "tracked-changes" | "desc" | "title" | "creator" | "date" => {}
                _ => self.flatten(child, None, out),
            }
        }
    }

    fn end_code(&mut self) {
        let lines = std::mem::take(&mut self.code);
        if !lines.is_empty() {
            self.writer.code(None, &lines.join("\n"), None);
        }
    }

    fn place(&self, name: String) -> SourcePlace {
        SourcePlace::element(Some(self.part.to_owned()), name)
    }
}

/// How often something stands there.
pub(super) fn repeated(node: Node<'_>, name: &str) -> usize {
    node.attribute(name).and_then(|count| count.parse().ok()).unwrap_or(1)
}
