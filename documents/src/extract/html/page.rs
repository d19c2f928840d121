//! A page as its elements and texts in document order: parsed as browsers do, then laid out flat,
//! so that what is within an element is a range, and nothing walks a tree.

mod guard;
mod sink;

use std::collections::HashMap;
use std::ops::Range;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{LocalName, QualName, TokenizerResult};

use guard::Guard;
use sink::Sink;

/// Elements nested deeper than this lose their tags.
pub(super) const DEEPEST: usize = 150;

/// Tags beyond these are lost: a parsed element takes some 150 bytes.
const MOST_ELEMENTS: usize = 1_000_000;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its elements and texts in document order; the first is the root.
    pub(super) nodes: Vec<Node>,
    /// How many elements lost their tags because they stood too deep, or were too many.
    pub(super) flattened: usize,
}

/// An element or a text.
#[derive(Debug)]
pub(super) struct Node {
    /// The element that it stands in; the root is its own.
    pub(super) parent: usize,
    /// The node behind all that is within it.
    pub(super) end: usize,
    /// What it is.
    pub(super) content: Content,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Content {
    Element(Element),
    Text(StrTendril),
}

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    name: LocalName,
    attributes: Vec<(QualName, StrTendril)>,
    /// Which of the elements of its name it is in its parent, from 1.
    pub(super) ordinal: usize,
}

impl Element {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(found, _)| &*found.local == name);
        found.map(|(_, value)| &**value)
    }

    /// The number that an attribute holds.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.trim().parse().ok()
    }

    /// Whether nobody sees it.
    pub(super) fn is_hidden(&self) -> bool {
        self.attribute("hidden").is_some()
    }
}

impl Page {
    /// Parses markup.
    pub(super) fn parse(html: &str) -> Self {
        let builder = TreeBuilder::new(Sink::default(), TreeBuilderOpts::default());
        let tokenizer = Tokenizer::new(Guard::new(builder), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(html));
        // The tokenizer stops at scripts and at declared encodings, which are known already.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        tokenizer.end();
        let (sink, flattened) = tokenizer.sink.into_parts();
        Self { nodes: sink.flatten(), flattened }
    }

    /// The element at an index, if it is one.
    pub(super) fn element(&self, index: usize) -> Option<&Element> {
        match &self.nodes.get(index)?.content {
            Content::Element(element) => Some(element),
            Content::Text(_) => None,
        }
    }

    /// The name of the element at an index; empty for a text.
    pub(super) fn name(&self, index: usize) -> &str {
        self.element(index).map_or("", Element::name)
    }

    /// What is at an index and within it.
    pub(super) fn within(&self, index: usize) -> Range<usize> {
        index..self.nodes.get(index).map_or(index, |node| node.end)
    }

    /// The element that a node stands in directly; the root's is itself.
    pub(super) fn parent(&self, index: usize) -> usize {
        self.nodes.get(index).map_or(0, |node| node.parent)
    }

    /// The elements that a node stands in, innermost first.
    pub(super) fn above(&self, index: usize) -> impl Iterator<Item = usize> {
        let mut at = index;
        std::iter::from_fn(move || {
            let parent = self.nodes.get(at)?.parent;
            let is_new = parent != at;
            at = parent;
            is_new.then_some(parent)
        })
    }

    /// All text at an index and within it.
    pub(super) fn text(&self, index: usize) -> String {
        let nodes = self.nodes.get(self.within(index)).unwrap_or_default();
        let texts = nodes.iter().filter_map(|node| match &node.content {
            Content::Text(text) => Some(&**text),
            Content::Element(_) => None,
        });
        texts.collect()
    }

    /// The first element that a question holds for.
    pub(super) fn find(&self, is_it: impl Fn(&Element) -> bool) -> Option<usize> {
        (0..self.nodes.len()).find(|index| self.element(*index).is_some_and(&is_it))
    }

    /// The first element of a name.
    pub(super) fn first(&self, name: &str) -> Option<usize> {
        self.find(|element| element.name() == name)
    }

    /// The element of each id that no other has.
    pub(super) fn ids(&self) -> HashMap<&str, Option<usize>> {
        let mut ids = HashMap::new();
        for index in 0..self.nodes.len() {
            let id = self.element(index).and_then(|element| element.attribute("id"));
            if let Some(id) = id.filter(|id| !id.is_empty()) {
                ids.entry(id).and_modify(|other| *other = None).or_insert(Some(index));
            }
        }
        ids
    }
}
