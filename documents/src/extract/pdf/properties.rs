//! What a PDF says of itself: its information dictionary, its XMP packet where that says more, its
//! language, and the files that are attached to it.

use lopdf::{Dictionary, Object};
use regex::Regex;

use super::objects::{Pdf, as_dictionary};
use super::outline::names;
use super::pages::Page;
use crate::extracted::{Properties, title_of};

/// The most bytes of an XMP packet that are read.
const MOST_XMP: usize = 1 << 20;

/// More attachments are left out.
const MOST_ATTACHMENTS: usize = 1_000;

/// What the document says of itself.
pub(super) fn of<'a>(pdf: &Pdf<'a>, pages: &[Page<'a>]) -> Properties {
    let information = pdf.dictionary(pdf.trailer(), b"Info");
    let catalog = pdf.dictionary(pdf.trailer(), b"Root");
    let stated = |key: &[u8]| text(pdf, information?, key);
    let packet = catalog.and_then(|catalog| {
        let stream = pdf.get(catalog, b"Metadata")?.as_stream().ok()?;
        Some(String::from_utf8_lossy(&pdf.decode(stream, MOST_XMP)?).into_owned())
    });
    let packet = packet.unwrap_or_default();
    let xmp = |name: &str| property(&packet, name);
    let date = stated(b"CreationDate").as_deref().and_then(date);
    let language = catalog.and_then(|catalog| text(pdf, catalog, b"Lang"));
    Properties {
        title: stated(b"Title").or_else(|| xmp("dc:title")),
        author: stated(b"Author").or_else(|| xmp("dc:creator")),
        date: date.or_else(|| xmp("xmp:CreateDate")),
        language: language.or_else(|| xmp("dc:language")).filter(|tag| tag != "x-default"),
        attachments: attachments(pdf, catalog, pages),
        ..Properties::default()
    }
}

fn text<'a>(pdf: &Pdf<'a>, dictionary: &'a Dictionary, key: &[u8]) -> Option<String> {
    let object = pdf.get(dictionary, key)?;
    let Object::String(..) = object else { return None };
    title_of(&lopdf::decode_text_string(object).ok()?)
}

/// A property of an XMP packet: an element's text, that of its first item, or an attribute.
fn property(packet: &str, name: &str) -> Option<String> {
    if packet.is_empty() {
        return None;
    }
    let name = regex::escape(name);
    let element =
        format!(r"(?s)<{name}(?:\s[^>]*[^>/])?>(.*?)</{name}>|\s{name}\s*=\s*[\x22']([^\x22']*)");
    let found = Regex::new(&element).ok()?.captures(packet)?;
    let inner = found.get(1).or(found.get(2))?.as_str();
    let item = Regex::new(r"(?s)<rdf:li(?:\s[^>]*)?>(.*?)</rdf:li>").ok()?;
    let inner =
        item.captures(inner).and_then(|item| item.get(1)).map_or(inner, |item| item.as_str());
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(inner.to_owned(), |text, (entity, c)| text.replace(entity, c));
    if inner.contains('<') { None } else { title_of(&plain) }
}

/// A date such as `D:20221118163750-05'00'` as RFC 3339 writes it, as far as it is told.
fn date(written: &str) -> Option<String> {
    let written = written.trim().trim_start_matches("D:");
    let digits: String = written.chars().take_while(char::is_ascii_digit).collect();
    let number = |at: usize, length: usize| digits.get(at..at + length);
    let within = |text: &str, most: u8| text.parse().is_ok_and(|value: u8| value <= most);
    let (year, month) = (number(0, 4)?, number(4, 2).unwrap_or("01"));
    let day = number(6, 2).unwrap_or("01");
    if !within(month, 12) || !within(day, 31) || month == "00" || day == "00" {
        return None;
    }
    let day = format!("{year}-{month}-{day}");
    let (Some(hour), Some(minute)) = (number(8, 2), number(10, 2)) else { return Some(day) };
    let second = number(12, 2).unwrap_or("00");
    let zone = written.get(digits.len()..).unwrap_or_default();
    let zone: String = zone.chars().filter(|c| *c != '\'').collect();
    let zone = match (zone.get(..1), zone.get(1..3), zone.get(3..5)) {
        (Some(sign @ ("+" | "-")), Some(hours), minutes) => {
            let minutes = minutes.unwrap_or("00");
            if !within(hours, 23) || !within(minutes, 59) {
                return Some(day);
            }
            format!("{sign}{hours}:{minutes}")
        }
        // Without a zone a time is no moment; the day is.
        (Some("Z"), ..) => "Z".to_owned(),
        _ => return Some(day),
    };
    let is_time = within(hour, 23) && within(minute, 59) && within(second, 59);
    Some(if is_time { format!("{day}T{hour}:{minute}:{second}{zone}") } else { day })
}

/// The names of attached files.
fn attachments<'a>(
    pdf: &Pdf<'a>,
    catalog: Option<&'a Dictionary>,
    pages: &[Page<'a>],
) -> Vec<String> {
    let tree = catalog
        .and_then(|catalog| pdf.dictionary(catalog, b"Names"))
        .and_then(|names| names.get(b"EmbeddedFiles").ok());
    let embedded = tree.map(|tree| names(pdf, tree)).unwrap_or_default().into_iter();
    let embedded = embedded.filter_map(|(_, file)| as_dictionary(pdf.resolve(file)));
    let laid_on = pages.iter().flat_map(|page| {
        let annotations = pdf.array(page.dictionary, b"Annots").unwrap_or_default().iter();
        annotations.filter_map(|annotation| {
            let annotation = as_dictionary(pdf.resolve(annotation))?;
            let is_file = pdf.name(annotation, b"Subtype") == Some(b"FileAttachment");
            is_file.then(|| pdf.dictionary(annotation, b"FS"))?
        })
    });
    let mut found: Vec<String> = Vec::new();
    for file in embedded.chain(laid_on) {
        if let Some(name) = text(pdf, file, b"UF").or_else(|| text(pdf, file, b"F"))
            && found.len() < MOST_ATTACHMENTS
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_anew() {
        let check = |written, expect: Option<&str>| {
            assert_eq!(date(written).as_deref(), expect, "{written}");
        };
        check("D:20221118163750-05'00'", Some("2022-11-18T16:37:50-05:00"));
        check("D:20221118163750Z", Some("2022-11-18T16:37:50Z"));
        check("D:20221118163750", Some("2022-11-18"));
        check("2022", Some("2022-01-01"));
        check("D:20229918", None);
        check("yesterday", None);
    }

    #[test]
    fn xmp_says_its_properties() {
        let packet = "<rdf:Description xmp:CreateDate=\"2020-01-02\"><dc:title><rdf:Alt>\
                      <rdf:li xml:lang=\"x-default\">A &amp; B</rdf:li></rdf:Alt></dc:title>\
                      <dc:creator/><dc:language><rdf:Bag></rdf:Bag></dc:language>";
        let check = |name, expect: Option<&str>| {
            assert_eq!(property(packet, name).as_deref(), expect, "{name}");
        };
        check("dc:title", Some("A & B"));
        check("xmp:CreateDate", Some("2020-01-02"));
        check("dc:creator", None);
        check("dc:language", None);
    }
}
