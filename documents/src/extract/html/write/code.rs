//! Preformatted text, with the language that its class names say it is in.

use super::super::page::{Content, Element, Page};
use super::is_inline;

/// Preformatted text.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) text: String,
    pub(super) language: Option<String>,
}

/// Reads what the preformatted element at an index holds.
pub(super) fn read(page: &Page, index: usize, is_left_out: impl Fn(usize) -> bool) -> Code {
    let mut text = String::new();
    // Elements on lines of their own: where they end.
    let mut ends: Vec<usize> = Vec::new();
    // Where the last code that is a part of it ends.
    let mut part = 0;
    let mut at = index + 1;
    let end = page.within(index).end;
    while at < end {
        while ends.pop_if(|end| *end <= at).is_some() {
            end_line(&mut text);
        }
        match page.nodes.get(at).map(|node| &node.content) {
            Some(Content::Text(words)) => text.push_str(words),
            Some(Content::Element(element)) => {
                if is_left_out(at) || is_line_number(element) {
                    at = page.within(at).end;
                    continue;
                }
                match element.name() {
                    "br" => text.push('\n'),
                    "code" => {
                        // Two versions of an example, of which readers choose one.
                        if part == at {
                            end_line(&mut text);
                        }
                        part = page.within(at).end;
                    }
                    name if is_inline(name) => {}
                    _ => {
                        end_line(&mut text);
                        ends.push(page.within(at).end);
                    }
                }
            }
            None => break,
        }
        at += 1;
    }
    Code { text: text.replace('\u{200b}', ""), language: language(page, index) }
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn is_line_number(element: &Element) -> bool {
    let class = element.attribute("class").unwrap_or_default();
    class.split_ascii_whitespace().any(|name| {
        matches!(
            name.to_ascii_lowercase().as_str(),
            "lineno"
                | "linenos"
                | "line-number"
                | "line-numbers"
                | "linenumber"
                | "gutter"
                | "line-numbers-rows"
                | "hljs-ln-numbers"
        )
    }) || element.name() == "button"
}

/// The language of preformatted text: by its own class names, then by those of an element that
/// is all it holds, then by those around it.
fn language(page: &Page, index: usize) -> Option<String> {
    const NEAR: usize = 3;
    let inner =
        (index + 1..page.within(index).end).take(NEAR).filter(|at| page.name(*at) == "code");
    let around = page.above(index).take(NEAR).take_while(|at| page.name(*at) == "div");
    std::iter::once(index).chain(inner).chain(around).find_map(|at| language_of(page.element(at)?))
}

fn language_of(element: &Element) -> Option<String> {
    let given = element.attribute("data-lang").or_else(|| element.attribute("data-language"));
    if let Some(language) = given.and_then(name_of) {
        return Some(language);
    }
    let class = element.attribute("class")?;
    let mut names = class.split_ascii_whitespace().peekable();
    while let Some(name) = names.next() {
        let lower = name.to_ascii_lowercase();
        let named = ["language-", "lang-", "highlight-source-", "highlight-text-", "highlight-"]
            .iter()
            .find_map(|prefix| lower.strip_prefix(prefix))
            .or_else(|| lower.strip_prefix("brush:").map(|rest| rest.trim_end_matches(';')));
        match named {
            // `brush: js`
            Some("") => return names.next().and_then(|next| name_of(next.trim_end_matches(';'))),
            Some(language) => {
                if let Some(language) = name_of(language) {
                    return Some(language);
                }
            }
            // `sourceCode python`, `src src-sh`, `rust rust-example-rendered`
            None if matches!(lower.as_str(), "sourcecode" | "prettyprint" | "hljs") => {
                let next = names.peek().and_then(|next| name_of(next));
                if let Some(next) = next.filter(|next| !next.contains('-')) {
                    return Some(next);
                }
            }
            None => {
                if let Some(language) = lower.strip_prefix("src-").and_then(name_of) {
                    return Some(language);
                }
            }
        }
    }
    None
}

/// A name that can be a language's.
fn name_of(name: &str) -> Option<String> {
    let name = name.trim().to_lowercase();
    let is_name = !name.is_empty()
        && name.len() <= 20
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.'));
    let says_nothing = matches!(
        name.as_str(),
        "default"
            | "none"
            | "notranslate"
            | "text"
            | "plaintext"
            | "plain"
            | "wrapper"
            | "block"
            | "box"
            | "code"
            | "txt"
            | "nohighlight"
    );
    (is_name && !says_nothing).then_some(name)
}
