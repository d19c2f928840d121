//! Writes a page out as Markdown: headings, lists, tables, preformatted text, and everything else
//! as paragraphs. Emphasis is left out; a link keeps its address where it stands alone, since in
//! running text addresses cost more tokens than the words around them.

mod code;
mod line;

use std::collections::HashSet;

use super::choice::Choice;
use super::layout::layout_tables;
use super::links::Base;
use super::page::{Content, Element, Page};
use super::selector::Selectors;
use super::table;
use crate::extracted::Kind;
use crate::writer::Writer;
use line::Line;
pub(super) use line::readable;

/// Writes what was chosen of a page.
pub(super) fn write(page: &Page, choice: &Choice, base: &Base) -> Writer {
    let mut walk = Walk {
        page,
        choice,
        base,
        layout: layout_tables(page),
        selectors: Selectors::new(page),
        writer: Writer::new(Kind::Html),
        line: Line::default(),
        blocks: Vec::new(),
        lists: Vec::new(),
        items: Vec::new(),
        quotes: 0,
        heading: None,
        readings: None,
    };
    if let Some(headline) = choice.headline {
        let title = page.text(headline);
        if choice.is_article {
            walk.writer.under(1, &title);
        } else {
            let place = walk.selectors.place(headline, headline);
            walk.writer.heading(1, &title, Some(place));
        }
    }
    // The open elements.
    let mut open: Vec<usize> = Vec::new();
    let range = choice.range.clone();
    let mut index = range.start;
    while index < range.end {
        while let Some(element) = open.pop_if(|element| page.within(*element).end <= index) {
            walk.close(element);
        }
        index = match page.nodes.get(index).map(|node| &node.content) {
            _ if choice.leaves_out(index) => page.within(index).end,
            Some(Content::Text(text)) => {
                walk.text(text);
                index + 1
            }
            Some(Content::Element(element)) => match walk.open(index, element) {
                Step::Into => {
                    open.push(index);
                    index + 1
                }
                Step::Over => page.within(index).end,
            },
            None => break,
        };
    }
    while let Some(element) = open.pop() {
        walk.close(element);
    }
    walk.flush();
    walk.writer
}

/// Whether an element of a name stands in a line of text.
pub(super) fn is_inline(name: &str) -> bool {
    !matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "plaintext"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
            | "xmp"
            | "br"
    )
}

/// Where the walk goes from an element.
enum Step {
    /// To what is within it.
    Into,
    /// To what is behind it.
    Over,
}

/// A list item that is open.
struct Item {
    index: usize,
    depth: usize,
    /// What it begins with, until that is written.
    marker: Option<String>,
    /// Its text so far.
    text: String,
}

struct Walk<'a> {
    page: &'a Page,
    choice: &'a Choice,
    base: &'a Base,
    layout: HashSet<usize>,
    selectors: Selectors<'a>,
    writer: Writer,
    line: Line,
    /// The open elements that set text apart.
    blocks: Vec<usize>,
    /// The open lists: the next number of those that count.
    lists: Vec<Option<u32>>,
    items: Vec<Item>,
    quotes: usize,
    /// The level of the open heading.
    heading: Option<(u8, usize)>,
    /// How the signs of the open ruby text are read.
    readings: Option<String>,
}

