#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write as _};

use super::*;
use cfb::CompoundFile;

/// Where the text of the samples lies.
const TEXT: usize = 1024;

/// A document: its main stream and its table, before they are put into a file.
struct Sample {
    main: Vec<u8>,
    table: Vec<u8>,
}

impl Sample {
    /// A document of this text in one byte for each character; the last `notes` characters are
    /// those of its notes.
    fn of(text: &[u8], notes: usize) -> Self {
        let mut main = vec![0; TEXT];
        main[..4].copy_from_slice(&[0xec, 0xa5, 0xc1, 0]);
        let mut sample = Self { main, table: Vec::new() };
        sample.set(0x4c, text.len() - notes);
        sample.set(0x50, notes);
        sample.set(0x18, TEXT);
        sample.main.extend(text);
        sample.main.resize(TEXT + 1024, 0);
        sample
    }

    fn set(&mut self, at: usize, value: usize) {
        let value = u32::try_from(value).unwrap().to_le_bytes();
        self.main[at..at + 4].copy_from_slice(&value);
    }

    /// Adds a table, and says in the header where it is.
    fn add(&mut self, number: usize, table: &[u8]) {
        self.set(0x9a + number * 8, self.table.len());
        self.set(0x9a + number * 8 + 4, table.len());
        self.table.extend(table);
    }

    /// Pieces: how many characters, where they lie, and whether each takes two bytes.
    fn pieces(&mut self, pieces: &[(u32, u32, bool)]) {
        let mut list = Vec::new();
        let mut at = 0_u32;
        list.extend(at.to_le_bytes());
        for (length, _, _) in pieces {
            at += length;
            list.extend(at.to_le_bytes());
        }
        for (_, start, is_wide) in pieces {
            let place = if *is_wide { *start } else { (start * 2) | 0x4000_0000 };
            list.extend([0, 0]);
            list.extend(place.to_le_bytes());
            list.extend([0, 0]);
        }
        let length = u32::try_from(list.len()).unwrap().to_le_bytes();
        self.add(33, &[&[1, 2, 0, 7, 7, 2], length.as_slice(), &list].concat());
    }

    /// A page of paragraphs: where each ends, and its properties (style first).
    fn paragraphs(&mut self, paragraphs: &[(u32, &[u8])]) {
        let mut page = vec![0; 512];
        page[511] = u8::try_from(paragraphs.len()).unwrap();
        let first = u32::try_from(TEXT).unwrap();
        page[..4].copy_from_slice(&first.to_le_bytes());
        let begin = (paragraphs.len() + 1) * 4;
        let mut free = 300;
        for (number, (end, properties)) in paragraphs.iter().enumerate() {
            page[number * 4 + 4..number * 4 + 8].copy_from_slice(&(first + end).to_le_bytes());
            page[begin + number * 13] = u8::try_from(free / 2).unwrap();
            page[free] = 0;
            page[free + 1] = u8::try_from(properties.len().div_ceil(2)).unwrap();
            page[free + 2..free + 2 + properties.len()].copy_from_slice(properties);
            free += 2 + properties.len().next_multiple_of(2);
        }
        let place = u32::try_from(self.main.len() / 512).unwrap();
        self.main.extend(page);
        let end = (first + 512).to_le_bytes();
        self.add(13, &[first.to_le_bytes(), end, place.to_le_bytes()].concat());
    }

    /// A style sheet of the normal style and the first heading.
    fn styles(&mut self) {
        let style = |built_in: u16| {
            let mut style = vec![0; 10];
            style[..2].copy_from_slice(&built_in.to_le_bytes());
            style[2..4].copy_from_slice(&0xfff1_u16.to_le_bytes());
            style.extend([0, 0, 0, 0]);
            let length = u16::try_from(style.len()).unwrap().to_le_bytes();
            [length.to_vec(), style].concat()
        };
        let sheet = [vec![4, 0, 2, 0, 10, 0], style(0), style(1)].concat();
        self.add(1, &sheet);
    }

    fn file(&self) -> Vec<u8> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream("/WordDocument").unwrap().write_all(&self.main).unwrap();
        file.create_stream("/0Table").unwrap().write_all(&self.table).unwrap();
        file.into_inner().into_inner()
    }
}

