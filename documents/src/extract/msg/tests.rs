#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write as _};

use super::*;
use cfb::CompoundFile;

/// A file of streams.
fn file(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        let (folder, _) = path.rsplit_once('/').unwrap();
        if !folder.is_empty() {
            file.create_storage_all(folder).unwrap();
        }
        file.create_stream(path).unwrap().write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn fixed(head: usize, properties: &[(u16, u16, u64)]) -> Vec<u8> {
    let mut list = vec![0; head];
    for (number, kind, value) in properties {
        list.extend(kind.to_le_bytes());
        list.extend(number.to_le_bytes());
        list.extend([6, 0, 0, 0]);
        list.extend(value.to_le_bytes());
    }
    list
}

fn read(streams: &[(&str, Vec<u8>)]) -> Extracted {
    extract(&file(streams), &mut Nesting::default()).unwrap()
}

#[test]
fn a_message_is_read_with_what_came_with_it() {
    let extracted = read(&[
        ("/__properties_version1.0", fixed(32, &[(0x0039, 0x40, 133_500_000_000_000_000)])),
        ("/__substg1.0_0037001F", wide("The plan")),
        ("/__substg1.0_0C1A001F", wide("Ann")),
        ("/__substg1.0_0C1F001F", wide("ann@x.org")),
        ("/__substg1.0_0E04001F", wide("Bo; Cy")),
        ("/__substg1.0_1000001F", wide("Hello\r\nyou\r\n\r\nbye")),
        ("/__attach_version1.0_#00000000/__properties_version1.0", fixed(8, &[])),
        ("/__attach_version1.0_#00000000/__substg1.0_3707001F", wide("t.csv")),
        ("/__attach_version1.0_#00000000/__substg1.0_37010102", b"a,b\n1,2\n".to_vec()),
        ("/__attach_version1.0_#00000001/__substg1.0_3707001F", wide("x.foo")),
        ("/__attach_version1.0_#00000001/__substg1.0_37010102", b"z".to_vec()),
        ("/__attach_version1.0_#00000002/__substg1.0_3001001F", wide("Inner")),
        ("/__attach_version1.0_#00000002/__substg1.0_3701000D/__substg1.0_0037001F", wide("In")),
        (
            "/__attach_version1.0_#00000002/__substg1.0_3701000D/__substg1.0_1000001F",
            wide("within"),
        ),
    ]);
    assert_eq!(
        extracted.text,
        "# The plan\n\nFrom: Ann <ann@x.org>\nTo: Bo; Cy\nDate: 2024-01-17T21:20:00Z\n\n\
         Hello\nyou\n\nbye\n\n## t.csv\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n\
         ## Inner\n\n### In\n\nwithin"
    );
    assert_eq!(extracted.properties.attachments, ["x.foo"]);
}

#[test]
fn other_bodies_are_read() {
    let page = b"<p>Gr\xfc\xdfe</p>".to_vec();
    assert_eq!(read(&[("/__substg1.0_10130102", page)]).text, "Grüße");
    let mut rich = b"\0\0\0\0\x40\0\0\0MELA\0\0\0\0".to_vec();
    rich.extend(b"{\\rtf1 rich}");
    rich[4..8].copy_from_slice(&12_u32.to_le_bytes());
    assert_eq!(read(&[("/__substg1.0_10090102", rich)]).text, "rich");
    let narrow = [
        ("/__properties_version1.0", fixed(32, &[(0x3ffd, 3, 1251)])),
        ("/__substg1.0_1000001E", b"\xcf\xf0\0".to_vec()),
    ];
    assert_eq!(read(&narrow).text, "Пр");
}

#[test]
fn broken_files_do_no_harm() {
    let whole = file(&[("/__substg1.0_0037001F", wide("The plan"))]);
    for end in (0..whole.len()).step_by(7) {
        let _any = extract(&whole[..end], &mut Nesting::default());
    }
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0xff;
        let _any = extract(&broken, &mut Nesting::default());
    }
    let error = extract(&file(&[("/x", Vec::new())]), &mut Nesting::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no text was found in the Outlook message: it has neither a subject nor a body"
    );
}

#[test]
fn what_is_sealed_says_so() {
    let extracted = read(&[
        ("/__substg1.0_001A001F", wide("IPM.Note.SMIME")),
        ("/__substg1.0_0037001F", wide("The plan")),
    ]);
    assert_eq!((extracted.text.as_str(), extracted.losses().count()), ("# The plan", 1));
}
