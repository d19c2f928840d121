//! Puts the blocks of all pages together and writes them: headings, paragraphs, lists and tables,
//! each with its place.

mod levels;
mod list;

use corpus::SourcePlace;

use super::content::Remark;
use super::frame::{Area, Frame, united};
use super::layout::{Block, Compounds, Shape, Table};
use super::outline::Entry;
use crate::words::letters;
use crate::writer::{Row, Writer};
use levels::Levels;
use list::Marker;

/// A page that is ready to be written.
#[derive(Debug)]
pub(super) struct Leaf {
    /// From 1.
    pub(super) number: u32,
    pub(super) frame: Frame,
    pub(super) blocks: Vec<Block>,
    pub(super) remarks: Vec<Remark>,
    /// What the outline says begins on it.
    pub(super) entries: Vec<Entry>,
}

/// Writes pages.
pub(super) fn write(mut leaves: Vec<Leaf>, compounds: &Compounds, writer: &mut Writer) {
    mend_words(&mut leaves, compounds);
    let pages: Vec<Vec<Block>> =
        leaves.iter_mut().map(|leaf| std::mem::take(&mut leaf.blocks)).collect();
    let levels = Levels::of(&pages);
    let mut depth = 0;
    for (leaf, blocks) in leaves.into_iter().zip(pages) {
        writer.page(leaf.number);
        let by_look = levels.of_page(&blocks);
        let mut page = PageWriter {
            number: leaf.number,
            frame: leaf.frame,
            writer,
            depth,
            waiting: None,
            indent: 0.0,
            last_number: None,
        };
        page.blocks(blocks, &by_look, leaf.entries);
        page.remarks(&leaf.remarks);
        depth = page.depth;
    }
}

/// Puts words together that are parted between two blocks: at the end of a column or a page.
fn mend_words(leaves: &mut [Leaf], compounds: &Compounds) {
    let blocks = leaves.iter_mut().flat_map(|leaf| &mut leaf.blocks);
    let mut last: Option<&mut Block> = None;
    for block in blocks.filter(|block| block.shape == Shape::Text) {
        if let Some(last) = last
            && (last.size - block.size).abs() < 0.1 * block.size
            && compounds.parts_word(&last.text, &block.text)
            && let Some((word, rest)) = block.text.split_once(' ')
        {
            compounds.join(&mut last.text, word);
            block.text = rest.to_owned();
        }
        last = Some(block);
    }
}

/// Text that is written when it is known that nothing more belongs to it.
struct Waiting {
    kind: WaitingKind,
    text: String,
    area: Area,
    size: f64,
}

enum WaitingKind {
    Heading(u8),
    Paragraph,
    Item { depth: usize, marker: String },
}

/// Writes one page.
struct PageWriter<'w> {
    number: u32,
    frame: Frame,
    writer: &'w mut Writer,
    /// The level of the outline's entry that was passed last; 0 where there is no outline.
    depth: u8,
    waiting: Option<Waiting>,
    /// Where the outermost items of the list begin.
    indent: f64,
    /// The number of the last item that had one.
    last_number: Option<u32>,
}

