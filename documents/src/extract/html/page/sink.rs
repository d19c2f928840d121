//! The tree that html5ever builds: nodes in one list, linked by their indices.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::collections::HashMap;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName};

use super::{Content, Element, Node};

/// The index of the document.
const ROOT: usize = 0;

/// A tree in the making.
#[derive(Debug)]
pub(super) struct Sink {
    tree: RefCell<Vec<Branch>>,
    nameless: RefCell<QualName>,
}

/// A node of the tree.
#[derive(Debug)]
struct Branch {
    parent: Option<usize>,
    previous: Option<usize>,
    next: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The document, and what is of no interest.
    Other,
    Element(QualName, Vec<(QualName, StrTendril)>),
    Text(StrTendril),
}

impl Default for Sink {
    fn default() -> Self {
        let nameless = QualName::new(None, html5ever::ns!(html), LocalName::from(""));
        let sink = Self { tree: RefCell::default(), nameless: RefCell::new(nameless) };
        sink.push(Kind::Other);
        sink
    }
}

impl Sink {
    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.tree.borrow().len()
    }

    fn push(&self, kind: Kind) -> usize {
        let mut tree = self.tree.borrow_mut();
        tree.push(Branch {
            parent: None,
            previous: None,
            next: None,
            first: None,
            last: None,
            kind,
        });
        tree.len() - 1
    }

    /// Takes a node out of its place.
    fn detach(&self, index: usize) {
        let mut tree = self.tree.borrow_mut();
        let Some(node) = tree.get_mut(index) else { return };
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        match previous.and_then(|previous| tree.get_mut(previous)) {
            Some(previous) => previous.next = next,
            None => {
                if let Some(parent) = parent.and_then(|parent| tree.get_mut(parent)) {
                    parent.first = next;
                }
            }
        }
        match next.and_then(|next| tree.get_mut(next)) {
            Some(next) => next.previous = previous,
            None => {
                if let Some(parent) = parent.and_then(|parent| tree.get_mut(parent)) {
                    parent.last = previous;
                }
            }
        }
    }

    /// Puts a node that stands nowhere into a parent: before a sibling, or as the last.
    fn attach(&self, index: usize, parent: usize, next: Option<usize>) {
        let mut tree = self.tree.borrow_mut();
        let previous = match next {
            Some(next) => tree.get(next).and_then(|next| next.previous),
            None => tree.get(parent).and_then(|parent| parent.last),
        };
        if let Some(node) = tree.get_mut(index) {
            (node.parent, node.previous, node.next) = (Some(parent), previous, next);
        }
        match previous.and_then(|previous| tree.get_mut(previous)) {
            Some(previous) => previous.next = Some(index),
            None => {
                if let Some(parent) = tree.get_mut(parent) {
                    parent.first = Some(index);
                }
            }
        }
        match next.and_then(|next| tree.get_mut(next)) {
            Some(next) => next.previous = Some(index),
            None => {
                if let Some(parent) = tree.get_mut(parent) {
                    parent.last = Some(index);
                }
            }
        }
    }

    /// Adds a text to the one that stands there already; tells whether there was one.
    fn add_text(&self, index: Option<usize>, text: &StrTendril) -> bool {
        let mut tree = self.tree.borrow_mut();
        match index.and_then(|index| tree.get_mut(index)) {
            Some(Branch { kind: Kind::Text(before), .. }) => {
                before.push_tendril(text);
                true
            }
            _ => false,
        }
    }

    fn insert(&self, child: NodeOrText<usize>, parent: usize, next: Option<usize>) {
        match child {
            NodeOrText::AppendNode(index) => {
                self.detach(index);
                self.attach(index, parent, next);
            }
            NodeOrText::AppendText(text) => {
                let before = match next {
                    Some(next) => self.tree.borrow().get(next).and_then(|next| next.previous),
                    None => self.tree.borrow().get(parent).and_then(|parent| parent.last),
                };
                if !self.add_text(before, &text) {
                    let index = self.push(Kind::Text(text));
                    self.attach(index, parent, next);
                }
            }
        }
    }

    fn parent(&self, index: usize) -> Option<usize> {
        self.tree.borrow().get(index).and_then(|node| node.parent)
    }

    fn first_within(&self, index: usize) -> Option<usize> {
        self.tree.borrow().get(index).and_then(|node| node.first)
    }

    /// The nodes in document order.
    pub(super) fn flatten(self) -> Vec<Node> {
        let mut tree = self.tree.into_inner();
        let mut nodes: Vec<Node> = Vec::with_capacity(tree.len());
        // For each open element: its place in the list, and how many of each name it holds so far.
        let mut open: Vec<(usize, HashMap<LocalName, usize>)> = Vec::new();
        let mut next = Some(ROOT);
        while let Some(index) = next {
            let Some(branch) = tree.get_mut(index) else { break };
            let place = nodes.len();
            let parent = open.last().map_or(place, |(parent, _)| *parent);
            let content = match std::mem::replace(&mut branch.kind, Kind::Other) {
                Kind::Text(text) => Some(Content::Text(text)),
                Kind::Element(name, attributes) => {
                    let name = name.local;
                    let ordinal = open.last_mut().map_or(1, |(_, counts)| {
                        let count = counts.entry(name.clone()).or_default();
                        *count += 1;
                        *count
                    });
                    Some(Content::Element(Element { name, attributes, ordinal }))
                }
                Kind::Other if index == ROOT => Some(Content::Element(Element {
                    name: LocalName::from(""),
                    attributes: Vec::new(),
                    ordinal: 1,
                })),
                Kind::Other => None,
            };
            let is_kept = content.is_some();
            if let Some(content) = content {
                nodes.push(Node { parent, end: place + 1, content });
            }
            if let Some(first) = branch.first.filter(|_| is_kept) {
                open.push((place, HashMap::new()));
                next = Some(first);
                continue;
            }
            // Up to the first that has a sibling behind it.
            let mut at = index;
            next = loop {
                let Some(branch) = tree.get(at) else { break None };
                if branch.next.is_some() && at != ROOT {
                    break branch.next;
                }
                let Some(parent) = branch.parent else { break None };
                if let Some((place, _)) = open.pop() {
                    let end = nodes.len();
                    if let Some(node) = nodes.get_mut(place) {
                        node.end = end;
                    }
                }
                at = parent;
            };
        }
        nodes
    }
}

