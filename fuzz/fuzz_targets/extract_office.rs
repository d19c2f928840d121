//! Any bytes as a part of an office document: the first byte chooses the format, the rest is its
//! main part in an archive made for it; or, as they are, a whole file.

#![no_main]

use std::io::{Cursor, Write};

use fuzz::read;
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive of the entries, with the bytes as the one that is named last.
fn archive(entries: &[(&str, &str)], main: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, text) in entries {
        writer.start_file(*name, stored).ok()?;
        writer.write_all(text.as_bytes()).ok()?;
    }
    writer.start_file(main, stored).ok()?;
    writer.write_all(bytes).ok()?;
    Some(writer.finish().ok()?.into_inner())
}

const RELATIONS: &str = "<R><Relationship Id='r' Type='http://x/worksheet' Target='part'/>\
    <Relationship Id='s' Type='http://x/slide' Target='part'/>\
    <Relationship Id='n' Type='http://x/numbering' Target='part'/>\
    <Relationship Id='y' Type='http://x/styles' Target='part'/>\
    <Relationship Id='f' Type='http://x/footnotes' Target='part'/></R>";

fuzz_target!(|input: &[u8]| {
    let Some((format, bytes)) = input.split_first() else { return };
    let open = |kind: &str| format!("application/vnd.oasis.opendocument.{kind}");
    let made = match format % 12 {
        0 => archive(&[], "word/document.xml", bytes),
        1 => archive(
            &[
                (
                    "word/document.xml",
                    "<d><body><p><pPr><pStyle val='a'/><numPr><numId val='1'/></numPr></pPr><r><t>a</t><footnoteReference id='1'/></r></p></body></d>",
                ),
                ("word/_rels/document.xml.rels", RELATIONS),
            ],
            "word/part",
            bytes,
        ),
        2 => archive(
            &[
                ("ppt/presentation.xml", "<p><sldIdLst><sldId r:id='s'/></sldIdLst></p>"),
                ("ppt/_rels/presentation.xml.rels", RELATIONS),
            ],
            "ppt/part",
            bytes,
        ),
        3 => archive(
            &[
                ("xl/workbook.xml", "<w><sheets><sheet name='a' r:id='r'/></sheets></w>"),
                ("xl/_rels/workbook.xml.rels", RELATIONS),
            ],
            "xl/part",
            bytes,
        ),
        4 => archive(&[("xl/_rels/workbook.bin.rels", RELATIONS)], "xl/workbook.bin", bytes),
        5 => archive(&[("mimetype", &open("text"))], "content.xml", bytes),
        6 => archive(&[("mimetype", &open("spreadsheet"))], "content.xml", bytes),
        7 => archive(&[("mimetype", &open("presentation"))], "content.xml", bytes),
        8 | 9 => cfb::CompoundFile::create(Cursor::new(Vec::new())).ok().and_then(|mut file| {
            file.create_stream("Workbook").ok()?.write_all(bytes).ok()?;
            Some(file.into_inner().into_inner())
        }),
        10 => Some([&b"PK\x03\x04"[..], bytes].concat()),
        _ => Some([&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], bytes].concat()),
    };
    let Some(made) = made else { return };
    let _any = read(&made, "a", None);
});