impl PageWriter<'_> {
    fn blocks(&mut self, blocks: Vec<Block>, by_look: &[Option<u8>], entries: Vec<Entry>) {
        let mut named = match_entries(&blocks, &entries);
        let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
        for (entry, is_named) in entries.iter_mut().zip(&named.is_found) {
            if *is_named {
                *entry = None;
            }
        }
        for (index, block) in blocks.into_iter().enumerate() {
            let [_, _, _, top] = block.area;
            for entry in &mut entries {
                let has_come = entry
                    .as_ref()
                    .is_some_and(|e| e.height.is_none_or(|height| height + 2.0 >= top));
                if has_come && let Some(entry) = entry.take() {
                    self.flush();
                    self.writer.under(entry.level, &entry.title);
                    self.depth = entry.level;
                }
            }
            let by_outline = named.levels.get_mut(index).and_then(Option::take);
            let by_look = by_look.get(index).copied().flatten();
            if let Some(level) = by_outline {
                self.depth = level;
            }
            let is_outlined = self.depth > 0;
            let level = by_outline
                .or_else(|| by_look.map(|level| if is_outlined { self.depth + 1 } else { level }));
            self.block(block, level);
        }
        self.flush();
        for entry in entries.into_iter().flatten() {
            self.writer.under(entry.level, &entry.title);
            self.depth = entry.level;
        }
    }

    fn block(&mut self, block: Block, level: Option<u8>) {
        let Block { shape, text, size, is_apart, area, .. } = block;
        match shape {
            Shape::Table(table) => {
                self.flush();
                self.last_number = None;
                self.table(table);
            }
            Shape::Code => {
                self.flush();
                self.last_number = None;
                let place = self.place(area);
                self.writer.code(None, &text, place);
            }
            Shape::Text if level.is_some() => {
                let level = level.unwrap_or(1);
                match &mut self.waiting {
                    Some(Waiting {
                        kind: WaitingKind::Heading(above),
                        text: title,
                        area: place,
                        ..
                    }) if *above == level && !is_apart && are_one(*place, area, size) => {
                        // The second line of a heading.
                        title.extend([" ", &text]);
                        *place = united(*place, area);
                    }
                    _ => self.wait(WaitingKind::Heading(level), text, area, size),
                }
                self.last_number = None;
            }
            Shape::Text => match Marker::of(&text) {
                Some(marker) if marker.follows(self.last_number) => {
                    let [left, ..] = area;
                    if !matches!(
                        &self.waiting,
                        Some(Waiting { kind: WaitingKind::Item { .. }, .. })
                    ) {
                        self.indent = left;
                    }
                    self.indent = self.indent.min(left);
                    let depth = list::depth(left - self.indent, size);
                    self.last_number = marker.number.or(self.last_number);
                    let rest =
                        text.get(marker.length..).unwrap_or_default().trim_start().to_owned();
                    self.wait(
                        WaitingKind::Item { depth, marker: marker.written },
                        rest,
                        area,
                        size,
                    );
                }
                _ => self.paragraph(text, area, size, is_apart),
            },
        }
    }

    /// Lines that stand below each other without a gap are one paragraph; what is indented under
    /// an item belongs to it.
    fn paragraph(&mut self, text: String, area: Area, size: f64, is_apart: bool) {
        match &mut self.waiting {
            Some(Waiting { kind: WaitingKind::Paragraph, text: above, area: place, .. })
                if !is_apart =>
            {
                above.push('\n');
                above.push_str(&text);
                *place = united(*place, area);
            }
            Some(Waiting {
                kind: WaitingKind::Item { .. },
                text: above,
                area: place,
                size: other,
            }) if !is_apart && area[0] > place[0] + 0.5 * *other => {
                above.push('\n');
                above.push_str(&text);
                *place = united(*place, area);
            }
            _ => {
                self.last_number = None;
                self.wait(WaitingKind::Paragraph, text, area, size);
            }
        }
    }

    fn wait(&mut self, kind: WaitingKind, text: String, area: Area, size: f64) {
        self.flush();
        self.waiting = Some(Waiting { kind, text, area, size });
    }

    fn flush(&mut self) {
        let Some(Waiting { kind, text, area, .. }) = self.waiting.take() else { return };
        let place = self.place(area);
        match kind {
            WaitingKind::Heading(level) => self.writer.heading(level, &without_links(&text), place),
            WaitingKind::Paragraph => self.writer.paragraph(&text, place),
            WaitingKind::Item { depth, marker } => self.writer.item(depth, &marker, &text, place),
        }
    }

    fn table(&mut self, table: Table) {
        let rows: Vec<Row> = table
            .rows
            .into_iter()
            .map(|row| Row { cells: row.cells, source: self.place(row.area) })
            .collect();
        self.writer.table(&rows, table.headers);
    }

    /// What was written about the page, or filled into it, and is not seen on it.
    fn remarks(&mut self, remarks: &[Remark]) {
        for Remark { label, text, area } in remarks {
            let place = self.place(*area);
            self.writer.item(0, "-", &format!("{label}: {text}"), place);
        }
    }

    fn place(&self, area: Area) -> Option<SourcePlace> {
        self.frame.place(self.number, area)
    }
}

/// Whether two lines of headings are one heading: both are centred, or the first is full.
fn are_one(above: Area, area: Area, size: f64) -> bool {
    let ([left, _, right, _], [other_left, _, other_right, _]) = (above, area);
    let apart = (f64::midpoint(left, right) - f64::midpoint(other_left, other_right)).abs();
    let is_centred = apart < size && (left - other_left).abs() > apart;
    is_centred || (other_right - other_left) * 2.0 > right - left && right - left > 20.0 * size
}

/// Which blocks the entries of an outline name.
struct Named {
    levels: Vec<Option<u8>>,
    is_found: Vec<bool>,
}

fn match_entries(blocks: &[Block], entries: &[Entry]) -> Named {
    /// Blocks of a page with this many entries or more are not searched.
    const MOST: usize = 200;
    let mut named =
        Named { levels: vec![None; blocks.len()], is_found: vec![false; entries.len()] };
    if entries.is_empty() || entries.len() > MOST {
        return named;
    }
    let is_text = |block: &Block| block.shape == Shape::Text && block.lines <= 3;
    let keys: Vec<Option<String>> =
        blocks.iter().map(|block| is_text(block).then(|| letters(&block.text))).collect();
    for (entry, is_found) in entries.iter().zip(&mut named.is_found) {
        let title = letters(&entry.title);
        let found = (0..blocks.len()).find_map(|at| {
            let is_free = named.levels.get(at).is_some_and(Option::is_none);
            let mut rest = title.as_str();
            let mut count = 0;
            // A title may be in several lines, each a block.
            while is_free && !rest.is_empty() && count < 4 {
                let block = keys.get(at + count)?.as_deref().filter(|key| !key.is_empty())?;
                rest = match rest.strip_prefix(block) {
                    Some(rest) => rest,
                    // The title may lack the number that the heading has.
                    None if count == 0 && is_numbered(block, rest) => "",
                    None => return None,
                };
                count += 1;
            }
            (count > 0 && rest.is_empty()).then_some((at, count))
        });
        if let Some((at, count)) = found {
            *is_found = true;
            for level in named.levels.iter_mut().skip(at).take(count) {
                *level = Some(entry.level);
            }
        }
    }
    named
}

/// Whether a heading is a title with a number before it.
fn is_numbered(heading: &str, title: &str) -> bool {
    heading.strip_suffix(title).is_some_and(|number| {
        !title.is_empty() && number.len() <= 12 && number.chars().any(|c| c.is_ascii_digit())
    })
}

/// A heading's words without the marks of links.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((words, behind)) = rest.split_once("](")
        && let Some((_, after)) = behind.split_once(')')
    {
        match words.rsplit_once('[') {
            Some((before, shown)) => plain.extend([before, shown]),
            None => plain.push_str(words),
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
}
