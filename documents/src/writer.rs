//! Writes a text block by block: Markdown, with the structure and the origins that belong to it.
//!
//! Parsers say what they met (a heading, a paragraph, a table); how that looks in Markdown, and the
//! invariants of [`Extracted`], are seen to here.

mod lower;

use std::borrow::Borrow;

use corpus::SourcePlace;

use crate::extracted::{
    Block, BlockKind, Extracted, Kind, Landmark, Mark, Origin, Properties, Warning, first_heading,
    title_of,
};
use crate::words::on_one_line;

/// The most bytes of text that are written; what follows is left out, and told.
const MOST_TEXT: usize = 64 << 20;

/// List items are indented by so many blanks for each level.
const INDENT: usize = 2;

/// List items nested deeper than this are written as deep as this.
const DEEPEST_ITEM: usize = 8;

/// A row of a table, with its place in the source.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Row {
    /// The texts of its cells; line breaks in them become blanks.
    pub(crate) cells: Vec<String>,
    /// Where it came from.
    pub(crate) source: Option<SourcePlace>,
}

/// How the next block stands to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Line,
    Blank,
}

/// A text in the making.
#[derive(Debug)]
pub(crate) struct Writer {
    extracted: Extracted,
    is_full: bool,
    /// A page that has begun, until there is something on it.
    page: Option<u32>,
    /// Headings without words of their own in the text, until something follows.
    unwritten: Vec<(u8, String)>,
}