/// A document with everything.
fn sample() -> Sample {
    let text = b"Title\rSee \x13HYPERLINK \"https://x.org\"\x14this\x15 page\x02.\ra\x07b\x07\x071\x072\x07\x07end\r\x02 A note.\r";
    let mut sample = Sample::of(text, 10);
    let length = u32::try_from(text.len()).unwrap();
    sample.pieces(&[(length, u32::try_from(TEXT).unwrap(), false)]);
    let ends: Vec<u32> = (0..length).filter(|at| matches!(text[*at as usize], b'\r' | 7)).collect();
    let (cell, row): (&[u8], &[u8]) =
        (&[0, 0, 0x16, 0x24, 1], &[0, 0, 0x16, 0x24, 1, 0x17, 0x24, 1]);
    let properties: [&[u8]; 10] =
        [&[1, 0], &[0, 0], cell, cell, row, cell, cell, row, &[0, 0], &[0, 0]];
    let paragraphs: Vec<(u32, &[u8])> =
        ends.iter().zip(properties).map(|(end, properties)| (end + 1, properties)).collect();
    sample.paragraphs(&paragraphs);
    sample.styles();
    sample
}

#[test]
fn structure_is_kept() {
    let extracted = extract(&sample().file()).unwrap();
    assert_eq!(
        extracted.text,
        "# Title\n\nSee [this](https://x.org) page[^1].\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n\
         end\n\n[^1]: A note."
    );
}

#[test]
fn pieces_are_put_in_order() {
    let mut sample = Sample::of(b"two\rone ", 0);
    let wide: Vec<u8> = "für ".encode_utf16().flat_map(u16::to_le_bytes).collect();
    sample.main[TEXT + 100..TEXT + 100 + wide.len()].copy_from_slice(&wide);
    sample.set(0x4c, 12);
    let at = u32::try_from(TEXT).unwrap();
    sample.pieces(&[(4, at + 4, false), (4, at + 100, true), (4, at, false)]);
    assert_eq!(extract(&sample.file()).unwrap().text, "one für two");
}

#[test]
fn notes_of_several_paragraphs_and_comments_are_told_apart() {
    let (body, notes, comments) =
        (b"a\x02 b\x02 c\x05\r", b"\x02 one\rtwo\r\x02 three\r", b"\x05 why\r");
    let mut sample = Sample::of(&[&body[..], notes, comments].concat(), 0);
    for (at, length) in [(0x4c, body.len()), (0x50, notes.len()), (0x5c, comments.len())] {
        sample.set(at, length);
    }
    let expect = "a[^1] b[^2] c[^comment-1]\n\n[^1]: one\ntwo\n\n[^2]: three\n\n[^comment-1]: why";
    assert_eq!(extract(&sample.file()).unwrap().text, expect);
}

#[test]
fn heads_are_read_where_there_is_nothing_else() {
    let mut sample = Sample::of(b"\rACME\r", 0);
    sample.set(0x4c, 1);
    sample.set(0x54, 5);
    assert_eq!(extract(&sample.file()).unwrap().text, "ACME");
}

#[test]
fn of_letters_over_each_other_the_last_are_shown() {
    let sample = Sample::of(b"\x13EQ \\* jc2 \\o\\ad(\\s\\up 10(to),TO)\x15\r", 0);
    assert_eq!(extract(&sample.file()).unwrap().text, "TO");
}

#[test]
fn what_is_not_read_says_so() {
    let mut locked = Sample::of(b"words", 0);
    locked.main[11] = 1;
    assert_eq!(extract(&locked.file()).unwrap_err(), ExtractError::Locked { kind: Kind::Doc });
    let mut old = Sample::of(b"words", 0);
    old.main[0] = 0xdc;
    assert!(extract(&old.file()).unwrap_err().is_unsupported());
    assert!(extract(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").is_err());
}

#[test]
fn broken_documents_do_no_harm() {
    let whole = sample();
    for end in 0..whole.main.len() {
        let main = whole.main[..end].to_vec();
        let _any = extract(&Sample { main, table: whole.table.clone() }.file());
    }
    for end in 0..whole.table.len() {
        let table = whole.table[..end].to_vec();
        let _any = extract(&Sample { main: whole.main.clone(), table }.file());
    }
    for at in 0..whole.table.len() {
        for byte in [0, 0x7f, 0xff] {
            let mut table = whole.table.clone();
            table[at] = byte;
            let _any = extract(&Sample { main: whole.main.clone(), table }.file());
        }
    }
}
