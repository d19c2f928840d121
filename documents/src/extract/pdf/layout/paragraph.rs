//! Paragraphs: lines that follow each other closely, are alike, and fill their width.

use super::Line;
use super::code::Code;
use super::hyphen::Compounds;
use super::table::{Item, Table};
use crate::extract::pdf::frame::{Area, united};

/// A paragraph, a heading, a line that stands alone, or a table.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Block {
    pub(in super::super) shape: Shape,
    /// Its text, on one line but for code; empty for a table.
    pub(in super::super) text: String,
    /// The font size of its lines.
    pub(in super::super) size: f64,
    /// How many lines it is made of.
    pub(in super::super) lines: usize,
    /// Whether it stands apart from what is above it.
    pub(in super::super) is_apart: bool,
    /// Whether it is bold.
    pub(in super::super) is_bold: bool,
    /// The direction of its baselines in degrees; 0 for a table.
    pub(in super::super) angle: u16,
    /// Where it is on the page as shown.
    pub(in super::super) area: Area,
}

/// What a block is made of.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Shape {
    Text,
    Table(Table),
    /// Lines that are kept as they are.
    Code,
}

/// Joins lines to blocks.
pub(super) fn of(items: Vec<Item>, compounds: &Compounds) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut above: Option<Line> = None;
    for item in items {
        let line = match item {
            Item::Line(line) => line,
            Item::Table(table) => {
                blocks.extend(Block::of_table(table));
                above = None;
                continue;
            }
        };
        let prose = above.as_ref().filter(|above| above.code.is_none() && line.code.is_none());
        let step = prose.map(|above| Step::between(above, &line));
        match (blocks.last_mut(), step) {
            (Some(block), _) if block.shape == Shape::Code && Code::goes_on(&line) => {
                block.text.push('\n');
                block.text.extend(line.code.iter().map(|code| code.text.as_str()));
                block.lines += 1;
                block.area = united(block.area, line.area());
            }
            (Some(block), Some(Step::GoesOn)) => {
                compounds.join(&mut block.text, &line.text);
                block.lines += 1;
                block.is_bold &= line.is_bold;
                block.area = united(block.area, line.area());
            }
            (_, step) => blocks.push(Block {
                shape: if line.code.is_some() { Shape::Code } else { Shape::Text },
                text: line.code.as_ref().map_or(&line.text, |code| &code.text).clone(),
                size: line.size,
                lines: 1,
                is_apart: step != Some(Step::Below),
                is_bold: line.is_bold,
                angle: line.angle,
                area: line.area(),
            }),
        }
        above = Some(line);
    }
    blocks
}

impl Block {
    fn of_table(table: Table) -> Option<Self> {
        let area = table.rows.iter().map(|row| row.area).reduce(united)?;
        Some(Self {
            lines: table.rows.len(),
            shape: Shape::Table(table),
            text: String::new(),
            size: 0.0,
            is_apart: true,
            is_bold: false,
            angle: 0,
            area,
        })
    }
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
        // A bold line that is as wide as the text below it is its heading; but what leaders follow
        // is an entry of a table of contents.
        let is_headed = above.is_bold
            && !line.is_bold
            && line.text.starts_with(char::is_uppercase)
            && ![". . .", "...", "…"].iter().any(|leader| line.text.contains(leader));
        // The first word of this line would have found no room on the line above.
        let word = line.text.split(' ').next().unwrap_or_default().chars().count();
        #[expect(clippy::cast_precision_loss, reason = "words are short")]
        let room = line.right.max(above.right) - above.right - 0.5 * size * (word as f64 + 1.0);
        let is_full = room < size;
        if alike
            && !is_table
            && !is_headed
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
