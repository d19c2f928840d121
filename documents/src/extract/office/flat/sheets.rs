//! Workbooks in the XML of Excel 2003.

use std::rc::Rc;

use crate::extract::office::link::link;
use crate::extract::office::sheet::{self, Formats, Merged, Sheet};
use crate::extract::office::xml::{Node, Tree};
use crate::extracted::{Extracted, Kind, Warning};
use crate::writer::Writer;

/// Excel's rows and columns.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// Numbers of formats from here on are free to be given.
const FIRST_FORMAT: u32 = 1000;

/// The formats that cells name by their style.
struct Styles {
    names: Vec<String>,
    formats: Formats,
}

/// Reads a workbook.
pub(super) fn read(tree: &Tree<'_>) -> Extracted {
    let mut writer = Writer::new(Kind::Xlsx);
    let root = tree.root();
    let styles = Styles::of(root.and_then(|root| root.child("Styles")));
    let mut hidden = Vec::new();
    for worksheet in root.into_iter().flat_map(Node::children).filter(|node| node.is("Worksheet")) {
        let name = worksheet.attribute("Name").unwrap_or_default().into_owned();
        let options = worksheet.child("WorksheetOptions");
        let visible = options.and_then(|options| options.child("Visible")).map(Node::text);
        if visible.is_some_and(|visible| visible.starts_with("SheetHidden")) {
            hidden.push(name);
            continue;
        }
        let mut sheet = Sheet::new(name);
        if let Some(table) = worksheet.child("Table") {
            rows(table, &styles, &mut sheet);
        }
        sheet::write(sheet, &mut writer);
        if writer.is_full() {
            break;
        }
    }
    sheet::write_hidden(&hidden, &mut writer);
    super::describe(root, &mut writer);
    if tree.is_cut() {
        writer.warn(Warning::loss("the file is damaged or too large; what stands before is here"));
    }
    writer.finish()
}

fn rows(table: Node<'_>, styles: &Styles, sheet: &mut Sheet) {
    let mut row = 0_u32;
    for node in table.children().filter(|node| node.is("Row")) {
        row = index(node).unwrap_or(row);
        if row >= ROWS {
            break;
        }
        let mut column = 0_u32;
        for cell in node.children().filter(|node| node.is("Cell")) {
            column = index(cell).unwrap_or(column);
            if column >= COLUMNS {
                break;
            }
            let number =
                |name| cell.attribute(name).and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
            let (across, down) = (number("MergeAcross"), number("MergeDown"));
            if across > 0 || down > 0 {
                let last = (row.saturating_add(down), column.saturating_add(across));
                sheet.merged.push(Merged { first: (row, column), last });
            }
            self::cell(cell, (row, column), styles, sheet);
            column = column.saturating_add(across).saturating_add(1);
        }
        row += 1;
    }
}

/// The row or the column that an element says it stands in.
fn index(node: Node<'_>) -> Option<u32> {
    node.attribute("Index")?.parse::<u32>().ok()?.checked_sub(1)
}

fn cell(node: Node<'_>, (row, column): (u32, u32), styles: &Styles, sheet: &mut Sheet) {
    if let Some(data) = node.child("Data") {
        let text = data.text();
        let style = node.attribute("StyleID").unwrap_or_default();
        let (mut text, is_number) = match data.attribute("Type").as_deref() {
            Some("Number") => match text.trim().parse() {
                Ok(number) => (styles.show(number, &style), true),
                Err(_) => (text, false),
            },
            Some("DateTime") => (date(&text), true),
            Some("Boolean") => {
                (if text.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(), false)
            }
            _ => (text, false),
        };
        link(&mut text, 0, &node.attribute("HRef").unwrap_or_default());
        sheet.push(row, column, Rc::from(text), is_number);
    }
    if let Some(comment) = node.child("Comment").and_then(|comment| comment.child("Data")) {
        let text = comment.text().trim().to_owned();
        if !text.is_empty() {
            sheet.comments.push((sheet::name(row, column), text));
        }
    }
}

/// A day as it is written, or a day and a time: `2024-01-31T00:00:00.000`.
fn date(text: &str) -> String {
    let text = text.trim().trim_end_matches(".000");
    text.trim_end_matches("T00:00:00").replace('T', " ")
}

impl Styles {
    fn of(node: Option<Node<'_>>) -> Self {
        let (mut names, mut formats) = (Vec::new(), Vec::new());
        for style in node.into_iter().flat_map(Node::children).filter(|node| node.is("Style")) {
            let format = style.child("NumberFormat").and_then(|format| format.attribute("Format"));
            names.push(style.attribute("ID").unwrap_or_default().into_owned());
            formats.push(code(&format.unwrap_or_default()).to_owned());
        }
        let ids: Vec<u32> = (FIRST_FORMAT..).take(formats.len()).collect();
        let custom: Vec<(u32, String)> = ids.iter().copied().zip(formats).collect();
        Self { names, formats: Formats::new(&ids, &custom, false) }
    }

    fn show(&self, number: f64, style: &str) -> String {
        let place = self.names.iter().position(|name| name == style);
        self.formats.show(number, place.unwrap_or(usize::MAX))
    }
}

/// The code of a format that has a name.
fn code(format: &str) -> &str {
    match format {
        "Percent" => "0.00%",
        "Fixed" => "0.00",
        "Standard" | "Currency" | "Euro Currency" => "#,##0.00",
        "Scientific" => "0.00E+00",
        "" | "General Number" => "General",
        code => code,
    }
}
