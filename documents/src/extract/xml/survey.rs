//! What kind of XML a file is: told from how its elements and its text stand together.

use std::collections::HashMap;

use super::events::{Malformed, Part, Parts};

/// How a file is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Articles under one another.
    Feed,
    /// Sentences.
    Prose,
    /// Names and values.
    Data,
}

/// What a first reading tells.
#[derive(Debug, Default)]
pub(super) struct Survey {
    root: String,
    names: HashMap<String, usize>,
    counts: Vec<Count>,
    /// Bytes of text, and of those that stand in prose.
    text: usize,
    prose: usize,
}

/// How often elements of a name occur, and how often beside text.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    all: usize,
    within_text: usize,
}

/// An element that is open.
#[derive(Debug, Default)]
struct Open {
    name: usize,
    is_prose: bool,
    text: usize,
    children: Vec<usize>,
}

impl Survey {
    /// Goes through a file.
    pub(super) fn of(text: &str) -> Result<Self, Malformed> {
        let mut survey = Self::default();
        let mut open: Vec<Open> = Vec::new();
        let mut parts = Parts::of(text);
        while let Some(part) = parts.next()? {
            match part {
                Part::Open { tag, .. } => {
                    let name = tag.name().to_lowercase();
                    if survey.root.is_empty() {
                        survey.root.clone_from(&name);
                    }
                    let is_prose = is_prose(&name) || open.last().is_some_and(|open| open.is_prose);
                    let name = survey.number(name);
                    open.last_mut().into_iter().for_each(|open| open.children.push(name));
                    open.push(Open { name, is_prose, ..Open::default() });
                }
                Part::Text(text) => {
                    let length = text.trim().len();
                    open.last_mut().into_iter().for_each(|open| open.text += length);
                }
                Part::Close { .. } => {
                    let Some(closed) = open.pop() else { continue };
                    let is_mixed = closed.text > 0 && !closed.children.is_empty();
                    survey.text += closed.text;
                    survey.prose += if is_mixed || closed.is_prose { closed.text } else { 0 };
                    survey.count(closed.name, |count| count.all += 1);
                    if is_mixed {
                        for name in closed.children {
                            survey.count(name, |count| count.within_text += 1);
                        }
                    }
                }
            }
        }
        Ok(survey)
    }

    /// How the file is to be written.
    pub(super) fn shape(&self) -> Shape {
        match self.root.as_str() {
            "rss" | "feed" => Shape::Feed,
            "rdf" if self.names.contains_key("item") => Shape::Feed,
            "svg" => Shape::Prose,
            _ if self.prose * 2 > self.text => Shape::Prose,
            _ => Shape::Data,
        }
    }

    /// Whether elements of this name stand within sentences.
    pub(super) fn is_inline(&self, name: &str) -> bool {
        let count = self.names.get(name).and_then(|name| self.counts.get(*name));
        count.is_some_and(|count| count.within_text * 2 > count.all)
    }

    fn number(&mut self, name: String) -> usize {
        let next = self.counts.len();
        let number = *self.names.entry(name).or_insert(next);
        if number == next {
            self.counts.push(Count::default());
        }
        number
    }

    fn count(&mut self, name: usize, change: impl Fn(&mut Count)) {
        self.counts.get_mut(name).into_iter().for_each(change);
    }
}

/// Names that only texts for readers have.
fn is_prose(name: &str) -> bool {
    matches!(
        name,
        "p" | "para"
            | "simpara"
            | "paragraph"
            | "ab"
            | "l"
            | "lg"
            | "verse"
            | "speech"
            | "abstract"
            | "blockquote"
            | "programlisting"
            | "itemizedlist"
            | "orderedlist"
    )
}
