//! The stack of open elements, each with the Markdown that it holds so far. A few lines longer than
//! files are here: what closes an element stands beside what opens it.

mod leaf;

use leaf::{enclosed, image};

use super::Names;
use super::element::{Cell, CellKind, Element, Macro, Tag, TaskState};
use super::flow::{Block, Flow, fenced, joined_closely, prefixed};
use super::macros::{self, Rendering};
use super::table;

/// Elements within one another; what is deeper goes on in the line of the last one.
const DEPTH: usize = 200;

/// Quotes and lists within one another; what is deeper is not indented further.
const INDENTS: usize = 12;

#[derive(Debug)]
struct Frame {
    name: String,
    element: Element,
    flow: Flow,
}

/// Makes Markdown of start tags, end tags and text.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    names: &'a Names,
    /// What is outside of all elements.
    root: Flow,
    stack: Vec<Frame>,
    /// Elements that are open in which white space counts.
    raw: usize,
    /// Bytes that repeating the values of merged cells may still add.
    repeats: usize,
}

impl<'a> Builder<'a> {
    pub(super) fn new(names: &'a Names, length: usize) -> Self {
        Self { names, root: Flow::default(), stack: Vec::new(), raw: 0, repeats: length + 10_000 }
    }

    /// An element begins.
    pub(super) fn start(&mut self, tag: Tag) {
        if self.leaf(&tag) || self.stack.len() >= DEPTH {
            return;
        }
        let mut element = Element::of(&tag);
        if matches!(element, Element::Quote | Element::Item | Element::Task(_)) && self.is_deep() {
            element = Element::Block;
        }
        self.raw += usize::from(element.is_raw());
        self.stack.push(Frame { name: tag.name, element, flow: Flow::default() });
    }

    /// An element ends, and with it all within that were forgotten.
    pub(super) fn end(&mut self, name: &str) {
        if let Some(place) = self.stack.iter().rposition(|frame| frame.name == name) {
            while self.stack.len() > place {
                self.close();
            }
        }
    }

    /// Some text.
    pub(super) fn text(&mut self, text: &str) {
        if self.raw > 0 {
            self.flow().push_raw(text);
        } else {
            self.flow().push_text(text);
        }
    }

    /// All of it, below its title.
    pub(super) fn finish(mut self, title: &str) -> String {
        while !self.stack.is_empty() {
            self.close();
        }
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let body = self.root.into_text();
        match (title.is_empty(), body.is_empty()) {
            (true, _) => format!("{body}\n"),
            (false, true) => format!("# {title}\n"),
            (false, false) => format!("# {title}\n\n{body}\n"),
        }
    }

    fn is_deep(&self) -> bool {
        let indenting = |frame: &&Frame| {
            matches!(frame.element, Element::Quote | Element::Item | Element::Task(_))
        };
        self.stack.iter().filter(indenting).count() >= INDENTS
    }

    fn flow(&mut self) -> &mut Flow {
        self.stack.last_mut().map_or(&mut self.root, |frame| &mut frame.flow)
    }

    /// The innermost open element of which `pick` takes something.
    fn nearest<T>(&mut self, pick: impl Fn(&mut Element) -> Option<&mut T>) -> Option<&mut T> {
        self.stack.iter_mut().rev().find_map(|frame| pick(&mut frame.element))
    }

