//! Data as an outline: named values and what nests in them, in the order of the file. JSON and XML
//! are read into it.
//!
//! Invariants: a node's children follow it; nothing here is walked by recursion; there are at most
//! `MOST_NODES`, whatever the file holds.

mod lines;
mod table;
mod write;

use std::ops::Range;

use crate::extracted::Warning;

/// So many values are kept; what follows is left out, and told.
const MOST_NODES: usize = 4_000_000;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A text.
    Value,
    /// Values that are alike.
    List,
    /// Values with names.
    Record,
}

/// A node; texts are ranges of one string, so that a node is small.
#[derive(Debug, Clone)]
struct Node {
    form: Form,
    name: Range<u32>,
    value: Range<u32>,
    /// The node behind its last descendant.
    next: u32,
    /// The values within it, and the bytes of their texts.
    leaves: u32,
    bytes: u32,
    /// Whether all its children are values.
    is_flat: bool,
    /// Whether it, or what it holds, is a table.
    has_table: bool,
    is_table: bool,
    source: Range<usize>,
}

/// Values in the order of a file.
#[derive(Debug, Default)]
pub(super) struct Outline {
    text: String,
    nodes: Vec<Node>,
    open: Vec<u32>,
    /// Opened after the limit was reached.
    ignored: usize,
    is_full: bool,
}

impl Outline {
    /// Adds a value.
    pub(super) fn value(&mut self, name: &str, value: &str, source: Range<usize>) {
        let Some(number) = self.push(Form::Value, name, source) else { return };
        let value = self.keep(value);
        if let Some(node) = self.node_mut(number) {
            node.bytes = value.end - value.start;
            node.value = value;
            node.leaves = 1;
        }
    }

    /// Begins a list or record.
    pub(super) fn open(&mut self, form: Form, name: &str, start: usize) {
        match self.push(form, name, start..start) {
            Some(number) => self.open.push(number),
            None => self.ignored += 1,
        }
    }

    /// Ends what was last begun.
    pub(super) fn close(&mut self, end: usize) {
        if let Some(number) = self.pop() {
            self.sum_up(number, end);
        }
    }

    /// Ends what was last begun; where its parts all have one name, it is a list of them.
    pub(super) fn close_alike(&mut self, end: usize) {
        let Some(number) = self.pop() else { return };
        let mut names = self.children(number).filter_map(|child| self.node(child));
        let first = names.next().map(|node| self.name(node)).unwrap_or_default();
        let mut others = 0;
        let are_alike = names.inspect(|_| others += 1).all(|node| self.name(node) == first);
        if are_alike
            && others > 0
            && let Some(node) = self.node_mut(number)
        {
            node.form = Form::List;
        }
        self.sum_up(number, end);
    }

    fn pop(&mut self) -> Option<u32> {
        if self.ignored > 0 {
            self.ignored -= 1;
            return None;
        }
        let number = self.open.pop()?;
        let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.node_mut(number)?.next = next;
        Some(number)
    }

    fn sum_up(&mut self, number: u32, end: usize) {
        let mut total = (0_u32, 0_u32);
        let (mut is_flat, mut has_table) = (true, false);
        for child in self.children(number) {
            let Some(child) = self.node(child) else { continue };
            total = (total.0.saturating_add(child.leaves), total.1.saturating_add(child.bytes));
            is_flat &= child.form == Form::Value;
            has_table |= child.has_table;
        }
        if let Some(node) = self.node_mut(number) {
            (node.leaves, node.bytes, node.is_flat) = (total.0, total.1, is_flat);
            node.source.end = end;
        }
        let is_table = self.is_table(number);
        if let Some(node) = self.node_mut(number) {
            node.is_table = is_table;
            node.has_table = has_table || is_table;
        }
    }

    /// Whether no more values are kept.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// What was left out.
    pub(super) fn warning(&self) -> Option<Warning> {
        self.is_full.then(|| {
            Warning::loss(format!("it has more than {MOST_NODES} values; the rest is left out"))
        })
    }

    fn push(&mut self, form: Form, name: &str, source: Range<usize>) -> Option<u32> {
        let room = self.text.len() + name.len() < (u32::MAX / 2) as usize;
        self.is_full |= self.nodes.len() >= MOST_NODES || !room;
        if self.is_full {
            return None;
        }
        let number = u32::try_from(self.nodes.len()).ok()?;
        let name = self.keep(name);
        self.nodes.push(Node {
            form,
            name,
            value: 0..0,
            next: number + 1,
            leaves: 0,
            bytes: 0,
            is_flat: true,
            has_table: false,
            is_table: false,
            source,
        });
        Some(number)
    }

    fn keep(&mut self, text: &str) -> Range<u32> {
        let start = self.text.len();
        if start + text.len() < u32::MAX as usize {
            self.text.push_str(text);
        }
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        offset(start)..offset(self.text.len())
    }

    fn node(&self, number: u32) -> Option<&Node> {
        self.nodes.get(number as usize)
    }

    fn node_mut(&mut self, number: u32) -> Option<&mut Node> {
        self.nodes.get_mut(number as usize)
    }

    fn name(&self, node: &Node) -> &str {
        self.text.get(node.name.start as usize..node.name.end as usize).unwrap_or_default()
    }

    fn text(&self, node: &Node) -> &str {
        self.text.get(node.value.start as usize..node.value.end as usize).unwrap_or_default()
    }

    /// The numbers of a node's children.
    fn children(&self, number: u32) -> impl Iterator<Item = u32> + use<'_> {
        let end = self.node(number).map_or(0, |node| node.next);
        let first = number + 1;
        std::iter::successors((first < end).then_some(first), move |child| {
            let next = self.node(*child)?.next;
            (next < end).then_some(next)
        })
    }
}
