//! Extraction through its public surface: files that are not what they should be, PDFs that would
//! never end, and, where the evaluation data is there, real documents against their true text.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use documents::{ExtractError, Extracted, Hint, Kind, Landmark, Severity, extract};
use lopdf::{
    Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream,
    dictionary,
};
use support::data;

fn read(name: &str, bytes: &[u8]) -> Result<Extracted, ExtractError> {
    extract(bytes, Hint { name, media_type: None })
}

/// The error's words.
fn refusal(name: &str, bytes: &[u8]) -> String {
    read(name, bytes).unwrap_err().to_string()
}

#[test]
fn files_without_text_say_why() {
    let check =
        |name, bytes: &[u8], expect: &str| assert_eq!(refusal(name, bytes), expect, "{name}");
    check("a.txt", b"", "the file is empty");
    check("a.md", b" \n\t\n", "no text was found in the Markdown file: it holds only blanks");
    check(
        "a.pdf",
        &[0x93, 0, 1, 2, 0xff, 0, 7].repeat(100),
        "this is no PDF, though its name or type says so: its bytes are binary data without a %PDF header",
    );
    check(
        "a.txt",
        &[0x93, 0, 1, 2, 0xff, 0, 7].repeat(100),
        "this is no text file, though its name or type says so: its bytes are binary data",
    );
    check("a.zip", b"PK\x03\x04\x14\0", "zip archives are not read yet");
    assert!(read("a.zip", b"PK\x03\x04\x14\0").unwrap_err().is_unsupported());
    assert!(!read("a.txt", b"").unwrap_err().is_unsupported());
}

#[test]
fn text_in_other_encodings_is_read() {
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("Grüße, 世界".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(read("a.txt", &utf16).unwrap().text, "Grüße, 世界");
    let latin =
        extract(b"Gr\xfc\xdfe", Hint { name: "a", media_type: Some("text/plain; charset=latin1") });
    assert_eq!(latin.unwrap().text, "Grüße");
    let unsaid = read("a.csv", b"Stadt;Land\nK\xf6ln;D\n").unwrap();
    assert_eq!(unsaid.text, "| Stadt | Land |\n| --- | --- |\n| Köln | D |");
    assert_eq!(unsaid.losses().count(), 0);
}

#[test]
fn invalid_utf8_is_replaced_and_told() {
    let extracted = read("a.txt", b"Gr\xc3\xbc\xc3\x9fe \xff two \xc3").unwrap();
    assert_eq!(extracted.text, "Grüße \u{fffd} two \u{fffd}");
    let losses: Vec<String> = extracted.losses().collect();
    assert_eq!(losses, ["2 bytes are not valid UTF-8 and were replaced; save the file as UTF-8"]);
}

#[test]
fn html_of_any_depth_is_read() {
    let deep =
        format!("{}deep{}<p>after", "<div><b>".repeat(100_000), "</b></div>".repeat(100_000));
    let started = Instant::now();
    let extracted = read("a.html", deep.as_bytes()).unwrap();
    assert_eq!((extracted.kind, extracted.text.as_str()), (Kind::Html, "deep\n\nafter"));
    assert_eq!(extracted.warnings.first().unwrap().severity, Severity::Note);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// A PDF whose pages have these contents.
fn pdf(contents: &[&str]) -> Document {
    let mut document = Document::with_version("1.5");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    });
    let kids: Vec<Object> = contents
        .iter()
        .map(|content| {
            let content = Stream::new(Dictionary::new(), content.as_bytes().to_vec());
            let content = document.add_object(content);
            let page = dictionary! {
                "Type" => "Page", "Parent" => pages, "Contents" => content,
                "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
            };
            document.add_object(page).into()
        })
        .collect();
    let count = i64::try_from(kids.len()).unwrap();
    let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(pages, Object::Dictionary(tree));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    document
}

