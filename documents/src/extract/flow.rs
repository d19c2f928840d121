//! Running text as word processors before XML kept it: characters, then a mark that says what they
//! were (a paragraph, a cell, the end of a row), and its properties.

use corpus::SourcePlace;

use crate::writer::{Row, Writer};

/// What stands before an item is no number if it is longer: `Section 4.12`.
const LONGEST_NUMBER: usize = 40;

/// A row of more cells is cut.
const MOST_CELLS: usize = 1000;

/// What the mark behind a paragraph says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// Of a heading, 1 for the outermost.
    pub(super) level: Option<u8>,
    /// Of an item of a list: how deep it stands.
    pub(super) item: Option<usize>,
    /// Whether it stands in a table.
    pub(super) in_table: bool,
}

/// What is said about a place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// At the foot of the page, or at the end.
    Note,
    /// In the margin.
    Comment,
}

/// What is said about places in the text, in their order.
#[derive(Debug, Default)]
struct Notes {
    texts: Vec<String>,
    /// How many have been begun.
    begun: usize,
}

/// A text that is being read.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) writer: Writer,
    /// The paragraph so far.
    pub(super) text: String,
    /// The number or bullet before it.
    pub(super) marker: String,
    /// Paragraphs that have ended.
    pub(super) count: usize,
    cell: String,
    cells: Vec<String>,
    rows: Vec<Row>,
    /// What stands below the text and is referred to from it.
    notes: Notes,
    comments: Notes,
}

impl Flow {
    pub(super) fn new(writer: Writer) -> Self {
        Self {
            writer,
            text: String::new(),
            marker: String::new(),
            count: 0,
            cell: String::new(),
            cells: Vec::new(),
            rows: Vec::new(),
            notes: Notes::default(),
            comments: Notes::default(),
        }
    }

    /// Ends a paragraph.
    pub(super) fn end_paragraph(&mut self, style: &Style) {
        self.count += 1;
        let text = std::mem::take(&mut self.text);
        let marker = std::mem::take(&mut self.marker);
        if style.in_table {
            self.fill_cell(&text, &marker);
            return;
        }
        self.end_table();
        let place = Some(self.place());
        if let Some(level) = style.level.filter(|_| text.len() < 400) {
            // The number of a heading is part of it.
            let number =
                if has_number(&marker) { format!("{} {text}", marker.trim()) } else { text };
            self.writer.heading(level, &number, place);
        } else if style.item.is_some() || !marker.trim().is_empty() {
            let marker = if has_number(&marker) { marker.trim() } else { "-" };
            self.writer.item(style.item.unwrap_or_default(), marker, &text, place);
        } else {
            self.writer.paragraph(&text, place);
        }
    }

    /// Ends a cell.
    pub(super) fn end_cell(&mut self) {
        self.count += 1;
        let text = std::mem::take(&mut self.text);
        let marker = std::mem::take(&mut self.marker);
        self.fill_cell(&text, &marker);
        let cell = std::mem::take(&mut self.cell);
        if self.cells.len() < MOST_CELLS {
            self.cells.push(cell);
        }
    }

    /// Ends a row.
    pub(super) fn end_row(&mut self) {
        if !self.text.trim().is_empty() || !self.cell.is_empty() {
            self.end_cell();
        }
        let cells = std::mem::take(&mut self.cells);
        let source = Some(self.place());
        self.rows.push(Row { cells, source });
    }

    /// Makes a link of what was written of a paragraph since `start`, if it is still that paragraph.
    pub(super) fn link(&mut self, paragraph: usize, start: usize, address: &str) {
        let words = self.text.get(start..).unwrap_or_default().trim();
        if paragraph == self.count && !words.is_empty() && words != address {
            self.text.insert(start, '[');
            self.text.extend(["](", address, ")"]);
        }
    }

    /// Takes down a note; the words that refer to it.
    pub(super) fn note(&mut self, aside: Aside, text: &str) -> String {
        let notes = self.notes(aside);
        notes.texts.push(text.trim().to_owned());
        mark(aside, notes.texts.len())
    }

