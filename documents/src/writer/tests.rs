use super::*;

fn rows(rows: &[&[&str]]) -> Vec<Row> {
    let row = |cells: &&[&str]| Row {
        cells: cells.iter().map(ToString::to_string).collect(),
        source: None,
    };
    rows.iter().map(row).collect()
}

fn check(write: impl FnOnce(&mut Writer), expect: &str) -> Extracted {
    let mut writer = Writer::new(Kind::Docx);
    write(&mut writer);
    let extracted = writer.finish();
    assert_eq!(extracted.text, expect);
    for block in &extracted.blocks {
        assert!(extracted.text.get(block.range.clone()).is_some(), "{block:?}");
    }
    extracted
}

#[test]
fn blocks_stand_apart_and_items_together() {
    let extracted = check(
        |writer| {
            writer.page(1);
            writer.heading(1, " A \n title ", None);
            writer.paragraph("one\r\ntwo ", None);
            writer.item(0, "-", "a", None);
            writer.item(1, "2.", "b\nc", None);
            writer.paragraph("  ", None);
            writer.code(Some("Rust"), "\n  let a;\n```\n", None);
        },
        "# A title\n\none\ntwo\n\n- a\n  2. b\n     c\n\n````rust\n  let a;\n```\n````",
    );
    let kinds: Vec<&BlockKind> = extracted.blocks.iter().map(|block| &block.kind).collect();
    assert_eq!(kinds[..2], [&BlockKind::Paragraph, &BlockKind::List]);
    assert_eq!(extracted.properties.title.as_deref(), Some("A title"));
    assert_eq!(extracted.marks.len(), 2);
}

#[test]
fn tables_know_where_their_rows_begin() {
    let table = rows(&[&["a", "b|c"], &[" ", ""], &["1\n2"]]);
    let text = "| a | b\\|c |\n| --- | --- |\n| 1 2 |  |";
    let extracted = check(|writer| writer.table(&table, 1), text);
    assert_eq!(extracted.blocks[0].kind, BlockKind::Table { body: 27 });
    let extracted = check(|writer| writer.table(&rows(&[&["a"], &["b"]]), 0), "| a |\n| b |");
    assert_eq!(extracted.blocks[0].kind, BlockKind::Table { body: 0 });
    check(|writer| writer.table(&rows(&[&[""]]), 1), "");
}
