//! Lines: glyphs that stand on one baseline, near each other in the order of drawing.

use unicode_normalization::UnicodeNormalization;

use super::code::Code;
use super::pieces::{self, Pieces};
use super::{accents, bidi};
use crate::extract::pdf::font::Face;
use crate::extract::pdf::frame::{Area, moved};
use crate::extract::pdf::glyph::{Glyph, PageGlyphs};
use crate::extract::pdf::ink::Rule;
use crate::extract::pdf::matrix::Matrix;

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Line {
    /// Its words in the order of reading, with single blanks between them.
    pub(in super::super) text: String,
    /// The direction of its baseline in degrees.
    pub(in super::super) angle: u16,
    /// Where it begins along its baseline.
    pub(in super::super) left: f64,
    /// Where it ends.
    pub(in super::super) right: f64,
    /// Its baseline's height.
    pub(in super::super) base: f64,
    /// The size of most of it.
    pub(in super::super) size: f64,
    /// Whether wide gaps part it, as they do the cells of a table.
    pub(in super::super) has_gaps: bool,
    /// Whether most of it is bold.
    pub(in super::super) is_bold: bool,
    /// Its parts between gaps, where there are gaps.
    pub(in super::super) cells: Vec<Cell>,
    /// What it is as a line of code, where it may be one.
    pub(in super::super) code: Option<Code>,
}

/// A part of a line between gaps, or all of it.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Cell {
    pub(in super::super) text: String,
    pub(in super::super) left: f64,
    pub(in super::super) right: f64,
}

impl Line {
    /// Where it is on the page as shown.
    pub(in super::super) fn area(&self) -> Area {
        let (bottom, top) = (self.base - 0.22 * self.size, self.base + 0.8 * self.size);
        let area = [self.left, bottom, self.right, top];
        if self.angle == 0 { area } else { moved(area, Matrix::rotation(self.angle)) }
    }
}

/// Baselines nearer than this many font sizes are one.
const SAME_BASE: f64 = 0.45;

/// Parts the glyphs of a page into lines. Upright rules part what stands left and right of them.
pub(super) fn of(glyphs: &PageGlyphs, rules: &[Rule]) -> Vec<Line> {
    let fences = Fences::of(rules);
    let mut lines = Lines { glyphs, done: Vec::new(), whole: None };
    let mut open: Option<Run<'_>> = None;
    for (glyph, text) in glyphs.iter() {
        let spot = Spot::of(glyph, text);
        match &mut open {
            Some(run) if run.takes(&spot) && !fences.part(run, &spot) => run.push(spot),
            _ => {
                if let Some(run) = open.replace(Run::begin(spot)) {
                    lines.add(run);
                }
            }
        }
    }
    if let Some(run) = open {
        lines.add(run);
    }
    lines.finish()
}

/// The upright rules of a page, from left to right.
struct Fences(Vec<Rule>);

impl Fences {
    fn of(rules: &[Rule]) -> Self {
        let mut rules: Vec<Rule> = rules.iter().filter(|rule| rule.is_upright).copied().collect();
        rules.sort_by(|a, b| a.at.total_cmp(&b.at));
        Self(rules)
    }

    /// Whether one of them stands between a run and a glyph right of it.
    fn part(&self, run: &Run<'_>, spot: &Spot<'_>) -> bool {
        if self.0.is_empty() || spot.is_blank() || spot.angle != 0 || spot.left < run.ink {
            return false;
        }
        let slack = 0.15 * spot.size;
        let height = spot.base + 0.3 * spot.size;
        let first = self.0.partition_point(|rule| rule.at < run.ink - slack);
        let near = self.0.get(first..).unwrap_or_default().iter();
        near.take_while(|rule| rule.at <= spot.left + slack)
            .any(|rule| rule.to - rule.from > spot.size && (rule.from..=rule.to).contains(&height))
    }
}

/// Lines in the making.
struct Lines<'g> {
    glyphs: &'g PageGlyphs,
    done: Vec<Line>,
    /// The last line, which what follows may belong to.
    whole: Option<Run<'g>>,
}

impl<'g> Lines<'g> {
    /// Adds a run to the line before it, where it stands to the left of it on the same baseline; or
    /// finishes that line.
    fn add(&mut self, run: Run<'g>) {
        match &mut self.whole {
            Some(line) if line.goes_on_leftwards(&run) => line.append(run),
            whole => {
                let line = whole.replace(run).and_then(|line| line.finish(self.glyphs));
                self.done.extend(line);
            }
        }
    }

    fn finish(mut self) -> Vec<Line> {
        self.done.extend(self.whole.and_then(|line| line.finish(self.glyphs)));
        self.done
    }
}

/// A glyph in the frame of its own baseline: `left` to `right` along it, `base` above the origin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'g> {
    pub(super) text: &'g str,
    angle: u16,
    pub(super) left: f64,
    pub(super) right: f64,
    base: f64,
    pub(super) size: f64,
    pub(super) link: u16,
    face: Face,
}

