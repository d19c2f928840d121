//! Tables of Word.

use super::styles::switch;
use crate::extract::office::xml::Node;
use crate::writer::Row;

/// Word has no tables wider than this.
const MOST_COLUMNS: usize = 63;

/// The cell of a table that has but one: a frame around its text.
pub(super) fn only_cell(table: Node<'_>) -> Option<Node<'_>> {
    let mut rows = rows(table);
    let row = rows.next().filter(|_| rows.next().is_none())?;
    let mut cells = cells(row);
    cells.next().filter(|_| cells.next().is_none())
}

/// The rows of a table and how many of them are its header. `text` gives a cell's.
pub(super) fn read(
    table: Node<'_>,
    text: &mut impl FnMut(Node<'_>) -> String,
) -> (Vec<Row>, usize) {
    let (mut read, mut headers) = (Vec::new(), 0);
    for (index, row) in rows(table).enumerate() {
        let properties = row.child("trPr");
        let number = |name| properties.and_then(|node| node.value(name)?.parse::<usize>().ok());
        let mut cells = vec![String::new(); number("gridBefore").unwrap_or(0).min(MOST_COLUMNS)];
        for cell in self::cells(row) {
            let properties = cell.child("tcPr");
            let span = properties.and_then(|node| node.value("gridSpan")?.parse::<usize>().ok());
            let merged = properties.and_then(|node| node.child("vMerge").or(node.child("hMerge")));
            let goes_on =
                merged.is_some_and(|merged| merged.attribute("val").as_deref() != Some("restart"));
            cells.push(if goes_on { String::new() } else { text(cell) });
            let others = span.unwrap_or(1).clamp(1, MOST_COLUMNS) - 1;
            cells.extend(std::iter::repeat_n(String::new(), others));
        }
        let is_header = properties.and_then(|node| switch(node, "tblHeader")).unwrap_or(false);
        if is_header && headers == index {
            headers = index + 1;
        }
        read.push(Row { cells, source: None });
    }
    if headers == 0 || headers == read.len() {
        headers = usize::from(read.len() > 1);
    }
    (read, headers)
}

/// The rows that are there when all changes are accepted.
fn rows(table: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    within(table, "tr").filter(|row| {
        let properties = row.child("trPr");
        properties.is_none_or(|node| {
            node.child("del").is_none() && !switch(node, "hidden").unwrap_or(false)
        })
    })
}

fn cells(row: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    within(row, "tc")
}

/// The elements of this name right within another, or within a content control there.
fn within<'a>(node: Node<'a>, name: &'static str) -> impl Iterator<Item = Node<'a>> {
    node.children().flat_map(move |child| {
        let content = child.child("sdtContent").filter(|_| child.is("sdt"));
        let held: Vec<Node<'a>> = match content {
            Some(content) => content.children().filter(|inner| inner.is(name)).collect(),
            None => Some(child).into_iter().filter(|inner| inner.is(name)).collect(),
        };
        held
    })
}
