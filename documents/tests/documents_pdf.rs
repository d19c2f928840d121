//! What PDFs hold besides words: places, tables, heads and feet, outlines, links, fields, scans.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::format_push_string, reason = "content is written operator by operator")]

use corpus::SourcePlace;
use documents::{BlockKind, ExtractError, Extracted, Hint, Severity, extract};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

/// A PDF whose pages have these contents; what else they are to have is set by `more`.
fn pdf(contents: &[&str], more: impl Fn(&mut Document, &[ObjectId])) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = |name: &str| {
        dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => name,
            "Encoding" => "WinAnsiEncoding",
        }
    };
    let fonts = dictionary! { "F" => font("Helvetica"), "B" => font("Helvetica-Bold") };
    let mut pages = Vec::new();
    for content in contents {
        let content =
            document.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
        pages.push(document.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "Resources" => dictionary! { "Font" => fonts.clone() },
        }));
    }
    let kids: Vec<Object> = pages.iter().map(|page| (*page).into()).collect();
    let media: Vec<Object> = [0, 0, 600, 800].map(Object::from).to_vec();
    let count = i64::try_from(kids.len()).unwrap();
    let root =
        dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count, "MediaBox" => media };
    document.objects.insert(tree, Object::Dictionary(root));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    more(&mut document, &pages);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Extracted {
    extract(bytes, Hint { name: "a.pdf", media_type: None }).unwrap()
}

fn area(left: i32, top: i32, right: i32, bottom: i32) -> SourcePlace {
    SourcePlace::Area { page: 1, left, top, right, bottom }
}

#[test]
fn blocks_know_their_place_on_the_page_as_shown() {
    let content = ["BT /F 10 Tf 50 700 Td (iiii) Tj ET"];
    let extracted = read(&pdf(&content, |_, _| {}));
    assert_eq!(extracted.blocks[0].kind, BlockKind::Paragraph);
    assert_eq!(extracted.origins[0].source, area(50, 92, 59, 103));
    let turned = pdf(&content, |document, pages| {
        document.get_dictionary_mut(pages[0]).unwrap().set("Rotate", 90);
    });
    assert_eq!(read(&turned).origins[0].source, area(697, 50, 708, 59));
}

#[test]
fn rules_make_tables() {
    let mut content = String::new();
    for y in [700, 680, 660, 640] {
        content += &format!("50 {y} m 250 {y} l S ");
    }
    for x in [50, 150, 250] {
        content += &format!("{x} 640 m {x} 700 l S ");
    }
    let cells = [
        (60, 686, "Name"),
        (160, 686, "Colour"),
        (60, 670, "A long"),
        (60, 662, "apple"),
        (160, 666, "red"),
        (60, 646, "Pear"),
        (160, 646, "green"),
    ];
    for (x, y, text) in cells {
        content += &format!("BT /F 8 Tf {x} {y} Td ({text}) Tj ET ");
    }
    let extracted = read(&pdf(&[&content], |_, _| {}));
    assert_eq!(
        extracted.text,
        "| Name | Colour |\n| --- | --- |\n| A long apple | red |\n| Pear | green |"
    );
    let body = extracted.text.find("| A long").unwrap();
    assert_eq!(extracted.blocks[0].kind, BlockKind::Table { body });
    assert_eq!(extracted.origins.len(), 3);
}

#[test]
fn aligned_numbers_make_tables_and_columns_of_prose_do_not() {
    let row = |y: i32, cells: [&str; 3]| {
        let place = [50, 300, 400];
        let cells = cells
            .iter()
            .zip(place)
            .map(|(cell, x)| format!("BT /F 10 Tf {x} {y} Td ({cell}) Tj ET "));
        cells.collect::<String>()
    };
    let content = row(700, ["", "2023", "2022"])
        + &row(686, ["Revenue", "1,200", "900"])
        + &row(672, ["Costs", "\\(800\\)", "\\(700\\)"])
        + &row(658, ["Profit", "$ 400", "$ 200"]);
    let expect = "|  | 2023 | 2022 |\n| --- | --- | --- |\n| Revenue | 1,200 | 900 |\n\
                  | Costs | (800) | (700) |\n| Profit | $ 400 | $ 200 |";
    assert_eq!(read(&pdf(&[&content], |_, _| {})).text, expect);
    let prose = "the quick brown fox jumps over a lazy dog";
    let mut columns = String::new();
    for x in [50, 320] {
        for line in 0..6 {
            columns += &format!("BT /F 10 Tf {x} {} Td ({prose}) Tj ET ", 700 - 12 * line);
        }
    }
    let extracted = read(&pdf(&[&columns], |_, _| {}));
    assert!(!extracted.text.contains('|'), "{}", extracted.text);
}

