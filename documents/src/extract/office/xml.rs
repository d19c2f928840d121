//! An XML part as a tree that may be walked without fear: however deep the markup, the tree is not
//! deeper than [`DEEPEST`]; however it ends, what stands before is there.
//!
//! Names are compared without their prefixes, which producers choose as they like; within one
//! format no two names are alike that mean different things at the same place.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

/// Elements deeper than this are looked through: their text belongs to the element above.
const DEEPEST: usize = 150;

/// Elements and texts beyond these are left out: some 200 MB of memory.
const MOST_NODES: usize = 4_000_000;

/// An XML part.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    /// In document order.
    entries: Vec<Entry<'a>>,
    is_cut: bool,
}

#[derive(Debug)]
struct Entry<'a> {
    what: What<'a>,
    /// The entry behind the last one within this.
    end: usize,
}

#[derive(Debug)]
enum What<'a> {
    /// A start tag without its brackets, and how long the name is.
    Element {
        tag: &'a str,
        name: usize,
    },
    Text(Cow<'a, str>),
}

/// An element of a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    tree: &'a Tree<'a>,
    index: usize,
}

/// What stands within an element.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece<'a> {
    Element(Node<'a>),
    Text(&'a str),
}

impl<'a> Tree<'a> {
    /// Reads a part as far as it is well formed. Entities other than those of XML itself mean
    /// nothing.
    pub(crate) fn parse(text: &'a str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let mut tree = Self { entries: Vec::new(), is_cut: false };
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        let mut open: Vec<usize> = Vec::new();
        let mut deeper = 0_usize;
        loop {
            let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let Ok(event) = reader.read_event() else {
                tree.is_cut = true;
                break;
            };
            if tree.entries.len() >= MOST_NODES {
                tree.is_cut = true;
                break;
            }
            let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            match event {
                Event::Start(tag) if open.len() < DEEPEST => {
                    open.push(tree.entries.len());
                    tree.element(text, start..end, tag.name().0.len());
                }
                Event::Start(_) => deeper += 1,
                Event::Empty(tag) => tree.element(text, start..end, tag.name().0.len()),
                Event::End(_) if deeper > 0 => deeper -= 1,
                Event::End(_) => {
                    if let Some(index) = open.pop() {
                        tree.close(index);
                    }
                }
                Event::Text(words) => tree.text(words.into_inner()),
                Event::CData(words) => tree.text(words.into_inner()),
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().ok().flatten();
                    match (character, resolve_predefined_entity(&reference)) {
                        (Some(character), _) => tree.text(character.to_string().into()),
                        (None, Some(entity)) => tree.text(entity.into()),
                        (None, None) => {}
                    }
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        tree.is_cut |= !open.is_empty();
        for index in open {
            tree.close(index);
        }
        tree
    }

    fn element(&mut self, text: &'a str, span: Range<usize>, name: usize) {
        let tag = text.get(span).unwrap_or_default();
        let tag = tag.strip_prefix('<').unwrap_or(tag);
        let tag = tag.strip_suffix('>').unwrap_or(tag);
        let tag = tag.strip_suffix('/').unwrap_or(tag);
        let end = self.entries.len() + 1;
        self.entries.push(Entry { what: What::Element { tag, name }, end });
    }

    fn text(&mut self, text: Cow<'a, str>) {
        let end = self.entries.len() + 1;
        self.entries.push(Entry { what: What::Text(text), end });
    }

    fn close(&mut self, index: usize) {
        let end = self.entries.len();
        if let Some(entry) = self.entries.get_mut(index) {
            entry.end = end;
        }
    }

    /// The outermost element.
    pub(crate) fn root(&'a self) -> Option<Node<'a>> {
        let is_element = |entry: &Entry<'_>| matches!(entry.what, What::Element { .. });
        let index = self.entries.iter().position(is_element)?;
        Some(Node { tree: self, index })
    }

    /// Whether the part ended before its time, or was too large.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }
}

impl<'a> Node<'a> {
    /// Its name without a prefix.
    pub(crate) fn name(self) -> &'a str {
        let name = match self.tree.entries.get(self.index).map(|entry| &entry.what) {
            Some(What::Element { tag, name }) => tag.get(..*name).unwrap_or_default(),
            Some(What::Text(_)) | None => "",
        };
        local(name)
    }

    /// Whether it has this name.
    pub(crate) fn is(self, name: &str) -> bool {
        self.name() == name
    }

    /// The elements and texts right within it.
    pub(crate) fn pieces(self) -> impl Iterator<Item = Piece<'a>> {
        let mut next = self.index + 1;
        let end = self.end();
        std::iter::from_fn(move || {
            let index = (next < end).then_some(next)?;
            let entry = self.tree.entries.get(index)?;
            next = entry.end.max(index + 1);
            Some(match &entry.what {
                What::Element { .. } => Piece::Element(Node { tree: self.tree, index }),
                What::Text(text) => Piece::Text(text),
            })
        })
    }

    /// The elements right within it.
    pub(crate) fn children(self) -> impl Iterator<Item = Node<'a>> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Element(node) => Some(node),
            Piece::Text(_) => None,
        })
    }

    /// The first element right within it that has this name.
    pub(crate) fn child(self, name: &str) -> Option<Node<'a>> {
        self.children().find(|child| child.is(name))
    }

    /// The elements within it, at any depth, in document order.
    pub(crate) fn descendants(self) -> impl Iterator<Item = Node<'a>> {
        (self.index + 1..self.end()).filter_map(move |index| {
            let is_element = matches!(self.tree.entries.get(index)?.what, What::Element { .. });
            is_element.then_some(Node { tree: self.tree, index })
        })
    }

    /// The first element within it, at any depth, that has this name.
    pub(crate) fn find(self, name: &str) -> Option<Node<'a>> {
        self.descendants().find(|node| node.is(name))
    }

    /// Whether another element stands within it.
    pub(crate) fn holds(self, other: Node<'_>) -> bool {
        (self.index + 1..self.end()).contains(&other.index)
    }

    /// All text within it.
    pub(crate) fn text(self) -> String {
        let within = self.tree.entries.get(self.index + 1..self.end()).unwrap_or_default();
        let mut text = String::new();
        for entry in within {
            if let What::Text(words) = &entry.what {
                text.push_str(words);
            }
        }
        text
    }

    /// An attribute by its name without a prefix; one that has none is preferred.
    pub(crate) fn attribute(self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes()
            .filter(|(key, _)| local(key) == name)
            .min_by_key(|(key, _)| key.contains(':'))
            .map(|(_, value)| value)
    }

    /// An attribute that has a prefix: `r:id` beside `id`.
    pub(crate) fn prefixed(self, name: &str) -> Option<Cow<'a, str>> {
        let mut attributes = self.attributes();
        attributes.find(|(key, _)| key.contains(':') && local(key) == name).map(|(_, value)| value)
    }

    /// The attribute `val` of the first element of this name right within it.
    pub(crate) fn value(self, name: &str) -> Option<Cow<'a, str>> {
        self.child(name)?.attribute("val")
    }

    fn attributes(self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
        let (tag, name) = match self.tree.entries.get(self.index).map(|entry| &entry.what) {
            Some(What::Element { tag, name }) => (*tag, *name),
            Some(What::Text(_)) | None => ("", 0),
        };
        let mut attributes = Attributes::new(tag, name);
        attributes.with_checks(false);
        attributes.flatten().map(|attribute| {
            let value = match attribute.value {
                Cow::Borrowed(value) => unescape(value).unwrap_or(Cow::Borrowed(value)),
                Cow::Owned(value) => Cow::Owned(value),
            };
            (attribute.key.into_inner(), value)
        })
    }

    fn end(self) -> usize {
        self.tree.entries.get(self.index).map_or(self.index, |entry| entry.end)
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail on what is not there")]

    use super::*;

    #[test]
    fn elements_are_found_without_their_prefixes() {
        let tree = Tree::parse(
            "<?xml version='1.0'?><w:a id='1' r:id=\"x&amp;y\"><w:b>t</w:b>u&lt;&#65;<c/></w:a>",
        );
        let root = tree.root().unwrap();
        assert!(root.is("a") && !tree.is_cut());
        assert_eq!(root.attribute("id").as_deref(), Some("1"));
        assert_eq!(root.prefixed("id").as_deref(), Some("x&y"));
        assert_eq!(root.text(), "tu<A");
        assert_eq!(root.children().map(Node::name).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(root.pieces().count(), 5);
    }

    #[test]
    fn what_is_cut_off_is_read_up_to_there() {
        let check = |text, expect: &str| {
            let tree = Tree::parse(text);
            assert!(tree.is_cut(), "{text}");
            assert_eq!(tree.root().map(Node::text).as_deref(), Some(expect), "{text}");
        };
        check("<a><b>one</b><b>two", "onetwo");
        check("<a><b>one</b><b att", "one");
        check("<a><b>one</b><!-- ", "one");
    }

    #[test]
    fn no_depth_is_too_deep_and_no_entity_grows() {
        let deep = format!("{}x{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let tree = Tree::parse(&deep);
        assert_eq!(tree.root().unwrap().text(), "x");
        assert_eq!(tree.entries.len(), DEEPEST + 1);
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;\">]><a>&c;x</a>";
        assert_eq!(Tree::parse(bomb).root().unwrap().text(), "x");
    }
}
