//! Office documents through the public surface: small ones made here, damaged ones, and, where the
//! evaluation data is there, real ones against their true text.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::{Cursor, Write};
use std::process::Command;

use documents::{ExtractError, Extracted, Hint, Kind, Landmark, Severity, extract};
use support::data;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn read(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    extract(bytes, Hint { name: "a", media_type: None })
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A Word document with this body, and other parts that it refers to by their kind and name.
fn docx(body: &str, parts: &[(&str, &str, &str)]) -> Vec<u8> {
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let relations: Vec<String> = parts
        .iter()
        .map(|(kind, name, _)| {
            format!("<Relationship Id='{kind}' Type='http://x/{kind}' Target='{name}'/>")
        })
        .collect();
    let relations = relations.concat();
    let links = "<Relationship Id='web' Type='http://x/hyperlink' Target='https://a.org/b' TargetMode='External'/>";
    let relations = format!("<Relationships>{relations}{links}</Relationships>");
    let names: Vec<String> = parts.iter().map(|(_, name, _)| format!("word/{name}")).collect();
    let mut entries = vec![
        ("word/document.xml", document.as_str()),
        ("word/_rels/document.xml.rels", relations.as_str()),
    ];
    entries.extend(names.iter().map(String::as_str).zip(parts.iter().map(|(_, _, text)| *text)));
    zip(&entries)
}

fn check_docx(body: &str, parts: &[(&str, &str, &str)], expect: &str) {
    let extracted = read(&docx(body, parts)).unwrap();
    assert_eq!(extracted.text, expect, "{body}");
    assert_eq!(extracted.kind, Kind::Docx);
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn changes_are_accepted_and_what_is_hidden_stays_so() {
    check_docx(
        "<w:p><w:r><w:t>kept </w:t></w:r><w:ins><w:r><w:t>added</w:t></w:r></w:ins>\
         <w:del><w:r><w:delText>gone</w:delText></w:r></w:del>\
         <w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>\
         <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>one </w:t></w:r></w:p>\
         <w:p><w:r><w:t>paragraph</w:t></w:r></w:p>",
        &[],
        "kept added\n\none paragraph",
    );
}

#[test]
fn notes_and_comments_stand_at_the_end() {
    let note = |name: &str, text: &str| {
        format!(
            "<w:{name}s><w:{name} w:id='-1' w:type='separator'>{}</w:{name}>\
             <w:{name} w:id='2' w:author='Ada'>{}</w:{name}></w:{name}s>",
            p("no"),
            p(text)
        )
    };
    let (foot, end, comment) =
        (note("footnote", "below"), note("endnote", "behind"), note("comment", "why?"));
    check_docx(
        &("<w:p><w:r><w:t>a</w:t><w:endnoteReference w:id='2'/><w:t> b</w:t>\
           <w:footnoteReference w:id='2'/><w:commentReference w:id='2'/></w:r></w:p>"
            .to_owned()
            + &p("c")),
        &[
            ("footnotes", "footnotes.xml", &foot),
            ("endnotes", "endnotes.xml", &end),
            ("comments", "comments.xml", &comment),
        ],
        "a[^1] b[^2][^comment-1]\n\nc\n\n[^2]: below\n\n[^1]: behind\n\n[^comment-1]: Ada: why?",
    );
}

#[test]
fn headings_lists_and_links_are_kept() {
    let styles = "<w:styles><w:style w:type='paragraph' w:styleId='U1'><w:name w:val='heading 1'/>\
                  <w:pPr><w:outlineLvl w:val='0'/><w:numPr><w:numId w:val='2'/></w:numPr></w:pPr></w:style>\
                  <w:style w:type='paragraph' w:styleId='U2'><w:name w:val='Mine'/><w:basedOn w:val='U1'/>\
                  <w:pPr><w:outlineLvl w:val='1'/><w:numPr><w:ilvl w:val='1'/></w:numPr></w:pPr></w:style></w:styles>";
    let level = |depth: u32, format: &str, text: &str| {
        format!(
            "<w:lvl w:ilvl='{depth}'><w:start w:val='1'/><w:numFmt w:val='{format}'/><w:lvlText w:val='{text}'/></w:lvl>"
        )
    };
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId='0'>{}{}</w:abstractNum>\
         <w:abstractNum w:abstractNumId='1'>{}{}</w:abstractNum>\
         <w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>\
         <w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num></w:numbering>",
        level(0, "lowerRoman", "%1)"),
        level(1, "bullet", "·"),
        level(0, "decimal", "%1"),
        level(1, "decimal", "%1.%2"),
    );
    let styled = |style: &str, text: &str| {
        format!("<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let item = |depth: u32, text: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val='{depth}'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body = [
        styled("U1", "First"),
        styled("U2", "Within"),
        item(0, "one"),
        item(1, "under"),
        item(0, "two"),
        "<w:p><w:hyperlink r:id='web'><w:r><w:t>there</w:t></w:r></w:hyperlink></w:p>".to_owned(),
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/><w:instrText> HYPERLINK \"https://c.org\" </w:instrText>\
         <w:fldChar w:fldCharType='separate'/><w:t>field</w:t><w:fldChar w:fldCharType='end'/></w:r></w:p>"
            .to_owned(),
        styled("U1", "Second"),
    ];
    check_docx(
        &body.concat(),
        &[("styles", "styles.xml", styles), ("numbering", "numbering.xml", &numbering)],
        "# 1 First\n\n## 1.1 Within\n\ni) one\n  - under\nii) two\n\n[there](https://a.org/b)\n\n\
         [field](https://c.org)\n\n# 2 Second",
    );
}

#[test]
fn cells_that_are_merged_say_their_words_once() {
    let cell = |properties: &str, content: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>")
    };
    let nested = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("", &p("x")), cell("", &p("y")));
    let body = format!(
        "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}{}</w:tr><w:tr>{}{}{}</w:tr></w:tbl>",
        cell("<w:gridSpan w:val='2'/>", &p("wide")),
        cell("", &p("c")),
        cell("<w:vMerge w:val='restart'/>", &p("tall")),
        cell("", &(p("1") + &p("2"))),
        cell("", &nested),
        cell("<w:vMerge/>", &p("")),
        cell("", &p("3")),
        cell("", &p("4")),
    );
    check_docx(
        &body,
        &[],
        "| wide |  | c |\n| --- | --- | --- |\n| tall | 1 2 | x y |\n|  | 3 | 4 |",
    );
}

