//! A text as units that are not cut unless one of them is too long by itself: sentences, rows of
//! tables, lines of code. Between two of them stands a bound, and some are better than others.

use std::ops::{Range, RangeInclusive};

use super::bounds::sentences;
use super::lines::{Line, lines};
use crate::extracted::{Block, BlockKind, Extracted, Kind, Landmark};

/// What a place before a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// What stands before means nothing without what follows: a heading, a table's header.
    Glued,
    /// Between two words.
    Word,
    /// Between two parts of a sentence.
    Clause,
    /// Between two sentences.
    Sentence,
    /// Between two lines of code, so many steps into it; see [`Bound::in_code`].
    Nested(u8),
    /// Between two lines, rows or items.
    Line,
    /// Between two paragraphs or the like.
    Paragraph,
    /// Before a heading of this level; see [`Bound::heading`].
    Heading(u8),
}

impl Bound {
    /// The bound before a heading: the outermost are the best.
    fn heading(level: u8) -> Self {
        Self::Heading(7_u8.saturating_sub(level))
    }

    /// The bound before a line of code within so many statements. People leave a line empty where
    /// something ends.
    fn in_code(depth: u8, is_apart: bool) -> Self {
        Self::Nested(if is_apart { depth } else { depth.saturating_add(3) })
    }

    /// What a cut there costs, where an empty chunk costs 1 (see `pack.rs`). Measured on judged
    /// passages, and for code by how many functions that fit into a chunk are whole.
    pub(super) fn cost(self) -> f32 {
        match self {
            Self::Glued => 3.0,
            Self::Word => 2.0,
            Self::Clause => 1.0,
            Self::Sentence => 0.5,
            Self::Nested(steps) => 0.2 + 0.25 * f32::from(steps.min(10)),
            Self::Line => 0.3,
            Self::Paragraph => 0.2,
            Self::Heading(outwards) => 0.06 - 0.01 * f32::from(outwards.min(6)),
        }
    }

    /// The worse of two.
    fn worse(self, other: Self) -> Self {
        if self.cost() < other.cost() { other } else { self }
    }
}

/// A piece of the text that is better not cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// Its bytes, without white space around them.
    pub(super) range: Range<usize>,
    /// What stands before it.
    pub(super) bound: Bound,
    /// The header of the table that it is in, where it stands behind that.
    pub(super) header: Option<Range<usize>>,
}

/// Finds the units of a text.
pub(super) struct Units<'a> {
    extracted: &'a Extracted,
    /// Where the part begins.
    from: usize,
    /// Whether a line break within a sentence may be an editor's.
    may_wrap: bool,
    found: Vec<Unit>,
    /// The bound before the next unit, as far as what came before says.
    next: Bound,
}

impl<'a> Units<'a> {
    /// The units of a part of the text.
    pub(super) fn of(extracted: &'a Extracted, range: Range<usize>) -> Vec<Unit> {
        let may_wrap = matches!(extracted.kind, Kind::Text | Kind::Markdown);
        let mut units = Self {
            extracted,
            from: range.start,
            may_wrap,
            found: Vec::new(),
            next: Bound::Paragraph,
        };
        let mut at = range.start;
        let first = extracted.blocks.partition_point(|block| block.range.end <= range.start);
        for block in extracted.blocks.iter().skip(first) {
            if block.range.start >= range.end {
                break;
            }
            let inside = block.range.start.max(range.start)..block.range.end.min(range.end);
            match block.kind {
                BlockKind::Table { body } => {
                    units.prose(at..inside.start);
                    units.table(block, inside.clone(), body);
                }
                BlockKind::Code { .. } => {
                    units.prose(at..inside.start);
                    units.code(inside.clone());
                }
                BlockKind::Paragraph | BlockKind::List => continue,
            }
            at = inside.end;
        }
        units.prose(at..range.end);
        units.found
    }

    /// Adds a unit; the blanks before the first word of a line are its own.
    fn push(&mut self, range: Range<usize>, bound: Bound, header: Option<Range<usize>>) {
        let text = self.extracted.text.get(range.clone()).unwrap_or_default();
        let start = range.start + text.len() - text.trim_start().len();
        let start = indented(&self.extracted.text, start).max(self.from);
        let end = range.start + text.trim_end().len();
        if start < end {
            self.found.push(Unit { range: start..end, bound, header });
        }
    }

