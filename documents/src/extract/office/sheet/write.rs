//! Writes sheets.

use std::collections::HashSet;

use corpus::SourcePlace;

use super::region::regions;
use super::{Cell, Sheet, name};
use crate::extracted::Warning;
use crate::writer::{Row, Writer};

/// A table is not written wider than this; cells to the right of it are left out.
const MOST_COLUMNS: usize = 2_000;

/// Rows of one cell above a table are its title.
const MOST_TITLES: usize = 4;

/// Writes a sheet under its name.
pub(in crate::extract::office) fn write(sheet: Sheet, writer: &mut Writer) {
    let Sheet { name, cells, merged, comments, boxes, is_cut } = sheet;
    if cells.is_empty() && comments.is_empty() && boxes.is_empty() {
        return;
    }
    writer.heading(1, &name, None);
    let spans = merged.iter().filter(|merged| merged.first.1 < merged.last.1);
    let spans: HashSet<u32> = spans.map(|merged| merged.first.0).collect();
    for region in regions(cells) {
        write_region(&name, &region, &spans, writer);
    }
    for text in boxes {
        writer.paragraph(&text, None);
    }
    for (cell, text) in comments {
        let source =
            SourcePlace::Cells { sheet: name.clone(), first: cell.clone(), last: cell.clone() };
        writer.paragraph(&format!("Comment on {cell}: {text}"), Some(source));
    }
    if is_cut {
        writer.warn(Warning::loss(format!("the sheet {name} is too large; cells are left out")));
    }
}

/// Notes sheets that are not shown, and so not read.
pub(in crate::extract::office) fn write_hidden(names: &[String], writer: &mut Writer) {
    if !names.is_empty() {
        let names = names.join(", ");
        writer.warn(Warning::note(format!("hidden sheets are left out: {names}")));
    }
}

/// Writes a table, or what is none. `spans` are the rows with cells over several columns.
fn write_region(sheet: &str, cells: &[Cell], spans: &HashSet<u32>, writer: &mut Writer) {
    let is_one_column = cells.windows(2).all(|pair| match pair {
        [one, next] => one.column == next.column,
        _ => true,
    });
    let mut rows: Vec<&[Cell]> = cells.chunk_by(|a, b| a.row == b.row).collect();
    // A region of one column, and single cells above a table, are words, not a table.
    let titles = if is_one_column {
        rows.len()
    } else {
        let is_title = |row: &&&[Cell]| row.len() == 1 && row.first().is_some_and(is_text);
        let count = rows.iter().take(MOST_TITLES).take_while(is_title).count();
        if count < rows.len() { count } else { 0 }
    };
    for cell in rows.drain(..titles).flatten() {
        writer.paragraph(&cell.text, Some(source(sheet, std::slice::from_ref(cell))));
    }
    if rows.is_empty() {
        return;
    }
    let mut columns: Vec<u32> = rows.iter().copied().flatten().map(|cell| cell.column).collect();
    columns.sort_unstable();
    columns.dedup();
    if columns.len() > MOST_COLUMNS {
        writer.warn(Warning::loss(format!("the sheet {sheet} is too wide; columns are left out")));
        columns.truncate(MOST_COLUMNS);
    }
    let headers = headers(&rows, &columns, spans);
    // Row by row: cells share their texts, which together may be many times what is written.
    let rows = rows.into_iter().map(|cells| {
        let mut texts = Vec::new();
        for cell in cells {
            if let Ok(place) = columns.binary_search(&cell.column) {
                texts.resize(place, String::new());
                texts.push(cell.text.to_string());
            }
        }
        Row { cells: texts, source: Some(source(sheet, cells)) }
    });
    writer.table_of(rows, columns.len(), headers);
}

/// How many rows are a table's header: words above figures, or above more words.
fn headers(rows: &[&[Cell]], columns: &[u32], spans: &HashSet<u32>) -> usize {
    let is_header = |row: &[Cell]| row.iter().all(|cell| is_text(cell) || is_year(cell));
    let is_filled = |row: &[Cell]| row.len() * 2 >= columns.len();
    let Some((first, rest)) = rows.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return 0;
    };
    // A cell over several columns heads the row of headings below it.
    if is_header(first)
        && first.first().is_some_and(|cell| spans.contains(&cell.row))
        && let Some((second, rest)) = rest.split_first()
        && !rest.is_empty()
        && is_header(second)
    {
        return 2;
    }
    usize::from(is_header(first) && is_filled(first))
}

fn is_text(cell: &Cell) -> bool {
    !cell.is_number
}

fn is_year(cell: &Cell) -> bool {
    cell.text.parse().is_ok_and(|year: u32| (1900..2100).contains(&year))
}

fn source(sheet: &str, cells: &[Cell]) -> SourcePlace {
    let name =
        |cell: Option<&Cell>| cell.map(|cell| name(cell.row, cell.column)).unwrap_or_default();
    SourcePlace::Cells {
        sheet: sheet.to_owned(),
        first: name(cells.first()),
        last: name(cells.last()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Merged;
    use super::*;
    use crate::extracted::Kind;

    fn check(rows: &[&[&str]], merged: &[Merged], expect: &str) {
        let mut sheet = Sheet::new("S".to_owned());
        sheet.merged = merged.to_vec();
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(*cells) {
                sheet.push(row, column, (*text).into(), text.parse::<f64>().is_ok());
            }
        }
        let mut writer = Writer::new(Kind::Xlsx);
        write(sheet, &mut writer);
        assert_eq!(writer.finish().text, expect);
    }

    #[test]
    fn a_table_has_its_title_above_and_its_header() {
        check(
            &[&["Ducks"], &["Year", "", "Count"], &["2019", "", "120"]],
            &[],
            "# S\n\nDucks\n\n| Year | Count |\n| --- | --- |\n| 2019 | 120 |",
        );
        check(&[&["1", "2"], &["3", "4"]], &[], "# S\n\n| 1 | 2 |\n| 3 | 4 |");
        check(&[&["a"], &["b"]], &[], "# S\n\na\n\nb");
        let merged = [Merged { first: (0, 1), last: (0, 2) }];
        check(
            &[&["", "Both", ""], &["", "x", "y"], &["a", "1", "2"]],
            &merged,
            "# S\n\nBoth\n\n|  | x | y |\n| --- | --- | --- |\n| a | 1 | 2 |",
        );
        check(
            &[&["k", "Both", ""], &["", "x", "y"], &["a", "1", "2"]],
            &merged,
            "# S\n\n| k | Both |  |\n|  | x | y |\n| --- | --- | --- |\n| a | 1 | 2 |",
        );
        check(&[], &[], "");
    }

    #[test]
    fn rows_know_their_cells() {
        let mut sheet = Sheet::new("S".to_owned());
        sheet.push(1_048_575, 16_382, "b".into(), false);
        sheet.push(1_048_575, 16_383, "c".into(), false);
        sheet.push(0, 0, "a".into(), false);
        let mut writer = Writer::new(Kind::Xlsx);
        write(sheet, &mut writer);
        let extracted = writer.finish();
        assert_eq!(extracted.text, "# S\n\na\n\n| b | c |");
        let (first, last) = ("XFC1048576".to_owned(), "XFD1048576".to_owned());
        let source = SourcePlace::Cells { sheet: "S".to_owned(), first, last };
        assert_eq!(extracted.origins[1].source, source);
    }
}
