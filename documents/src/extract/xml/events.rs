//! The elements and texts of an XML file, one after the other, with entities put in their place.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// All entities of a file together give no more bytes than this.
const MOST_EXPANDED: usize = 1 << 20;

/// What a file is made of.
pub(super) enum Part<'a> {
    /// An element begins; where its tag begins and ends.
    Open { tag: Tag<'a>, start: usize, end: usize },
    /// The element that was opened last ends; where its end tag begins and ends.
    Close { start: usize, end: usize },
    /// Text within it.
    Text(Cow<'a, str>),
}

/// The beginning of an element.
pub(super) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Its name without a namespace's prefix.
    pub(super) fn name(&self) -> String {
        self.0.local_name().as_ref().to_owned()
    }

    /// Its attributes that say something of the content.
    pub(super) fn attributes(&self) -> Vec<(String, String)> {
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false).flatten().filter_map(|attribute| {
            let name = attribute.key.as_ref().to_owned();
            let is_technical =
                ["xmlns", "xsi:", "xml:", "xlink:"].iter().any(|prefix| name.starts_with(prefix));
            let value = quick_xml::escape::unescape(&attribute.value)
                .map_or_else(|_| attribute.value.to_string(), Cow::into_owned);
            (!is_technical && !value.trim().is_empty()).then_some((name, value))
        });
        attributes.collect()
    }
}

/// Where and why a file is no XML.
#[derive(Debug)]
pub(super) struct Malformed {
    /// Its byte.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) what: String,
}

/// Reads a file part by part.
pub(super) struct Parts<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    entities: HashMap<String, String>,
    expanded: usize,
    /// An element without content is opened, then closed.
    closes: Option<usize>,
    depth: usize,
}

impl<'a> Parts<'a> {
    /// The parts of a text.
    pub(super) fn of(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { reader, text, entities: HashMap::new(), expanded: 0, closes: None, depth: 0 }
    }

    /// The next part.
    pub(super) fn next(&mut self) -> Result<Option<Part<'a>>, Malformed> {
        if let Some(end) = self.closes.take() {
            return Ok(Some(Part::Close { start: end, end }));
        }
        loop {
            let start = self.at();
            let event = self.reader.read_event();
            let event = event.map_err(|error| Malformed { at: start, what: error.to_string() })?;
            let end = self.at();
            let source = self.text.get(start..end).unwrap_or_default();
            let part = match event {
                Event::Start(tag) => {
                    self.depth += 1;
                    Part::Open { tag: Tag(tag), start, end }
                }
                Event::Empty(tag) => {
                    self.closes = Some(end);
                    Part::Open { tag: Tag(tag), start, end }
                }
                Event::End(_) if self.depth > 0 => {
                    self.depth -= 1;
                    Part::Close { start, end }
                }
                Event::Text(_) => Part::Text(Cow::Borrowed(source)),
                Event::CData(_) => {
                    let inner = source.strip_prefix("<![CDATA[").unwrap_or(source);
                    Part::Text(Cow::Borrowed(inner.strip_suffix("]]>").unwrap_or(inner)))
                }
                Event::GeneralRef(_) => Part::Text(self.entity(source)),
                Event::DocType(_) => {
                    self.declare(source);
                    continue;
                }
                Event::Eof if self.depth > 0 => {
                    self.depth -= 1;
                    Part::Close { start: end, end }
                }
                Event::Eof => return Ok(None),
                Event::End(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            };
            return Ok(Some(part));
        }
    }

    fn at(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// What a reference, `&name;`, stands for; itself where that is not known.
    fn entity(&mut self, reference: &'a str) -> Cow<'a, str> {
        let name = reference.trim_start_matches('&').trim_end_matches(';');
        let number =
            name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            });
        if let Some(character) = number.and_then(char::from_u32) {
            return Cow::Owned(character.to_string());
        }
        if let Some(known) = known(name) {
            return Cow::Borrowed(known);
        }
        match self.entities.get(name) {
            Some(value) if self.expanded + value.len() <= MOST_EXPANDED => {
                self.expanded += value.len();
                Cow::Owned(value.clone())
            }
            _ => Cow::Borrowed(reference),
        }
    }

    /// Takes down the entities that a document type declares: those that are plain text, so that
    /// none leads to another.
    fn declare(&mut self, doctype: &str) {
        for declaration in doctype.split("<!ENTITY").skip(1) {
            let parts = declaration.trim_start().split_once(char::is_whitespace);
            let Some((name, value)) = parts.and_then(|(name, rest)| {
                let rest = rest.trim_start();
                let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                Some((name, rest.get(1..)?.split(quote).next()?))
            }) else {
                continue;
            };
            let is_plain = !value.contains(['&', '<', '%']);
            if is_plain && value.len() <= 4096 && self.entities.len() < 4096 {
                self.entities.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The entities of XML, and those of HTML that are met most.
fn known(name: &str) -> Option<&'static str> {
    Some(match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        "ndash" => "–",
        "mdash" => "—",
        "hellip" => "…",
        "lsquo" => "‘",
        "rsquo" => "’",
        "ldquo" => "“",
        "rdquo" => "”",
        "copy" => "©",
        "reg" => "®",
        "trade" => "™",
        "eacute" => "é",
        "auml" => "ä",
        "ouml" => "ö",
        "uuml" => "ü",
        "szlig" => "ß",
        _ => return None,
    })
}
