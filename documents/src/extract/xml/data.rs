//! Elements that hold values: an outline with their names.

use super::super::decode::Exact;
use super::super::outline::{Form, Outline};
use super::events::{Malformed, Part, Parts};
use crate::writer::Writer;

/// An element that is open.
struct Open {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    start: usize,
    /// Whether it is in the outline already, for it holds others.
    is_written: bool,
}

/// Writes a file as an outline.
pub(super) fn write(exact: &Exact<'_>, writer: &mut Writer) -> Result<(), Malformed> {
    let mut outline = Outline::default();
    let mut open: Vec<Open> = Vec::new();
    let mut parts = Parts::of(&exact.text);
    while let Some(part) = parts.next()?
        && !outline.is_full()
    {
        match part {
            Part::Open { tag, start, .. } => {
                if let Some(parent) = open.last_mut() {
                    begin(&mut outline, parent);
                    say(&mut outline, parent, start);
                }
                let (name, attributes) = (tag.name(), tag.attributes());
                open.push(Open { name, attributes, text: String::new(), start, is_written: false });
            }
            Part::Text(text) => {
                open.last_mut().into_iter().for_each(|open| open.text.push_str(&text));
            }
            Part::Close { end, .. } => {
                let Some(mut closed) = open.pop() else { continue };
                if !closed.is_written && closed.attributes.is_empty() {
                    outline.value(&closed.name, closed.text.trim(), closed.start..end);
                } else {
                    begin(&mut outline, &mut closed);
                    say(&mut outline, &mut closed, end);
                    outline.close_alike(end);
                }
            }
        }
    }
    while let Some(open) = open.pop() {
        if open.is_written {
            outline.close_alike(exact.text.len());
        }
    }
    outline.write(exact, writer);
    Ok(())
}

/// Puts an element that holds others into the outline.
fn begin(outline: &mut Outline, open: &mut Open) {
    if !open.is_written {
        open.is_written = true;
        outline.open(Form::Record, &open.name, open.start);
        for (name, value) in &open.attributes {
            outline.value(name, value, open.start..open.start);
        }
    }
}

/// Adds the text that stands between an element's children.
fn say(outline: &mut Outline, open: &mut Open, end: usize) {
    let text = std::mem::take(&mut open.text);
    if !text.trim().is_empty() {
        outline.value("", text.trim(), open.start..end);
    }
}
