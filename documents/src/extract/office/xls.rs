//! Workbooks of Excel before 2007: a stream of records within a compound file (BIFF 5 to 8).

mod links;
mod record;
mod text;

use std::collections::HashMap;
use std::rc::Rc;

use encoding_rs::Encoding;

use super::sheet::{self, Formats, Merged, Sheet};
use super::xlsx::{error, rk};
use crate::extract::compound::{Compound, objects};
use crate::extract::little::{long, short, wide};
use crate::extracted::{ExtractError, Extracted, Kind, Warning};
use crate::writer::Writer;
use record::{Record, Records};

/// Sheets beyond these are left out.
const MOST_SHEETS: usize = 1_000;

/// Links beyond these are not looked at.
const MOST_LINKS: usize = 100_000;

/// What all sheets use.
#[derive(Debug)]
struct Workbook {
    sheets: Vec<Listed>,
    strings: Vec<Rc<str>>,
    formats: Formats,
    encoding: &'static Encoding,
    /// Whether texts are Unicode: BIFF 8.
    is_unicode: bool,
}

/// A sheet that the workbook lists.
#[derive(Debug)]
struct Listed {
    name: String,
    /// Where its records begin.
    start: usize,
    is_hidden: bool,
}

impl Workbook {
    /// A text whose length stands before it in two bytes.
    fn text(&self, bytes: &[u8]) -> Option<String> {
        if self.is_unicode { text::long(bytes) } else { text::bytes(bytes, 2, self.encoding) }
    }
}

/// Reads a workbook.
pub(in crate::extract) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let mut compound = Compound::open(bytes, Kind::Xls)?;
    let stream = compound.read("/Workbook").or_else(|| compound.read("/Book"));
    let missing = || ExtractError::damaged(Kind::Xls, "it holds no workbook");
    let stream = stream.ok_or_else(missing)?;
    let workbook = workbook(&stream)?;
    let mut writer = Writer::new(Kind::Xls);
    let mut hidden = Vec::new();
    for listed in workbook.sheets.iter().take(MOST_SHEETS) {
        if listed.is_hidden {
            hidden.push(listed.name.clone());
            continue;
        }
        let mut sheet = Sheet::new(listed.name.clone());
        let records = stream.get(listed.start..).unwrap_or_default();
        if !read(records, &workbook, &mut sheet) {
            writer.warn(Warning::loss(format!("the sheet {} is damaged", listed.name)));
        }
        sheet::write(sheet, &mut writer);
        if writer.is_full() {
            break;
        }
    }
    sheet::write_hidden(&hidden, &mut writer);
    writer.properties().attachments = objects(&mut compound, "", "MBD");
    compound.loss().into_iter().for_each(|loss| writer.warn(loss));
    Ok(writer.finish())
}

/// Reads what stands before the sheets.
fn workbook(stream: &[u8]) -> Result<Workbook, ExtractError> {
    let damaged = ExtractError::damaged(Kind::Xls, "its workbook does not begin as one");
    let mut records = Records::new(stream);
    let version = match records.next() {
        Some(record) if record.kind == record::BEGIN => short(record.bytes, 0).ok_or(damaged)?,
        _ => return Err(damaged),
    };
    let is_unicode = version >= 0x0600;
    let mut encoding = encoding_rs::WINDOWS_1252;
    let (mut sheets, mut strings, mut is_1904) = (Vec::new(), Vec::new(), false);
    let (mut ids, mut custom) = (Vec::new(), Vec::new());
    for record in records {
        let Record { kind, bytes, .. } = record;
        match kind {
            record::END => break,
            record::LOCKED => return Err(ExtractError::Locked { kind: Kind::Xls }),
            record::ENCODING => encoding = text::encoding(short(bytes, 0).unwrap_or_default()),
            record::DATES => is_1904 = short(bytes, 0) == Some(1),
            record::FORMAT => {
                let rest = bytes.get(2..).unwrap_or_default();
                let code =
                    if is_unicode { text::long(rest) } else { text::bytes(rest, 1, encoding) };
                custom.extend(short(bytes, 0).map(u32::from).zip(code));
            }
            record::STYLE => ids.push(u32::from(short(bytes, 2).unwrap_or_default())),
            record::SHEET => sheets.extend(listed(bytes, is_unicode, encoding)),
            record::STRINGS => strings = text::shared(&record),
            _ => {}
        }
    }
    let formats = Formats::new(&ids, &custom, is_1904);
    Ok(Workbook { sheets, strings, formats, encoding, is_unicode })
}

