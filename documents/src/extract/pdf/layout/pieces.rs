//! The pieces that the text of a line is made of: the characters of its glyphs, blanks where gaps
//! are, and the marks of links; and where gaps are so wide that they part cells.

use std::ops::Range;

use super::bidi;
use super::hyphen::is_ideograph;
use super::line::Spot;

/// A gap of this many font sizes parts words.
const WORD_GAP: f64 = 0.16;

/// A gap of this many font sizes parts what belongs to one line from what does not.
const WIDE_GAP: f64 = 1.5;

/// A gap of this many font sizes may part cells.
const CELL_GAP: f64 = 1.0;

/// The pieces of a line.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pieces<'g> {
    pub(super) texts: Vec<&'g str>,
    /// The cells, where there is more than one.
    pub(super) cells: Vec<Part>,
    /// Whether some gaps are wide.
    pub(super) has_gaps: bool,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) pieces: Range<usize>,
    pub(super) left: f64,
    pub(super) right: f64,
}

/// The pieces of glyphs from left to right. A link's number is that of its end in `links`, from 1.
pub(super) fn of<'g>(spots: &[Spot<'g>], links: &'g [String]) -> Pieces<'g> {
    let mut line = Pieces { texts: Vec::with_capacity(spots.len() + 8), ..Pieces::default() };
    let mut link = Link { number: 0, start: 0, links };
    let mut last: Option<&Spot<'_>> = None;
    let mut right = f64::NEG_INFINITY;
    for spot in spots {
        let size = last.map_or(spot.size, |last| last.size.min(spot.size)).max(0.01);
        let ends_blank = line.texts.last().is_none_or(|piece| *piece == " ");
        let is_gap = last.is_some() && spot.left - right > WORD_GAP * size;
        if (spot.is_blank() || is_gap) && !ends_blank {
            line.texts.push(" ");
        }
        if !spot.is_blank() {
            let gap = last.map_or(0.0, |last| spot.left - last.right);
            if last.is_some_and(|last| are_ideographs(last, spot)) && gap < 0.1 * size {
                // A blank that was drawn over.
                line.texts.pop_if(|piece| *piece == " ");
            }
            line.has_gaps |= gap > WIDE_GAP * size;
            let is_new = last.is_none() || gap > CELL_GAP * size;
            let turns = spot.link != link.number || (is_new && spot.link > 0);
            if turns {
                link.close(&mut line.texts);
            }
            line.cell(spot, is_new);
            if turns {
                link.open(spot.link, &mut line.texts);
            }
            line.texts.push(spot.text);
            last = Some(spot);
        }
        right = right.max(spot.right);
    }
    link.close(&mut line.texts);
    if let Some(cell) = line.cells.last_mut() {
        cell.pieces.end = line.texts.len();
    }
    if line.cells.len() < 2 {
        line.cells.clear();
    }
    line
}

/// Whether two glyphs are of a script that writes no blanks.
fn are_ideographs(one: &Spot<'_>, other: &Spot<'_>) -> bool {
    one.text.ends_with(is_ideograph) && other.text.starts_with(is_ideograph)
}

/// The pieces of glyphs that are read from right to left, in the order of sight; such lines have
/// neither cells nor links.
pub(super) fn of_rtl<'g>(spots: &[Spot<'g>]) -> Pieces<'g> {
    let mut line = Pieces::default();
    let mut last: Option<&Spot<'_>> = None;
    let mut right = f64::NEG_INFINITY;
    for spot in spots {
        let size = last.map_or(spot.size, |last| last.size.min(spot.size)).max(0.01);
        let ends_blank = line.texts.last().is_none_or(|piece| *piece == " ");
        let is_gap = last.is_some_and(|last| {
            // Words of two scripts stand nearer to each other than other words.
            let turns = bidi::turns(last.text, spot.text);
            spot.left - right > if turns { WORD_GAP / 4.0 } else { WORD_GAP } * size
        });
        if (spot.is_blank() || is_gap) && !ends_blank {
            line.texts.push(" ");
        }
        if !spot.is_blank() {
            line.has_gaps |= last.is_some_and(|last| spot.left - last.right > WIDE_GAP * size);
            line.texts.push(spot.text);
            last = Some(spot);
        }
        right = right.max(spot.right);
    }
    line
}

impl Pieces<'_> {
    /// Adds what comes next to the last cell, or to a new one.
    fn cell(&mut self, spot: &Spot<'_>, is_new: bool) {
        let here = self.texts.len();
        match self.cells.last_mut() {
            Some(cell) if !is_new => cell.right = cell.right.max(spot.right),
            last => {
                if let Some(last) = last {
                    last.pieces.end = here;
                }
                let (left, right) = (spot.left, spot.right);
                self.cells.push(Part { pieces: here..here, left, right });
            }
        }
    }
}

/// The link that is open.
struct Link<'g> {
    number: u16,
    /// Where its opening bracket stands.
    start: usize,
    links: &'g [String],
}

impl<'g> Link<'g> {
    /// Ends the link, where there is one.
    fn close(&mut self, pieces: &mut Vec<&'g str>) {
        let end = usize::from(self.number).checked_sub(1).and_then(|at| self.links.get(at));
        self.number = 0;
        let Some(end) = end else { return };
        let blank = pieces.pop_if(|piece| *piece == " ");
        let shown = pieces.get(self.start + 1..).unwrap_or_default().concat();
        if !says_the_same(&shown, end) {
            pieces.push(end);
        } else if let Some(bracket) = pieces.get_mut(self.start) {
            *bracket = "";
        }
        pieces.extend(blank);
    }

    fn open(&mut self, number: u16, pieces: &mut Vec<&'g str>) {
        self.number = number;
        self.start = pieces.len();
        if number > 0 {
            pieces.push("[");
        }
    }
}

/// Whether the words of a link are its target, or a line of it.
fn says_the_same(shown: &str, target: &str) -> bool {
    let shown = shown.trim().trim_end_matches(['.', ',', '/', '-']).to_lowercase();
    let has_form = shown.contains(['.', '@', '/', '-', '_', '=']) || !shown.contains(' ');
    has_form && (shown.len() >= 4 || shown.is_empty()) && target.to_lowercase().contains(&shown)
}