#[test]
fn slides_are_pages_in_their_order() {
    let shape = |kind: &str, x: u32, y: u32, text: &str| {
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id='1'/><p:nvPr>{kind}</p:nvPr></p:nvSpPr><p:spPr><a:xfrm>\
             <a:off x='{x}' y='{y}'/></a:xfrm></p:spPr><p:txBody>{text}</p:txBody></p:sp>"
        )
    };
    let line = |text: &str| format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>");
    let slide = |show: &str, shapes: &str| {
        format!("<p:sld {show}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>")
    };
    let first = slide(
        "",
        &[
            shape("", 9_000_000, 5_000_000, &line("right")),
            shape("", 100, 5_000_100, &line("left")),
            shape("<p:ph type='title'/>", 0, 9_000_000, &line("Title")),
            shape("<p:ph type='sldNum'/>", 0, 0, &line("7")),
        ]
        .concat(),
    );
    let numbered =
        "<a:p><a:pPr><a:buAutoNum type='alphaLcParenR'/></a:pPr><a:r><a:t>item</a:t></a:r></a:p>";
    let second = slide("show='0'", &shape("", 0, 0, &numbered.repeat(2)));
    let notes = format!(
        "<p:notes><p:cSld><p:spTree>{}</p:spTree></p:cSld></p:notes>",
        shape("<p:ph type='body'/>", 0, 0, &line("say this"))
    );
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id='{id}' Type='http://x/{kind}' Target='{target}'/>")
    };
    let bytes = zip(&[
        (
            "ppt/presentation.xml",
            "<p:presentation><p:sldIdLst><p:sldId id='256' r:id='b'/><p:sldId id='257' r:id='a'/></p:sldIdLst></p:presentation>",
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            &format!(
                "<R>{}{}</R>",
                relation("a", "slide", "slides/slide1.xml"),
                relation("b", "slide", "slides/slide2.xml")
            ),
        ),
        ("ppt/slides/slide1.xml", &second),
        ("ppt/slides/slide2.xml", &first),
        (
            "ppt/slides/_rels/slide2.xml.rels",
            &format!("<R>{}</R>", relation("n", "notesSlide", "../notesSlides/n.xml")),
        ),
        ("ppt/notesSlides/n.xml", &notes),
        (
            "docProps/core.xml",
            "<cp:coreProperties><dc:title>T</dc:title><dc:creator>Ada</dc:creator></cp:coreProperties>",
        ),
        ("ppt/embeddings/Sheet.xlsx", ""),
    ]);
    let extracted = read(&bytes).unwrap();
    assert_eq!(
        extracted.text,
        "# Title\n\nleft\n\nright\n\nSpeaker notes: say this\n\na) item\nb) item"
    );
    let pages: Vec<_> =
        extracted.marks.iter().filter(|mark| matches!(mark.landmark, Landmark::Page(_))).collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(extracted.warnings[0].message, "slide 2 is hidden in the show");
    assert_eq!(extracted.warnings[0].severity, Severity::Note);
    assert_eq!(extracted.properties.author.as_deref(), Some("Ada"));
    assert_eq!(extracted.properties.attachments, ["Sheet.xlsx"]);
}

