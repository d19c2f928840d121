//! Where the text of an article begins and ends within the element that holds it.

use super::super::page::Page;
use super::Choice;
use super::measures::{Measure, Measures};
use super::trim::{each, is_heading};
use super::words;

/// A label is shorter than this.
const LONGEST_LABEL: usize = 60;

/// A sentence that does not end as one is at least as long as this.
const LONG: usize = 80;

/// An article goes on behind what is announced in it if this percentage of its prose is there.
const LEAST_REST: usize = 15;

/// Leaves out of an article what precedes its first sentences and follows its last.
pub(super) fn trim(page: &Page, choice: &mut Choice) {
    before_headline(page, choice);
    if let Some(mut text) = Text::of(page, choice) {
        text.begin(choice);
        text.invitations(choice);
        text.announcements(choice);
        text.end(choice);
    }
}

/// Leaves out the headline, and what precedes it, unless much of the prose does.
fn before_headline(page: &Page, choice: &mut Choice) {
    let Some(headline) = choice.headline.filter(|headline| choice.range.contains(headline)) else {
        return;
    };
    let measures = Measures::of(page, choice);
    let (mut before, mut blocks) = (0, Vec::new());
    each(page, choice, |index, _, _| {
        if index < headline {
            before += measures.own(index).prose;
            if measures.own(index).text > 0 && page.within(index).end <= headline {
                blocks.push(index);
            }
        }
    });
    if before * 4 < measures.whole(choice.range.start).prose {
        for index in blocks {
            choice.leave_out(index);
        }
    }
    choice.leave_out(headline);
}

/// The blocks of an article's text, and those around it.
struct Text<'a> {
    page: &'a Page,
    measures: Measures,
    /// The elements that text stands in directly, in their order.
    blocks: Vec<usize>,
    /// Which of them begins the text, and which ends it.
    first: usize,
    last: usize,
    /// How much prose all of them hold.
    prose: usize,
}

impl<'a> Text<'a> {
    fn of(page: &'a Page, choice: &mut Choice) -> Option<Self> {
        let measures = Measures::of(page, choice);
        let mut blocks = Vec::new();
        each(page, choice, |index, _, _| {
            if measures.own(index).text > 0 && index >= 1 {
                blocks.push(index);
            }
        });
        let prose = measures.whole(choice.range.start).prose;
        let is_prose = |index: &usize| measures.own(*index).prose > 0;
        let is_sentence = |index: &usize| is_sentence(page, *index, measures.own(*index));
        let first = blocks.iter().position(is_prose)?;
        // Lines of a poem are no sentences, but much of the text.
        let sentence = blocks.iter().position(is_sentence).filter(|sentence| {
            let before = blocks.get(first..*sentence).unwrap_or_default();
            let passed: usize = before.iter().map(|index| measures.own(*index).prose).sum();
            passed * 10 < prose
        });
        let first = sentence.unwrap_or(first);
        let last = blocks.iter().rposition(is_prose).unwrap_or(first);
        Some(Self { page, measures, blocks, first, last, prose })
    }

    fn block(&self, number: usize) -> usize {
        self.blocks.get(number).copied().unwrap_or_default()
    }

    /// Leaves out what precedes the first sentences, save what is of their kind, and their heading;
    /// and save all, if it is much of the text.
    fn begin(&self, choice: &mut Choice) {
        let (page, begin) = (self.page, self.block(self.first));
        let is_outside = |number: usize, index: usize| {
            let is_before = page.within(index).end <= begin;
            let is_right_above =
                is_heading(page, index) && number + 1 == self.first && page.name(index) != "h1";
            let is_of_text = self.is_alike(index)
                && !self.measures.own(index).is_linked_over(50)
                && !is_signed(&page.text(index))
                && !words::is_label(&page.text(index));
            is_before && !is_right_above && !is_of_text
        };
        let before = self.blocks.iter().copied().enumerate().take(self.first);
        let outside: Vec<usize> = before
            .filter(|(number, index)| is_outside(*number, *index))
            .map(|(_, index)| index)
            .collect();
        let plain: usize = outside.iter().map(|index| self.measures.own(*index).plain()).sum();
        if plain * 4 < self.measures.whole(choice.range.start).plain() {
            for index in outside {
                choice.leave_out(index);
            }
        }
    }

    /// Leaves out the invitations to follow and to subscribe that the text ends with.
    fn invitations(&mut self, choice: &mut Choice) {
        while self.last > self.first && is_invitation(self.page, self.block(self.last)) {
            choice.leave_out(self.block(self.last));
            self.last -= 1;
        }
    }

