//! Elements that hold sentences: paragraphs, headings, lists, tables and code, told by the names
//! that vocabularies for documents (`DocBook`, TEI, JATS, DITA) have in common.

mod role;

use corpus::SourcePlace;

use super::super::decode::Exact;
use super::events::{Malformed, Part, Parts};
use super::survey::Survey;
use crate::words::on_one_line;
use crate::writer::{Row, Writer};
use role::Role;

/// An element that is open.
#[derive(Debug)]
struct Open {
    name: String,
    role: Role,
    /// How deep the headings above it go.
    level: u8,
    has_title: bool,
    /// Of a list, the items so far.
    items: usize,
}

struct Prose<'a, 'b> {
    exact: &'a Exact<'b>,
    writer: &'a mut Writer,
    open: Vec<Open>,
    /// The text of the block that is being read, and where it begins.
    text: String,
    start: usize,
    rows: Vec<Row>,
    tables: usize,
    skipped: usize,
    /// The elements among `open` that are lists.
    lists: Vec<usize>,
    /// The elements among `open` that are not inline.
    blocks: Vec<usize>,
}

/// Writes a file as a text.
pub(super) fn write(
    exact: &Exact<'_>,
    survey: &Survey,
    writer: &mut Writer,
) -> Result<(), Malformed> {
    let mut prose = Prose {
        exact,
        writer,
        open: Vec::new(),
        text: String::new(),
        start: 0,
        rows: Vec::new(),
        tables: 0,
        skipped: 0,
        lists: Vec::new(),
        blocks: Vec::new(),
    };
    let mut parts = Parts::of(&exact.text);
    while let Some(part) = parts.next()? {
        match part {
            Part::Open { tag, start, .. } => {
                let name = tag.name().to_lowercase();
                let role = Role::of(&name, survey);
                prose.begin(name, role, start);
                // Pictures are described by an attribute.
                let mut attributes = tag.attributes().into_iter();
                let alternative = attributes.find(|(name, _)| name == "alt" || name == "alttext");
                prose.text.push_str(&alternative.map(|(_, text)| text).unwrap_or_default());
            }
            Part::Text(text) if prose.skipped == 0 => prose.text.push_str(&text),
            Part::Text(_) => {}
            Part::Close { end, .. } => prose.end(end),
        }
    }
    prose.flush(exact.text.len());
    Ok(())
}

impl Prose<'_, '_> {
    fn begin(&mut self, name: String, role: Role, start: usize) {
        if role != Role::Inline {
            self.flush(start);
            self.start = start;
            self.blocks.push(self.open.len());
        }
        self.tables += usize::from(role == Role::Table);
        self.skipped += usize::from(role == Role::Skipped);
        match role {
            Role::List => self.lists.push(self.open.len()),
            Role::Item => {
                if let Some(list) = self.lists.last().and_then(|list| self.open.get_mut(*list)) {
                    list.items += 1;
                }
            }
            Role::TableRow if self.tables > 0 => self.rows.push(Row::default()),
            Role::Cell if self.tables > 0 => {
                self.rows.last_mut().into_iter().for_each(|row| row.cells.push(String::new()));
            }
            _ => {}
        }
        let level = self.open.last().map_or(0, |open| open.level);
        self.open.push(Open { name, role, level, has_title: false, items: 0 });
    }

    fn end(&mut self, end: usize) {
        let Some(role) = self.open.last().map(|open| open.role) else { return };
        if role != Role::Inline {
            self.flush(end);
            self.start = end;
            self.blocks.pop();
        }
        self.tables -= usize::from(role == Role::Table);
        self.skipped -= usize::from(role == Role::Skipped);
        if role == Role::List {
            self.lists.pop();
        }
        self.open.pop();
        if role == Role::Table && self.tables == 0 {
            let rows = std::mem::take(&mut self.rows);
            self.writer.table(&rows, 1);
        }
    }

    /// Writes the block that was read.
    fn flush(&mut self, end: usize) {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        let place = self.exact.place(&(self.start..end));
        let line = on_one_line(&text);
        if self.tables > 0
            && let Some(cell) = self.rows.last_mut().and_then(|row| row.cells.last_mut())
        {
            cell.extend([if cell.is_empty() { "" } else { " " }, &line]);
            return;
        }
        let block = self.blocks.last().and_then(|block| self.open.get(*block));
        match block.map(|block| (block.role, block.name.as_str())) {
            Some((Role::Title, _)) => self.title(&line, place),
            Some((Role::Code, _)) => self.writer.code(None, &text, place),
            Some((Role::Named, name)) if line.len() < 120 => {
                self.writer.item(0, "-", &format!("{name}: {line}"), place);
            }
            _ => match self.lists.last().and_then(|list| self.open.get(*list)) {
                Some(list) => {
                    let is_numbered = matches!(list.name.as_str(), "orderedlist" | "ol");
                    let marker =
                        if is_numbered { format!("{}.", list.items) } else { "-".to_owned() };
                    self.writer.item(self.lists.len() - 1, &marker, &line, place);
                }
                None => self.writer.paragraph(&line, place),
            },
        }
    }

    /// A title belongs to the element around it, or to the one around that where the former only
    /// tells about the document.
    fn title(&mut self, line: &str, place: Option<SourcePlace>) {
        let title = self.blocks.last().copied().unwrap_or_default();
        let mut around = title.saturating_sub(1);
        while around > 0 && self.open.get(around).is_some_and(|open| role::is_about(&open.name)) {
            around -= 1;
        }
        let Some(owner) = self.open.get_mut(around) else { return };
        if role::is_captioned(&owner.name) {
            self.writer.paragraph(line, place);
            return;
        }
        // Only the first title goes deeper; those that follow stand beside it.
        if !owner.has_title {
            owner.has_title = true;
            owner.level = (owner.level + 1).min(6);
        }
        let level = owner.level;
        self.writer.heading(level, line, place);
    }
}