impl<'g> Spot<'g> {
    fn of(glyph: &Glyph, text: &'g str) -> Self {
        let (sin, cos) = f64::from(glyph.angle).to_radians().sin_cos();
        let along = |(x, y): (f64, f64)| x * cos + y * sin;
        let (x, y) = glyph.start;
        let (start, end) = (along(glyph.start), along(glyph.end));
        Self {
            text,
            angle: glyph.angle,
            left: start.min(end),
            right: start.max(end),
            base: y * cos - x * sin,
            size: glyph.size,
            link: glyph.link,
            face: glyph.face,
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Glyphs that follow each other on one baseline.
struct Run<'g> {
    spots: Vec<Spot<'g>>,
    /// Whether the spots are out of order.
    is_mixed: bool,
    is_rtl: bool,
    left: f64,
    right: f64,
    /// Where what is not blank ends.
    ink: f64,
    base: f64,
    size: f64,
    /// Characters of the run's size.
    weight: usize,
    /// Characters that are not blank, and how many of them are bold.
    characters: usize,
    bold: usize,
    /// How many of them are in a font whose letters are all as wide as each other.
    fixed: usize,
}

impl<'g> Run<'g> {
    fn begin(spot: Spot<'g>) -> Self {
        let mut run = Self {
            spots: Vec::new(),
            is_mixed: false,
            is_rtl: false,
            left: spot.left,
            right: spot.left,
            base: spot.base,
            size: spot.size,
            ink: spot.left,
            weight: 0,
            characters: 0,
            bold: 0,
            fixed: 0,
        };
        run.push(spot);
        run
    }

    fn angle(&self) -> u16 {
        self.spots.first().map_or(0, |spot| spot.angle)
    }

    fn is_on_base(&self, angle: u16, base: f64, size: f64) -> bool {
        angle == self.angle() && (base - self.base).abs() <= SAME_BASE * self.size.max(size)
    }

    /// Whether a glyph goes on with this run.
    fn takes(&self, spot: &Spot<'_>) -> bool {
        let size = self.size.max(spot.size);
        let gap = spot.left - self.right;
        // Blanks are drawn anywhere, and drawn over.
        let is_over_blank = spot.left >= self.ink - 0.1 * size;
        let is_near =
            gap >= -0.5 * size || ((spot.is_blank() || is_over_blank) && gap >= -2.0 * size);
        (is_near || self.repeats(spot)) && self.is_on_base(spot.angle, spot.base, spot.size)
    }

    /// Whether a glyph is the last one again, a little aside: that is how bold is feigned.
    fn repeats(&self, spot: &Spot<'_>) -> bool {
        let aside = 0.1 * spot.size;
        self.spots.last().is_some_and(|last| {
            spot.text == last.text
                && (spot.left - last.left).abs() <= aside
                && (spot.base - last.base).abs() <= aside
        })
    }

    fn push(&mut self, spot: Spot<'g>) {
        if self.repeats(&spot) {
            return;
        }
        self.left = self.left.min(spot.left);
        self.right = self.right.max(spot.right);
        if !spot.is_blank() {
            self.is_rtl |= spot.text.chars().any(bidi::is_rtl);
            self.ink = self.ink.max(spot.right);
            let count = spot.text.chars().count();
            self.characters += count;
            self.bold += if spot.face.is_bold { count } else { 0 };
            self.fixed += if spot.face.is_fixed { count } else { 0 };
            if (spot.size - self.size).abs() < 0.01 {
                self.weight += count;
            } else if self.weight > count {
                self.weight -= count;
            } else {
                // Most of the run is of this size, so its baseline is the run's.
                (self.size, self.base, self.weight) = (spot.size, spot.base, count);
            }
        }
        self.spots.push(spot);
    }

    /// Whether a run that was drawn after this one is the part of the line to the left of it.
    fn goes_on_leftwards(&self, run: &Run<'_>) -> bool {
        let size = self.size.max(run.size);
        let gap = self.left - run.right;
        let farthest = if self.is_rtl || run.is_rtl { 10.0 } else { 1.0 };
        self.is_on_base(run.angle(), run.base, run.size)
            && (-0.3 * size..=farthest * size).contains(&gap)
    }

    fn append(&mut self, run: Run<'g>) {
        self.is_mixed = true;
        self.is_rtl |= run.is_rtl;
        self.left = self.left.min(run.left);
        self.right = self.right.max(run.right);
        self.ink = self.ink.max(run.ink);
        self.characters += run.characters;
        self.bold += run.bold;
        self.fixed += run.fixed;
        self.spots.extend(run.spots);
    }

    fn finish(mut self, glyphs: &PageGlyphs) -> Option<Line> {
        if self.is_rtl {
            bidi::attach_marks(&mut self.spots);
        }
        if self.is_mixed || self.is_rtl {
            self.spots.sort_by(|a, b| a.left.total_cmp(&b.left));
        }
        let Pieces { texts: pieces, cells, has_gaps } = if self.is_rtl {
            pieces::of_rtl(&self.spots)
        } else {
            accents::attach(&mut self.spots);
            pieces::of(&self.spots, &glyphs.links)
        };
        let text = if self.is_rtl { bidi::to_logical(&pieces) } else { pieces.concat() };
        let text = composed(&text);
        let is_code = self.fixed == self.characters && !self.is_rtl;
        (!text.is_empty()).then(|| Line {
            angle: self.angle(),
            left: self.left,
            right: self.ink,
            base: self.base,
            size: self.size,
            has_gaps,
            is_bold: self.bold * 5 > self.characters * 3,
            code: if is_code { Code::of(&self.spots) } else { None },
            cells: cells
                .iter()
                .map(|cell| Cell {
                    text: composed(&pieces.get(cell.pieces.clone()).unwrap_or_default().concat()),
                    left: cell.left,
                    right: cell.right,
                })
                .collect(),
            text,
        })
    }
}

/// The text without blanks around it. Accents that were drawn on their own join their letters.
fn composed(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() { text.to_owned() } else { text.nfc().collect() }
}
