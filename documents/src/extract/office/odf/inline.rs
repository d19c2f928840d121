//! The text of a paragraph.

use super::styles::Styles;
use crate::extract::office::link::link;
use crate::extract::office::xml::{Node, Piece};
use crate::words::on_one_line;

/// Blanks that an element stands for beyond these are left out.
const MOST_BLANKS: usize = 100;

/// A paragraph's text.
#[derive(Debug, Default)]
pub(super) struct Inline<'a> {
    pub(super) text: String,
    /// Frames and shapes that are anchored in it.
    pub(super) frames: Vec<Node<'a>>,
}

/// The notes that the text refers to, in their order.
#[derive(Debug, Default)]
pub(super) struct Notes<'a> {
    pub(super) notes: Vec<Node<'a>>,
    pub(super) comments: Vec<Node<'a>>,
}

/// Reads a paragraph.
pub(super) fn read<'a>(node: Node<'a>, styles: &Styles, notes: &mut Notes<'a>) -> Inline<'a> {
    let mut inline = Inline::default();
    if !hidden(node, styles) {
        write(node, styles, notes, &mut inline);
    }
    inline
}

fn hidden(node: Node<'_>, styles: &Styles) -> bool {
    node.attribute("style-name").is_some_and(|name| styles.hides(&name))
}

/// The tree bounds how deep this goes.
fn write<'a>(node: Node<'a>, styles: &Styles, notes: &mut Notes<'a>, out: &mut Inline<'a>) {
    for piece in node.pieces() {
        let child = match piece {
            Piece::Element(child) => child,
            Piece::Text(text) => {
                collapse(text, &mut out.text);
                continue;
            }
        };
        match child.name() {
            "s" => {
                let count = child.attribute("c").and_then(|count| count.parse().ok());
                out.text.extend(std::iter::repeat_n(' ', count.unwrap_or(1).min(MOST_BLANKS)));
            }
            "tab" => out.text.push('\t'),
            "line-break" => out.text.push('\n'),
            "a" => {
                let start = out.text.len();
                write(child, styles, notes, out);
                link(&mut out.text, start, &child.attribute("href").unwrap_or_default());
            }
            "note" => {
                notes.notes.push(child);
                out.text.extend(["[^", &notes.notes.len().to_string(), "]"]);
            }
            "annotation" => {
                notes.comments.push(child);
                out.text.extend(["[^comment-", &notes.comments.len().to_string(), "]"]);
            }
            "frame" | "custom-shape" | "g" | "rect" | "ellipse" | "line" | "text-box" => {
                out.frames.push(child);
            }
            "ruby-text" | "hidden-text" | "hidden-paragraph" | "annotation-end"
            | "tracked-changes" => {}
            _ if hidden(child, styles) => {}
            _ => write(child, styles, notes, out),
        }
    }
}

/// Adds text in which any blanks mean one.
fn collapse(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            ' ' | '\t' | '\n' | '\r' if out.ends_with([' ', '\n']) || out.is_empty() => {}
            ' ' | '\t' | '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
}

/// What a picture in a frame is said to show.
pub(super) fn description(frame: Node<'_>) -> Option<String> {
    let text = |name| {
        let text = on_one_line(&frame.child(name)?.text());
        (!text.is_empty()).then_some(text)
    };
    frame.child("image")?;
    text("desc").or_else(|| text("title")).map(|text| format!("![{text}]()"))
}
