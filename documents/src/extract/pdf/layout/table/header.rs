//! The rows of a table that has columns: the lines of its header made one row, labels that go on
//! over several lines joined.

use super::aligned::{Column, column_of};
use super::band::{Band, is_value, is_year};
use super::{Page, Table, TableRow};
use crate::extract::pdf::frame::united;

/// A header has no more lines than this.
const MOST_LINES: usize = 6;

/// Whether a band holds only the title of some columns behind the first one: it stands right above.
pub(super) fn is_title(band: &Band<'_>, below: &Band<'_>, columns: &[Column]) -> bool {
    const LONGEST: usize = 60;
    let ([first, .., last], [span]) = (columns, band.spans.as_slice()) else { return false };
    // What is centred above the whole table is the table's title, where it is no column's.
    let middle = f64::midpoint(first.left, last.right) - f64::midpoint(span.left, span.right);
    let is_in_one = columns.iter().any(|column| {
        column.left - band.size <= span.left && span.right <= column.right + band.size
    });
    span.left > first.right
        && (is_in_one || middle.abs() > 3.0 * band.size)
        && span.right < last.right + band.size
        && span.characters() <= LONGEST
        && band.base - below.base < 1.8 * band.size.max(below.size)
}

/// Makes rows of bands.
pub(super) fn table(page: &Page<'_>, bands: &[Band<'_>], columns: &[Column]) -> Table {
    let header = header_of(bands, columns);
    let (head, body) = bands.split_at_checked(header).unwrap_or_default();
    let mut rows: Vec<TableRow> = Vec::new();
    if !head.is_empty() {
        rows.push(head_row(page, head, columns));
    }
    let mut above: Option<&Band<'_>> = None;
    for band in body {
        let mut row =
            TableRow { cells: vec![String::new(); columns.len()], area: page.area(&band.lines) };
        for span in &band.spans {
            if let Some(cell) = row.cells.get_mut(column_of(span, columns)) {
                page.compounds.join(cell, &span.text());
            }
        }
        match (rows.last_mut(), above) {
            (Some(last), Some(above)) if goes_on(above, band, last, &row) => {
                for (cell, more) in last.cells.iter_mut().zip(&row.cells) {
                    page.compounds.join(cell, more);
                }
                last.area = united(last.area, row.area);
            }
            _ => rows.push(row),
        }
        above = Some(band);
    }
    Table { rows, headers: usize::from(header > 0) }
}

/// How many bands belong to the header: those before the first with values that are no years.
fn header_of(bands: &[Band<'_>], columns: &[Column]) -> usize {
    let is_data = |band: &Band<'_>| {
        band.spans.iter().any(|span| {
            let text = span.text();
            column_of(span, columns) > 0 && is_value(&text) && !is_year(&text)
        })
    };
    let Some(data) = bands.iter().position(is_data) else { return 1 };
    // A label alone above the values is the first row's.
    let is_label =
        |band: &&Band<'_>| matches!(band.spans.as_slice(), [span] if column_of(span, columns) == 0);
    let head = bands.get(..data).unwrap_or_default();
    let header = data - head.iter().rev().take_while(is_label).count();
    // Where the first column has a title too, the header is over.
    let is_whole = |band: &Band<'_>| {
        band.spans.len() > 1 && band.spans.first().is_some_and(|s| column_of(s, columns) == 0)
    };
    let whole = head.iter().take(header).position(is_whole);
    let header = whole.map_or(header, |last| last + 1);
    if header > MOST_LINES { 1 } else { header }
}

/// The header's bands as one row: what stands above several columns is told in each of them.
fn head_row(page: &Page<'_>, bands: &[Band<'_>], columns: &[Column]) -> TableRow {
    let mut cells = vec![String::new(); columns.len()];
    let mut lines: Vec<usize> = Vec::new();
    for band in bands {
        lines.extend(&band.lines);
        for span in &band.spans {
            let overlaps =
                |column: &&Column| column.left.max(span.left) < column.right.min(span.right);
            let (first, over) = match columns.iter().position(|column| overlaps(&column)) {
                Some(first) => (first, columns.iter().skip(first).take_while(overlaps).count()),
                None => (column_of(span, columns), 1),
            };
            for cell in cells.iter_mut().skip(first).take(over) {
                page.compounds.join(cell, &span.text());
            }
        }
    }
    TableRow { cells, area: page.area(&lines) }
}

/// Whether a row is the rest of the one above: a label that was too long for a line.
fn goes_on(above: &Band<'_>, band: &Band<'_>, last: &TableRow, row: &TableRow) -> bool {
    let ([one, ..], [other, ..]) = (above.spans.as_slice(), band.spans.as_slice()) else {
        return false;
    };
    let (Some(label), Some(more)) = (last.cells.first(), row.cells.first()) else { return false };
    let is_near = above.base - band.base < 1.4 * above.size.max(band.size);
    let is_rest = !label.is_empty()
        && !label.ends_with([':', '.'])
        && more.starts_with(|c: char| c.is_lowercase() || c == '(');
    // The rest of a label is not set further to the left than its beginning.
    let is_below = other.left >= one.left - above.size;
    is_near && is_rest && is_below && (above.spans.len() == 1 || band.spans.len() == 1)
}
