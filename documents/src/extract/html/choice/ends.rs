//! Where the text of an article begins and ends within the element that holds it.

use std::ops::Range;

use super::super::page::Page;
use super::Choice;
use super::measures::{Measure, Measures};
use super::trim::{each, is_heading};
use super::words;

/// A label is no longer than this.
const LONGEST_LABEL: usize = 60;

/// A sentence that does not end as one is at least as long as this.
const LONG: usize = 80;

/// An article goes on behind what is announced in it if this percentage of its prose is there.
const LEAST_REST: usize = 15;

/// Leaves out of an article what precedes its first sentences and follows its last.
pub(super) fn trim(page: &Page, choice: &mut Choice) {
    before_headline(page, choice);
    let measures = Measures::of(page, choice);
    let mut blocks = Vec::new();
    each(page, choice, |index, _, _| {
        if measures.own(index).text > 0 && index >= 1 {
            blocks.push(index);
        }
    });
    let is_first = |index: &usize| is_sentence(page, *index, measures.own(*index));
    let is_prose = |index: &usize| measures.own(*index).prose > 0;
    let Some(first) = blocks.iter().position(is_prose) else { return };
    // Lines of a poem are no sentences, but much of the text.
    let sentence = blocks.iter().position(is_first).filter(|sentence| {
        let before = blocks.get(first..*sentence).unwrap_or_default();
        let passed: usize = before.iter().map(|index| measures.own(*index).prose).sum();
        passed * 10 < measures.whole(choice.range.start).prose
    });
    let first = sentence.unwrap_or(first);
    let last = blocks.iter().rposition(is_prose).unwrap_or(first);
    begin(page, &measures, &blocks, first, choice);
    let last = uninvited(page, &blocks, first, last, choice);
    let announced = announced(page, &measures, &blocks, (first, last), choice);
    let begin = blocks.get(first).copied().unwrap_or_default();
    let mut goes_on = false;
    for (number, index) in blocks.iter().enumerate().rev() {
        let own = measures.own(*index);
        let is_behind = announced.iter().any(|range| range.contains(index));
        let is_kept = if number <= last {
            true
        } else if words::is_label(&page.text(*index)) || words::announces(&page.text(*index)) {
            false
        } else if is_heading(page, *index) {
            goes_on && is_alike(page, *index, begin)
        } else {
            let is_datum = place(page, *index, begin).is_some_and(|place| page.name(place) != "p");
            (own.marks > 0 || is_datum) && !own.is_linked_over(30)
        };
        goes_on = is_kept && !is_behind;
        if is_behind || !is_kept {
            choice.leave_out(*index);
        }
    }
}

/// Leaves out the headline, and what precedes it, unless most of the prose does.
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

/// Leaves out what precedes the first sentences, save what is of their kind, and their heading;
/// and save all, if it is much of the text.
fn begin(page: &Page, measures: &Measures, blocks: &[usize], first: usize, choice: &mut Choice) {
    let begin = blocks.get(first).copied().unwrap_or_default();
    let is_outside = |(number, index): &(usize, &usize)| {
        let is_before = page.within(**index).end <= begin;
        let is_right_above =
            is_heading(page, **index) && number + 1 == first && page.name(**index) != "h1";
        let is_alike = is_alike(page, **index, begin)
            && !measures.own(**index).is_linked_over(50)
            && !is_signed(&page.text(**index))
            && !words::is_label(&page.text(**index));
        is_before && !is_right_above && !is_alike
    };
    let outside: Vec<usize> =
        blocks.iter().enumerate().take(first).filter(is_outside).map(|(_, index)| *index).collect();
    let plain: usize = outside.iter().map(|index| measures.own(*index).plain()).sum();
    if plain * 4 < measures.whole(choice.range.start).plain() {
        for index in outside {
            choice.leave_out(index);
        }
    }
}