#[test]
fn heads_and_feet_are_left_out_and_words_go_on_over_pages() {
    let page = |number: usize, first: &str, last: &str| {
        let mut content = format!(
            "BT /F 9 Tf 50 770 Td (The Company Report) Tj ET BT /F 10 Tf 50 700 Td ({first}) Tj ET "
        );
        for line in 0..5 {
            content += &format!(
                "BT /F 10 Tf 50 {} Td (Sentence {number}{line} is here.) Tj ET ",
                660 - 30 * line
            );
        }
        content
            + &format!("BT /F 10 Tf 50 400 Td ({last}) Tj ET BT /F 9 Tf 290 30 Td ({number}) Tj ET")
    };
    let pages =
        [page(1, "Begin", "This is an exam-"), page(2, "ple of it", "more"), page(3, "and", "end")];
    let extracted = read(&pdf(&pages.each_ref().map(String::as_str), |_, _| {}));
    assert!(!extracted.text.contains("Company"), "{}", extracted.text);
    assert!(extracted.text.contains("This is an example\n\nof it"), "{}", extracted.text);
    assert!(!extracted.text.contains("\n1\n"));
    let notes: Vec<&str> = extracted.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        notes,
        [
            "lines that repeat at the heads and feet of pages are left out: “The Company Report”, “#”"
        ]
    );
    assert_eq!(extracted.warnings[0].severity, Severity::Note);
}

#[test]
fn titles_at_the_heads_of_pages_stay() {
    let page = |exhibit: &str| {
        let mut content = format!(
            "BT /F 10 Tf 50 770 Td (Exhibit {exhibit}) Tj ET \
             BT /B 10 Tf 50 740 Td (Certification) Tj ET "
        );
        for line in 0..6 {
            let height = 700 - 30 * line;
            content += &format!("BT /F 10 Tf 50 {height} Td (I certify {exhibit}{line}.) Tj ET ");
        }
        content
    };
    let pages = ["31.1", "31.2", "32.1", "32.2"].map(page);
    let extracted = read(&pdf(&pages.each_ref().map(String::as_str), |_, _| {}));
    assert_eq!(extracted.text.matches("# Certification").count(), 4, "{}", extracted.text);

    let page = |number: usize| {
        let mut content = String::from("BT /B 14 Tf 50 770 Td (Statement of Accounts) Tj ET ");
        for line in 0..6 {
            let height = 700 - 30 * line;
            content += &format!("BT /F 10 Tf 50 {height} Td (Sentence {number}{line}.) Tj ET ");
        }
        content
    };
    let pages = [1, 2, 3, 4].map(page);
    let extracted = read(&pdf(&pages.each_ref().map(String::as_str), |_, _| {}));
    assert_eq!(extracted.text.matches("Statement").count(), 1, "{}", extracted.text);
    assert!(extracted.text.starts_with("# Statement of Accounts\n\n"), "{}", extracted.text);
}

#[test]
fn what_is_cropped_is_left_out_and_told() {
    let content = "BT /F 10 Tf 50 700 Td (Shown) Tj 0 -400 Td (Cut) Tj ET";
    let extracted = read(&pdf(&[content], |document, pages| {
        let crop: Vec<Object> = [0, 500, 600, 800].map(Object::from).to_vec();
        document.get_dictionary_mut(pages[0]).unwrap().set("CropBox", crop);
    }));
    assert_eq!(extracted.text, "Shown");
    let notes: Vec<&str> = extracted.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        notes,
        ["3 characters that stand outside of what is shown of their pages are left out"]
    );
}

#[test]
fn what_annotations_show_or_say_is_read_once() {
    let content = "BT /F 10 Tf 50 700 Td (Words) Tj ET";
    let extracted = read(&pdf(&[content], |document, pages| {
        let rect = |numbers: [i64; 4]| numbers.map(Object::from).to_vec();
        let font =
            dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
        let look = dictionary! {
            "Subtype" => "Form", "BBox" => rect([0, 0, 90, 20]),
            "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
        };
        let shown = b"BT /F 10 Tf 0 5 Td (Two metres) Tj ET".to_vec();
        let look = document.add_object(Stream::new(look, shown));
        let line = dictionary! {
            "Subtype" => "Line", "Rect" => rect([50, 600, 140, 620]),
            "Contents" => Object::string_literal("two metres"),
            "AP" => dictionary! { "N" => look },
        };
        let free = dictionary! {
            "Subtype" => "FreeText", "Rect" => rect([50, 500, 140, 520]),
            "Contents" => Object::string_literal("written on it"),
        };
        let annotations = vec![line.into(), free.into()];
        document.get_dictionary_mut(pages[0]).unwrap().set("Annots", Object::Array(annotations));
    }));
    assert_eq!(extracted.text, "Words\n\nTwo metres\n\n- note: written on it");
}

