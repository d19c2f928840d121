//! What places a chunk in its document: the document's title and the headings above. Chunks are
//! found by it, and it is not shown.

use super::measure::Measure;
use crate::extracted::{Extracted, Landmark};

/// What stands between two titles.
const SEPARATOR: &str = " › ";

/// A part of the model's window that titles may take: one in so many.
const SHARE: usize = 4;

/// The contexts of a text's parts.
#[derive(Debug)]
pub(super) struct Contexts {
    /// By ascending offset, from 0 on.
    parts: Vec<Part>,
}

/// What holds from a heading on.
#[derive(Debug)]
struct Part {
    offset: usize,
    /// For what begins with the heading itself.
    above: Context,
    /// For what stands under it.
    under: Context,
}

/// Titles, and how long they are to the model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Context {
    /// With the line break and the empty line behind it; empty where there are none.
    pub(super) text: String,
    /// Its tokens.
    pub(super) tokens: usize,
}

impl Contexts {
    /// Those of a document, each at most a quarter of the model's window.
    pub(super) fn of(extracted: &Extracted, measure: &Measure<'_>) -> Self {
        let title = extracted.properties.title.as_deref();
        let begin = Context::of(title, &[], measure);
        let mut parts = vec![Part { offset: 0, above: begin.clone(), under: begin }];
        let mut trail: Vec<(u8, &str)> = Vec::new();
        for mark in &extracted.marks {
            let Landmark::Heading { level, title: heading } = &mark.landmark else { continue };
            while trail.last().is_some_and(|(above, _)| above >= level) {
                trail.pop();
            }
            let titles = |trail: &[(u8, &'_ str)]| -> Vec<String> {
                trail.iter().map(|(_, title)| (*title).to_owned()).collect()
            };
            // The first heading as a rule says what the title says.
            let outermost = trail.first().map_or(heading.as_str(), |(_, title)| title);
            let title = title.filter(|title| *title != outermost);
            let above = Context::of(title, &titles(&trail), measure);
            trail.push((*level, heading));
            let under = Context::of(title, &titles(&trail), measure);
            parts.push(Part { offset: mark.offset, above, under });
        }
        Self { parts }
    }

    /// That of a chunk that begins at `offset`.
    pub(super) fn at(&self, offset: usize) -> &Context {
        static NONE: Context = Context { text: String::new(), tokens: 0 };
        let before = self.parts.partition_point(|part| part.offset <= offset);
        let part = before.checked_sub(1).and_then(|index| self.parts.get(index));
        part.map_or(&NONE, |part| if part.offset == offset { &part.above } else { &part.under })
    }
}

impl Context {
    /// Titles, without the outermost ones where all of them are too long.
    fn of(title: Option<&str>, headings: &[String], measure: &Measure<'_>) -> Self {
        let most = measure.window as usize / SHARE;
        let titles: Vec<&str> =
            title.into_iter().chain(headings.iter().map(String::as_str)).collect();
        (0..titles.len())
            .map(|left_out| {
                let text = titles.get(left_out..).unwrap_or_default().join(SEPARATOR) + "\n\n";
                Self { tokens: measure.size(&text), text }
            })
            .find(|context| context.tokens <= most)
            .unwrap_or_default()
    }
}
