//! Any text, read as pages, and any answers of a model to them: joined, blocks and origins are in
//! order and on character bounds; sizes of pictures are told or not.

#![no_main]

use documents::{Kind, Page, PageReading, from_pages, page_text, pixels};
use fuzz::{check, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], Vec<(u8, Option<String>)>)| {
    let (bytes, answers) = input;
    let _size = pixels(bytes);
    let parsed = read(bytes, "a.md", None);
    let pages: Vec<Page> = answers
        .into_iter()
        .map(|(number, answer)| Page {
            number: number.into(),
            reading: match answer {
                Some(markdown) => PageReading::Seen { markdown, size: Some((1, 1)), is_cut: false },
                None => PageReading::Parsed,
            },
        })
        .collect();
    if let (Some(parsed), Some(page)) = (&parsed, pages.first()) {
        let _text = page_text(parsed, page.number);
    }
    let joined = from_pages(Kind::Pdf, parsed.as_ref(), &pages);
    check(&joined);
});
