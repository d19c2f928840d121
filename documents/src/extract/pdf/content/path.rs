//! The path that is being drawn: of all that content draws, only lines along the page's sides
//! count, because tables are made of them.

use super::operands::Operands;
use crate::extract::pdf::frame::{Area, moved, ordered, united};
use crate::extract::pdf::ink::Ink;
use crate::extract::pdf::matrix::Matrix;

/// The most parts of one path that are kept.
const MOST_PARTS: usize = 5_000;

/// A path.
#[derive(Debug, Default)]
pub(super) struct Path {
    /// Where it began.
    start: (f64, f64),
    /// Where it has come to.
    point: (f64, f64),
    /// Its straight pieces.
    pieces: Vec<Area>,
    /// Its rectangles.
    rectangles: Vec<Area>,
    /// The box around each closed or open part that is made of straight pieces.
    outline: Option<Area>,
    /// Whether a part of it is bent.
    is_bent: bool,
}

impl Path {
    /// Goes on with the path, or paints it; whether the operator was about it.
    pub(super) fn apply(
        &mut self,
        operator: &[u8],
        operands: &Operands<'_>,
        matrix: Matrix,
        ink: &mut Ink,
    ) -> bool {
        let point = |at: usize| matrix.apply(operands.number(at), operands.number(at + 1));
        match operator {
            b"m" => {
                self.start = point(0);
                self.point = self.start;
            }
            b"l" => self.line_to(point(0)),
            b"h" => self.line_to(self.start),
            b"c" => self.bend_to(point(4)),
            b"v" | b"y" => self.bend_to(point(2)),
            b"re" => {
                let [x, y, width, height, ..] = operands.numbers();
                if self.rectangles.len() < MOST_PARTS {
                    self.rectangles.push(moved([x, y, x + width, y + height], matrix));
                }
                self.start = matrix.apply(x, y);
                self.point = self.start;
            }
            b"S" | b"s" => self.stroke(ink),
            b"f" | b"F" | b"f*" => self.fill(ink),
            b"B" | b"B*" | b"b" | b"b*" => {
                self.stroke(ink);
                self.fill(ink);
            }
            b"n" => {}
            _ => return false,
        }
        if matches!(
            operator,
            b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"n"
        ) {
            *self = Self::default();
        }
        true
    }

    fn line_to(&mut self, point: (f64, f64)) {
        if self.pieces.len() < MOST_PARTS {
            let piece = ordered([self.point.0, self.point.1, point.0, point.1]);
            self.outline = Some(self.outline.map_or(piece, |outline| united(outline, piece)));
            self.pieces.push(piece);
        }
        self.point = point;
    }

    fn bend_to(&mut self, point: (f64, f64)) {
        self.is_bent = true;
        self.point = point;
    }

    fn stroke(&self, ink: &mut Ink) {
        // A line that is drawn has no width of its own here.
        let is_straight = |piece: &Area| {
            let [left, bottom, right, top] = *piece;
            (right - left).min(top - bottom) < 0.5
        };
        self.pieces.iter().filter(|piece| is_straight(piece)).for_each(|piece| ink.line(*piece));
        for [left, bottom, right, top] in self.rectangles.iter().copied() {
            ink.line([left, bottom, right, bottom]);
            ink.line([left, top, right, top]);
            ink.line([left, bottom, left, top]);
            ink.line([right, bottom, right, top]);
        }
    }

    fn fill(&self, ink: &mut Ink) {
        self.rectangles.iter().for_each(|rectangle| ink.line(*rectangle));
        if let Some(outline) = self.outline
            && !self.is_bent
        {
            ink.line(outline);
        }
    }
}
