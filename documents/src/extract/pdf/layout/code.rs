//! Code: lines one below the other in a font whose letters are all as wide as each other. Where they
//! break and how far they are indented means something, so it is kept.

use super::line::{Line, Spot};
use crate::extract::pdf::paper::Paper;

/// Blanks before or within a line of code beyond these are left out.
const WIDEST: usize = 80;

/// A longer line is none of code.
const LONGEST: usize = 1_000;

/// A line as code.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Code {
    /// Its words with the blanks that are between them on the page; before them, in code that was
    /// found, its indent.
    pub(in super::super) text: String,
    /// How wide a letter is.
    pitch: f64,
    /// Whether code begins here.
    is_first: bool,
}

impl Code {
    /// The glyphs of a line, where their letters are indeed as wide as each other.
    pub(super) fn of(spots: &[Spot<'_>]) -> Option<Self> {
        let inked = || spots.iter().filter(|spot| !spot.is_blank());
        let first = inked().next()?;
        let pitch = first.right - first.left;
        let is_alike = |spot: &Spot<'_>| {
            // Ideographs are as wide as each other in every font.
            spot.text.chars().all(|c| c < '\u{2e80}')
                && (spot.right - spot.left - pitch).abs() < 0.02 * spot.size
        };
        if pitch < 0.2 * first.size || !inked().all(is_alike) {
            return None;
        }
        let mut text = String::new();
        let left = spots.iter().map(|spot| spot.left).fold(f64::INFINITY, f64::min);
        let mut right = left;
        for spot in inked() {
            let gap = spot.left - right;
            if gap > 0.3 * pitch {
                pad(&mut text, gap / pitch);
            }
            text.push_str(spot.text);
            right = spot.right;
            if text.len() > LONGEST {
                return None;
            }
        }
        Some(Self { text, pitch, is_first: false })
    }

    /// Whether a line is code that goes on.
    pub(super) fn goes_on(line: &Line) -> bool {
        line.code.as_ref().is_some_and(|code| !code.is_first)
    }
}

/// Adds as many blanks as are nearest to a number of columns, and one at least.
fn pad(text: &mut String, columns: f64) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let blanks = (columns.round() as usize).clamp(1, WIDEST);
    text.extend(std::iter::repeat_n(' ', blanks));
}

/// Takes the lines of a document that is written in such a font throughout for what they are
/// elsewhere: there the font says nothing.
pub(in super::super) fn clear_typewritten(papers: &mut [Paper]) {
    let lines = || papers.iter().flat_map(|paper| &paper.lines);
    let all: usize = lines().map(|line| line.text.len()).sum();
    let fixed = lines().filter(|line| line.code.is_some()).map(|line| line.text.len());
    if fixed.sum::<usize>() * 2 > all {
        for line in papers.iter_mut().flat_map(|paper| &mut paper.lines) {
            line.code = None;
        }
    }
}

/// Leaves as code, of the lines that may be, those that look like it, and indents them.
pub(super) fn find(lines: &mut [Line]) {
    for run in lines.chunk_by_mut(goes_on) {
        if run.iter().all(|line| line.code.is_some()) && is_code(run) {
            indent(run);
        } else {
            for line in run {
                line.code = None;
            }
        }
    }
}

/// Whether a line stands right below another, and both may be code.
fn goes_on(above: &Line, line: &Line) -> bool {
    let size = above.size.max(line.size).max(0.01);
    above.code.is_some()
        && line.code.is_some()
        && above.angle == line.angle
        && (above.size - line.size).abs() < 0.2 * size
        && (0.5..=2.8).contains(&((above.base - line.base) / size))
}

/// Whether lines hold signs or indents, as code does, rather than sentences.
fn is_code(lines: &[Line]) -> bool {
    const SIGNS: &str = "{};=<>[]$#\\_|";
    /// These may be in sentences too.
    const WEAK_SIGNS: &str = "()@~&*/";
    let left = leftmost(lines);
    let is_sentence =
        |line: &&Line| line.text.ends_with(['.', ',']) && line.text.split(' ').count() > 6;
    let looks_like_it = |line: &&Line| {
        let has_indent =
            |code: &Code| line.left - left > 1.5 * code.pitch || code.text.starts_with("  ");
        let is_indented = line.code.as_ref().is_some_and(has_indent);
        is_indented || line.text.contains(|c| SIGNS.contains(c) || WEAK_SIGNS.contains(c))
    };
    lines.len() > 1
        && lines.iter().any(|line| line.text.contains(|c| SIGNS.contains(c)))
        && lines.iter().filter(looks_like_it).count() * 2 >= lines.len()
        && lines.iter().filter(is_sentence).count() * 4 <= lines.len()
}

/// Puts the indent before each line; an empty line where there is room for one.
fn indent(lines: &mut [Line]) {
    let left = leftmost(lines);
    let mut above: Option<f64> = None;
    for line in lines {
        let (indent, size) = (line.left - left, line.size.max(0.01));
        let Some(code) = &mut line.code else { continue };
        let mut text = String::new();
        if indent > 0.5 * code.pitch {
            pad(&mut text, indent / code.pitch);
        }
        text.push_str(&code.text);
        code.is_first = above.is_none();
        if above.is_some_and(|above| above - line.base > 1.9 * size) {
            text.insert(0, '\n');
        }
        code.text = text;
        above = Some(line.base);
    }
}

fn leftmost(lines: &[Line]) -> f64 {
    lines.iter().map(|line| line.left).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;
    use crate::extract::pdf::font::Face;
    use crate::extract::pdf::glyph::{PageGlyphs, Pose};

    /// Lines of a font with letters of one width, from top to bottom, and where they begin.
    fn check(texts: &[(f64, &str)], expect: &[Option<&str>]) {
        let mut page = PageGlyphs::default();
        for (row, (left, text)) in (0_u32..).zip(texts) {
            let base = 500.0 - 12.0 * f64::from(row);
            for (column, c) in (0_u32..).zip(text.chars()).filter(|(_, c)| *c != ' ') {
                let x = left + 6.0 * f64::from(column);
                let (start, end) = ((x, base), (x + 6.0, base));
                let face = Face { is_bold: false, is_fixed: true };
                page.push(&c.to_string(), Pose { start, end, size: 10.0, angle: 0, face });
            }
        }
        let mut lines = line::of(&page, &[]);
        find(&mut lines);
        let found: Vec<Option<&str>> =
            lines.iter().map(|line| line.code.as_ref().map(|code| code.text.as_str())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn code_keeps_its_lines_and_indents() {
        check(
            &[(50.0, "if x {"), (62.0, "y =  1"), (50.0, "}")],
            &[Some("if x {"), Some("  y =  1"), Some("}")],
        );
        check(&[(50.0, "Words of a letter"), (50.0, "and more of them")], &[None, None]);
        check(&[(50.0, "alone();")], &[None]);
    }
}