#[test]
fn outlines_links_fields_and_attachments_are_read() {
    let content =
        "BT /F 10 Tf 50 700 Td (Scope) Tj 0 -30 Td (See the manual for the rest of it.) Tj ET";
    let bytes = pdf(&[content], |document, pages| {
        let page = pages[0];
        let rect = |numbers: [i64; 4]| numbers.map(Object::from).to_vec();
        let link = dictionary! {
            "Subtype" => "Link", "Rect" => rect([68, 665, 120, 685]),
            "A" => dictionary! { "S" => "URI", "URI" => Object::string_literal("https://example.com/m") },
        };
        let field = dictionary! {
            "Subtype" => "Widget", "FT" => "Tx", "T" => Object::string_literal("Surname"),
            "V" => Object::string_literal("Miller"), "Rect" => rect([50, 600, 90, 620]),
        };
        let annotations = vec![link.into(), field.into()];
        document.get_dictionary_mut(page).unwrap().set("Annots", Object::Array(annotations));
        let outlines = document.new_object_id();
        let entry = |title: &str| {
            dictionary! {
                "Title" => Object::string_literal(title), "Dest" => vec![page.into(), "Fit".into()],
            }
        };
        let child = document.add_object(entry("Scope"));
        let mut part = entry("Part One");
        part.set("First", child);
        let part = document.add_object(part);
        document.objects.insert(outlines, dictionary! { "First" => part }.into());
        let file = dictionary! { "Type" => "Filespec", "UF" => Object::string_literal("data.csv") };
        let names = vec![Object::string_literal("1"), file.into()];
        let catalog = document.catalog_mut().unwrap();
        catalog.set("Outlines", outlines);
        catalog.set("Lang", Object::string_literal("en-GB"));
        catalog.set("Names", dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } });
    });
    let extracted = read(&bytes);
    assert_eq!(
        extracted.text,
        "## Scope\n\nSee [the manual](https://example.com/m) for the rest of it.\n\n- Surname: Miller"
    );
    let place = extracted.place(extracted.text.find("manual").unwrap());
    assert_eq!(place.headings, ["Part One", "Scope"]);
    assert_eq!(extracted.properties.attachments, ["data.csv"]);
    assert_eq!(extracted.properties.language.as_deref(), Some("en-GB"));
}

#[test]
fn bold_lines_above_text_are_headings() {
    let content = "BT /B 10 Tf 50 700 Td (1.2 Terms) Tj /F 10 Tf 0 -30 Td \
                   (These are the words of a body that is longer.) Tj ET";
    let text = read(&pdf(&[content], |_, _| {})).text;
    assert!(text.starts_with("## 1.2 Terms\n\n"), "{text}");
    let content = "BT /B 10 Tf 50 700 Td (3 What the parties have to agree upon) Tj \
                   /F 10 Tf 0 -12 Td (These are the words of a body that goes on,) Tj \
                   0 -12 Td (and on, for several lines, all as long as the first,) Tj \
                   0 -12 Td (so that there is more of it than of what is bold.) Tj ET";
    let text = read(&pdf(&[content], |_, _| {})).text;
    assert!(text.contains("agree upon\n\nThese"), "{text}");
}

#[test]
fn what_stands_across_the_lines_is_no_heading() {
    let content = "BT /F 20 Tf 0 1 -1 0 30 200 Tm (Stamp at the side) Tj ET \
                   BT /F 14 Tf 50 700 Td (Title) Tj /F 10 Tf 0 -30 Td (The text below it.) Tj ET";
    let text = read(&pdf(&[content], |_, _| {})).text;
    assert!(text.contains("# Title") && !text.contains("# Stamp"), "{text}");
}

#[test]
fn scans_are_told() {
    let picture = |document: &mut Document, page: ObjectId, filter: Option<&str>, data: &[u8]| {
        let mut dictionary = dictionary! {
            "Subtype" => "Image", "Width" => 2, "Height" => 1, "BitsPerComponent" => 8,
            "ColorSpace" => "DeviceGray",
        };
        if let Some(filter) = filter {
            dictionary.set("Filter", filter);
        }
        let image = document.add_object(Stream::new(dictionary, data.to_vec()));
        let resources = document.get_dictionary_mut(page).unwrap().get_mut(b"Resources").unwrap();
        resources.as_dict_mut().unwrap().set("XObject", dictionary! { "I" => image });
    };
    let draw = "q 600 0 0 800 0 0 cm /I Do Q";
    let text = "BT /F 10 Tf 50 700 Td (Words) Tj ET";
    let bytes = pdf(&[text, draw, draw], |document, pages| {
        picture(document, pages[1], Some("DCTDecode"), b"\xff\xd8 jpeg");
        picture(document, pages[2], None, &[0, 255]);
    });
    let losses: Vec<String> = read(&bytes).losses().collect();
    assert_eq!(
        losses,
        ["pages 2–3 hold only pictures, as scans do; the setting `ingest.ocr` has their text read"]
    );
    assert_eq!(read(&bytes).scans, [2, 3]);
    let scan = pdf(&[draw], |document, pages| picture(document, pages[0], None, &[0, 255]));
    let error = extract(&scan, Hint { name: "a.pdf", media_type: None }).unwrap_err();
    assert!(matches!(error, ExtractError::NoText { .. }), "{error}");
}