impl TreeSink for Sink {
    type Handle = usize;
    type Output = Self;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> usize {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a usize) -> Ref<'a, QualName> {
        let name = Ref::filter_map(self.tree.borrow(), |tree| match &tree.get(*target)?.kind {
            Kind::Element(name, _) => Some(name),
            _ => None,
        });
        name.unwrap_or_else(|_| self.nameless.borrow())
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        _flags: ElementFlags,
    ) -> usize {
        let attributes = attributes.into_iter().map(|one| (one.name, one.value)).collect();
        self.push(Kind::Element(name, attributes))
    }

    fn create_comment(&self, _text: StrTendril) -> usize {
        self.push(Kind::Other)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> usize {
        self.push(Kind::Other)
    }

    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        self.insert(child, *parent, None);
    }

    fn append_based_on_parent_node(
        &self,
        element: &usize,
        previous: &usize,
        child: NodeOrText<usize>,
    ) {
        match self.parent(*element) {
            Some(parent) => self.insert(child, parent, Some(*element)),
            None => self.insert(child, *previous, None),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }

    fn same_node(&self, one: &usize, other: &usize) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &usize, child: NodeOrText<usize>) {
        if let Some(parent) = self.parent(*sibling) {
            self.insert(child, parent, Some(*sibling));
        }
    }

    fn add_attrs_if_missing(&self, target: &usize, attributes: Vec<Attribute>) {
        let mut tree = self.tree.borrow_mut();
        if let Some(Branch { kind: Kind::Element(_, present), .. }) = tree.get_mut(*target) {
            for new in attributes {
                if present.iter().all(|(name, _)| *name != new.name) {
                    present.push((new.name, new.value));
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &usize) {
        self.detach(*target);
    }

    fn reparent_children(&self, node: &usize, new_parent: &usize) {
        while let Some(child) = self.first_within(*node) {
            self.detach(child);
            self.attach(child, *new_parent, None);
        }
    }
}
