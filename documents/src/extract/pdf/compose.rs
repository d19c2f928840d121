//! Puts the blocks of all pages together, and finds headings: short blocks set larger than the
//! body of the document.

use std::collections::BTreeMap;

use super::layout::Block;
use crate::extracted::{Landmark, Mark, title_of};

/// A heading is at least this much larger than the body.
const LARGER: f64 = 1.15;

/// A heading has no more characters than this.
const LONGEST_HEADING: usize = 160;

/// Collects the pages of a document.
#[derive(Debug, Default)]
pub(super) struct Composer {
    pages: Vec<Vec<Block>>,
}

impl Composer {
    /// Adds a page.
    pub(super) fn page(&mut self, blocks: Vec<Block>) {
        self.pages.push(blocks);
    }

    /// The text and its marks.
    pub(super) fn finish(self) -> (String, Vec<Mark>) {
        let levels = Levels::of(&self.pages);
        let mut draft = Draft::default();
        for (number, blocks) in (1..).zip(self.pages) {
            let body = body(&blocks).max(levels.body);
            draft.page = Some(number);
            for block in blocks {
                let level = levels.of_heading(&block, body);
                draft.add(&block, level);
            }
        }
        (draft.text, draft.marks)
    }
}

/// A text in the making.
#[derive(Debug, Default)]
struct Draft {
    text: String,
    marks: Vec<Mark>,
    /// The page that has begun, until there is something on it.
    page: Option<u32>,
    /// The level of the last block, where it was a heading.
    above: Option<u8>,
}

impl Draft {
    fn add(&mut self, block: &Block, level: Option<u8>) {
        let goes_on =
            level.is_some() && level == self.above && !block.is_apart && self.page.is_none();
        if goes_on
            && let Some(Mark { landmark: Landmark::Heading { title, .. }, .. }) =
                self.marks.last_mut()
        {
            // The second line of a heading.
            self.text.extend([" ", &block.text]);
            title.extend([" ", &block.text]);
            return;
        }
        let is_apart = self.page.is_some() || block.is_apart || level.or(self.above).is_some();
        if !self.text.is_empty() {
            self.text.push_str(if is_apart { "\n\n" } else { "\n" });
        }
        let offset = self.text.len();
        let page = self.page.take().map(Landmark::Page);
        let heading = level
            .and_then(|level| Some(Landmark::Heading { level, title: title_of(&block.text)? }));
        self.marks
            .extend(page.into_iter().chain(heading).map(|landmark| Mark { offset, landmark }));
        if let Some(level) = level {
            self.text.extend(std::iter::repeat_n('#', usize::from(level)));
            self.text.push(' ');
        }
        self.text.push_str(&block.text);
        self.above = level;
    }
}

/// Which font sizes are those of headings.
struct Levels {
    body: u32,
    /// The sizes of headings, largest first.
    sizes: Vec<u32>,
}

impl Levels {
    fn of(pages: &[Vec<Block>]) -> Self {
        let whole = body(pages.iter().flatten());
        let mut sizes: Vec<u32> = Vec::new();
        for page in pages {
            let body = body(page).max(whole);
            sizes.extend(page.iter().filter(|b| is_heading(b, body)).map(|b| tenths(b.size)));
        }
        sizes.sort_unstable();
        sizes.dedup();
        // Sizes that differ by less than a tenth are meant to be the same.
        sizes.dedup_by(|larger, smaller| *larger * 10 < *smaller * 11);
        sizes.reverse();
        Self { body: whole, sizes }
    }

    /// The level of a block on a page with such a body, where it is a heading.
    fn of_heading(&self, block: &Block, body: u32) -> Option<u8> {
        if !is_heading(block, body) {
            return None;
        }
        let size = tenths(block.size);
        // The smallest of sizes that are meant to be the same stands for them.
        let above = self.sizes.iter().filter(|other| **other * 10 >= size * 11).count();
        u8::try_from(above.min(5) + 1).ok()
    }
}

fn is_heading(block: &Block, body: u32) -> bool {
    f64::from(tenths(block.size)) >= f64::from(body) * LARGER
        && block.lines <= 3
        && block.text.chars().count() <= LONGEST_HEADING
        && block.text.chars().filter(|c| c.is_alphabetic()).count() >= 3
}

/// The size of most of some text.
fn body<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> u32 {
    let mut characters: BTreeMap<u32, usize> = BTreeMap::new();
    for block in blocks {
        *characters.entry(tenths(block.size)).or_default() += block.text.len();
    }
    characters.iter().max_by_key(|(_, count)| **count).map_or(0, |(size, _)| *size)
}

/// A font size in tenths of a point, so that sizes can be counted.
fn tenths(size: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let tenths = (size * 10.0).round().clamp(0.0, 1e6) as u32;
    tenths
}
