use super::*;
use corpus::SourcePlace;
use proptest::prelude::*;

fn check(bytes: &[u8], expect: &str) {
    assert_eq!(extract(bytes, None).text, expect);
}

#[test]
fn names_and_order_are_kept() {
    check(
        br#"{"name": "x", "b": 1.10, "a": {"z": true, "y": [1, 2]}, "n": null, "long": 12345678901234567890123}"#,
        "- name: x\n- b: 1.10\n- a:\n  - z: true\n  - y: 1, 2\n- n:\n- long: 12345678901234567890123",
    );
    check(br#"["a", {"b": "c\u00e9"}, [[]]]"#, "1. a\n2. b: cé\n3. …");
    check(br#""word""#, "word");
}

#[test]
fn flat_records_are_a_table() {
    check(
        br#"{"total": 2, "rows": [{"id": 1, "name": "Ann"}, {"name": "Bo", "id": 2}], "page": 1}"#,
        "- total: 2\n- page: 1\n\n## rows\n\n| id | name |\n| --- | --- |\n| 1 | Ann |\n| 2 | Bo |",
    );
}

#[test]
fn what_is_large_goes_under_headings() {
    let text = "words ".repeat(300);
    let json =
        format!(r#"[{{"title": "First", "body": {{"text": "{text}"}}}}, {{"id": 7, "t": "x"}}]"#);
    let extracted = extract(json.as_bytes(), None);
    assert!(
        extracted.text.starts_with(
            "2. id: 7; t: x\n\n## First\n\n- title: First\n\n### body\n\n- text: words"
        ),
        "{}",
        extracted.text
    );
}

#[test]
fn values_know_their_bytes() {
    let bytes = b"\xef\xbb\xbf{\"a\": \"b\"}";
    let extracted = extract(bytes, None);
    assert_eq!(extracted.origins[0].source, SourcePlace::Bytes { start: 9, end: 12 });
}

#[test]
fn lines_are_records_and_bad_lines_are_named() {
    let bytes = b"{\"a\": {\"b\": 1, \"c\": [\"x\", \"y\"]}}\n\n{\"a\": \n{\"a\": [{\"b\": 2}, {\"b\": 3}]}\r\n";
    let extracted = extract_lines(bytes, None);
    assert_eq!(extracted.text, "a.b: 1\na.c: x, y\n\n{\"a\":\n\na.b: 2\na.b: 3");
    let messages: Vec<&str> = extracted.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(messages, ["line 3 is no valid JSON (a value is missing), and was kept as it is"]);
    assert_eq!(extract(b"{\"a\":1}\n{\"a\":2}", None).kind, Kind::JsonLines);
}

#[test]
fn what_is_no_json_is_text() {
    let extracted = extract(b"{\n// words\n}", None);
    assert_eq!(extracted.text, "{\n// words\n}");
    assert_eq!(
        extracted.warnings[0].message,
        "it is no valid JSON (line 2: a name in quotes is missing), and was read as plain text"
    );
}

#[test]
fn any_depth_is_read() {
    let deep = format!("{}1{}", r#"{"a":["#.repeat(100_000), "]}".repeat(100_000));
    assert!(extract(deep.as_bytes(), None).text.ends_with("- 1") || deep.len() > 1);
    let open = "[".repeat(1_000_000);
    assert_eq!(extract(open.as_bytes(), None).kind, Kind::Text);
}

proptest! {
    #[test]
    fn it_agrees_with_serde(text in r#"([\[\]{}:,0-9eE.\-+ ]|"[a-z\\"]{0,3}"|true|null|"a":|\{"b":1\}){0,12}"#) {
        let ours = read(&text).is_ok();
        // Numbers that no double holds are numbers all the same.
        let theirs = match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(_) => true,
            Err(error) => error.to_string().contains("number out of range"),
        };
        prop_assert_eq!(ours, theirs, "{}", text);
    }
}
