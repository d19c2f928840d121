//! Tables. Markdown has no merged cells, so the value of one is repeated wherever it reaches: each
//! row says all that holds for it.

use std::rc::Rc;

use super::element::{Cell, CellKind};

/// The most columns that are kept apart; further ones are joined to the last.
const COLUMNS: usize = 100;

/// The most rows that a cell reaches over.
const ROWS: usize = 1_000;

/// A table; repeating values takes from the bytes that are left for that.
pub(super) fn markdown(rows: &[Vec<Cell>], repeats: &mut usize) -> String {
    let rows = spread(rows, repeats);
    let columns = rows.iter().map(|(_, row)| row.len()).max().unwrap_or_default();
    if rows.iter().all(|(_, row)| row.iter().all(String::is_empty)) {
        return String::new();
    }
    let line = |cells: &[String]| {
        let blank = String::new();
        let cells: Vec<&str> =
            (0..columns).map(|column| cells.get(column).unwrap_or(&blank).as_str()).collect();
        format!("| {} |", cells.join(" | "))
    };
    let mut lines = Vec::with_capacity(rows.len() + 2);
    let has_header = rows.first().is_some_and(|(kind, _)| *kind == CellKind::Header);
    if !has_header {
        lines.push(line(&[]));
        lines.push(rule(columns));
    }
    for (number, (_, row)) in rows.iter().enumerate() {
        lines.push(line(row));
        if has_header && number == 0 {
            lines.push(rule(columns));
        }
    }
    lines.join("\n")
}

/// The rows of a table of properties, a name and a value each: a list; none where it has another
/// form.
pub(super) fn properties(rows: &[Vec<Cell>]) -> Option<String> {
    let lines = rows.iter().map(|row| match row.as_slice() {
        [name, value] => Some(format!("- {}: {}", flat(&name.text), flat(&value.text))),
        _ => None,
    });
    lines.collect::<Option<Vec<_>>>().map(|lines| lines.join("\n"))
}

fn rule(columns: usize) -> String {
    format!("|{}", " --- |".repeat(columns))
}

/// The rows with every cell in its column; a row is a header where all its own cells are.
fn spread(rows: &[Vec<Cell>], repeats: &mut usize) -> Vec<(CellKind, Vec<String>)> {
    // What cells of earlier rows still reach over, by column.
    let mut reaching: Vec<(usize, Rc<str>)> = Vec::new();
    let mut spread = Vec::with_capacity(rows.len());
    for row in rows {
        let is_header = row.iter().any(|cell| cell.kind == CellKind::Header)
            && row.iter().all(|cell| cell.kind != CellKind::Data);
        let mut line: Vec<String> = Vec::new();
        for cell in row.iter().filter(|cell| cell.kind != CellKind::Numbering) {
            fill(&mut line, &mut reaching, repeats);
            let text: Rc<str> = in_cell(&cell.text).into();
            let columns = cell.columns.clamp(1, COLUMNS);
            for number in 0..columns {
                if line.len() >= COLUMNS {
                    append(&mut line, &text, number);
                    break;
                }
                let value = if number == 0 { text.to_string() } else { repeated(&text, repeats) };
                let column = line.len();
                if reaching.len() <= column {
                    reaching.resize(column + 1, (0, Rc::from("")));
                }
                if let Some(reach) = reaching.get_mut(column) {
                    *reach = (cell.rows.clamp(1, ROWS) - 1, Rc::clone(&text));
                }
                line.push(value);
                if column + 1 < COLUMNS && reaching.get(column + 1).is_some_and(|next| next.0 > 0) {
                    break;
                }
            }
        }
        fill(&mut line, &mut reaching, repeats);
        let kind = if is_header { CellKind::Header } else { CellKind::Data };
        spread.push((kind, line));
    }
    spread
}

/// Adds the values that reach down from rows above, up to the next free column.
fn fill(line: &mut Vec<String>, reaching: &mut [(usize, Rc<str>)], repeats: &mut usize) {
    while let Some((rows, text)) = reaching.get_mut(line.len()).filter(|(rows, _)| *rows > 0) {
        *rows -= 1;
        line.push(repeated(text, repeats));
    }
}

/// The text of a cell that has no column of its own.
fn append(line: &mut [String], text: &str, number: usize) {
    if let Some(last) = line.last_mut()
        && number == 0
    {
        last.push(' ');
        last.push_str(text);
    }
}

fn repeated(text: &str, repeats: &mut usize) -> String {
    match repeats.checked_sub(text.len() + 3) {
        Some(left) => {
            *repeats = left;
            text.to_owned()
        }
        None => String::new(),
    }
}

fn in_cell(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("<br>").replace('|', "\\|")
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