/// Leaves out the invitations to follow and to subscribe that an article ends with; what is last
/// then.
fn uninvited(
    page: &Page,
    blocks: &[usize],
    first: usize,
    last: usize,
    choice: &mut Choice,
) -> usize {
    let mut last = last;
    while last > first
        && let Some(index) = blocks.get(last)
        && is_invitation(page, *index)
    {
        choice.leave_out(*index);
        last -= 1;
    }
    last
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

/// Finds what is announced within an article or ends it, and leaves out the labels between its
/// paragraphs.
fn announced(
    page: &Page,
    measures: &Measures,
    blocks: &[usize],
    (first, last): (usize, usize),
    choice: &mut Choice,
) -> Vec<Range<usize>> {
    let begin = blocks.get(first).copied().unwrap_or_default();
    let mut announced: Vec<Range<usize>> = Vec::new();
    let total = measures.whole(choice.range.start).prose;
    let mut passed = 0;
    for (number, index) in blocks.iter().enumerate().take(last + 1).skip(first) {
        let own = measures.own(*index);
        passed += own.prose;
        if own.text >= LONGEST_LABEL || !(is_heading(page, *index) || own.prose == 0) {
            continue;
        }
        let text = page.text(*index);
        if passed * 4 > total && words::announces(&text) {
            let rest = blocks.get(number + 1..).unwrap_or_default();
            let range = *index..behind(page, measures, begin, rest, total);
            let is_last = range.end == usize::MAX;
            // What paragraphs follow directly heads them, whatever it says.
            let heads = is_heading(page, *index)
                && rest.first().is_some_and(|next| *next == range.end)
                && (*index..range.end).all(|at| !choice.leaves_out(at));
            if heads {
                continue;
            }
            announced.push(range);
            if is_last {
                break;
            }
        }
        if words::is_label(&text) && measures.whole(*index).text == own.text {
            choice.leave_out(*index);
        }
    }
    announced
}

/// Where what a label announces ends: where paragraphs like the first go on, if so much of the
/// prose is in them that the article does.
fn behind(page: &Page, measures: &Measures, first: usize, rest: &[usize], total: usize) -> usize {
    let goes_on =
        |index: &&usize| measures.own(**index).prose > 0 && is_alike(page, **index, first);
    let prose: usize = rest.iter().filter(goes_on).map(|index| measures.own(*index).prose).sum();
    let next = rest.iter().find(goes_on).copied();
    next.filter(|_| prose * 100 > total * LEAST_REST).unwrap_or(usize::MAX)
}

/// Whether a block is long, or ends as a sentence does.
fn is_sentence(page: &Page, index: usize, own: Measure) -> bool {
    let text = page.text(index);
    let text = text.trim_end().trim_end_matches(['"', '\'', '”', '’', '»', ')', '」']);
    own.prose >= LONG
        || (own.prose > 0
            && text.ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟', ':', '：']))
}

/// Whether a block stands in the same place as another, or in one of the same kind.
fn is_alike(page: &Page, index: usize, other: usize) -> bool {
    let shape = |index: usize| {
        let parent = parent(page, index);
        let class = |index: usize| page.element(index).and_then(|at| at.attribute("class"));
        (page.name(index), class(index), page.name(parent), class(parent))
    };
    place(page, index, other).is_some() || (page.name(index) == "p" && shape(index) == shape(other))
}

/// What a block stands in right beside another: itself, its list, its table, its note.
fn place(page: &Page, index: usize, other: usize) -> Option<usize> {
    let is_text = |at: usize| {
        matches!(
            page.name(at),
            "p" | "ul" | "ol" | "dl" | "table" | "pre" | "blockquote" | "details"
        ) || (is_heading(page, at) && page.name(at) != "h1")
            || page.element(at).is_some_and(words::is_note)
    };
    let beside = parent(page, other);
    std::iter::once(index)
        .chain(page.above(index))
        .find(|at| parent(page, *at) == beside)
        .filter(|at| is_text(*at) && is_text(other))
}

fn parent(page: &Page, index: usize) -> usize {
    page.nodes.get(index).map_or(0, |node| node.parent)
}

/// Whether a text is a line that says who wrote something, or when.
fn is_signed(text: &str) -> bool {
    let text = text.trim();
    let has_year = text
        .split(|c: char| !c.is_ascii_digit())
        .any(|part| part.len() == 4 && (part.starts_with("19") || part.starts_with("20")));
    let is_short = text.chars().count() < LONGEST_LABEL;
    is_short
        && (has_year
            || ["by ", "von ", "por ", "par ", "di ", "door ", "©", "автор"]
                .iter()
                .any(|begin| text.to_lowercase().starts_with(begin)))
}
