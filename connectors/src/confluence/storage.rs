//! Confluence's storage format (XHTML with elements of its own) becomes Markdown.
//!
//! It is read as a stream of events, each open element a frame on a stack that gathers Markdown and
//! gives it to the one around it when it closes ([`build`]). Nothing in the input is trusted: what
//! is not well-formed is read as far as it goes and text is never lost over it; depth, repeated
//! cells and attempts to go on after a fault are bounded. Bodies in Confluence's `view` form are
//! plain HTML and are read by the same means.

mod build;
mod element;
mod entity;
mod flow;
mod macros;
mod table;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use build::Builder;
use element::Tag;

/// How often reading goes on behind something that is no XML. What is left then is one text.
const FAULTS: usize = 100;

/// Display names of people by their account id or user key.
pub(super) type Names = HashMap<String, String>;

/// Where reading came to.
#[derive(Debug)]
enum Reading<'a> {
    /// The end.
    End,
    /// A `<` that begins nothing, with what is behind it.
    Text(&'a str),
    /// Something that is no XML, with what is behind its first character.
    Fault(&'a str),
}

/// The Markdown of a document: its title as the first heading, its body below, with all headings a
/// level deeper.
pub(super) fn markdown(title: &str, storage: &str, names: &Names) -> String {
    let mut builder = Builder::new(names, storage.len());
    let mut rest = storage;
    let mut faults = 0;
    loop {
        match read(rest, &mut builder) {
            Reading::End => return builder.finish(title),
            Reading::Text(behind) => rest = behind,
            Reading::Fault(behind) if faults < FAULTS => {
                rest = behind;
                faults += 1;
            }
            Reading::Fault(behind) => {
                builder.text(behind);
                return builder.finish(title);
            }
        }
    }
}

/// The people that a body mentions, by account id or user key.
pub(super) fn mentions(storage: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut reader = reader(storage);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(start) | Event::Empty(start) if start.name().0 == "ri:user" => {
                found.extend(tag(&start).person().map(str::to_owned));
            }
            _ => {}
        }
    }
    found
}

/// Reads as far as it is XML.
fn read<'a>(storage: &'a str, builder: &mut Builder<'_>) -> Reading<'a> {
    let mut reader = reader(storage);
    loop {
        let place = reader.buffer_position();
        match reader.read_event() {
            Ok(Event::Eof) => return Reading::End,
            Ok(Event::Start(start) | Event::Empty(start)) if !is_name(start.name().0) => {
                builder.text("<");
                return Reading::Text(behind(storage, place));
            }
            Ok(Event::Start(start)) => builder.start(tag(&start)),
            Ok(Event::Empty(start)) => {
                let tag = tag(&start);
                let name = tag.name.clone();
                builder.start(tag);
                builder.end(&name);
            }
            Ok(Event::End(end)) => builder.end(end.name().0),
            Ok(Event::Text(text)) => builder.text(&text),
            Ok(Event::CData(text)) => builder.text(&text),
            Ok(Event::GeneralRef(name)) => builder.text(&entity::text_of(&name)),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(_) => {
                let place = reader.error_position();
                let fault = usize::try_from(place).ok().and_then(|place| storage.get(place..));
                let first: String = fault.unwrap_or_default().chars().take(1).collect();
                builder.text(&first);
                return Reading::Fault(behind(storage, place));
            }
        }
    }
}

/// What is behind the character at a place.
fn behind(storage: &str, place: u64) -> &str {
    let rest = usize::try_from(place).ok().and_then(|place| storage.get(place..));
    let mut characters = rest.unwrap_or_default().chars();
    characters.next();
    characters.as_str()
}

/// Whether it is what an element may be called.
fn is_name(name: &str) -> bool {
    name.starts_with(|character: char| character.is_alphabetic() || character == '_')
}

fn reader(storage: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(storage);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    reader
}

fn tag(start: &BytesStart<'_>) -> Tag {
    let mut attributes = start.html_attributes();
    let attributes = attributes
        .with_checks(false)
        .flatten()
        .map(|attribute| (attribute.key.0.to_owned(), entity::unescape(&attribute.value)))
        .collect();
    Tag { name: start.name().0.to_owned(), attributes }
}