    /// Begins the next note that was referred to.
    pub(super) fn next_note(&mut self, aside: Aside) {
        self.notes(aside).begun += 1;
    }

    /// Adds to the note that was begun.
    pub(super) fn fill_note(&mut self, aside: Aside, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let notes = self.notes(aside);
        notes.begun = notes.begun.max(1);
        match notes.texts.get_mut(notes.begun - 1) {
            Some(note) if note.is_empty() => text.clone_into(note),
            Some(note) => note.extend(["\n", text]),
            // Nothing refers to it.
            None => {
                notes.texts.push(text.to_owned());
                notes.begun = notes.texts.len();
            }
        }
    }

    /// Whether nothing has been read.
    pub(super) fn is_empty(&self) -> bool {
        self.writer.is_empty() && self.rows.is_empty() && self.text.trim().is_empty()
    }

    fn notes(&mut self, aside: Aside) -> &mut Notes {
        match aside {
            Aside::Note => &mut self.notes,
            Aside::Comment => &mut self.comments,
        }
    }

    /// Ends the text.
    pub(super) fn finish(mut self) -> Writer {
        self.end_paragraph(&Style::default());
        self.end_table();
        for (aside, notes) in [(Aside::Note, self.notes), (Aside::Comment, self.comments)] {
            for (number, note) in (1..).zip(notes.texts).filter(|(_, note)| !note.is_empty()) {
                self.writer.paragraph(&format!("{}: {note}", mark(aside, number)), None);
            }
        }
        self.writer
    }

    fn place(&self) -> SourcePlace {
        SourcePlace::element(None, format!("paragraph {}", self.count))
    }

    fn fill_cell(&mut self, text: &str, marker: &str) {
        let number = if has_number(marker) { marker.trim() } else { "" };
        for part in [number, text.trim()].into_iter().filter(|part| !part.is_empty()) {
            self.cell.extend([if self.cell.is_empty() { "" } else { " " }, part]);
        }
    }

    /// Writes the table that has ended. One of a single cell is a frame around a text.
    fn end_table(&mut self) {
        if !self.cells.is_empty() || !self.cell.is_empty() {
            self.end_row();
        }
        let rows = std::mem::take(&mut self.rows);
        match rows.as_slice() {
            [] => {}
            [row] if row.cells.len() <= 1 => {
                let text = row.cells.first().map(String::as_str).unwrap_or_default();
                self.writer.paragraph(text, row.source.clone());
            }
            rows => self.writer.table(rows, 1),
        }
    }
}

/// The words that refer to a note.
fn mark(aside: Aside, number: usize) -> String {
    match aside {
        Aside::Note => format!("[^{number}]"),
        Aside::Comment => format!("[^comment-{number}]"),
    }
}

/// Whether the mark before an item is a number or letter, short enough to be written.
fn has_number(marker: &str) -> bool {
    let marker = marker.trim();
    let is_bullet = marker.chars().count() == 1 && !marker.chars().all(|c| c.is_ascii_digit());
    marker.len() <= LONGEST_NUMBER
        && !is_bullet
        && marker.chars().any(|c| c.is_ascii_alphanumeric())
}

/// The address that a field leads to: `HYPERLINK "https://x.org"`.
pub(super) fn address(instruction: &str) -> Option<String> {
    let rest = instruction.trim_start().strip_prefix("HYPERLINK")?;
    let address = rest.split('"').nth(1)?.trim();
    let is_address = address.contains("://") || address.starts_with("mailto:");
    (is_address && !address.contains([' ', ')'])).then(|| address.to_owned())
}

/// What a field shows that has no result: of letters drawn over each other, as Japanese is told how
/// to be read, the last ones. `EQ \* jc2 \o\ad(\s\up 10(とう),東)` shows 東.
pub(super) fn shown_by(instruction: &str) -> Option<String> {
    let rest = instruction.trim_start().strip_prefix("EQ")?;
    let last = rest.trim_end().strip_suffix(')')?.rsplit([',', ';', '(']).next()?;
    Some(last.trim().to_owned()).filter(|shown| !shown.contains('\\'))
}
