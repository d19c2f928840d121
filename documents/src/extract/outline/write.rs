//! Writes an outline: what is small as lists of `name: value`, tables as tables, and what is large
//! under headings, so that a passage stands under the names that lead to it.

use super::super::decode::Exact;
use super::{Form, Node, Outline};
use crate::writer::Writer;

/// What has more values or bytes than this goes under a heading of its own.
const SMALL_LEAVES: u32 = 16;
const SMALL_BYTES: u32 = 1200;

/// A list of values, or a record, that is no longer than this stands on one line.
const ONE_LINE: u32 = 160;

/// Names of values that name the record they stand in.
const TITLES: [&str; 7] = ["title", "name", "label", "key", "id", "@name", "@id"];

/// What is still to be written; a stack of these stands for recursion.
enum Task {
    /// A part under a heading of this level; the number of its place in a list.
    Section { number: u32, level: u8, place: Option<usize> },
    /// Lines of a list, so deep.
    Item { number: u32, depth: usize, place: Option<usize> },
}

impl Outline {
    /// Writes all of it, and what it is called. `exact` is the text that it is an outline of.
    pub(in super::super) fn write(&self, exact: &Exact<'_>, writer: &mut Writer) {
        self.warning().into_iter().for_each(|warning| writer.warn(warning));
        writer.properties().title = self.title(0).map(str::to_owned);
        let place_of = |node: &Node| exact.place(&node.source);
        let mut tasks = vec![Task::Section { number: 0, level: 1, place: None }];
        while let Some(task) = tasks.pop()
            && !writer.is_full()
        {
            match task {
                Task::Section { number, level, place } => {
                    let Some(node) = self.node(number) else { continue };
                    if number > 0 {
                        writer.heading(level, &self.heading(number, place), place_of(node));
                    }
                    if node.form == Form::Value {
                        writer.paragraph(self.text(node), place_of(node));
                    } else if node.is_table {
                        let (width, rows) = self.rows(number, place_of);
                        writer.table_of(rows, width, 1);
                    } else {
                        self.parts(number, level, &mut tasks);
                    }
                }
                Task::Item { number, depth, place } => {
                    let Some(node) = self.node(number) else { continue };
                    let marker = place.map_or_else(|| "-".to_owned(), |place| format!("{place}."));
                    let (line, rest) = self.line(number, place.is_some());
                    writer.item(depth, &marker, &line, place_of(node));
                    let is_list = node.form == Form::List;
                    let rest: Vec<u32> = rest
                        .map(|rest| self.children(number).skip(rest).collect())
                        .unwrap_or_default();
                    tasks.extend(rest.into_iter().enumerate().rev().map(|(index, number)| {
                        let place = is_list.then_some(index + 1);
                        Task::Item { number, depth: depth + 1, place }
                    }));
                }
            }
        }
    }

    /// The parts of a node: first what is small, for a section ends only where the next begins.
    fn parts(&self, number: u32, level: u8, tasks: &mut Vec<Task>) {
        let is_list = self.node(number).is_some_and(|node| node.form == Form::List);
        let parts = self.children(number).enumerate().map(|(index, child)| {
            (child, is_list.then_some(index + 1), self.node(child).is_some_and(is_large))
        });
        let (mut sections, mut items) = (Vec::new(), Vec::new());
        for (child, place, is_large) in parts {
            if is_large {
                let level = level.saturating_add(1).min(6);
                sections.push(Task::Section { number: child, level, place });
            } else {
                items.push(Task::Item { number: child, depth: 0, place });
            }
        }
        tasks.extend(sections.into_iter().rev());
        tasks.extend(items.into_iter().rev());
    }

    /// The words above a section.
    fn heading(&self, number: u32, place: Option<usize>) -> String {
        let name = self.node(number).map(|node| self.name(node)).unwrap_or_default();
        let title = self.title(number).unwrap_or_default();
        match (name, title, place) {
            ("", "", place) => {
                place.map_or_else(|| "Item".to_owned(), |place| format!("Item {place}"))
            }
            ("", title, _) => title.to_owned(),
            (name, "", _) => name.to_owned(),
            (name, title, _) => format!("{name}: {title}"),
        }
    }

    /// The value that names a record.
    fn title(&self, number: u32) -> Option<&str> {
        const LONGEST: u32 = 200;
        let mut best: Option<(usize, &str)> = None;
        if self.node(number)?.form != Form::Record {
            return None;
        }
        // Names stand near the beginning; a long list need not be gone through.
        for child in self.children(number).take(64).filter_map(|child| self.node(child)) {
            let fits = child.form == Form::Value && (1..=LONGEST).contains(&child.bytes);
            let rank = TITLES.iter().position(|title| title.eq_ignore_ascii_case(self.name(child)));
            if let Some(rank) = rank.filter(|_| fits)
                && best.is_none_or(|(best, _)| rank < best)
            {
                best = Some((rank, self.text(child)));
            }
        }
        best.map(|(_, title)| title)
    }

    /// The line of a node in a list, and how many of its children it has taken in; none where all.
    fn line(&self, number: u32, is_in_list: bool) -> (String, Option<usize>) {
        let Some(node) = self.node(number) else { return (String::new(), None) };
        // What the parts of a list have in common need not be said of each.
        let name = if is_in_list { "" } else { self.name(node) };
        let named = |value: &str| match (name, value) {
            ("", value) => value.to_owned(),
            (name, value) => format!("{name}: {value}"),
        };
        if node.form == Form::Value {
            return (named(self.text(node)), None);
        }
        if let Some(values) = self.on_one_line(number) {
            return (named(&values), None);
        }
        // A record without a name begins with its first value.
        let first = self.children(number).next().and_then(|first| self.node(first));
        match first.filter(|first| name.is_empty() && first.form == Form::Value) {
            Some(first) if self.name(first).is_empty() => (self.text(first).to_owned(), Some(1)),
            Some(first) => (format!("{}: {}", self.name(first), self.text(first)), Some(1)),
            None => (if name.is_empty() { "…".to_owned() } else { format!("{name}:") }, Some(0)),
        }
    }

    /// The values of a flat node, where they are short: `a, b` of a list, `x: 1; y: 2` of a record.
    pub(super) fn on_one_line(&self, number: u32) -> Option<String> {
        let node = self.node(number)?;
        if !node.is_flat || node.bytes > ONE_LINE || node.leaves > 24 {
            return None;
        }
        let values = self.children(number).filter_map(|child| self.node(child)).map(|child| {
            let value = self.text(child);
            match self.name(child) {
                name if !name.is_empty() && node.form == Form::Record => format!("{name}: {value}"),
                _ => value.to_owned(),
            }
        });
        let values: Vec<String> = values.collect();
        let is_tight = !values.iter().any(|value| value.contains(['\n', ',', ';']));
        let joint = if node.form == Form::List { ", " } else { "; " };
        (is_tight || values.len() == 1).then(|| values.join(joint))
    }
}

fn is_large(node: &Node) -> bool {
    node.form != Form::Value
        && (node.has_table || node.leaves > SMALL_LEAVES || node.bytes > SMALL_BYTES)
}
