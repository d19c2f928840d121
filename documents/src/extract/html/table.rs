//! A data table, read into rows in which every cell stands in its column.

use std::collections::HashMap;

use super::page::{Content, Page};
use super::selector::Selectors;
use super::write::is_inline;
use crate::words::on_one_line;
use crate::writer::Row;

/// Cells beyond these columns are left out, and spans end there.
const MOST_COLUMNS: usize = 200;

/// The most bytes that are written again because a cell spans rows or columns.
const MOST_REPEATED: usize = 1 << 20;

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What stands above it, and where.
    pub(super) captions: Vec<(String, usize)>,
    pub(super) rows: Vec<Row>,
    /// How many rows are its header.
    pub(super) headers: usize,
}

/// A cell that goes on in the rows below.
struct Span {
    rows: u32,
    text: String,
}

/// Reads the table at an index. `is_left_out` tells what is no part of the text.
pub(super) fn read(
    page: &Page,
    index: usize,
    selectors: &Selectors<'_>,
    is_left_out: impl Fn(usize) -> bool,
) -> Table {
    let mut table = Table::default();
    let mut spans: HashMap<usize, Span> = HashMap::new();
    let mut repeated = 0;
    let mut in_head_until = 0;
    let mut all_headers = true;
    let mut at = index + 1;
    let end = page.within(index).end;
    while at < end {
        let within = page.within(at);
        match page.name(at) {
            _ if is_left_out(at) => at = within.end,
            "caption" => {
                table.captions.push((text(page, at, &is_left_out), at));
                at = within.end;
            }
            "thead" => {
                in_head_until = within.end;
                at += 1;
            }
            "tr" => {
                let cells = cells(page, at, &is_left_out);
                let is_header = at < in_head_until || cells.iter().all(|cell| cell.is_header);
                all_headers &= is_header && !cells.is_empty();
                let alone = cells.len() == 1;
                let mut row = Vec::new();
                for cell in cells {
                    fill(&mut row, &mut spans, &mut repeated);
                    for column in 0..cell.columns.max(1) {
                        if row.len() >= MOST_COLUMNS {
                            break;
                        }
                        let is_again = column > 0;
                        let text = if is_again && (alone || repeated > MOST_REPEATED) {
                            String::new()
                        } else {
                            repeated += if is_again { cell.text.len() } else { 0 };
                            cell.text.clone()
                        };
                        if cell.rows > 1 {
                            let span = Span { rows: cell.rows - 1, text: text.clone() };
                            spans.insert(row.len(), span);
                        }
                        row.push(text);
                    }
                }
                fill(&mut row, &mut spans, &mut repeated);
                if all_headers {
                    table.headers += 1;
                }
                if row.iter().any(|cell| !cell.is_empty()) {
                    table.rows.push(Row { cells: row, source: Some(selectors.place(at, at)) });
                } else if all_headers {
                    table.headers -= 1;
                }
                at = within.end;
            }
            _ => at += 1,
        }
    }
    if table.headers == table.rows.len() && in_head_until == 0 && table.headers > 1 {
        // A table in which every cell is a header has none that stands out.
        table.headers = 1;
    }
    table
}

/// Fills the columns that cells of rows above reach down to.
fn fill(row: &mut Vec<String>, spans: &mut HashMap<usize, Span>, repeated: &mut usize) {
    while let Some(span) = spans.get_mut(&row.len()) {
        let text = if *repeated > MOST_REPEATED { String::new() } else { span.text.clone() };
        *repeated += text.len();
        span.rows -= 1;
        if span.rows == 0 {
            spans.remove(&row.len());
        }
        row.push(text);
    }
}

struct Cell {
    text: String,
    is_header: bool,
    columns: u32,
    rows: u32,
}

/// The cells of a row.
fn cells(page: &Page, row: usize, is_left_out: &impl Fn(usize) -> bool) -> Vec<Cell> {
    const MOST_ROWS: u32 = 1000;
    let mut cells = Vec::new();
    let mut at = row + 1;
    while at < page.within(row).end {
        if let Some(element) = page.element(at)
            && matches!(element.name(), "td" | "th")
            && !is_left_out(at)
        {
            cells.push(Cell {
                text: text(page, at, is_left_out),
                is_header: element.name() == "th",
                columns: element.number("colspan").unwrap_or(1),
                rows: element.number("rowspan").unwrap_or(1).min(MOST_ROWS),
            });
        }
        at = page.within(at).end;
    }
    cells
}

/// The text of a cell on one line.
fn text(page: &Page, index: usize, is_left_out: &impl Fn(usize) -> bool) -> String {
    let mut text = String::new();
    let mut ends: Vec<usize> = Vec::new();
    let mut at = index;
    while at < page.within(index).end {
        while ends.last().is_some_and(|end| *end <= at) {
            ends.pop();
            text.push(' ');
        }
        if at != index && is_left_out(at) {
            at = page.within(at).end;
            continue;
        }
        match page.nodes.get(at).map(|node| &node.content) {
            Some(Content::Text(words)) => text.push_str(words),
            Some(Content::Element(element)) if element.name() == "img" => {
                text.push_str(element.attribute("alt").unwrap_or_default());
            }
            Some(Content::Element(element)) if !is_inline(element.name()) => {
                text.push(' ');
                ends.push(page.within(at).end);
            }
            _ => {}
        }
        at += 1;
    }
    on_one_line(&super::write::readable(&text))
}
