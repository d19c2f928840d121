//! Writes a parsed page out as text: headings with `#`, lists with `-` or numbers, tables as rows,
//! preformatted text between fences, everything else as paragraphs.

mod writer;

use std::collections::HashSet;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};

use super::layout::layout_tables;
use super::table::Table;
use crate::extracted::{Landmark, Mark, title_of};
use writer::{Gap, Writer};

/// A page as text.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
    pub(super) title: Option<String>,
}

/// Writes a page.
pub(super) fn write(page: &Html) -> Written {
    let mut walk = Walk {
        layout: layout_tables(page),
        writer: Writer::default(),
        written: Written::default(),
        table: None,
        lists: Vec::new(),
        heading: None,
        title: None,
    };
    // The root of what is being left out.
    let mut hidden: Option<NodeId> = None;
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(_) if hidden.is_some() => {}
            Edge::Open(node) => match node.value() {
                Node::Element(element) if is_left_out(element) => hidden = Some(node.id()),
                Node::Element(element) => walk.open(element, node.id()),
                Node::Text(text) => walk.text(text),
                _ => {}
            },
            Edge::Close(node) if hidden.is_some() => {
                if hidden == Some(node.id()) {
                    hidden = None;
                }
            }
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    walk.close(element, node.id());
                }
            }
        }
    }
    walk.finish()
}

fn is_left_out(element: &Element) -> bool {
    element.name() == "nav" || element.attr("hidden").is_some()
}

struct Walk {
    layout: HashSet<NodeId>,
    writer: Writer,
    written: Written,
    table: Option<Table>,
    /// The open lists: the next number of those that count.
    lists: Vec<Option<u32>>,
    /// The level of the open heading.
    heading: Option<u8>,
    /// The page's title, while it is open.
    title: Option<String>,
}

impl Walk {
    fn text(&mut self, text: &str) {
        if let Some(title) = &mut self.title {
            title.push_str(text);
        } else if let Some(table) = &mut self.table {
            table.push(text);
        } else {
            self.writer.text(text);
        }
    }

    fn open(&mut self, element: &Element, id: NodeId) {
        let name = element.name();
        if self.table.is_some() {
            self.open_in_table(name, element);
            return;
        }
        match name {
            "title" => self.title = Some(String::new()),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.open_heading(name),
            "ul" | "ol" => {
                let gap = if self.lists.is_empty() { Gap::Blank } else { Gap::Line };
                self.writer.part(gap);
                let start = element.attr("start").and_then(|start| start.parse().ok());
                self.lists.push((name == "ol").then(|| start.unwrap_or(1)));
            }
            "li" => {
                self.writer.part(Gap::Line);
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let marker = format!("{number}. ");
                        *number = number.saturating_add(1);
                        marker
                    }
                    _ => "- ".to_owned(),
                };
                self.writer.indent(&marker);
            }
            "blockquote" => {
                self.writer.part(Gap::Blank);
                self.writer.quote();
            }
            "pre" => self.writer.begin_code(),
            "table" if !self.layout.contains(&id) => {
                self.writer.part(Gap::Blank);
                self.table = Some(Table::default());
            }
            "br" | "tr" | "dt" | "dd" | "td" | "th" => self.writer.part(Gap::Line),
            name => self.writer.part(gap_around(name)),
        }
    }

    fn close(&mut self, element: &Element, id: NodeId) {
        let name = element.name();
        if let Some(table) = &mut self.table {
            match name {
                "table" if table.nested > 0 => table.nested -= 1,
                "table" => self.close_table(),
                "td" | "th" if table.nested == 0 => {
                    let columns = element.attr("colspan").and_then(|n| n.parse().ok());
                    table.end_cell(columns.unwrap_or(1));
                }
                "caption" => table.end_caption(),
                _ => table.push(blank_around(name)),
            }
            return;
        }
        match name {
            "title" => {
                let title = self.title.take().and_then(|title| title_of(&title));
                self.written.title = self.written.title.take().or(title);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.close_heading(),
            "ul" | "ol" => {
                self.lists.pop();
                let gap = if self.lists.is_empty() { Gap::Blank } else { Gap::Line };
                self.writer.part(gap);
            }
            "li" => {
                self.writer.outdent();
                self.writer.part(Gap::Line);
            }
            "blockquote" => {
                self.writer.outdent();
                self.writer.part(Gap::Blank);
            }
            "pre" => self.writer.end_code(),
            "table" if self.layout.contains(&id) => self.writer.part(Gap::Blank),
            "tr" | "dt" | "dd" | "td" | "th" => self.writer.part(Gap::Line),
            name => self.writer.part(gap_around(name)),
        }
    }

    fn open_in_table(&mut self, name: &str, element: &Element) {
        let Some(table) = &mut self.table else { return };
        match name {
            "table" => table.nested += 1,
            "tr" if table.nested == 0 => table.begin_row(),
            "td" | "th" if table.nested == 0 => table.begin_cell(element.name() == "th"),
            "caption" => table.begin_caption(),
            _ => table.push(blank_around(name)),
        }
    }

    fn close_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        for line in table.lines() {
            self.writer.line(&line);
        }
        self.writer.part(Gap::Blank);
    }

    fn open_heading(&mut self, name: &str) {
        let level = name.bytes().last().map_or(1, |digit| digit.saturating_sub(b'0'));
        self.writer.begin_heading(level);
        self.heading = Some(level);
    }

    fn close_heading(&mut self) {
        let Some(level) = self.heading.take() else { return };
        if let Some((offset, title)) = self.writer.end_heading() {
            let title = title_of(title).unwrap_or_default();
            self.written.marks.push(Mark { offset, landmark: Landmark::Heading { level, title } });
        }
    }

    fn finish(mut self) -> Written {
        // Everything is closed at the end of the tree; only text is left to take.
        self.written.text = self.writer.finish();
        let first = self.written.marks.iter().find_map(|mark| match &mark.landmark {
            Landmark::Heading { level: 1, title } => Some(title.clone()),
            _ => None,
        });
        self.written.title = self.written.title.or(first);
        self.written
    }
}

/// How an element is set apart from what stands around it.
fn gap_around(name: &str) -> Gap {
    match name {
        "p" | "div" | "hr" | "table" | "html" | "head" | "body" => Gap::Blank,
        "caption" | "thead" | "tbody" | "tfoot" => Gap::Line,
        _ => Gap::None,
    }
}

fn blank_around(name: &str) -> &'static str {
    if name == "span" { "" } else { " " }
}