    /// Text whose structure is in its lines.
    fn prose(&mut self, range: Range<usize>) {
        let text = self.extracted.text.as_str();
        let mut above: Option<Line<'_>> = None;
        let mut open: Option<(Range<usize>, Bound, bool)> = None;
        let mut in_code = false;
        for (line, breaks) in lines(text, range) {
            let toggles = line.is_fence();
            let heading = if in_code { None } else { self.heading(&line) };
            let goes_on = above.is_some_and(|above| {
                self.may_wrap
                    && breaks == 1
                    && !in_code
                    && !toggles
                    && heading.is_none()
                    && line.goes_on(&above)
            });
            if let Some((range, ..)) = open.as_mut().filter(|_| goes_on) {
                range.end = line.end;
            } else {
                if let Some((range, bound, is_whole)) = open.take() {
                    self.lines(range, bound, is_whole);
                }
                let bound = match (heading, breaks) {
                    (Some(level), _) => Bound::heading(level),
                    (None, 0 | 1) if above.is_some() => Bound::Line,
                    (None, _) => Bound::Paragraph,
                };
                let bound = self.after(bound);
                if heading.is_some() {
                    self.next = Bound::Glued;
                } else if line.words.ends_with(':') && !in_code {
                    self.next = Bound::Sentence;
                }
                let is_whole = in_code || toggles || heading.is_some() || line.is_row();
                open = Some((line.start..line.end, bound, is_whole));
            }
            in_code ^= toggles;
            above = Some(line);
        }
        if let Some((range, bound, is_whole)) = open {
            self.lines(range, bound, is_whole);
        }
    }

    /// A bound as what came before allows it.
    fn after(&mut self, bound: Bound) -> Bound {
        let most = std::mem::replace(&mut self.next, Bound::Heading(u8::MAX));
        // A heading under a heading: the cut is before both.
        bound.worse(most)
    }

    /// What begins in a part of the text.
    fn landmarks(&self, part: RangeInclusive<usize>) -> impl Iterator<Item = &'a Landmark> {
        let marks = &self.extracted.marks;
        let first = marks.partition_point(|mark| mark.offset < *part.start());
        let here = marks.iter().skip(first).take_while(move |mark| mark.offset <= *part.end());
        here.map(|mark| &mark.landmark)
    }

    /// How many statements stand open where a line of code begins, where that is known.
    fn depth(&self, start: usize) -> Option<u8> {
        self.landmarks(start..=start).find_map(|landmark| match landmark {
            Landmark::Statement { depth } => Some(*depth),
            _ => None,
        })
    }

    /// The level of the heading that a line is.
    fn heading(&self, line: &Line<'_>) -> Option<u8> {
        let start = indented(&self.extracted.text, line.start);
        let mut here = self.landmarks(start..=line.start);
        here.find_map(|landmark| match landmark {
            Landmark::Heading { level, .. } => Some(*level),
            _ => None,
        })
        .or_else(|| line.heading())
    }

    /// Lines that belong together, sentence by sentence unless they are one.
    fn lines(&mut self, range: Range<usize>, bound: Bound, is_whole: bool) {
        if is_whole {
            return self.push(range, bound, None);
        }
        let text = self.extracted.text.get(range.clone()).unwrap_or_default();
        let mut bound = bound;
        for sentence in sentences(text) {
            self.push(range.start + sentence.start..range.start + sentence.end, bound, None);
            bound = Bound::Sentence;
        }
    }

    /// A table, row by row.
    fn table(&mut self, block: &Block, range: Range<usize>, body: usize) {
        let header = block.range.start..body;
        let mut bound = self.after(Bound::Paragraph);
        for (line, _) in lines(&self.extracted.text, range) {
            let is_body = line.start >= body && !header.is_empty();
            self.push(line.start..line.end, bound, is_body.then(|| header.clone()));
            // Headers are not parted from the first row.
            bound = if line.end < body { Bound::Glued } else { Bound::Line };
        }
        self.next = Bound::Paragraph;
    }

    /// Preformatted text, line by line; better cut where its grammar says that few statements stand
    /// open; where that is not known, at empty lines, and where it is not indented.
    fn code(&mut self, range: Range<usize>) {
        let text = self.extracted.text.as_str();
        let mut fence = Some(self.after(Bound::Paragraph));
        let mut is_opened = false;
        for (line, breaks) in lines(text, range) {
            let is_indented = indented(text, line.start) < line.start;
            let depth = self.depth(line.start);
            let bound = match (breaks > 1, is_indented) {
                _ if is_opened => Bound::Glued,
                (is_apart, _) if let Some(depth) = depth => Bound::in_code(depth, is_apart),
                (true, false) => Bound::Paragraph,
                (true, true) => Bound::Line,
                (false, false) if !line.words.starts_with([')', ']', '}']) => Bound::Clause,
                (false, _) => Bound::Word,
            };
            is_opened = fence.is_some() && line.is_fence();
            self.push(line.start..line.end, fence.take().unwrap_or(bound), None);
        }
        // The closing fence means nothing by itself.
        if let Some(last) = self.found.last_mut()
            && fence.is_none()
            && text.get(last.range.clone()).is_some_and(|line| line.trim_start().starts_with("```"))
        {
            last.bound = Bound::Glued;
        }
        self.next = Bound::Paragraph;
    }
}

/// Where the blanks before the first word of a line begin; elsewhere, the place itself.
fn indented(text: &str, start: usize) -> usize {
    let before = text.get(..start).unwrap_or_default().trim_end_matches([' ', '\t']);
    if before.is_empty() || before.ends_with('\n') { before.len() } else { start }
}
