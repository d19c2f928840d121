//! Which tables are there for the layout of the page only: those that hold other tables, headings
//! or preformatted text, those that have but one column, and those with long texts in their cells.

use std::collections::HashSet;

use super::page::{Content, Page};

/// A cell with more text than this is no datum.
const LONGEST_CELL: usize = 1500;

/// A table that is open.
struct Open {
    index: usize,
    end: usize,
    in_row: usize,
    columns: usize,
    in_cell: usize,
    is_layout: bool,
}

/// Finds the tables of a page that hold no data.
pub(super) fn layout_tables(page: &Page) -> HashSet<usize> {
    let mut layout = HashSet::new();
    let mut open: Vec<Open> = Vec::new();
    let mut close = |table: Open| {
        if table.is_layout || table.columns < 2 {
            layout.insert(table.index);
        }
    };
    for (index, node) in page.nodes.iter().enumerate() {
        while open.last().is_some_and(|table| table.end <= index) {
            open.pop().into_iter().for_each(&mut close);
        }
        let element = match &node.content {
            Content::Element(element) => element,
            Content::Text(text) => {
                if let Some(table) = open.last_mut() {
                    table.in_cell += text.len();
                    table.is_layout |= table.in_cell > LONGEST_CELL;
                }
                continue;
            }
        };
        if element.name() == "table" {
            if let Some(table) = open.last_mut() {
                table.is_layout = true;
            }
            let is_layout = element.attribute("role") == Some("presentation");
            let end = node.end;
            open.push(Open { index, end, in_row: 0, columns: 0, in_cell: 0, is_layout });
            continue;
        }
        let Some(table) = open.last_mut() else { continue };
        match element.name() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre" => table.is_layout = true,
            "tr" => table.in_row = 0,
            "td" | "th" => {
                table.in_row += 1;
                table.columns = table.columns.max(table.in_row);
                table.in_cell = 0;
            }
            _ => {}
        }
    }
    open.into_iter().for_each(close);
    layout
}
