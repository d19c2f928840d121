//! HTML. The markup is first reduced to what carries text (`reduce.rs`), then parsed as browsers
//! do, and the tree is written out as plain text with a little Markdown (`write.rs`).
//!
//! Invariant: time is linear in the bytes. The reduction bounds how deep elements nest and leaves
//! out formatting elements, which the rules for broken HTML would multiply; and no tree is walked
//! by recursion.

mod layout;
mod reduce;
mod table;
mod write;

use scraper::Html;

use super::decode::decode;
use crate::extracted::{Extracted, Kind, Properties, Warning};
use reduce::reduce;

/// Reads a web page.
pub(super) fn extract(bytes: &[u8], charset: Option<&str>) -> Extracted {
    let declared = charset.map(str::to_owned).or_else(|| declared_charset(bytes));
    let decoded = decode(bytes, declared.as_deref());
    let mut warnings = decoded.warnings;
    let reduced = reduce(&decoded.text);
    drop(decoded.text);
    if reduced.flattened > 0 {
        warnings.push(Warning::note(format!(
            "{} elements are nested deeper than {}, or are too many, and were flattened",
            reduced.flattened,
            reduce::DEEPEST
        )));
    }
    let page = Html::parse_document(&reduced.html);
    let written = write::write(&page);
    Extracted {
        marks: written.marks,
        properties: Properties { title: written.title, ..Properties::default() },
        warnings,
        ..Extracted::new(written.text, Kind::Html)
    }
}

/// The charset that the page declares of itself, within its first bytes.
fn declared_charset(bytes: &[u8]) -> Option<String> {
    const HEAD: usize = 4096;
    let head = bytes.get(..HEAD).unwrap_or(bytes).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let meta = head.match_indices("<meta").filter_map(|(at, _)| {
        let tag = head.get(at..)?.split('>').next()?;
        value_after(tag, "charset")
    });
    let xml = head
        .strip_prefix("<?xml")
        .and_then(|rest| value_after(rest.split('>').next()?, "encoding"));
    xml.or_else(|| meta.into_iter().next())
}

/// The value behind `name=`, with or without quotes.
fn value_after(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let value: String =
        value.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c)).collect();
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests;
