//! Web pages through the public surface: places that lead back to their elements in the page as a
//! browser parses it, and, where the evaluation data is there, articles against their true text.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::process::Command;

use corpus::SourcePlace;
use documents::{Block, BlockKind, Extracted, Hint, extract};
use scraper::{Html, Selector};
use support::data;

fn read(name: &str, html: &str) -> Extracted {
    extract(html.as_bytes(), Hint { name, media_type: Some("text/html") }).unwrap()
}

/// The letters of a text, in which writing and page agree.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The paths that do not lead to elements which hold the text they are said of.
fn astray(html: &str, extracted: &Extracted) -> Vec<String> {
    let page = Html::parse_document(html);
    let select = |path: &str| {
        let selector = Selector::parse(path).unwrap();
        page.select(&selector).next()
    };
    let leads_back = |range: std::ops::Range<usize>, first: &str| {
        let text = &extracted.text[range];
        // Fences name a language that is no part of the page's text.
        let text = text.strip_prefix("```rust").unwrap_or(text);
        let Some(word) = text.split(|c: char| !c.is_alphanumeric()).find(|word| word.len() > 2)
        else {
            return true;
        };
        select(first).is_some_and(|element| {
            letters(&element.text().collect::<String>()).contains(&letters(word))
                || element.inner_html().contains(word)
        })
    };
    let mut astray = Vec::new();
    for origin in &extracted.origins {
        let SourcePlace::Elements { part: None, first, last } = &origin.source else {
            unreachable!()
        };
        if !leads_back(origin.range.clone(), first) || select(last).is_none() {
            astray.push(format!("{first}: {}", &extracted.text[origin.range.clone()]));
        }
    }
    astray
}

#[test]
fn places_lead_back_to_elements() {
    let html = "<!DOCTYPE html><title>T</title><header><nav>menu</nav><h1>Title</h1></header>\
        <main id=m><p>First <b>bold<p>second</b> word<x-tabs><div>In tabs</div></x-tabs>\
        <script>x</script><div><svg></svg><p>Third</div>\
        <ul><li>item one<li>item two<ul><li>inner</ul></ul>\
        <table><tr><th>head<th>two<tr><td>cell<td>four</table>\
        <a href=x><div>linked block</div></a><pre class='language-rust'>fn main() {}</pre>\
        <p id='1 2'>odd id<p id='a.b'>dotted id</main>";
    let extracted = read("a.html", html);
    assert_eq!(astray(html, &extracted), [""; 0]);
    assert_eq!(extracted.origins.len(), 13);
    let path_of = |word: &str| {
        let at = extracted.text.find(word).unwrap();
        let origin = extracted.origins.iter().find(|origin| origin.range.contains(&at)).unwrap();
        match &origin.source {
            SourcePlace::Elements { first, .. } => first.clone(),
            _ => unreachable!(),
        }
    };
    // A div closes the paragraph before it, and what was open in that.
    assert_eq!(path_of("Third"), "#m > div:nth-of-type(2) > p:nth-of-type(1)");
    assert_eq!(path_of("In tabs"), "#m > div:nth-of-type(1)");
    assert_eq!(path_of("dotted"), "#a\\.b");
    assert_eq!(
        path_of("cell"),
        "#m > table:nth-of-type(1) > tbody:nth-of-type(1) > tr:nth-of-type(2)"
    );
    let kinds: Vec<&Block> = extracted
        .blocks
        .iter()
        .filter(|block| !matches!(block.kind, BlockKind::Paragraph))
        .collect();
    assert!(matches!(kinds[0].kind, BlockKind::List));
    let BlockKind::Table { body } = kinds[1].kind else { unreachable!() };
    assert!(extracted.text[body..].starts_with("| cell"));
    assert!(
        matches!(&kinds[2].kind, BlockKind::Code { language } if language.as_deref() == Some("rust"))
    );
}

/// The page of an article, decompressed.
fn page(data: &std::path::Path, id: &str) -> String {
    let path = data.join("web/articles/html").join(format!("{id}.html.gz"));
    let output = Command::new("gzip").arg("-dc").arg(path).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn articles_become_their_true_text() {
    let Some(data) = data() else { return };
    let truth = std::fs::read_to_string(data.join("web/articles/truth.json")).unwrap();
    let truth: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&truth).unwrap();
    let mut texts = serde_json::Map::new();
    let (mut all, mut lost) = (0, 0);
    for (id, article) in &truth {
        let html = page(&data, id);
        let extracted = read(article["url"].as_str().unwrap(), &html);
        all += extracted.origins.len();
        lost += astray(&html, &extracted).len();
        texts.insert(id.clone(), serde_json::json!({ "articleBody": extracted.text }));
    }
    assert!(lost * 100 <= all, "{lost} of {all} places do not lead to their text");
    let out = tempfile::tempdir().unwrap();
    let predicted = out.path().join("out.json");
    std::fs::write(&predicted, serde_json::to_string(&texts).unwrap()).unwrap();
    let scored = Command::new("python3")
        .arg(data.join("score_text.py"))
        .args(["--raw", "--no-char", "--min", "shingle_f1", "0.98"])
        .args(["--min", "shingle_r", "0.985", "--truth"])
        .arg(data.join("web/articles/truth.json"))
        .arg("--pred")
        .arg(predicted)
        .output()
        .unwrap();
    assert!(scored.status.success(), "{}", String::from_utf8_lossy(&scored.stdout));
}