fn bytes(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// The dictionary at the root of the page tree.
fn page_tree(document: &mut Document) -> &mut Dictionary {
    let id = document.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
    document.get_dictionary_mut(id).unwrap()
}

#[test]
fn pages_and_headings_are_marked() {
    let document = pdf(&[
        "BT /F 24 Tf 50 700 Td (Chapter) Tj /F 10 Tf 0 -40 Td (Some words of the body.) Tj ET",
        "BT /F 10 Tf 50 700 Td (Words of the second page, to be many.) Tj ET",
    ]);
    let extracted = read("a.pdf", &bytes(document)).unwrap();
    assert_eq!(
        extracted.text,
        "# Chapter\n\nSome words of the body.\n\nWords of the second page, to be many."
    );
    let place = extracted.place(extracted.text.find("second").unwrap());
    assert_eq!(
        (place.page, place.headings.as_slice()),
        (Some(2), ["Chapter".to_owned()].as_slice())
    );
}

#[test]
fn a_page_tree_that_loops_ends() {
    let mut document = pdf(&["BT /F 10 Tf (The only page) Tj ET"]);
    let root = document.catalog().unwrap().get(b"Pages").unwrap().clone();
    let kids = page_tree(&mut document).get_mut(b"Kids").unwrap().as_array_mut().unwrap();
    kids.push(root);
    let extracted = read("a.pdf", &bytes(document)).unwrap();
    assert_eq!(extracted.text, "The only page");
    assert_eq!(extracted.losses().collect::<Vec<_>>(), ["the page tree refers to itself"]);

    let mut document = pdf(&[]);
    let root = document.catalog().unwrap().get(b"Pages").unwrap().clone();
    page_tree(&mut document).set("Kids", vec![root]);
    assert_eq!(
        refusal("a.pdf", &bytes(document)),
        "the PDF cannot be read: the page tree refers to itself"
    );
}

#[test]
fn forms_that_draw_themselves_end() {
    let mut document = pdf(&["/X Do"]);
    let form = document.new_object_id();
    let resources = dictionary! { "XObject" => dictionary! { "X" => form } };
    let content = b"BT /F 10 Tf (again) Tj ET /X Do /X Do /X Do".to_vec();
    let dictionary =
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "Resources" => resources.clone() };
    document.objects.insert(form, Object::Stream(Stream::new(dictionary, content)));
    let page = *document.get_pages().get(&1).unwrap();
    document.get_dictionary_mut(page).unwrap().set("Resources", resources);
    let started = Instant::now();
    let extracted = read("a.pdf", &bytes(document)).unwrap();
    assert!(extracted.text.starts_with("again"), "{}", extracted.text);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn streams_that_swell_are_left_out() {
    let mut document = pdf(&["BT /F 10 Tf (small) Tj ET", "BT /F 10 Tf (large) Tj ET"]);
    let page = *document.get_pages().get(&2).unwrap();
    let mut bomb = Stream::new(Dictionary::new(), vec![b' '; 100 << 20]);
    bomb.compress().unwrap();
    let bomb = document.add_object(bomb);
    document.get_dictionary_mut(page).unwrap().set("Contents", bomb);
    let extracted = read("a.pdf", &bytes(document)).unwrap();
    assert_eq!(extracted.text, "small");
    assert_eq!(
        extracted.losses().collect::<Vec<_>>(),
        ["1 pages or parts of pages could not be decoded, or are too large"]
    );
}

#[test]
fn a_locked_pdf_says_so() {
    let mut document = pdf(&["BT /F 10 Tf (secret) Tj ET"]);
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let lock = |document: &Document, user_password| {
        let version = EncryptionVersion::V2 {
            document,
            owner_password: "owner",
            user_password,
            key_length: 128,
            permissions: Permissions::all(),
        };
        let mut locked = document.clone();
        locked.encrypt(&EncryptionState::try_from(version).unwrap()).unwrap();
        bytes(locked)
    };
    assert_eq!(read("a.pdf", &lock(&document, "")).unwrap().text, "secret");
    assert_eq!(
        refusal("a.pdf", &lock(&document, "user")),
        "the PDF is locked with a password; store a copy without one"
    );
}

#[test]
fn a_scan_says_that_it_is_one() {
    assert_eq!(
        refusal("a.pdf", &bytes(pdf(&["0 0 10 10 re f"]))),
        "no text was found in the PDF: it holds only pictures, as scans do; the setting `ingest.ocr` has their text read"
    );
}

fn pdfs(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
}

#[test]
fn real_pdfs_become_their_true_text() {
    let Some(data) = data() else { return };
    let out = tempfile::tempdir().unwrap();
    for path in pdfs(&data.join("pdf/files")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let extracted = read(&name, &std::fs::read(&path).unwrap()).unwrap();
        let pages =
            extracted.marks.iter().filter(|mark| matches!(mark.landmark, Landmark::Page(_)));
        assert!(pages.count() > 0, "{name}");
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        std::fs::write(out.path().join(stem + ".txt"), extracted.text).unwrap();
    }
    let scored = Command::new("python3")
        .arg(data.join("score_text.py"))
        .args(["--plain", "--min", "token_f1", "0.99", "--min", "char_sim", "0.96", "--truth"])
        .arg(data.join("pdf/truth"))
        .arg("--pred")
        .arg(out.path())
        .output()
        .unwrap();
    assert!(scored.status.success(), "{}", String::from_utf8_lossy(&scored.stdout));
}