fn listed(bytes: &[u8], is_unicode: bool, encoding: &'static Encoding) -> Option<Listed> {
    let start = usize::try_from(long(bytes, 0)?).ok()?;
    let is_hidden = bytes.get(4)? & 3 != 0;
    // Charts and macros have sheets of their own.
    let is_sheet = *bytes.get(5)? == 0;
    let name = bytes.get(6..)?;
    let name = if is_unicode { text::short(name) } else { text::bytes(name, 1, encoding) }?;
    is_sheet.then_some(Listed { name, start, is_hidden })
}

/// Reads a sheet; whether it has an end.
fn read(records: &[u8], workbook: &Workbook, sheet: &mut Sheet) -> bool {
    let mut links = HashMap::new();
    let is_whole = read_records(records, workbook, sheet, &mut links);
    sheet.link(&links);
    is_whole
}

fn read_records(
    records: &[u8],
    workbook: &Workbook,
    sheet: &mut Sheet,
    links: &mut HashMap<(u32, u32), String>,
) -> bool {
    let mut depth = 0_usize;
    let mut formula = None;
    for record in Records::new(records) {
        match record.kind {
            record::BEGIN => depth += 1,
            record::END if depth <= 1 => return true,
            record::END => depth -= 1,
            // A chart on the sheet has cells that are none.
            _ if depth > 1 => {}
            record::RESULT => {
                let text = workbook.text(record.bytes);
                if let (Some((row, column)), Some(text)) = (formula.take(), text) {
                    sheet.push(row, column, text.into(), false);
                }
            }
            record::MERGED => {
                for area in record.bytes.get(2..).unwrap_or_default().chunks_exact(8) {
                    let at = |place| u32::from(short(area, place).unwrap_or_default());
                    sheet.merged.push(Merged { first: (at(0), at(4)), last: (at(2), at(6)) });
                }
            }
            record::LINK if links.len() < MOST_LINKS => links.extend(links::read(record.bytes)),
            record::BOX => sheet.boxes.extend(text::of_box(&record)),
            _ => {
                let found = cell(&record, workbook, sheet);
                formula = found.filter(|_| record.kind == record::FORMULA).or(formula);
            }
        }
    }
    false
}

/// Reads a cell, or several; the place of a formula whose text follows.
fn cell(record: &Record<'_>, workbook: &Workbook, sheet: &mut Sheet) -> Option<(u32, u32)> {
    let bytes = record.bytes;
    let (row, column) = (u32::from(short(bytes, 0)?), u32::from(short(bytes, 2)?));
    let style = usize::from(short(bytes, 4)?);
    let shown = |number, style| Rc::from(workbook.formats.show(number, style));
    let float = |at: usize| wide(bytes, at).map(f64::from_bits);
    let truth = |value: u8| Rc::from(if value == 0 { "FALSE" } else { "TRUE" });
    match record.kind {
        record::SHARED_TEXT => {
            let text = workbook.strings.get(usize::try_from(long(bytes, 6)?).ok()?)?;
            sheet.push(row, column, Rc::clone(text), false);
        }
        record::TEXT | record::RICH_TEXT => {
            let rest = bytes.get(6..)?;
            let text = workbook.text(rest);
            sheet.push(row, column, text?.into(), false);
        }
        record::NUMBER => sheet.push(row, column, shown(float(6)?, style), true),
        record::SHORT_NUMBER => sheet.push(row, column, shown(rk(long(bytes, 6)?), style), true),
        record::SHORT_NUMBERS => {
            let numbers = bytes.get(4..bytes.len().checked_sub(2)?)?.chunks_exact(6);
            for (column, number) in (column..).zip(numbers) {
                let style = usize::from(short(number, 0)?);
                sheet.push(row, column, shown(rk(long(number, 2)?), style), true);
            }
        }
        record::TRUTH => match (*bytes.get(6)?, *bytes.get(7)?) {
            (value, 0) => sheet.push(row, column, truth(value), false),
            (code, _) => sheet.push(row, column, error(code).into(), false),
        },
        record::FORMULA => match (bytes.get(12..14)?, *bytes.get(6)?) {
            ([0xff, 0xff], 0) => return Some((row, column)),
            ([0xff, 0xff], 1) => sheet.push(row, column, truth(*bytes.get(8)?), false),
            ([0xff, 0xff], 2) => sheet.push(row, column, error(*bytes.get(8)?).into(), false),
            ([0xff, 0xff], _) => {}
            _ => sheet.push(row, column, shown(float(6)?, style), true),
        },
        _ => {}
    }
    None
}