    /// Closes the innermost element: what it holds goes to the one around it.
    fn close(&mut self) {
        let Some(Frame { element, flow, .. }) = self.stack.pop() else { return };
        self.raw -= usize::from(element.is_raw());
        match element {
            Element::Inline => self.flow().absorb(flow),
            Element::Block => self.give(flow.into_blocks()),
            Element::Dropped => {}
            Element::Heading(level) => self.heading(level, flow),
            Element::Marked(mark) => self.mark(mark, flow),
            Element::Code => self.code(flow),
            Element::Preformatted => {
                let code = flow.into_raw();
                let code = code.strip_prefix('\n').unwrap_or(&code).trim_end();
                if !code.is_empty() {
                    self.flow().push_block(Block::Text(fenced("", code)));
                }
            }
            Element::Quote => {
                let quote = prefixed(&flow.into_text(), "> ", "> ");
                self.flow().push_block(Block::Text(quote));
            }
            Element::Bullets(items) | Element::Numbers(items, _) => {
                self.give(flow.into_blocks());
                self.flow().push_block(Block::List(items.join("\n")));
            }
            Element::Item => self.item(flow, None),
            Element::Task(state) => self.item(flow, Some(state)),
            Element::Anchor(target) => self.anchor(target.as_deref(), flow),
            Element::Link(target) => match (flow.into_line(), target) {
                (Ok(line), Some(target)) if line.trim().is_empty() => {
                    self.flow().push_text(&target);
                }
                (Ok(line), _) => self.flow().absorb(Flow::of_line(line)),
                (Err(flow), _) => self.flow().absorb(flow),
            },
            Element::Image { alternative, source, caption } => {
                let picture = image(caption, alternative, source.as_deref());
                self.flow().push_raw(&picture);
            }
            Element::Table(rows) => self.table(&rows, flow),
            Element::Row(cells) => self.row(cells, flow),
            Element::Cell { kind, rows, columns } => self.cell(kind, rows, columns, flow),
            Element::Macro(open) => match macros::render(&open, flow) {
                Rendering::Line(line) => self.flow().push_text(&line),
                Rendering::Blocks(blocks) => self.give(blocks),
                Rendering::Content(flow) => self.flow().absorb(flow),
            },
            element => self.close_part(element, flow),
        }
    }

    /// Closes an element that is a part of the one around it, and no content.
    fn close_part(&mut self, element: Element, flow: Flow) {
        match element {
            Element::TaskStatus => {
                let state = self.nearest(|element| match element {
                    Element::Task(state) => Some(state),
                    _ => None,
                });
                if let Some(state) = state
                    && flow.into_one_line() == "complete"
                {
                    *state = TaskState::Done;
                }
            }
            Element::Caption => {
                let caption = flow.into_one_line();
                let place = self.nearest(|element| match element {
                    Element::Image { caption, .. } => Some(caption),
                    _ => None,
                });
                if let Some(place) = place {
                    *place = Some(caption).filter(|caption| !caption.is_empty());
                }
            }
            Element::Parameter(name) => {
                let value = flow.into_raw();
                let open = self.nearest(macro_of);
                if let Some(open) = open {
                    open.parameters.push((name, value));
                }
            }
            Element::PlainText => {
                let text = flow.into_raw();
                let open = self.nearest(macro_of);
                match open {
                    Some(open) => open.plain.get_or_insert_default().push_str(&text),
                    None => self.flow().push_text(&text),
                }
            }
            Element::Extension { fallback } => {
                self.flow().absorb(fallback.unwrap_or(flow));
            }
            Element::Fallback => {
                let extension = self.nearest(|element| match element {
                    Element::Extension { fallback } => Some(fallback),
                    _ => None,
                });
                match extension {
                    Some(fallback) if !flow.is_blank() => *fallback = Some(flow),
                    Some(_) => {}
                    None => self.flow().absorb(flow),
                }
            }
            _ => self.flow().absorb(flow),
        }
    }

    fn give(&mut self, blocks: Vec<Block>) {
        for block in blocks {
            self.flow().push_block(block);
        }
    }

    fn heading(&mut self, level: usize, flow: Flow) {
        let text = flow.into_one_line();
        if !text.is_empty() {
            let marks = "#".repeat((level + 1).min(6));
            self.flow().push_block(Block::Text(format!("{marks} {text}")));
        }
    }

