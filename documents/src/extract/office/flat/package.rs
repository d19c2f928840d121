//! A package whose parts stand in one file of XML: made what it would have been.

use std::io::{Cursor, Write};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::extracted::Kind;

/// Main parts, by which a document is told.
const MAIN_PARTS: [(&str, Kind); 3] = [
    ("word/document.xml", Kind::Docx),
    ("ppt/presentation.xml", Kind::Pptx),
    ("xl/workbook.xml", Kind::Xlsx),
];

/// The package as an archive, and what it holds; none where that is no document.
pub(super) fn packed(text: &str) -> Option<(Kind, Vec<u8>)> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut kind = None;
    for (name, content) in parts(text) {
        let main = MAIN_PARTS.iter().find(|(main, _)| *main == name);
        kind = kind.or(main.map(|(_, kind)| *kind));
        // A name that stands there twice is of no use the second time.
        if archive.start_file(name, options).is_ok() {
            archive.write_all(content.as_bytes()).ok()?;
        }
    }
    Some((kind?, archive.finish().ok()?.into_inner()))
}

/// The names and the bytes of the parts, as far as the file is well formed.
fn parts(text: &str) -> Vec<(String, &str)> {
    let mut parts = Vec::new();
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().allow_dangling_amp = true;
    let (mut name, mut start) = (String::new(), None);
    loop {
        let at = place(&reader);
        match reader.read_event() {
            Ok(Event::Start(tag)) => match tag.local_name().as_ref() {
                "part" if start.is_none() => name = named(&tag),
                "xmlData" if start.is_none() => start = Some(place(&reader)),
                _ => {}
            },
            Ok(Event::End(tag)) => match tag.local_name().as_ref() {
                "xmlData" => {
                    let content = start.take().and_then(|start| text.get(start..at));
                    parts.push((std::mem::take(&mut name), content.unwrap_or_default()));
                }
                // A picture, or what another program has put there: only its name counts.
                "binaryData" => parts.push((std::mem::take(&mut name), "")),
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => return parts,
            Ok(_) => {}
        }
    }
}

fn place(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn named(tag: &BytesStart<'_>) -> String {
    let mut attributes = tag.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let name = attributes.find(|attribute| attribute.key.local_name().as_ref() == "name");
    name.map(|name| name.value.trim_start_matches('/').to_owned()).unwrap_or_default()
}
