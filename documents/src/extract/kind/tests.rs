#![expect(clippy::unwrap_used, reason = "tests fail on what is not there")]

use std::io::{Cursor, Write};

use super::*;
use crate::archive::tests::zip;

fn check(bytes: &[u8], name: &str, media_type: Option<&str>, expect: &str) {
    let verdict = match of(bytes, Hint { name, media_type }) {
        Verdict::Is(kind) => kind.to_string(),
        Verdict::Unsupported(what) => format!("not read: {what}"),
        Verdict::Locked(kind) => format!("locked: {kind}"),
        Verdict::Mismatch { claimed, found } => format!("no {claimed}: {found}"),
    };
    assert_eq!(verdict, expect, "{name} {media_type:?}");
}

#[test]
fn content_counts_before_media_type_before_name() {
    check(b"%PDF-1.4\n", "a.txt", Some("text/plain"), "PDF");
    check(b"# A", "a.md", None, "Markdown file");
    check(b"# A", "a.md", Some("text/plain"), "Markdown file");
    check(b"# A", "a.md", Some("text/html; charset=utf-8"), "HTML file");
    check(b"# A", "https://x.org/a.MD?b=c.txt#d", None, "Markdown file");
    check(b"words", "README", None, "text file");
    check(b"words", "a.docx", Some("text/plain"), "text file");
    check(b" <!DOCTYPE html><p>", "index", Some("application/octet-stream"), "HTML file");
    check(b"fn main() {}", "src/main.rs", Some("text/plain"), "source file");
    check(b"<!doctype html><p>", "index.php", None, "HTML file");
    check(b"the header %PDF-1.4 is", "a.txt", None, "text file");
}

#[test]
fn media_types_and_endings_name_kinds() {
    let types = "application/vnd.openxmlformats-officedocument";
    check(b"words", "a.csv", Some("text/csv; header=present"), "CSV table");
    check(b"a,b", "a.csv", Some("text/plain"), "CSV table");
    check(b"a,b", "a.csv", Some("application/vnd.ms-excel"), "CSV table");
    check(b"{}", "a", Some("application/json"), "JSON file");
    check(b"{}\n{}\n", "a.json", None, "JSON Lines file");
    check(b"{}", "a", Some("application/x-ndjson"), "JSON Lines file");
    check(b"<a/>", "a", Some("text/xml"), "XML file");
    check(b"<a/>", "a", Some("application/atom+xml"), "XML file");
    check(b"<?xml version='1.0'?>\n<html xmlns='x'>", "a.xml", None, "HTML file");
    check(b"Hello", "a", Some("message/rfc822"), "mail message");
    let word = format!("{types}.wordprocessingml.document");
    check(b"words", "a", Some(&word), "no Word document: plain text");
    check(b"words", "a.odp", None, "no OpenDocument presentation: plain text");
    check(b"{\\rtf1 a}", "a.doc", None, "RTF document");
    check(b"<html><table>", "a.xls", None, "HTML file");
}

#[test]
fn texts_without_a_name_are_told_by_their_words() {
    check(b"\xef\xbb\xbf{\"a\": [1]}", "x", None, "JSON file");
    check(b"{a}", "x", None, "text file");
    check(b"[1]\n[2]", "x", None, "JSON Lines file");
    check(b"<?xml version=\"1.0\"?><a/>", "x", None, "XML file");
    check(b"From: a@b\r\nMIME-Version: 1.0\r\n\r\nHello", "x", None, "mail message");
    check(b"From: the board\nTo: all\n\nHello", "x", None, "text file");
    check(b"a,b,c\n1,2,3\n4,5,6\n", "x", None, "CSV table");
    check(b"One, two, three.\nYes, well, no.\nA, b, c. D\n", "x", None, "text file");
}

