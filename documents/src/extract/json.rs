//! JSON, one value or a value on each line, as an outline that a reader can follow.
//!
//! Invariant: a file that is no JSON after all is read as the text that it is.

mod reader;

use std::borrow::Cow;

use super::decode::decode_exact;
use super::text;
use crate::extracted::{Extracted, Kind, Warning};
use crate::writer::Writer;
use reader::read;

/// So many bad lines are named one by one.
const MOST_NAMED: usize = 10;

/// Reads a JSON value; several of them, one after the other on lines, as [`extract_lines`] does.
pub(super) fn extract(bytes: &[u8], charset: Option<&str>) -> Extracted {
    let exact = decode_exact(bytes, charset);
    match read(&exact.text) {
        Ok(outline) => {
            let mut writer = Writer::new(Kind::Json);
            exact.warnings.iter().for_each(|warning| writer.warn(warning.clone()));
            outline.write(&exact, &mut writer);
            writer.finish()
        }
        Err(_) if is_lines(&exact.text) => extract_lines(bytes, charset),
        Err(fault) => {
            let mut extracted = text::extract(bytes, charset);
            extracted.warnings.push(Warning::note(format!(
                "it is no valid JSON ({}), and was read as plain text",
                fault.within(&exact.text)
            )));
            extracted
        }
    }
}

/// Reads a JSON value from each line. A line that is none is kept as it is.
pub(super) fn extract_lines(bytes: &[u8], charset: Option<&str>) -> Extracted {
    let exact = decode_exact(bytes, charset);
    let mut writer = Writer::new(Kind::JsonLines);
    exact.warnings.iter().for_each(|warning| writer.warn(warning.clone()));
    let mut at = 0;
    let mut faults = 0;
    for (index, line) in exact.text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let record = line.trim();
        if record.is_empty() {
            continue;
        }
        let start = start + (line.len() - line.trim_start().len());
        let lines = match read(record) {
            Ok(outline) => {
                outline.warning().into_iter().for_each(|warning| writer.warn(warning));
                Cow::Owned(outline.lines())
            }
            Err(fault) => {
                faults += 1;
                if faults <= MOST_NAMED {
                    let line = index + 1;
                    let what = fault.what;
                    writer.warn(Warning::note(format!(
                        "line {line} is no valid JSON ({what}), and was kept as it is"
                    )));
                }
                Cow::Borrowed(record)
            }
        };
        writer.paragraph(&lines, exact.place(&(start..start + record.len())));
        if writer.is_full() {
            break;
        }
    }
    if faults > MOST_NAMED {
        let more = faults - MOST_NAMED;
        writer.warn(Warning::note(format!("{more} more lines are no valid JSON")));
    }
    writer.finish()
}

/// Whether the first two lines are values by themselves.
fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2);
    let is_value = |line: Option<&str>| {
        line.is_some_and(|line| line.starts_with(['{', '[']) && read(line).is_ok())
    };
    is_value(lines.next()) && is_value(lines.next())
}

#[cfg(test)]
mod tests;