/// A workbook of sheets: their names with what is said of them, and their rows.
fn xlsx(sheets: &[(&str, &str)]) -> Vec<u8> {
    let (mut list, mut relations) = (Vec::new(), Vec::new());
    let mut parts = Vec::new();
    for (index, (name, rows)) in sheets.iter().enumerate() {
        list.push(format!("<sheet name={name} r:id='r{index}'/>"));
        relations.push(format!(
            "<Relationship Id='r{index}' Type='http://x/worksheet' Target='worksheets/sheet{index}.xml'/>"
        ));
        parts.push((
            format!("xl/worksheets/sheet{index}.xml"),
            format!(
                "<worksheet><dimension ref='A1:XFD1048576'/><sheetData>{rows}</sheetData></worksheet>"
            ),
        ));
    }
    let workbook = format!("<workbook><sheets>{}</sheets></workbook>", list.concat());
    let relations = relations.concat();
    let relations = format!(
        "<R>{relations}<Relationship Id='s' Type='http://x/styles' Target='styles.xml'/>\
         <Relationship Id='t' Type='http://x/sharedStrings' Target='sharedStrings.xml'/></R>"
    );
    let styles = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='0.0%'/></numFmts>\
                  <cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/></cellXfs></styleSheet>";
    let strings = "<sst><si><t>Day</t></si><si><r><t>Sha</t></r><r><t>re</t></r><rPh><t>x</t></rPh></si></sst>";
    let mut entries = vec![
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", relations.as_str()),
        ("xl/styles.xml", styles),
        ("xl/sharedStrings.xml", strings),
    ];
    entries.extend(parts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    zip(&entries)
}

#[test]
fn cells_are_shown_as_their_formats_say() {
    let rows = "<row r='2'><c r='B2' t='s'><v>0</v></c><c r='C2' t='s'><v>1</v></c><c r='D2' t='inlineStr'><is><t>ok</t></is></c></row>\
                <row r='3'><c r='B3' s='1'><v>45000</v></c><c r='C3' s='2'><f>1/8</f><v>0.125</v></c><c r='D3' t='b'><v>1</v></c></row>";
    let far = "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>";
    let extracted =
        read(&xlsx(&[("'One'", &(rows.to_owned() + far)), ("'Two' state='hidden'", rows)]))
            .unwrap();
    assert_eq!(
        extracted.text,
        "# One\n\n| Day | Share | ok |\n| --- | --- | --- |\n| 2023-03-15 | 12.5% | TRUE |\n\n1"
    );
    assert_eq!(extracted.warnings[0].message, "hidden sheets are left out: Two");
}

#[test]
fn open_document_texts_are_read() {
    let content = "<office:document-content><office:automatic-styles>\
        <text:list-style style:name='L'><text:list-level-style-number text:level='1' style:num-format='1' style:num-suffix='.'/>\
        </text:list-style><style:style style:name='H'><style:text-properties text:display='none'/></style:style>\
        </office:automatic-styles><office:body><office:text>\
        <text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>\
        <text:h text:outline-level='2'>Head</text:h>\
        <text:p>a  b<text:s text:c='2'/>c<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>below</text:p></text:note-body></text:note>\
        <text:span text:style-name='H'>hidden</text:span></text:p>\
        <text:list text:style-name='L'><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>\
        <table:table><table:table-row><table:table-cell table:number-columns-spanned='2'><text:p>wide</text:p></table:table-cell><table:covered-table-cell/></table:table-row>\
        <table:table-row><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>2</text:p></table:table-cell></table:table-row></table:table>\
        </office:text></office:body></office:document-content>";
    let meta = "<office:document-meta><office:meta><dc:title>T</dc:title><dc:date>2024-01-02</dc:date></office:meta></office:document-meta>";
    let mimetype = "application/vnd.oasis.opendocument.text";
    let bytes = zip(&[("mimetype", mimetype), ("content.xml", content), ("meta.xml", meta)]);
    let extracted = read(&bytes).unwrap();
    assert_eq!(
        extracted.text,
        "## Head\n\na b  c[^1]\n\n1. one\n2. two\n\n| wide |  |\n| --- | --- |\n| 1 | 2 |\n\n[^1]: below"
    );
    assert_eq!(extracted.properties.title.as_deref(), Some("T"));
    let locked = "<manifest><file-entry><encryption-data/></file-entry></manifest>";
    let locked = zip(&[("mimetype", mimetype), ("META-INF/manifest.xml", locked)]);
    assert_eq!(read(&locked), Err(ExtractError::Locked { kind: Kind::Odt }));
}

#[test]
fn repeated_cells_cost_nothing() {
    let content = "<office:document-content><office:body><office:spreadsheet><table:table table:name='S'>\
        <table:table-row><table:table-cell office:value-type='string'><text:p>a</text:p></table:table-cell>\
        <table:table-cell table:number-columns-repeated='16383'/></table:table-row>\
        <table:table-row table:number-rows-repeated='1048575'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>\
        </table:table></office:spreadsheet></office:body></office:document-content>";
    let mimetype = "application/vnd.oasis.opendocument.spreadsheet";
    let extracted = read(&zip(&[("mimetype", mimetype), ("content.xml", content)])).unwrap();
    assert_eq!(extracted.text, "# S\n\na");
}

#[test]
fn what_is_damaged_is_read_as_far_as_it_goes() {
    let body: String = (0..2_000_u32)
        .map(|number| p(&format!("{:x}", number.wrapping_mul(2_654_435_761))))
        .collect();
    let whole = docx(&body, &[]);
    let cut = &whole[..whole.len() / 2];
    let extracted = read(cut).unwrap();
    assert!(extracted.text.starts_with("0\n\n9e3779b1"), "{}", extracted.text);
    assert!(extracted.losses().next().unwrap().starts_with("the file is damaged"));
    let error = extract(&whole[..20], Hint { name: "a.docx", media_type: None }).unwrap_err();
    assert!(matches!(error, ExtractError::Damaged { kind: Kind::Docx, .. }), "{error}");
    let empty = docx("", &[]);
    assert!(matches!(read(&empty), Err(ExtractError::NoText { kind: Kind::Docx, .. })));
}

#[test]
fn bombs_do_not_go_off() {
    // A part that inflates a thousandfold is cut where a part may end.
    let blanks = " ".repeat(200 << 20);
    let bomb = docx(&(p("before") + &blanks + &p("after")), &[]);
    assert!(bomb.len() < 1 << 20);
    let extracted = read(&bomb).unwrap();
    assert_eq!(extracted.text, "before");
    assert_eq!(extracted.losses().count(), 1);
    // Entities are not expanded.
    let document = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>\
                    <w:document><w:body><w:p><w:r><w:t>x&b;y</w:t></w:r></w:p></w:body></w:document>";
    assert_eq!(read(&zip(&[("word/document.xml", document)])).unwrap().text, "xy");
    // However deep, in whatever element.
    for name in ["w:sdt", "w:p", "w:tbl", "w:tc", "w:ins", "w:r", "m:oMath", "w:txbxContent"] {
        let deep = format!("<{name}>").repeat(100_000)
            + &p("deep")
            + &format!("</{name}>").repeat(100_000);
        let text = read(&docx(&(p("first") + &deep), &[])).unwrap().text;
        assert!(text.starts_with("first"), "{name}: {text}");
    }
}

#[test]
fn real_office_documents_become_their_true_text() {
    let Some(data) = data() else { return };
    let out = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(data.join("office/files")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let extracted = read(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(extracted.losses().count(), 0, "{name}");
        std::fs::write(out.path().join(name + ".txt"), extracted.text).unwrap();
    }
    let scored = Command::new("python3")
        .arg(data.join("score_text.py"))
        .args(["--plain", "--min", "token_f1", "0.975", "--min", "char_sim", "0.93"])
        .args(["--min", "pass_rate", "1", "--truth"])
        .arg(data.join("office/truth"))
        .arg("--pred")
        .arg(out.path())
        .arg("--checks")
        .arg(data.join("office/checks.jsonl"))
        .output()
        .unwrap();
    assert!(scored.status.success(), "{}", String::from_utf8_lossy(&scored.stdout));
}
