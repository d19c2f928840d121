//! Workbooks in binary parts (`.xlsb`): records of a type, a length and so many bytes.

use std::rc::Rc;

use super::{Listed, MOST_OF_SHEET, Workbook};
use crate::extract::little::{long, short, utf16, wide};
use crate::extract::office::package::{Package, Relations};
use crate::extract::office::sheet::{Formats, MOST_STRINGS, Merged, Sheet};
use crate::extracted::ExtractError;

/// The sheets of a workbook, and what they use.
pub(super) fn workbook(
    package: &mut Package<'_>,
    relations: &Relations,
    strings: &str,
    styles: &str,
) -> Result<(Vec<Listed>, Workbook), ExtractError> {
    // The part itself has to be there; what is wrong with it otherwise leaves less text.
    package.main("xl/workbook.bin")?;
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    let bytes = read_part(package, "xl/workbook.bin");
    for (kind, record) in Records(&bytes) {
        match kind {
            // BrtWbProp
            153 => is_1904 = record.first().is_some_and(|flags| flags & 1 != 0),
            // BrtBundleSh
            156 => sheets.extend(listed(record, relations)),
            _ => {}
        }
    }
    let mut custom = Vec::new();
    let mut ids = Vec::new();
    let mut are_cells = false;
    let bytes = read_part(package, styles);
    for (kind, record) in Records(&bytes) {
        match kind {
            // BrtFmt
            44 => {
                let code = string(record.get(2..).unwrap_or_default());
                custom.extend(
                    short(record, 0).zip(code).map(|(id, (code, _))| (u32::from(id), code)),
                );
            }
            // BrtBeginCellXFs, BrtEndCellXFs
            617 => are_cells = true,
            618 => are_cells = false,
            // BrtXF
            47 if are_cells => ids.push(u32::from(short(record, 2).unwrap_or(0))),
            _ => {}
        }
    }
    let bytes = read_part(package, strings);
    let strings =
        Records(&bytes).filter(|(kind, _)| *kind == 19).take(MOST_STRINGS).map(|(_, record)| {
            let text = string(record.get(1..).unwrap_or_default());
            text.map(|(text, _)| Rc::from(text)).unwrap_or_default()
        });
    let formats = Formats::new(&ids, &custom, is_1904);
    Ok((sheets, Workbook { strings: strings.collect(), formats }))
}

fn listed(record: &[u8], relations: &Relations) -> Option<Listed> {
    let is_hidden = long(record, 0)? != 0;
    let (id, rest) = string(record.get(8..)?)?;
    let (name, _) = string(rest)?;
    Some(Listed { name, part: relations.get(&id)?.target.clone(), is_hidden })
}

/// Reads a sheet.
pub(super) fn read(package: &mut Package<'_>, part: &str, workbook: &Workbook, sheet: &mut Sheet) {
    let bytes = read_part(package, part);
    let mut row = 0;
    for (kind, record) in Records(&bytes) {
        match kind {
            // BrtRowHdr
            0 => row = long(record, 0).unwrap_or(row),
            2..=11 => {
                cell(kind, row, record, workbook, sheet);
            }
            // BrtMergeCell
            176 => {
                let at = |place| long(record, place).unwrap_or(0);
                sheet.merged.push(Merged { first: (at(0), at(8)), last: (at(4), at(12)) });
            }
            _ => {}
        }
    }
}

fn cell(kind: u32, row: u32, record: &[u8], workbook: &Workbook, sheet: &mut Sheet) -> Option<()> {
    let column = long(record, 0)?;
    let style = usize::try_from(long(record, 4)? & 0x00ff_ffff).ok()?;
    let value = record.get(8..)?;
    let shown = |number| Rc::from(workbook.formats.show(number, style));
    let (text, is_number) = match kind {
        // BrtCellRk
        2 => (shown(rk(long(value, 0)?)), true),
        // BrtCellError, BrtFmlaError
        3 | 11 => (error(*value.first()?).into(), false),
        // BrtCellBool, BrtFmlaBool
        4 | 10 => (if *value.first()? == 0 { "FALSE" } else { "TRUE" }.into(), false),
        // BrtCellReal, BrtFmlaNum
        5 | 9 => (shown(f64::from_bits(wide(value, 0)?)), true),
        // BrtCellSt, BrtFmlaString
        6 | 8 => (string(value)?.0.into(), false),
        // BrtCellIsst
        7 => (Rc::clone(workbook.strings.get(usize::try_from(long(value, 0)?).ok()?)?), false),
        _ => return None,
    };
    sheet.push(row, column, text, is_number);
    Some(())
}

/// A number in four bytes: an integer or the upper half of a float, perhaps of a hundredth.
pub(in crate::extract::office) fn rk(bits: u32) -> f64 {
    let number = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { number } else { number / 100.0 }
}

/// What a cell shows for an error.
pub(in crate::extract::office) fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

fn read_part(package: &mut Package<'_>, part: &str) -> Vec<u8> {
    package.archive.read(part, MOST_OF_SHEET).unwrap_or_default()
}

/// The records of a part.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = self.number(2)?;
        let length = usize::try_from(self.number(4)?).ok()?;
        let (record, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some((kind, record))
    }
}

impl Records<'_> {
    /// A number of up to `most` bytes, seven bits in each, the last without the highest.
    fn number(&mut self, most: u32) -> Option<u32> {
        let mut number = 0;
        for place in 0..most {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u32::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(number)
    }
}

/// A text with its length before it, and what follows it.
fn string(bytes: &[u8]) -> Option<(String, &[u8])> {
    let length = usize::try_from(long(bytes, 0)?).ok()?.checked_mul(2)?;
    let (units, rest) = bytes.get(4..)?.split_at_checked(length)?;
    Some((utf16(units), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_have_types_of_one_byte_or_two() {
        let bytes = [5, 1, 0xaa, 0xe9, 0x04, 0, 0x9c, 0x01, 2, 1, 2, 7, 9, 1];
        let found: Vec<_> = Records(&bytes).collect();
        assert_eq!(found, [(5, &[0xaa][..]), (617, &[]), (156, &[1, 2])]);
    }

    #[test]
    fn numbers_of_four_bytes() {
        let check = |bits, expect: f64| assert_eq!(rk(bits).to_bits(), expect.to_bits(), "{bits}");
        check(0x3ff0_0000, 1.0);
        check((5 << 2) | 2, 5.0);
        check(u32::MAX << 2 | 3, -0.01);
    }
}
