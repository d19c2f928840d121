#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use proptest::prelude::*;

fn check(rtf: &[u8], expect: &str) {
    assert_eq!(extract(rtf).unwrap().text, expect);
}

#[test]
fn characters_of_all_encodings_are_read() {
    check(
        br"{\rtf1\ansi\ansicpg1252 Gr\'fc\'dfe \u8364?\u-10179?\u-8704? \{x\}\~y\emdash z}",
        "Grüße €\u{1f600} {x}\u{a0}y—z",
    );
    check(
        br"{\rtf1\ansi{\fonttbl{\f0\fcharset204 A;}{\f1\fcharset128 B;}}\f0 \'cf\'f0\f1 \'83\'65}",
        "Прテ",
    );
    check(br"{\rtf1\uc2 a\u252\'c3\'bcb{\uc0\u252}c\uc1\u252?d}", "aübücüd");
    check(b"{\\rtf1 one\r\ntwo\\line three\\bin4 }}}}four}", "onetwo\nthreefour");
}

#[test]
fn structure_is_kept() {
    check(
        br#"{\rtf1{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\*\cs2 Strong;}}
{\info{\title The plan}{\author Ann}}{\header page}{\*\generator x;}{\pict 0102}
\pard\s1 Title\par\pard\s0 Text {\b bold}.\par
{\listtext 1.\tab}\pard\ls1\ilvl0 one\par{\listtext\u8226?\tab}\ilvl1 two\par
\pard\trowd\intbl a\cell b\cell\row\trowd\intbl 1\par x\cell 2\cell\row\pard after{\footnote \chftn note\par}\par
{\field{\*\fldinst HYPERLINK "https://x.org"}{\fldrslt link}} {\v hidden}{\*\unknown z}end}"#,
        "# Title\n\nText bold.\n\n1. one\n  - two\n\n| a | b |\n| --- | --- |\n| 1 x | 2 |\n\nafter[^1]\n\n[link](https://x.org) end\n\n[^1]: note",
    );
}

#[test]
fn comments_are_kept_and_heads_where_there_is_nothing_else() {
    check(
        br"{\rtf1{\header ACME}a{\*\atnid A}{\*\atnauthor Ann}\chatn{\*\annotation{\*\atndate 1}why}b\par}",
        "a[^comment-1]b\n\n[^comment-1]: why",
    );
    check(br"{\rtf1{\header\pard ACME\par}\par}", "ACME");
}

#[test]
fn properties_are_read() {
    let extracted = extract(br"{\rtf1{\info{\title T}{\author Ann}{\company x}}a}").unwrap();
    assert_eq!(extracted.properties.title.as_deref(), Some("T"));
    assert_eq!(extracted.properties.author.as_deref(), Some("Ann"));
    assert_eq!(extracted.text, "a");
}

#[test]
fn broken_files_do_no_harm() {
    let deep = [b"{\\rtf1 ".to_vec(), b"{".repeat(1 << 20), b"x".to_vec()].concat();
    let extracted = extract(&deep).unwrap();
    assert_eq!((extracted.text.as_str(), extracted.losses().count()), ("x", 1));
    assert_eq!(
        extract(br"{\rtf1{\pict 00}}").unwrap_err().to_string(),
        "no text was found in the RTF document: it holds no words; perhaps only pictures"
    );
    assert!(extract(b"words").is_err());
    let sample = br"{\rtf1\ansi{\fonttbl{\f0\fcharset204 A;}}\u-10179?\'cf{\field{\*\fldinst HYPERLINK x}{\fldrslt y}}\trowd a\cell\row{\footnote z}\bin9 x}";
    for end in 0..sample.len() {
        let _any = extract(&sample[..end]);
    }
}

proptest! {
    #[test]
    fn any_words_come_through(words in "[a-zäß€\u{4e00}-\u{4e10}\u{1f600}]{1,40}") {
        let mut rtf = String::from(r"{\rtf1\uc1 ");
        for unit in words.encode_utf16() {
            let number = i16::from_ne_bytes(unit.to_ne_bytes());
            rtf.extend(["\\u", &number.to_string(), "?"]);
        }
        rtf.push('}');
        prop_assert_eq!(extract(rtf.as_bytes()).unwrap().text, words);
    }
}
