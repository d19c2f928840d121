//! Rich text fields hold HTML. In a document of Markdown they are paragraphs, lists and headings.

use scraper::{ElementRef, Html, Node};

/// The most elements within each other that are gone into.
const DEPTH: usize = 256;

/// The words of a piece of HTML, in the lines and paragraphs that a reader sees.
pub(super) fn markdown(html: &str) -> String {
    let fragment = Html::parse_fragment(html);
    let mut text = Text::default();
    write(&mut text, fragment.root_element(), 0);
    text.finish()
}

fn write(text: &mut Text, element: ElementRef<'_>, depth: usize) {
    if depth > DEPTH {
        return;
    }
    for child in element.children() {
        match child.value() {
            Node::Text(words) => text.words(words),
            Node::Element(_) => {
                if let Some(child) = ElementRef::wrap(child) {
                    write_element(text, child, depth);
                }
            }
            _ => {}
        }
    }
}

fn write_element(text: &mut Text, element: ElementRef<'_>, depth: usize) {
    let name = element.value().name();
    match name {
        "script" | "style" | "template" | "head" => {}
        "br" => text.line(""),
        "img" => text.words(element.value().attr("alt").unwrap_or_default()),
        "li" => {
            text.line("- ");
            write(text, element, depth + 1);
        }
        "td" | "th" => {
            text.words(" ");
            write(text, element, depth + 1);
            text.words(" | ");
        }
        "tr" => {
            text.line("");
            write(text, element, depth + 1);
            text.line("");
        }
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            // Below the headings of the document.
            text.paragraph("### ");
            write(text, element, depth + 1);
            text.paragraph("");
        }
        "p" | "div" | "ul" | "ol" | "table" | "blockquote" | "pre" | "section" => {
            text.paragraph("");
            write(text, element, depth + 1);
            text.paragraph("");
        }
        _ => write(text, element, depth + 1),
    }
}

/// Lines that are being written.
#[derive(Debug, Default)]
struct Text {
    lines: Vec<String>,
    line: String,
    /// What the line begins with, once it has words.
    mark: &'static str,
}

impl Text {
    /// Adds words; spaces between them are one.
    fn words(&mut self, words: &str) {
        let begins_apart = words.starts_with(char::is_whitespace);
        for (number, word) in words.split_whitespace().enumerate() {
            let is_apart = number > 0 || begins_apart;
            if is_apart && !self.line.is_empty() && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
            if self.line.is_empty() {
                self.line.push_str(std::mem::take(&mut self.mark));
            }
            self.line.push_str(word);
        }
        let ends_apart = words.ends_with(char::is_whitespace);
        if ends_apart && !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    /// Begins another line.
    fn line(&mut self, mark: &'static str) {
        let line = std::mem::take(&mut self.line);
        if !line.trim().is_empty() {
            self.lines.push(line.trim_end().to_owned());
        }
        if !mark.is_empty() {
            self.mark = mark;
        }
    }

    /// Begins another paragraph, except at the beginning of a list item.
    fn paragraph(&mut self, mark: &'static str) {
        if self.line.is_empty() && self.mark == "- " {
            return;
        }
        self.line(mark);
        self.mark = mark;
        if self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn finish(mut self) -> String {
        self.line("");
        self.lines.join("\n").trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_in_their_paragraphs() {
        let check = |html: &str, expect: &str| assert_eq!(markdown(html), expect, "{html}");
        check("plain", "plain");
        check(
            "<p>One <b>bold</b>word.</p><p>Two&nbsp;&amp; three.</p>",
            "One boldword.\n\nTwo & three.",
        );
        check("a<br>b<br/>c", "a\nb\nc");
        check("<ul><li>one</li><li><p>two</p></li></ul>after", "- one\n- two\n\nafter");
        check("<h2>Head</h2><div>Body</div>", "### Head\n\nBody");
        check(
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
            "a | b |\nc | d |",
        );
        check("<script>alert(1)</script><style>p{}</style>x", "x");
        check("<img alt=\"A chart\" src=\"x\">", "A chart");
        check("", "");
    }

    #[test]
    fn what_is_nested_too_deep_is_left_out() {
        let html = format!("top{}deep", "<span>".repeat(1_000));
        assert_eq!(markdown(&html), "top");
    }
}
