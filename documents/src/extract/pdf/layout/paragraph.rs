//! Paragraphs: lines that follow each other closely, are alike, and fill their width.

use super::Line;

/// A paragraph, a heading, a row of a table.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Block {
    /// Its text, on one line.
    pub(in super::super) text: String,
    /// The font size of its lines.
    pub(in super::super) size: f64,
    /// How many lines it is made of.
    pub(in super::super) lines: usize,
    /// Whether it stands apart from what is above it.
    pub(in super::super) is_apart: bool,
}

/// Joins lines to blocks.
pub(super) fn of(lines: Vec<Line>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut above: Option<Line> = None;
    for line in lines {
        let step = above.as_ref().map(|above| Step::between(above, &line));
        match (blocks.last_mut(), step) {
            (Some(block), Some(Step::GoesOn)) => {
                join(&mut block.text, &line.text);
                block.lines += 1;
            }
            (_, step) => blocks.push(Block {
                text: line.text.clone(),
                size: line.size,
                lines: 1,
                is_apart: step != Some(Step::Below),
            }),
        }
        above = Some(line);
    }
    blocks
}

/// How a line follows the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It goes on with the sentence.
    GoesOn,
    /// It stands right below.
    Below,
    /// It is somewhere else.
    Apart,
}

impl Step {
    fn between(above: &Line, line: &Line) -> Self {
        let size = above.size.max(line.size).max(0.01);
        let leading = (above.base - line.base) / size;
        if above.angle != line.angle || !(0.0..=2.8).contains(&leading) {
            return Self::Apart;
        }
        // Between double lines only the sentence tells whether a paragraph goes on.
        let is_open = !above.text.ends_with(['.', '!', '?', ':'])
            || line.text.starts_with(char::is_lowercase);
        if leading > 1.9 && !is_open {
            return Self::Apart;
        }
        let alike = (above.size - line.size).abs() <= 0.1 * size;
        let indent = (line.left - above.left) / size;
        let is_table = above.has_gaps || line.has_gaps;
        // The first word of this line would have found no room on the line above.
        let word = line.text.split(' ').next().unwrap_or_default().chars().count();
        #[expect(clippy::cast_precision_loss, reason = "words are short")]
        let room = line.right.max(above.right) - above.right - 0.5 * size * (word as f64 + 1.0);
        let is_full = room < size;
        if alike
            && !is_table
            && leading > 0.5
            && is_full
            && indent.abs() < 4.0
            && !begins_item(&line.text)
        {
            Self::GoesOn
        } else if leading > 1.9 {
            Self::Apart
        } else {
            Self::Below
        }
    }
}

/// Whether a line begins with a bullet or a number, as the items of lists do.
fn begins_item(line: &str) -> bool {
    let first = line.split(' ').next().unwrap_or_default();
    let is_bullet = first.chars().count() == 1
        && first.starts_with([
            '•', '◦', '▪', '■', '●', '○', '–', '-', '*', '·', '➢', '✓', '§', 'o', '❑', '□',
        ]);
    let number = first.trim_end_matches(['.', ')']).trim_start_matches('(');
    let is_number = first.len() > number.len()
        && number.len() <= 3
        && !number.is_empty()
        && (number.bytes().all(|b| b.is_ascii_digit()) || number.len() == 1);
    (is_bullet || is_number) && line.len() > first.len()
}

/// Adds a line to a paragraph. A hyphen at the end of a line joins what it parted.
fn join(text: &mut String, line: &str) {
    let parted = text.strip_suffix(['-', '\u{2010}', '\u{ad}']).is_some_and(|before| {
        before.ends_with(char::is_alphabetic) && line.starts_with(char::is_lowercase)
    });
    if parted {
        text.pop();
    } else if !(text.ends_with(is_ideograph) && line.starts_with(is_ideograph)) {
        text.push(' ');
    }
    text.push_str(line);
}

/// Characters of scripts that write no blanks between words.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
}
