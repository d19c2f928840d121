//! Sheets of Open Document files, whose cells hold the words that they show.

use super::blocks::repeated;
use super::inline::{self, Notes};
use super::styles::Styles;
use crate::extract::office::sheet::{self, Merged, Sheet, name};
use crate::extract::office::xml::Node;
use crate::writer::Writer;

/// Cells and rows that hold something are repeated no more often than this.
const MOST_REPEATED: usize = 1_000;

/// Writes the sheets.
pub(super) fn write(body: Node<'_>, styles: &Styles, writer: &mut Writer) {
    let mut hidden = Vec::new();
    for table in body.children().filter(|node| node.is("table")) {
        let name = table.attribute("name").unwrap_or_default().into_owned();
        if table.attribute("style-name").is_some_and(|style| styles.hides(&style)) {
            hidden.push(name);
            continue;
        }
        let mut sheet = Sheet::new(name);
        let mut row = 0;
        rows(table, styles, &mut row, &mut sheet);
        for shapes in table.children().filter(|node| node.is("shapes")) {
            let text = text(shapes, styles);
            if !text.is_empty() {
                sheet.boxes.push(text);
            }
        }
        sheet::write(sheet, writer);
    }
    sheet::write_hidden(&hidden, writer);
}

/// The tree bounds how deep this goes.
fn rows(node: Node<'_>, styles: &Styles, row: &mut u32, sheet: &mut Sheet) {
    for child in node.children() {
        match child.name() {
            "table-row" => {
                let count = repeated(child, "number-rows-repeated");
                let before = sheet.cells.len();
                cells(child, styles, *row, sheet);
                let cells: Vec<_> = sheet.cells.get(before..).unwrap_or_default().to_vec();
                for (offset, _) in (1..).zip(1..count.min(MOST_REPEATED)) {
                    for cell in &cells {
                        let row = cell.row.saturating_add(offset);
                        sheet.push(row, cell.column, cell.text.clone(), cell.is_number);
                    }
                    if cells.is_empty() {
                        break;
                    }
                }
                *row = row.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
            }
            "table-header-rows" | "table-rows" | "table-row-group" => {
                rows(child, styles, row, sheet);
            }
            _ => {}
        }
    }
}

fn cells(row: Node<'_>, styles: &Styles, number: u32, sheet: &mut Sheet) {
    let mut column = 0_u32;
    for cell in row.children().filter(|node| node.name().ends_with("table-cell")) {
        let count = u32::try_from(repeated(cell, "number-columns-repeated")).unwrap_or(u32::MAX);
        let next = column.saturating_add(count);
        if cell.is("table-cell") {
            let text = text(cell, styles);
            let kind = cell.attribute("value-type");
            let is_number = !matches!(kind.as_deref(), None | Some("string" | "boolean"));
            if !text.is_empty() {
                let text: std::rc::Rc<str> = text.into();
                for column in (column..next).take(MOST_REPEATED) {
                    sheet.push(number, column, text.clone(), is_number);
                }
            }
            let span = |name| u32::try_from(repeated(cell, name)).unwrap_or(1).max(1) - 1;
            let (down, right) = (span("number-rows-spanned"), span("number-columns-spanned"));
            if (down, right) != (0, 0) {
                let last = (number.saturating_add(down), column.saturating_add(right));
                sheet.merged.push(Merged { first: (number, column), last });
            }
            if let Some(comment) = cell.child("annotation") {
                let text = self::text(comment, styles);
                sheet.comments.push((name(number, column), text));
            }
        }
        column = next;
    }
}

/// The words of a cell, a box or a comment.
fn text(node: Node<'_>, styles: &Styles) -> String {
    let mut lines = Vec::new();
    gather(node, styles, &mut lines);
    lines.join("\n").trim().to_owned()
}

fn gather(node: Node<'_>, styles: &Styles, lines: &mut Vec<String>) {
    for child in node.children() {
        match child.name() {
            "p" | "h" => {
                let inline = inline::read(child, styles, &mut Notes::default());
                lines.push(inline.text);
                inline.frames.into_iter().for_each(|frame| gather(frame, styles, lines));
            }
            "annotation" | "object" | "desc" | "title" => {}
            _ => gather(child, styles, lines),
        }
    }
}
