#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length, kind, data, &[0; 4]].concat()
}

fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut header = vec![0, 0, 0, 40, 0, 0, 0, 30, 8, 2, 0, 0, 0];
    header.truncate(13);
    let head = chunk(b"IHDR", &header);
    [b"\x89PNG\r\n\x1a\n".to_vec(), head, chunks.concat(), chunk(b"IEND", b"")].concat()
}

/// A little-endian TIFF directory of texts.
fn tiff(fields: &[(u16, &[u8])]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let mut data = Vec::new();
    bytes.extend(u16::try_from(fields.len()).unwrap().to_le_bytes());
    let begin = 8 + 2 + fields.len() * 12 + 4;
    for (tag, text) in fields {
        let kind: u16 = if *tag >= 0x9c00 { 1 } else { 2 };
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        bytes.extend(u32::try_from(begin + data.len()).unwrap().to_le_bytes());
        data.extend_from_slice(text);
    }
    bytes.extend([0; 4]);
    bytes.extend(data);
    bytes
}

#[test]
fn what_is_written_about_a_picture_is_read() {
    let picture = png(&[
        chunk(b"tEXt", b"Title\0The plan"),
        chunk(b"iTXt", "Description\0\0\0\0\0Ein großer Raum".as_bytes()),
        chunk(b"tEXt", b"Software\0x"),
    ]);
    let extracted = extract(&picture).unwrap();
    assert_eq!(extracted.text, "# The plan\n\nEin großer Raum\n\n- Picture: PNG, 40 × 30 pixels");
    let picture = tiff(&[
        (0x010e, b"A red house\0"),
        (0x010f, b"Acme\0"),
        (0x0110, b"Acme One\0"),
        (0x0132, b"2024:05:06 07:08:09\0"),
        (0x013b, b"Ann Author\0"),
        (0x9c9b, b"T\0i\0t\0l\0e\0\0\0"),
    ]);
    let extracted = extract(&picture).unwrap();
    assert_eq!(
        extracted.text,
        "# Title\n\nA red house\n\n- Author: Ann Author\n- Date: 2024-05-06T07:08:09\n- Camera: Acme One\n- Picture: TIFF"
    );
    let xmp = b"<x:xmpmeta><rdf:RDF><dc:title><rdf:Alt><rdf:li>A &amp; B</rdf:li></rdf:Alt></dc:title>\
        <dc:subject><rdf:Bag><rdf:li>key</rdf:li><rdf:li>words</rdf:li></rdf:Bag></dc:subject></rdf:RDF></x:xmpmeta>";
    let extracted = extract(&[b"GIF89a\x05\0\x06\0".as_slice(), xmp].concat()).unwrap();
    assert_eq!(extracted.text, "# A & B\n\nkey\n\nwords\n\n- Picture: GIF, 5 × 6 pixels");
}

#[test]
fn a_picture_without_words_says_what_would_help() {
    assert_eq!(
        extract(&png(&[])).unwrap_err().to_string(),
        "no text was found in the picture: nothing is written about it in the file, and character \
         recognition is off; the setting `ingest.ocr` turns it on"
    );
}

#[test]
fn what_is_cut_off_does_no_harm() {
    let pictures = [
        png(&[
            chunk(b"zTXt", b"Title\0\0x\x9c\x4b\x04\0"),
            chunk(b"iTXt", b"Comment\0\x01\0\0\0x"),
        ]),
        tiff(&[(0x010e, b"A red house\0"), (0x9c9b, b"T\0i\0")]),
    ];
    for picture in pictures {
        for end in 0..picture.len() {
            let _any = extract(&picture[..end]);
        }
    }
}