    /// Leaves out what is announced between the paragraphs or behind them, and labels.
    fn announcements(&self, choice: &mut Choice) {
        let ends = self.ends_of_announced();
        let mut passed = 0;
        let mut until = 0;
        for (number, index) in self.blocks.iter().copied().enumerate().skip(self.first) {
            let own = self.measures.own(index);
            passed += own.prose;
            if index < until {
                if self.page.within(index).end <= until {
                    choice.leave_out(index);
                }
                continue;
            }
            let is_short = own.text < LONGEST_LABEL
                && (is_heading(self.page, index) || own.prose == 0)
                && self.measures.whole(index).text == own.text;
            if number > self.last || !is_short {
                continue;
            }
            let text = self.page.text(index);
            let end = ends.get(number).copied().unwrap_or(usize::MAX);
            // What paragraphs follow directly heads them, whatever it says.
            let heads = || {
                is_heading(self.page, index)
                    && self.block(number + 1) == end
                    && (index..end).all(|at| !choice.leaves_out(at))
            };
            if passed * 4 > self.prose && words::announces(&text) && !heads() {
                until = end;
                choice.leave_out(index);
            } else if words::is_label(&text) {
                choice.leave_out(index);
            }
        }
    }

    /// For each block, where what it announces ends, if it announces something: where paragraphs
    /// like the first go on, if so much of the prose is in them that the article does.
    fn ends_of_announced(&self) -> Vec<usize> {
        let (mut next, mut prose) = (usize::MAX, 0);
        let mut ends: Vec<usize> = Vec::with_capacity(self.blocks.len());
        for index in self.blocks.iter().rev().copied() {
            let goes_on = prose * 100 > self.prose * LEAST_REST;
            ends.push(if goes_on { next } else { usize::MAX });
            let own = self.measures.own(index);
            if own.prose > 0 && self.is_alike(index) {
                next = index;
                prose += own.prose;
            }
        }
        ends.reverse();
        ends
    }

    /// Leaves out what follows the last sentences, save what of their kind is a list, a table or
    /// the like, and its heading.
    fn end(&self, choice: &mut Choice) {
        let behind = self.blocks.iter().copied().skip(self.last + 1).rev();
        let mut heads = false;
        for index in behind {
            let own = self.measures.own(index);
            let text = self.page.text(index);
            let is_kept = if words::is_label(&text) || words::announces(&text) {
                false
            } else if is_heading(self.page, index) {
                heads && self.is_alike(index)
            } else {
                let place = self.place(index);
                let is_datum = place.is_some_and(|place| self.page.name(place) != "p");
                (own.marks > 0 || is_datum) && !own.is_linked_over(30)
            };
            if !is_kept {
                choice.leave_out(index);
            }
            heads = is_kept && !choice.leaves_out(index);
        }
    }

    /// Whether a block stands in the same place as the first, or in one of the same kind.
    fn is_alike(&self, index: usize) -> bool {
        let page = self.page;
        let shape = |index: usize| {
            let parent = page.parent(index);
            let class = |index: usize| page.element(index).and_then(|at| at.attribute("class"));
            (page.name(index), class(index), page.name(parent), class(parent))
        };
        self.place(index).is_some()
            || (page.name(index) == "p" && shape(index) == shape(self.block(self.first)))
    }

    /// What a block stands in right beside the first: itself, its list, its table, its note.
    fn place(&self, index: usize) -> Option<usize> {
        let page = self.page;
        let is_of_text = |at: usize| {
            matches!(
                page.name(at),
                "p" | "ul" | "ol" | "dl" | "table" | "pre" | "blockquote" | "details"
            ) || (is_heading(page, at) && page.name(at) != "h1")
                || page.element(at).is_some_and(words::is_note)
        };
        let first = self.block(self.first);
        let beside = page.parent(first);
        std::iter::once(index)
            .chain(page.above(index))
            .find(|at| page.parent(*at) == beside)
            .filter(|at| is_of_text(*at) && is_of_text(first))
    }
}

/// Whether a short block links to two social networks, or to what can be subscribed to.
fn is_invitation(page: &Page, index: usize) -> bool {
    const LONGEST: usize = 400;
    if page.text(index).len() > LONGEST {
        return false;
    }
    let links = page.within(index).filter(|at| page.name(*at) == "a");
    let mut networks = 0;
    for link in links {
        let text = page.text(link).to_lowercase();
        networks += usize::from(words::names_network(&text));
        if networks == 2 || words::invites(&text) {
            return true;
        }
    }
    false
}

/// Whether a block is long, or ends as a sentence does.
fn is_sentence(page: &Page, index: usize, own: Measure) -> bool {
    let ends_as_one = || {
        let text = page.text(index);
        let text = text.trim_end().trim_end_matches(['"', '\'', '”', '’', '»', ')', '」']);
        text.ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟', ':', '：'])
    };
    own.prose >= LONG || (own.prose > 0 && ends_as_one())
}

/// Whether a text is a line that says who wrote something, or when.
fn is_signed(text: &str) -> bool {
    let text = text.trim();
    let has_year = || {
        text.split(|c: char| !c.is_ascii_digit())
            .any(|part| part.len() == 4 && (part.starts_with("19") || part.starts_with("20")))
    };
    let names_author = || {
        let text = text.to_lowercase();
        ["by ", "von ", "por ", "par ", "di ", "door ", "©", "автор"]
            .iter()
            .any(|begin| text.starts_with(begin))
    };
    text.chars().count() < LONGEST_LABEL && (has_year() || names_author())
}
