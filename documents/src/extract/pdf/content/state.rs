//! The graphics state, as far as text depends on it.

use std::rc::Rc;

use super::operands::Operands;
use crate::extract::pdf::font::{Font, Shown};
use crate::extract::pdf::glyph::{PageGlyphs, Pose, angle_of};
use crate::extract::pdf::matrix::Matrix;

/// Where and how the next glyph is shown.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// From the user's space to the page's.
    pub(super) page: Matrix,
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f64,
    pub(super) character_space: f64,
    pub(super) word_space: f64,
    /// Horizontal scaling, 1 for none.
    scale: f64,
    leading: f64,
    rise: f64,
    /// Where the next glyph comes.
    text: Matrix,
    /// Where the line began.
    line: Matrix,
}

impl Default for State {
    fn default() -> Self {
        Self {
            page: Matrix::IDENTITY,
            font: None,
            size: 0.0,
            character_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
        }
    }
}

impl State {
    /// The state at the beginning of content that is placed by a matrix.
    pub(super) fn placed(page: Matrix) -> Self {
        Self { page, ..Self::default() }
    }

    /// Does what an operator says that changes nothing but the state.
    pub(super) fn apply(&mut self, operator: &[u8], operands: &Operands<'_>) {
        match operator {
            b"cm" => self.page = Matrix(operands.numbers()).then(self.page),
            b"BT" => {
                self.text = Matrix::IDENTITY;
                self.line = Matrix::IDENTITY;
            }
            b"Tc" => self.character_space = operands.number(0),
            b"Tw" => self.word_space = operands.number(0),
            b"Tz" => self.scale = operands.number(0) / 100.0,
            b"TL" => self.leading = operands.number(0),
            b"Ts" => self.rise = operands.number(0),
            b"Td" => self.move_line(operands.number(0), operands.number(1)),
            b"TD" => {
                self.leading = -operands.number(1);
                self.move_line(operands.number(0), operands.number(1));
            }
            b"Tm" => {
                self.line = Matrix(operands.numbers());
                self.text = self.line;
            }
            b"T*" => self.next_line(),
            _ => {}
        }
    }

    pub(super) fn next_line(&mut self) {
        self.move_line(0.0, -self.leading);
    }

    fn move_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::translation(x, y).then(self.line);
        self.text = self.line;
    }

    /// Moves back by thousandths of the font size.
    pub(super) fn kern(&mut self, thousandths: f64) {
        self.advance(-thousandths / 1000.0 * self.size, self.is_vertical());
    }

    fn is_vertical(&self) -> bool {
        self.font.as_ref().is_some_and(|font| font.is_vertical())
    }

    fn advance(&mut self, distance: f64, vertical: bool) {
        let (x, y) = if vertical { (0.0, distance) } else { (distance * self.scale, 0.0) };
        self.text = Matrix::translation(x, y).then(self.text);
    }

    /// Shows a glyph and moves on.
    pub(super) fn show(&mut self, font: &Font, shown: Shown<'_>, glyphs: &mut PageGlyphs) {
        let vertical = font.is_vertical();
        let spacing = self.character_space + if shown.is_space { self.word_space } else { 0.0 };
        let width = shown.advance * self.size;
        if let Some(text) = shown.text {
            let across = Matrix([self.size * self.scale, 0.0, 0.0, self.size, 0.0, self.rise]);
            let matrix = across.then(self.text).then(self.page);
            let (axis, size) = matrix.text_axes();
            if vertical {
                // The line runs down the page; its glyphs stand upright, left and right of it.
                let down = (-matrix.0[2], -matrix.0[3]);
                let (start, end) = (matrix.apply(0.0, 0.0), matrix.apply(0.0, -shown.advance));
                let angle = angle_of(down);
                glyphs.push(text, Pose { start, end, size, angle, face: font.face });
            } else {
                let (start, end) = (matrix.apply(0.0, 0.0), matrix.apply(shown.advance, 0.0));
                let angle = angle_of(axis);
                glyphs.push(text, Pose { start, end, size, angle, face: font.face });
            }
        } else {
            glyphs.unknown += 1;
        }
        if vertical {
            self.advance(-width - spacing, true);
        } else {
            self.advance(width + spacing, false);
        }
    }
}
