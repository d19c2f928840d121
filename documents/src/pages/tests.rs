use super::*;
use crate::extract::extract;
use crate::extracted::Mark;

fn seen_page(number: u32, markdown: &str) -> Page {
    let markdown = markdown.to_owned();
    let reading = PageReading::Seen { markdown, size: Some((595, 842)), is_cut: false };
    Page { number, reading }
}

fn parsed() -> Extracted {
    let mut writer = Writer::new(Kind::Pdf);
    for (number, text) in [(1, "first layer"), (2, "second layer"), (4, "fourth layer")] {
        writer.page(number);
        writer.heading(2, &format!("Part {number}"), None);
        let area = SourcePlace::Area { page: number, left: 1, top: 2, right: 3, bottom: 4 };
        writer.paragraph(text, Some(area));
    }
    writer.properties().title = Some("Titled".to_owned());
    writer.warn(Warning::loss("a picture was left out"));
    writer.finish()
}

fn marks(extracted: &Extracted) -> Vec<(&str, String)> {
    let at = |mark: &Mark| extracted.text[mark.offset..].lines().next().unwrap_or_default();
    let mark = |mark: &Mark| match &mark.landmark {
        Landmark::Page(page) => format!("page {page}"),
        Landmark::Heading { level, title } => format!("{level} {title}"),
        Landmark::Statement { depth } => format!("statement {depth}"),
    };
    let words = extracted.marks.iter().map(at);
    words.zip(extracted.marks.iter().map(mark)).collect()
}

#[test]
fn pages_are_joined_with_their_structure_and_places() {
    let pages = [
        seen_page(1, "```markdown\n# Report\n\nWords.\n```"),
        seen_page(2, BLANK_PAGE),
        seen_page(3, "## Costs\n\nMore."),
    ];
    let joined = from_pages(Kind::Pdf, Some(&parsed()), &pages);
    assert_eq!(joined.text, "# Report\n\nWords.\n\n## Costs\n\nMore.");
    let expect = [
        ("# Report", "page 1".to_owned()),
        ("# Report", "1 Report".to_owned()),
        ("## Costs", "page 3".to_owned()),
        ("## Costs", "2 Costs".to_owned()),
    ];
    assert_eq!(marks(&joined), expect);
    let places: Vec<(&str, String)> = joined
        .origins
        .iter()
        .map(|origin| (&joined.text[origin.range.clone()], origin.source.to_string()))
        .collect();
    let area = |page: u32| format!("page {page}, box 0,0–595,842 pt");
    assert_eq!(places, [("# Report\n\nWords.", area(1)), ("## Costs\n\nMore.", area(3))]);
    assert_eq!(joined.properties.title.as_deref(), Some("Titled"));
    assert!(joined.warnings.is_empty(), "what the parser missed was seen");
}

#[test]
fn pages_that_nobody_saw_are_as_they_were_parsed() {
    let parsed_page = |number| Page { number, reading: PageReading::Parsed };
    let pages = [parsed_page(1), seen_page(2, "Seen."), parsed_page(3), parsed_page(4)];
    let joined = from_pages(Kind::Pdf, Some(&parsed()), &pages);
    let text = "## Part 1\n\nfirst layer\n\nSeen.\n\n## Part 4\n\nfourth layer";
    assert_eq!(joined.text, text);
    let words: Vec<String> = marks(&joined).into_iter().map(|(_, mark)| mark).collect();
    assert_eq!(words, ["page 1", "2 Part 1", "page 2", "page 4", "2 Part 4"]);
    assert_eq!(joined.losses().collect::<Vec<_>>(), ["a picture was left out"]);
    for origin in &joined.origins {
        assert!(["first layer", "Seen.", "fourth layer"].contains(&&text[origin.range.clone()]));
    }
    let nothing = from_pages(Kind::Pdf, None, &[parsed_page(1)]);
    assert_eq!(nothing.text, "");
}

#[test]
fn blanks_at_the_end_of_a_page_belong_to_nothing() {
    let joined = from_pages(Kind::Pdf, None, &[seen_page(1, "one \0"), seen_page(2, "two")]);
    assert_eq!(joined.text, "one\n\ntwo");
    let ranges: Vec<_> = joined.origins.iter().map(|origin| origin.range.clone()).collect();
    assert_eq!(ranges, [0..3, 5..8]);
}

#[test]
fn an_answer_that_broke_off_is_a_loss() {
    let cut = |number| Page {
        number,
        reading: PageReading::Seen { markdown: "Begun".to_owned(), size: None, is_cut: true },
    };
    let losses = |kind, pages: &[Page]| {
        from_pages(kind, None, pages).losses().collect::<Vec<_>>().join("; ")
    };
    let told = losses(Kind::Pdf, &[cut(2), cut(3), cut(7)]);
    assert!(told.starts_with("the model's answer broke off at pages 2–3, 7: the end"), "{told}");
    let told = losses(Kind::Image, &[cut(1)]);
    assert!(told.starts_with("the model's answer broke off at the picture"), "{told}");
}

#[test]
fn fences_around_answers_are_taken_off() {
    let check = |answer: &str, expect: &str| assert_eq!(unfenced(answer).trim(), expect);
    check("Words.", "Words.");
    check("```markdown\nWords.\n```\n", "Words.");
    check("```md\nWords.", "Words.");
    check("```markdown\nA\n```rust\nlet a;\n```\n```", "A\n```rust\nlet a;\n```");
    check("```markdown\nA\n```rust\nlet a;\n```", "A\n```rust\nlet a;\n```");
    check("```\ncode\n```", "```\ncode\n```");
    check("```markdown", "```markdown");
    check("```markdown\n```", "");
}

#[test]
fn pictures_are_known_by_their_bytes_and_tell_their_size() {
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[0, 0, 1, 2, 0, 0, 0, 9]].concat();
    let jpeg = [
        b"\xff\xd8\xff\xe0\0\x04ab".as_slice(),
        b"\xff\xc4\0\x03c\xff\xff\xc2\0\x0b\x08\0\x09\x01\x02\x03",
    ]
    .concat();
    let hint = Hint { name: "a", media_type: None };
    let check = |bytes: &[u8], kind, size| {
        assert_eq!((pictured(bytes, hint), pixels(bytes)), (kind, size));
    };
    check(&png, Some(Pictured::Png), Some((258, 9)));
    check(&jpeg, Some(Pictured::Jpeg), Some((258, 9)));
    check(b"\xff\xd8\xff", Some(Pictured::Jpeg), None);
    check(b"%PDF-1.7\n", Some(Pictured::Pdf), None);
    check(b"words", None, None);
    for length in 0..jpeg.len() {
        pixels(&jpeg[..length]);
    }
}

#[test]
fn a_text_without_pages_is_its_first() {
    let plain = extract(b"Words.", Hint { name: "a.txt", media_type: None }).ok();
    let plain = plain.as_ref();
    assert_eq!(plain.map(|plain| page_text(plain, 1)), Some("Words."));
    assert_eq!(plain.map(|plain| page_text(plain, 2)), Some(""));
    assert_eq!(page_text(&parsed(), 2), "## Part 2\n\nsecond layer");
}
