//! Workbooks of Excel: `.xlsx`, `.xlsm`, and the binary `.xlsb`.

mod binary;
mod cells;
mod extras;

use std::rc::Rc;

use super::package::{Package, Relations, last};
use super::sheet::{self, Formats, Sheet};
use super::xml::{Node, Tree};
use crate::extracted::{ExtractError, Extracted, Kind};
use crate::writer::Writer;

pub(super) use binary::{error, rk};

/// The most bytes of a sheet that are read: more than makes a text of the allowed size.
const MOST_OF_SHEET: u64 = 256 << 20;

/// Sheets beyond these are left out.
const MOST_SHEETS: usize = 1_000;

/// What all sheets of a workbook use.
#[derive(Debug, Default)]
struct Workbook {
    /// Texts that cells refer to by their number.
    strings: Vec<Rc<str>>,
    formats: Formats,
}

/// A sheet that the workbook lists.
#[derive(Debug, PartialEq, Eq)]
struct Listed {
    name: String,
    part: String,
    is_hidden: bool,
}

/// Reads a workbook.
pub(in crate::extract) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let mut package = Package::open(bytes, Kind::Xlsx)?;
    let mut writer = Writer::new(Kind::Xlsx);
    let main = package.main_part("xl/workbook.xml");
    let is_binary = last(&main) == "workbook.bin" || !package.archive.contains(&main);
    let relations = package.relations(if is_binary { "xl/workbook.bin" } else { &main });
    let part = |kind: &str| {
        let relation = relations.values().find(|relation| relation.kind == kind);
        relation.map(|relation| relation.target.clone()).unwrap_or_default()
    };
    let (strings, styles) = (part("sharedStrings"), part("styles"));
    let (sheets, workbook) = if is_binary {
        binary::workbook(&mut package, &relations, &strings, &styles)?
    } else {
        let text = package.main(&main)?;
        let (sheets, is_1904) = sheets(&text, &relations, &package);
        let formats = formats(&package.part(&styles), is_1904);
        (sheets, Workbook { strings: cells::strings(&mut package, &strings), formats })
    };
    let mut hidden = Vec::new();
    for Listed { name, part, is_hidden } in sheets.into_iter().take(MOST_SHEETS) {
        if is_hidden {
            hidden.push(name);
            continue;
        }
        let relations = package.relations(&part);
        let mut sheet = Sheet::new(name);
        if is_binary {
            binary::read(&mut package, &part, &workbook, &mut sheet);
        } else {
            cells::read(&mut package, &part, &relations, &workbook, &mut sheet);
        }
        extras::add(&mut package, &relations, &mut sheet);
        sheet::write(sheet, &mut writer);
        if writer.is_full() {
            break;
        }
    }
    sheet::write_hidden(&hidden, &mut writer);
    package.describe(&mut writer);
    Ok(writer.finish())
}

/// The sheets of a workbook in their order, and whether it counts days from 1904.
fn sheets(text: &str, relations: &Relations, package: &Package<'_>) -> (Vec<Listed>, bool) {
    let tree = Tree::parse(text);
    let root = tree.root();
    let is_1904 = root.and_then(|root| root.child("workbookPr")?.attribute("date1904"));
    let list = root.and_then(|root| root.child("sheets"));
    let sheets = list.into_iter().flat_map(Node::children).filter_map(|node| {
        let id = node.prefixed("id")?;
        let part = relations.get(id.as_ref())?.target.clone();
        let name = node.attribute("name").unwrap_or_default().into_owned();
        let state = node.attribute("state");
        let is_hidden = matches!(state.as_deref(), Some("hidden" | "veryHidden"));
        Some(Listed { name, part, is_hidden })
    });
    let mut sheets: Vec<Listed> = sheets.collect();
    if sheets.is_empty() {
        let names = package.archive.names().filter(|name| name.starts_with("xl/worksheets/sheet"));
        sheets = names
            .map(|part| Listed {
                name: last(part).to_owned(),
                part: part.to_owned(),
                is_hidden: false,
            })
            .collect();
    }
    (sheets, matches!(is_1904.as_deref(), Some("1" | "true")))
}

/// The formats of the styles that cells name.
fn formats(text: &str, is_1904: bool) -> Formats {
    let tree = Tree::parse(text);
    let Some(root) = tree.root() else { return Formats::default() };
    let custom = root.child("numFmts").into_iter().flat_map(Node::children);
    let custom: Vec<(u32, String)> = custom
        .filter_map(|node| {
            let id = node.attribute("numFmtId")?.parse().ok()?;
            Some((id, node.attribute("formatCode")?.into_owned()))
        })
        .collect();
    let styles = root.child("cellXfs").into_iter().flat_map(Node::children);
    let ids: Vec<u32> = styles
        .map(|node| node.attribute("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0))
        .collect();
    Formats::new(&ids, &custom, is_1904)
}