impl Walk<'_> {
    fn text(&mut self, text: &str) {
        let block = self.blocks.last().copied().unwrap_or(self.choice.range.start);
        self.line.text(text, block);
    }

    fn open(&mut self, index: usize, element: &Element) -> Step {
        match element.name() {
            "head" | "title" | "rp" => return Step::Over,
            "br" => self.line.end(),
            "img" if !self.choice.is_article => {
                let text = element.attribute("alt").unwrap_or_default();
                if !text.trim().is_empty() {
                    self.line.part();
                    self.text(text);
                    self.line.part();
                }
            }
            "a" => self.line.open_link(element.attribute("href")),
            "ruby" => self.readings = Some(String::new()),
            "rt" => {
                if let Some(readings) = &mut self.readings {
                    readings.push_str(self.page.text(index).trim());
                }
                return Step::Over;
            }
            "sup" if self.is_exponent(index) => self.text("^"),
            "wbr" => {}
            name if is_inline(name) => {
                if name.contains('-') {
                    // Elements of scripts may stand in lines or on their own.
                    self.line.part();
                }
            }
            _ if self.heading.is_some() => self.line.part(),
            name => return self.open_block(index, name, element),
        }
        Step::Into
    }

    fn open_block(&mut self, index: usize, name: &str, element: &Element) -> Step {
        if name == "dd" && self.line.block().is_some_and(|block| self.page.name(block) == "dt") {
            // What a short term means stands under it.
            self.line.end();
        } else {
            self.flush();
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_item();
                let level = name.bytes().last().map_or(1, |digit| digit.saturating_sub(b'0'));
                self.heading = Some((level, index));
            }
            "ul" | "ol" | "menu" | "dir" => {
                self.end_item();
                let start = element.number("start").unwrap_or(1);
                self.lists.push((name == "ol").then_some(start));
            }
            "li" => self.open_item(index, element),
            "blockquote" => {
                self.end_item();
                self.quotes += 1;
            }
            "pre" | "listing" | "xmp" | "plaintext" => {
                self.end_item();
                let code = code::read(self.page, index, |at| self.choice.leaves_out(at));
                let place = self.selectors.place(index, index);
                self.writer.code(code.language.as_deref(), &code.text, Some(place));
                return Step::Over;
            }
            "table" if !self.layout.contains(&index) => {
                self.end_item();
                self.table(index);
                return Step::Over;
            }
            _ => {}
        }
        self.blocks.push(index);
        Step::Into
    }

    fn open_item(&mut self, index: usize, element: &Element) {
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let this = element.number("value").unwrap_or(*number);
                *number = this.saturating_add(1);
                format!("{this}.")
            }
            _ => "-".to_owned(),
        };
        let depth = self.lists.len().saturating_sub(1);
        self.items.push(Item { index, depth, marker: Some(marker), text: String::new() });
    }

    fn table(&mut self, index: usize) {
        let table = table::read(self.page, index, &self.selectors, |at| self.choice.leaves_out(at));
        for (caption, at) in &table.captions {
            self.writer.paragraph(caption, Some(self.selectors.place(*at, *at)));
        }
        self.writer.table(&table.rows, table.headers);
    }

    fn close(&mut self, index: usize) {
        match self.page.name(index) {
            "a" => self.line.close_link(),
            "ruby" => {
                let readings = self.readings.take().unwrap_or_default();
                if !readings.is_empty() {
                    self.text(&format!("({readings})"));
                }
            }
            "br" => {}
            name if is_inline(name) => {
                if name.contains('-') {
                    self.line.part();
                }
            }
            _ if self.heading.is_some_and(|(_, heading)| heading != index) => self.line.part(),
            name => self.close_block(name),
        }
    }

    fn close_block(&mut self, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.close_heading(),
            // Its meaning is to stand under it.
            "dt" => {}
            _ => self.flush(),
        }
        self.blocks.pop();
        match name {
            "ul" | "ol" | "menu" | "dir" => {
                self.lists.pop();
            }
            "li" => {
                self.end_item();
                self.items.pop();
            }
            "blockquote" => self.quotes = self.quotes.saturating_sub(1),
            _ => {}
        }
    }

    fn close_heading(&mut self) {
        if let Some((level, index)) = self.heading.take() {
            let line = std::mem::take(&mut self.line);
            self.writer.heading(level, &line.text, Some(self.selectors.place(index, index)));
        }
    }

    /// Ends a block of running text.
    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        let Some((first, last)) = line.span() else { return };
        let text = line.with_link(self.base);
        if let Some(item) = self.items.last_mut()
            && item.marker.is_some()
        {
            if !item.text.is_empty() {
                let is_paragraph = self.page.name(first) == "p";
                item.text.push_str(if is_paragraph { "\n\n" } else { "\n" });
            }
            item.text.push_str(&text);
            return;
        }
        let place = Some(self.selectors.place(first, last));
        if self.quotes == 0 {
            self.writer.paragraph(&text, place);
        } else {
            let mark = "> ".repeat(self.quotes.min(DEEPEST_QUOTE));
            let lines: Vec<String> = text.lines().map(|line| format!("{mark}{line}")).collect();
            self.writer.paragraph(&lines.join("\n"), place);
        }
    }

    /// Writes the open item; what follows in it stands on its own.
    fn end_item(&mut self) {
        let Some(item) = self.items.last_mut() else { return };
        if item.text.is_empty() {
            return;
        }
        let Some(marker) = item.marker.take() else { return };
        let text = std::mem::take(&mut item.text);
        let place = self.selectors.place(item.index, item.index);
        self.writer.item(item.depth, &marker, &text, Some(place));
    }

    /// Whether a raised text is a number, which would change the one before it.
    fn is_exponent(&self, index: usize) -> bool {
        let text = self.page.text(index);
        let text = text.trim().trim_start_matches(['-', '−', '+']);
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_digit())
            && self.page.within(index).all(|at| self.page.name(at) != "a")
    }
}

/// Quotes within each other are marked up to this depth.
const DEEPEST_QUOTE: usize = 8;