    /// Text between marks, which stand close to it.
    fn mark(&mut self, mark: &str, flow: Flow) {
        let line = match flow.into_line() {
            Ok(line) => line,
            Err(flow) => return self.flow().absorb(flow),
        };
        let text = line.trim();
        if self.raw > 0 || text.is_empty() {
            return self.flow().push_raw(&line);
        }
        let start = line.len() - line.trim_start().len();
        let end = line.trim_end().len();
        let marked = format!("{}{mark}{text}{mark}{}", &line[..start], &line[end..]);
        self.flow().absorb(Flow::of_line(marked));
    }

    fn code(&mut self, flow: Flow) {
        let line = match flow.into_line() {
            Ok(line) => line,
            Err(flow) => return self.flow().absorb(flow),
        };
        let text = line.trim();
        if self.raw > 0 || text.is_empty() {
            self.flow().push_raw(&line);
        } else if text.contains('`') {
            self.flow().push_raw(&format!("`` {text} ``"));
        } else {
            self.flow().push_raw(&format!("`{text}`"));
        }
    }

    fn anchor(&mut self, target: Option<&str>, flow: Flow) {
        let leads = |target: &&str| {
            ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
        };
        let Some(target) = target.filter(leads) else { return self.flow().absorb(flow) };
        let line = match flow.into_line() {
            Ok(line) => line,
            Err(flow) => return self.flow().absorb(flow),
        };
        let text = line.trim();
        if text.is_empty() {
            self.flow().push_raw(target);
        } else if text == target || target.strip_prefix("mailto:") == Some(text) {
            self.flow().push_raw(text);
        } else {
            self.flow().push_raw(&format!("[{text}]({})", enclosed(target)));
        }
    }

    /// An item of the list that is open, or of one of its own.
    fn item(&mut self, flow: Flow, task: Option<TaskState>) {
        let text = joined_closely(&flow.into_blocks());
        let mark = match task {
            Some(TaskState::Done) => "- [x] ",
            Some(TaskState::Open) => "- [ ] ",
            None => "- ",
        };
        // Lists of tasks are indented as other lists are.
        let bullet = |text: &str| prefixed(text, mark, "  ");
        match self.stack.last_mut().map(|frame| &mut frame.element) {
            Some(Element::Bullets(items)) if !text.is_empty() => items.push(bullet(&text)),
            Some(Element::Numbers(items, next)) if !text.is_empty() => {
                let mark = format!("{next}. ");
                items.push(prefixed(&text, &mark, &" ".repeat(mark.len())));
                *next = next.saturating_add(1);
            }
            Some(Element::Bullets(_) | Element::Numbers(..)) => {}
            _ => self.flow().push_block(Block::List(bullet(&text))),
        }
    }

    fn table(&mut self, rows: &[Vec<Cell>], flow: Flow) {
        self.give(flow.into_blocks());
        let is_of_properties = self
            .stack
            .iter()
            .any(|frame| matches!(&frame.element, Element::Macro(open) if open.name == "details"));
        let block = match table::properties(rows) {
            Some(lines) if is_of_properties => Block::List(lines),
            _ => Block::Text(table::markdown(rows, &mut self.repeats)),
        };
        self.flow().push_block(block);
    }

    fn row(&mut self, cells: Vec<Cell>, flow: Flow) {
        self.give(flow.into_blocks());
        let table = self.nearest(|element| match element {
            Element::Table(rows) => Some(rows),
            _ => None,
        });
        match table {
            Some(rows) => rows.push(cells),
            None => self.give(cells.into_iter().map(|cell| Block::Text(cell.text)).collect()),
        }
    }

    fn cell(&mut self, kind: CellKind, rows: usize, columns: usize, flow: Flow) {
        let text = flow.into_text();
        match self.stack.last_mut().map(|frame| &mut frame.element) {
            Some(Element::Row(cells)) => cells.push(Cell { kind, rows, columns, text }),
            _ => self.flow().push_block(Block::Text(text)),
        }
    }
}

fn macro_of(element: &mut Element) -> Option<&mut Macro> {
    match element {
        Element::Macro(open) => Some(open),
        _ => None,
    }
}
