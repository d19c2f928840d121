//! The cells of a sheet in XML, read event by event: sheets may be larger than any tree of them.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

use super::{MOST_OF_SHEET, Workbook};
use crate::extract::office::package::{Package, Relations};
use crate::extract::office::sheet::{MOST_STRINGS, Merged, Sheet, place};

/// Excel's rows and columns.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// Merged areas and links beyond these are not looked at.
const MOST_NOTED: usize = 100_000;

/// A cell that is being read.
#[derive(Debug, Default)]
struct Open {
    row: u32,
    column: u32,
    kind: String,
    style: usize,
    value: String,
    text: String,
}

/// The texts that all sheets refer to by their number.
pub(super) fn strings(package: &mut Package<'_>, part: &str) -> Vec<Rc<str>> {
    let mut strings = Vec::new();
    let Ok(entry) = package.archive.entry(part, MOST_OF_SHEET) else { return strings };
    let mut text = String::new();
    let (mut is_text, mut is_reading) = (false, false);
    events(BufReader::new(entry), |event| match event {
        _ if strings.len() >= MOST_STRINGS => {}
        Event::Start(tag) => match local(tag) {
            "t" => is_text = true,
            // How Japanese is pronounced is not part of it.
            "rPh" => is_reading = true,
            _ => {}
        },
        Event::Empty(tag) if local(tag) == "si" => strings.push("".into()),
        Event::End(tag) => match tag.local_name().as_ref() {
            "t" => is_text = false,
            "rPh" => is_reading = false,
            "si" => strings.push(std::mem::take(&mut text).into()),
            _ => {}
        },
        event if is_text && !is_reading => push(event, &mut text),
        _ => {}
    });
    strings
}

/// Reads a sheet.
pub(super) fn read(
    package: &mut Package<'_>,
    part: &str,
    relations: &Relations,
    workbook: &Workbook,
    sheet: &mut Sheet,
) {
    let Ok(entry) = package.archive.entry(part, MOST_OF_SHEET) else { return };
    let mut links: HashMap<(u32, u32), String> = HashMap::new();
    let (mut row, mut column) = (0, 0);
    let mut cell: Option<Open> = None;
    let mut within = Within::Nothing;
    events(BufReader::new(entry), |event| match event {
        Event::Start(tag) | Event::Empty(tag) => {
            let is_start = matches!(event, Event::Start(_));
            match local(tag) {
                "row" => {
                    let number = attribute(tag, "r").and_then(|row| row.parse::<u32>().ok());
                    row = number.map_or(row, |number| number.saturating_sub(1)).min(ROWS);
                    column = 0;
                }
                "c" => {
                    let name = attribute(tag, "r").and_then(|name| place(&name));
                    let (at, next) = name.unwrap_or((row, column));
                    if at < ROWS && next < COLUMNS {
                        (row, column) = (at, next + 1);
                        cell = is_start.then(|| Open {
                            row: at,
                            column: next,
                            kind: attribute(tag, "t").unwrap_or_default(),
                            style: attribute(tag, "s").and_then(|s| s.parse().ok()).unwrap_or(0),
                            ..Open::default()
                        });
                    }
                }
                "v" if is_start => within = Within::Value,
                "t" if is_start && within == Within::Nothing => within = Within::Text,
                "rPh" if is_start => within = Within::Reading,
                "mergeCell" if sheet.merged.len() < MOST_NOTED => {
                    sheet.merged.extend(attribute(tag, "ref").and_then(|area| merged(&area)));
                }
                "hyperlink" if links.len() < MOST_NOTED => {
                    let id = attribute(tag, "id").unwrap_or_default();
                    let target = relations.get(&id).filter(|relation| relation.is_external);
                    let cell = attribute(tag, "ref").and_then(|name| place(&name));
                    links.extend(cell.zip(target.map(|relation| relation.target.clone())));
                }
                _ => {}
            }
        }
        Event::End(tag) => match tag.local_name().as_ref() {
            "c" => {
                if let Some(cell) = cell.take() {
                    close(cell, workbook, sheet);
                }
            }
            "row" => row = row.saturating_add(1),
            "v" | "t" if within != Within::Reading => within = Within::Nothing,
            "rPh" => within = Within::Nothing,
            _ => {}
        },
        event => match (&mut cell, within) {
            (Some(cell), Within::Value) => push(event, &mut cell.value),
            (Some(cell), Within::Text) => push(event, &mut cell.text),
            _ => {}
        },
    });
    sheet.link(&links);
}

/// What characters belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Value,
    Text,
    Reading,
}

fn close(cell: Open, workbook: &Workbook, sheet: &mut Sheet) {
    let Open { row, column, kind, style, value, text } = cell;
    let (text, is_number): (Rc<str>, bool) = match kind.as_str() {
        "s" => {
            let string = value.trim().parse().ok().and_then(|i: usize| workbook.strings.get(i));
            (string.map(Rc::clone).unwrap_or_default(), false)
        }
        "inlineStr" => (text.into(), false),
        "b" => (if value.trim() == "1" { "TRUE" } else { "FALSE" }.into(), false),
        "str" | "e" => (value.into(), false),
        "d" => (value.trim_end_matches("T00:00:00").into(), true),
        _ => match value.trim().parse() {
            Ok(number) => (workbook.formats.show(number, style).into(), true),
            Err(_) => (value.into(), false),
        },
    };
    sheet.push(row, column, text, is_number);
}

/// Calls back with each event until the part ends, or is no longer XML.
fn events(source: impl BufRead, mut take: impl FnMut(&Event<'_>)) {
    let mut reader = Reader::from_reader(source);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut buffer = Vec::new();
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        if matches!(event, Event::Eof) {
            break;
        }
        take(&event);
        buffer.clear();
    }
}

fn local<'e>(tag: &'e BytesStart<'_>) -> &'e str {
    tag.local_name().into_inner()
}

/// An attribute by its name without a prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let attributes = attributes.with_checks(false).flatten();
    let mut found = attributes.filter(|found| found.key.local_name().as_ref() == name);
    found.next().map(|found| match unescape(&found.value) {
        Ok(value) => value.into_owned(),
        Err(_) => found.value.to_string(),
    })
}

fn push(event: &Event<'_>, out: &mut String) {
    match event {
        Event::Text(text) => out.push_str(text),
        Event::CData(text) => out.push_str(text),
        Event::GeneralRef(reference) => {
            if let Ok(Some(character)) = reference.resolve_char_ref() {
                out.push(character);
            } else {
                out.push_str(resolve_predefined_entity(reference).unwrap_or_default());
            }
        }
        _ => {}
    }
}

fn merged(area: &str) -> Option<Merged> {
    let (first, last) = area.split_once(':')?;
    Some(Merged { first: place(first)?, last: place(last)? })
}
