//! Which blocks are headings, and of which level: by the outline where it names them, by size where
//! they are set larger than the body, by weight where the body is not bold.

use std::collections::BTreeMap;

use super::super::layout::{Block, Shape};

/// A heading is at least this much larger than the body.
const LARGER: f64 = 1.15;

/// A heading has no more characters than this.
const LONGEST_HEADING: usize = 160;

/// Where more of a document is bold than one part in so many, that says nothing.
const BOLD_PART: usize = 4;

/// What is known of a document's headings.
pub(super) struct Levels {
    /// The size of most of the text.
    body: u32,
    /// The sizes of headings, largest first.
    sizes: Vec<u32>,
    /// Whether bold lines are headings.
    is_bold_rare: bool,
}

impl Levels {
    pub(super) fn of(pages: &[Vec<Block>]) -> Self {
        let whole = body(pages.iter().flatten());
        let mut sizes: Vec<u32> = Vec::new();
        for page in pages {
            let (body, angle) = (body(page).max(whole), direction(page));
            let large = page.iter().filter(|b| b.angle == angle && is_large(b, body));
            sizes.extend(large.map(|block| tenths(block.size)));
        }
        sizes.sort_unstable();
        sizes.dedup();
        // Sizes that differ by less than a tenth are meant to be the same.
        sizes.dedup_by(|larger, smaller| *larger * 10 < *smaller * 11);
        sizes.reverse();
        let blocks = || pages.iter().flatten();
        let all: usize = blocks().map(|block| block.text.len()).sum();
        let bold: usize = blocks().filter(|b| b.is_bold).map(|block| block.text.len()).sum();
        Self { body: whole, sizes, is_bold_rare: bold * BOLD_PART <= all }
    }

    /// The levels of a page's blocks, where they are headings.
    pub(super) fn of_page(&self, blocks: &[Block]) -> Vec<Option<u8>> {
        let body = body(blocks).max(self.body);
        // What stands at the side of a page, across its lines, is no heading of theirs.
        let angle = direction(blocks);
        let level = |block: &Block| self.by_size(block, body).filter(|_| block.angle == angle);
        let mut levels: Vec<Option<u8>> = blocks.iter().map(level).collect();
        // A bold line is a heading where what it stands above is not bold: from the last one up.
        let mut is_followed = false;
        for (index, block) in blocks.iter().enumerate().rev() {
            let is_free = levels.get(index).is_some_and(Option::is_none);
            let is_set_off = self.is_bold_heading(block, body) || is_numbered_capital(block);
            let looks_like_one = is_free && block.angle == angle && is_set_off;
            if looks_like_one && is_followed {
                if let Some(level) = levels.get_mut(index) {
                    *level = Some(self.below_sizes(&block.text));
                }
            } else {
                is_followed = !(block.is_bold || is_set_off) || !is_free;
            }
        }
        levels
    }

    fn by_size(&self, block: &Block, body: u32) -> Option<u8> {
        if !is_large(block, body) {
            return None;
        }
        let size = tenths(block.size);
        // The smallest of sizes that are meant to be the same stands for them.
        let above = self.sizes.iter().filter(|other| **other * 10 >= size * 11).count();
        u8::try_from(above.min(5) + 1).ok()
    }

    fn is_bold_heading(&self, block: &Block, body: u32) -> bool {
        let text = block.text.as_str();
        let is_sentence = text.ends_with(['.', ',', ';']) && text.split(' ').count() > 6;
        self.is_bold_rare
            && block.is_bold
            && block.shape == Shape::Text
            && block.lines <= 2
            && tenths(block.size) * 20 >= body * 19
            && may_be_title(text)
            && !is_sentence
            && !text.contains("](")
    }

    /// The level of a heading that is not larger than the body: below all that are, and by its
    /// number, where it has one.
    fn below_sizes(&self, text: &str) -> u8 {
        let number = text.split(' ').next().unwrap_or_default().trim_end_matches('.');
        let is_number = number.chars().all(|c| c.is_ascii_digit() || c == '.');
        let dots = if is_number { number.matches('.').count() } else { 0 };
        u8::try_from((self.sizes.len() + 1 + dots).min(6)).unwrap_or(6)
    }
}

fn is_large(block: &Block, body: u32) -> bool {
    block.shape == Shape::Text
        && f64::from(tenths(block.size)) >= f64::from(body) * LARGER
        && block.lines <= 3
        && may_be_title(&block.text)
}

/// Whether a line is all in capitals behind a Roman number, as `IV. RESULTS` is.
fn is_numbered_capital(block: &Block) -> bool {
    let Some((number, title)) = block.text.split_once(". ") else { return false };
    let is_number = (1..=5).contains(&number.len()) && number.chars().all(|c| "IVX".contains(c));
    is_number
        && block.shape == Shape::Text
        && block.lines <= 2
        && may_be_title(title)
        && !title.contains(char::is_lowercase)
        && !title.ends_with('.')
}

/// Whether a text has letters, and is not too long.
fn may_be_title(text: &str) -> bool {
    text.chars().count() <= LONGEST_HEADING
        && text.chars().filter(|c| c.is_alphabetic()).take(3).count() == 3
}

/// The size of most of some text.
fn body<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> u32 {
    let mut characters: BTreeMap<u32, usize> = BTreeMap::new();
    for block in blocks {
        *characters.entry(tenths(block.size)).or_default() += block.text.len();
    }
    characters.iter().max_by_key(|(_, count)| **count).map_or(0, |(size, _)| *size)
}

/// The direction of most of a page's text.
fn direction(blocks: &[Block]) -> u16 {
    let mut characters: BTreeMap<u16, usize> = BTreeMap::new();
    for block in blocks {
        *characters.entry(block.angle).or_default() += block.text.len();
    }
    characters.iter().max_by_key(|(_, count)| **count).map_or(0, |(angle, _)| *angle)
}

/// A font size in tenths of a point, so that sizes can be counted.
fn tenths(size: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let tenths = (size * 10.0).round().clamp(0.0, 1e6) as u32;
    tenths
}
