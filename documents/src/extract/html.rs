//! HTML. The markup is first reduced to what carries text (`reduce.rs`), then parsed as browsers
//! do (`page.rs`); what a reader came for is found (`choice.rs`), and written out as Markdown
//! (`write.rs`).
//!
//! Invariant: time is linear in the bytes. How deep elements nest and how many there are is
//! bounded, and no tree is walked by recursion.

mod choice;
mod layout;
mod links;
mod page;
mod properties;
mod reduce;
mod selector;
mod table;
mod write;

use super::decode::decode;
use crate::extracted::{Extracted, Warning};
use choice::Choice;
use links::Base;
use page::Page;
use properties::Data;
use reduce::reduce;

/// Reads a web page: what its readers come for, without navigation and the like. Its name may be
/// its address.
pub(super) fn extract(bytes: &[u8], charset: Option<&str>, name: &str) -> Extracted {
    read(bytes, charset, name, Choice::main)
}

/// Reads a page that is all there for its readers: the body of a message, a chapter of a book.
pub(super) fn extract_whole(bytes: &[u8], charset: Option<&str>) -> Extracted {
    read(bytes, charset, "", |page, _, _, _| Choice::whole(page))
}

fn read(
    bytes: &[u8],
    charset: Option<&str>,
    name: &str,
    choose: impl Fn(&Page, &Data, &Base, Option<usize>) -> Choice,
) -> Extracted {
    let declared = charset.map(str::to_owned).or_else(|| declared_charset(bytes));
    let decoded = decode(bytes, declared.as_deref());
    let reduced = reduce(&decoded.text);
    let page = Page::parse(&reduced.html);
    let data = Data::read(&reduced.data);
    let base = Base::of(&page, name);
    let headline = properties::headline(&page);
    let choice = choose(&page, &data, &base, headline);
    let mut writer = write::write(&page, &choice, &base);
    *writer.properties() = properties::read(&page, &data, &base, headline);
    for warning in decoded.warnings {
        writer.warn(warning);
    }
    if page.flattened > 0 {
        writer.warn(Warning::note(format!(
            "{} elements are nested deeper than {}, or are too many, and were flattened",
            page.flattened,
            page::DEEPEST
        )));
    }
    writer.finish()
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