#[test]
fn archives_are_what_is_in_them() {
    let types =
        |main: &str| format!("<Types><Override ContentType=\"application/{main}\"/></Types>");
    let office = |main: &str| zip(&[("[Content_Types].xml", types(main).as_bytes())]);
    let word = office("vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml");
    check(&word, "a.txt", Some("text/plain"), "Word document");
    check(&office("vnd.ms-excel.sheet.binary.macroEnabled.main"), "a", None, "Excel workbook");
    let slides = "vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml";
    check(&office(slides), "a.zip", Some("application/zip"), "PowerPoint presentation");
    check(&zip(&[("xl/workbook.xml", b"")]), "a", None, "Excel workbook");
    check(&zip(&[("mimetype", b"application/epub+zip")]), "a.zip", None, "EPUB book");
    let open = |kind: &str| format!("application/vnd.oasis.opendocument.{kind}");
    check(&zip(&[("mimetype", open("text-template").as_bytes())]), "a", None, "OpenDocument text");
    check(
        &zip(&[("mimetype", open("graphics").as_bytes())]),
        "a",
        None,
        "not read: OpenDocument files of the kind graphics",
    );
    check(&zip(&[("a.txt", b"words")]), "a.docx", None, "not read: zip archives");
    check(&zip(&[("META-INF/MANIFEST.MF", b"")]), "a.docx", None, "not read: Java archives");
    check(b"PK\x03\x04\0\0", "a.docx", None, "Word document");
    check(b"PK\x03\x04\0\0", "a.pdf", None, "not read: zip archives");
}

#[test]
fn compound_files_are_what_is_in_them() {
    let compound = |streams: &[&str]| {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for stream in streams {
            file.create_stream(stream).unwrap().write_all(b"x").unwrap();
        }
        file.into_inner().into_inner()
    };
    check(&compound(&["WordDocument", "1Table"]), "a.txt", None, "Word 97 document");
    check(&compound(&["Workbook"]), "a.doc", None, "Excel 97 workbook");
    check(&compound(&["__properties_version1.0"]), "a", None, "Outlook message");
    check(&compound(&["EncryptedPackage"]), "a.xlsx", None, "locked: Excel workbook");
    let slides = compound(&["PowerPoint Document"]);
    check(&slides, "a.ppt", None, "not read: PowerPoint 97 presentations (.ppt)");
    check(&compound(&["x"]), "a.doc", None, "not read: compound files of an unknown kind");
    let mut damaged = compound(&["WordDocument"]);
    damaged[44..48].fill(0xff);
    check(&damaged, "a", None, "Word 97 document");
}

#[test]
fn what_is_not_read_is_named() {
    check(b"\x89PNG\r\n\x1a\n\0", "a.txt", None, "picture");
    check(b"BM\x1a\0\0\0\0\0\0\0\x1a\0", "a", None, "picture");
    check(b"RIFF\0\0\0\0WEBP\0\x01\x02", "a", None, "picture");
    check(b"RIFF\0\0\0\0WAVE\0\x01\x02", "a", None, "not read: sound files");
    check(b"wOFF\0\x01\0\0\0\x01\x02\x03", "a", None, "not read: fonts");
    check(b"a: b", "a.yaml", None, "not read: data files (.yaml)");
    check(b"fn main() {}", "main.swift", None, "not read: files ending in .swift");
    check(
        b"words",
        "x",
        Some("application/x-foo"),
        "not read: files of the type application/x-foo",
    );
    check(b"\0\x01\x02\xff\0\0", "x", None, "not read: binary files of an unknown kind");
}

#[test]
fn what_is_not_what_it_is_called_is_told() {
    check(b"\0\x01\x02\xff\0\0", "a.pdf", None, "no PDF: binary data without a %PDF header");
    check(b"words", "a.pdf", None, "no PDF: plain text");
    check(b"\0\x01\x02\xff\0\0", "a.txt", None, "no text file: binary data");
    check(b"GIF8 is a prefix", "a.txt", None, "text file");
}
