//! Which tables are there for the layout of the page only: those that hold headings, those that hold
//! other tables or preformatted text, unless that is short and the columns have heads, those that
//! have but one column, and those with long texts in their cells.

use std::collections::HashSet;

use super::page::{Content, Page};

/// A cell with more text than this is no datum.
const LONGEST_CELL: usize = 1500;

/// A table or a preformatted text within a cell is no datum if it has more text than this.
const LONGEST_PART: usize = 200;

/// A table that is open.
struct Open {
    index: usize,
    end: usize,
    in_row: usize,
    columns: usize,
    in_cell: usize,
    has_heads: bool,
    has_parts: bool,
    is_layout: bool,
}

impl Open {
    /// Takes note of a table or a preformatted text in a cell.
    fn part(&mut self, page: &Page, index: usize) {
        let length = page.text(index).trim().len();
        self.has_parts = true;
        self.in_cell += length;
        self.is_layout |= length > LONGEST_PART || self.in_cell > LONGEST_CELL;
    }
}

/// Finds the tables of a page that hold no data.
pub(super) fn layout_tables(page: &Page) -> HashSet<usize> {
    let mut layout = HashSet::new();
    let mut open: Vec<Open> = Vec::new();
    let mut close = |table: Open| {
        if table.is_layout || table.columns < 2 || (table.has_parts && !table.has_heads) {
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
                table.part(page, index);
            }
            let is_layout = element.attribute("role") == Some("presentation");
            let end = node.end;
            open.push(Open {
                index,
                end,
                in_row: 0,
                columns: 0,
                in_cell: 0,
                has_heads: false,
                has_parts: false,
                is_layout,
            });
            continue;
        }
        let Some(table) = open.last_mut() else { continue };
        match element.name() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => table.is_layout = true,
            "pre" => table.part(page, index),
            "tr" => table.in_row = 0,
            "td" | "th" => {
                table.has_heads |= element.name() == "th";
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