impl Writer {
    /// An empty text.
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            extracted: Extracted::new(String::new(), kind),
            is_full: false,
            page: None,
            unwritten: Vec::new(),
        }
    }

    /// Begins a page, from 1.
    pub(crate) fn page(&mut self, number: u32) {
        self.page = Some(number);
    }

    /// Says that what follows is under a heading that is not written there: an entry of an outline,
    /// the title of an article.
    pub(crate) fn under(&mut self, level: u8, title: &str) {
        self.unwritten.extend(title_of(title).map(|title| (level.clamp(1, 6), title)));
    }

    /// Writes a heading; `level` is 1 for the outermost, and at most 6.
    pub(crate) fn heading(&mut self, level: u8, text: &str, source: Option<SourcePlace>) {
        let Some(title) = title_of(text) else { return };
        let level = level.clamp(1, 6);
        let Some(offset) = self.begin(Gap::Blank) else { return };
        let landmark = Landmark::Heading { level, title };
        self.extracted.marks.push(Mark { offset, landmark });
        self.extracted.text.extend(std::iter::repeat_n('#', usize::from(level)));
        self.extracted.text.push(' ');
        self.extracted.text.push_str(&on_one_line(text));
        self.originate(offset, source);
    }

    /// Writes a paragraph; line breaks within it are kept.
    pub(crate) fn paragraph(&mut self, text: &str, source: Option<SourcePlace>) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let Some(offset) = self.begin(Gap::Blank) else { return };
        self.push_lines(text, "");
        self.end(offset, BlockKind::Paragraph, source);
    }

    /// Writes an item of a list: `depth` is 0 for the outermost, `marker` is `-` or `3.`. Items
    /// that follow each other are one list.
    pub(crate) fn item(
        &mut self,
        depth: usize,
        marker: &str,
        text: &str,
        source: Option<SourcePlace>,
    ) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let goes_on = self.page.is_none() && self.ends_with_list();
        let gap = if goes_on { Gap::Line } else { Gap::Blank };
        let Some(offset) = self.begin(gap) else { return };
        let indent = " ".repeat(depth.min(DEEPEST_ITEM) * INDENT);
        self.extracted.text.extend([indent.as_str(), marker, " "]);
        let behind = format!("{indent}{}", " ".repeat(marker.chars().count() + 1));
        self.push_lines(text, &behind);
        if goes_on && let Some(list) = self.extracted.blocks.last_mut() {
            list.range.end = self.extracted.text.len();
            self.originate(offset, source);
        } else {
            self.end(offset, BlockKind::List, source);
        }
    }

    /// Writes a table. The first `headers` rows are its header. Rows whose cells are all empty are
    /// left out; rows that are short are filled up.
    pub(crate) fn table(&mut self, rows: &[Row], headers: usize) {
        let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        self.table_of(rows.iter(), width, headers);
    }

    /// Writes a table whose rows need not all be there at once; they have `width` cells at most.
    pub(crate) fn table_of<R: Borrow<Row>>(
        &mut self,
        rows: impl Iterator<Item = R>,
        width: usize,
        headers: usize,
    ) {
        let is_empty = |row: &Row| row.cells.iter().all(|cell| cell.trim().is_empty());
        let mut rows = rows.enumerate().filter(|(_, row)| !is_empty(row.borrow())).peekable();
        if rows.peek().is_none() {
            return;
        }
        let Some(start) = self.begin(Gap::Blank) else { return };
        let mut body = start;
        let mut is_under_header = false;
        for (index, row) in rows {
            if self.extracted.text.len() > start {
                if index >= headers && is_under_header {
                    self.push_rule(width);
                }
                self.extracted.text.push('\n');
            }
            if self.is_full() {
                break;
            }
            if index >= headers && is_under_header {
                body = self.extracted.text.len();
            }
            is_under_header = index < headers;
            let offset = self.extracted.text.len();
            self.push_row(row.borrow(), width);
            self.originate(offset, row.borrow().source.clone());
        }
        if is_under_header {
            // There is nothing but a header.
            self.push_rule(width);
            body = self.extracted.text.len();
        }
        let end = self.extracted.text.trim_end().len();
        self.extracted.text.truncate(end);
        let range = start..end;
        self.extracted.blocks.push(Block { range, kind: BlockKind::Table { body: body.min(end) } });
    }

    /// Writes preformatted text between fences.
    pub(crate) fn code(&mut self, language: Option<&str>, text: &str, source: Option<SourcePlace>) {
        let text = text.trim_matches('\n');
        if text.trim().is_empty() {
            return;
        }
        let Some(offset) = self.begin(Gap::Blank) else { return };
        let longest = text.lines().map(|line| leading(line.trim_start(), '`')).max();
        let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
        let language = language.map(str::to_lowercase);
        self.extracted.text.extend([fence.as_str(), language.as_deref().unwrap_or_default(), "\n"]);
        self.push_lines(text, "");
        self.extracted.text.extend(["\n", &fence]);
        self.end(offset, BlockKind::Code { language }, source);
    }

    /// Notes what went less than well.
    pub(crate) fn warn(&mut self, warning: Warning) {
        self.extracted.warnings.push(warning);
    }

    /// What the document says of itself.
    pub(crate) fn properties(&mut self) -> &mut Properties {
        &mut self.extracted.properties
    }

    /// Whether nothing has been written.
    pub(crate) fn is_empty(&self) -> bool {
        self.extracted.text.is_empty()
    }

    /// Whether nothing more is written.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full || self.extracted.text.len() > MOST_TEXT
    }

    /// Adds what was read of a file within this one; its headings go down by `levels`.
    pub(crate) fn append(&mut self, other: Extracted, levels: u8) {
        let other = lower::lower(other, levels);
        if other.text.trim().is_empty() {
            return;
        }
        let Some(start) = self.begin(Gap::Blank) else { return };
        let Extracted { text, marks, blocks, origins, warnings, .. } = other;
        let text = text.trim_end();
        self.extracted.text.push_str(text);
        let to = |offset: usize| start + offset.min(text.len());
        self.extracted.marks.extend(marks.into_iter().map(|mark| mark.moved(to)));
        self.extracted.blocks.extend(blocks.into_iter().map(|block| block.moved(to)));
        self.extracted.origins.extend(origins.into_iter().map(|origin| origin.moved(to)));
        self.extracted.warnings.extend(warnings);
    }

    /// The text with all that is known of it.
    pub(crate) fn finish(mut self) -> Extracted {
        if self.is_full() {
            let megabytes = MOST_TEXT >> 20;
            self.warn(Warning::loss(format!(
                "it has more than {megabytes} MB of text; what follows is left out"
            )));
        }
        if self.extracted.properties.title.is_none() {
            self.extracted.properties.title = first_heading(&self.extracted.marks);
        }
        self.extracted
    }

    /// Makes the gap before a block; where it begins, or none where there is no more room.
    fn begin(&mut self, gap: Gap) -> Option<usize> {
        if self.is_full() {
            self.is_full = true;
            return None;
        }
        if !self.extracted.text.is_empty() {
            self.extracted.text.push_str(match gap {
                Gap::Line => "\n",
                Gap::Blank => "\n\n",
            });
        }
        let offset = self.extracted.text.len();
        if let Some(page) = self.page.take() {
            self.extracted.marks.push(Mark { offset, landmark: Landmark::Page(page) });
        }
        for (level, title) in self.unwritten.drain(..) {
            let landmark = Landmark::Heading { level, title };
            self.extracted.marks.push(Mark { offset, landmark });
        }
        Some(offset)
    }

    fn end(&mut self, offset: usize, kind: BlockKind, source: Option<SourcePlace>) {
        let range = offset..self.extracted.text.len();
        self.extracted.blocks.push(Block { range, kind });
        self.originate(offset, source);
    }

    fn originate(&mut self, offset: usize, source: Option<SourcePlace>) {
        let range = offset..self.extracted.text.len();
        self.extracted.origins.extend(source.map(|source| Origin { range, source }));
    }

    fn ends_with_list(&self) -> bool {
        self.extracted.blocks.last().is_some_and(|block| {
            block.kind == BlockKind::List && block.range.end == self.extracted.text.len()
        })
    }

    /// Writes the line under a header.
    fn push_rule(&mut self, width: usize) {
        self.extracted.text.push_str("\n|");
        self.extracted.text.extend(std::iter::repeat_n(" --- |", width));
    }

    fn push_row(&mut self, row: &Row, width: usize) {
        self.extracted.text.push('|');
        for index in 0..width {
            self.extracted.text.push(' ');
            let cell = row.cells.get(index).map_or("", String::as_str);
            self.extracted.text.push_str(&on_one_line(cell).replace('|', "\\|"));
            self.extracted.text.push_str(" |");
        }
    }

    /// Writes lines, all but the first with `indent` before them; carriage returns are left out.
    fn push_lines(&mut self, text: &str, indent: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.extracted.text.push('\n');
                if !line.trim().is_empty() {
                    self.extracted.text.push_str(indent);
                }
            }
            self.extracted.text.extend(line.trim_end().chars().filter(|c| *c != '\r'));
        }
    }
}

fn leading(line: &str, mark: char) -> usize {
    line.chars().take_while(|c| *c == mark).count()
}

#[cfg(test)]
mod tests;
