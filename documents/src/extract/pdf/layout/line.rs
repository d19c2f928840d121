//! Lines: glyphs that stand on one baseline, near each other in the order of drawing.

use unicode_normalization::UnicodeNormalization;

use super::bidi;
use crate::extract::pdf::glyph::{Glyph, PageGlyphs};

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
}

/// A gap of this many font sizes parts words.
const WORD_GAP: f64 = 0.16;

/// A gap of this many font sizes parts cells.
const CELL_GAP: f64 = 1.5;

/// Baselines nearer than this many font sizes are one.
const SAME_BASE: f64 = 0.45;

/// Parts the glyphs of a page into lines.
pub(super) fn of(glyphs: &PageGlyphs) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut open: Option<Run<'_>> = None;
    let mut whole: Option<Run<'_>> = None;
    for (glyph, text) in glyphs.iter() {
        let spot = Spot::of(glyph, text);
        match &mut open {
            Some(run) if run.takes(&spot) => run.push(spot),
            _ => {
                if let Some(run) = open.replace(Run::begin(spot)) {
                    add(&mut whole, run, &mut lines);
                }
            }
        }
    }
    if let Some(run) = open {
        add(&mut whole, run, &mut lines);
    }
    lines.extend(whole.and_then(Run::finish));
    lines
}

/// Adds a run to the line before it, where it stands to the left of it on the same baseline; or
/// finishes that line.
fn add<'g>(whole: &mut Option<Run<'g>>, run: Run<'g>, lines: &mut Vec<Line>) {
    match whole {
        Some(line) if line.goes_on_leftwards(&run) => line.append(run),
        _ => lines.extend(whole.replace(run).and_then(Run::finish)),
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
    size: f64,
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
        }
    }

    fn is_blank(&self) -> bool {
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
    base: f64,
    size: f64,
    /// Characters of the run's size.
    weight: usize,
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
            weight: 0,
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
        // Blanks are drawn anywhere.
        let is_near = gap >= -0.5 * size || (spot.is_blank() && gap >= -2.0 * size);
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
            let count = spot.text.chars().count();
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
        self.spots.extend(run.spots);
    }

    fn finish(mut self) -> Option<Line> {
        if self.is_rtl {
            bidi::attach_marks(&mut self.spots);
        }
        if self.is_mixed || self.is_rtl {
            self.spots.sort_by(|a, b| a.left.total_cmp(&b.left));
        }
        let (pieces, has_gaps) = self.pieces();
        let text = if self.is_rtl { bidi::to_logical(&pieces) } else { pieces.concat() };
        let text = text.trim();
        (!text.is_empty()).then(|| Line {
            // Accents that were drawn on their own join their letters.
            text: text.nfc().collect(),
            angle: self.angle(),
            left: self.left,
            right: self.right,
            base: self.base,
            size: self.size,
            has_gaps,
        })
    }

    /// The glyphs' characters, with blanks where gaps are; and whether some gaps are wide.
    fn pieces(&self) -> (Vec<&'g str>, bool) {
        let mut pieces: Vec<&str> = Vec::with_capacity(self.spots.len());
        let mut has_gaps = false;
        let mut last: Option<&Spot<'_>> = None;
        let mut right = f64::NEG_INFINITY;
        for spot in &self.spots {
            let size = last.map_or(spot.size, |last| last.size.min(spot.size)).max(0.01);
            let ends_blank = pieces.last().is_none_or(|piece| *piece == " ");
            let is_gap = last.is_some_and(|last| {
                // Words of two scripts stand nearer to each other than other words.
                let turns = self.is_rtl && bidi::turns(last.text, spot.text);
                spot.left - right > if turns { WORD_GAP / 4.0 } else { WORD_GAP } * size
            });
            if (spot.is_blank() || is_gap) && !ends_blank {
                pieces.push(" ");
            }
            if !spot.is_blank() {
                has_gaps |= last.is_some_and(|last| spot.left - last.right > CELL_GAP * size);
                pieces.push(spot.text);
                last = Some(spot);
            }
            right = right.max(spot.right);
        }
        (pieces, has_gaps)
    }
}
