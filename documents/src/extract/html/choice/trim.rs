//! Takes away what is no part of the text.

use super::super::page::{Content, Element, Page};
use super::super::write::is_inline;
use super::Choice;
use super::kind::LEAST_PROSE;
use super::measures::Measures;
use super::words::{self, Role};
use crate::words::letters;

/// What belongs to an article, but not to its text, holds less prose than this.
const LONGEST_NOTE: usize = 350;

/// A notice is no longer than this, in a page that is no article.
const SHORT: usize = 150;

/// What gives a part of a page a structure of its own.
const STRUCTURE: [&str; 10] = ["table", "pre", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5"];

/// Leaves out what is there on every page of a site, whatever the page: navigation, footers,
/// notices, tools.
pub(super) fn furniture(page: &Page, measures: &Measures, choice: &mut Choice) {
    let all = measures.whole(0);
    let is_discussion = is_discussion(page, measures);
    each(page, choice, |index, element, choice| {
        let holds = measures.whole(index);
        // What holds a third of a page's prose is no furniture, whatever it is called.
        if holds.prose * 3 > all.prose && holds.prose > 0 || holds.plain() * 2 > all.plain() {
            return;
        }
        let is_furniture = match element.name() {
            "nav" | "dialog" => true,
            "button" => is_tool(page, measures, index, element),
            "a" => is_anchor(page, index, element),
            "footer" => page.above(index).all(|above| page.name(above) != "blockquote"),
            "aside" => holds.is_linked_over(30),
            // The header of the site, not that of a part of the text.
            "header" => holds.is_linked_over(50) && !holds_any(page, index, &["h1"]),
            "form" => holds.prose * 2 < holds.plain(),
            _ => false,
        };
        let by_role = element.attribute("role").is_some_and(|role| {
            matches!(
                role.trim(),
                "navigation"
                    | "banner"
                    | "contentinfo"
                    | "search"
                    | "dialog"
                    | "alertdialog"
                    | "menu"
                    | "menubar"
                    | "toolbar"
                    | "complementary"
            )
        });
        let by_words = || match words::role(page, index) {
            Some(Role::Furniture) => holds.code == 0 && !is_quote(page, measures, index),
            Some(Role::Beside) => {
                let is_short = holds.text < SHORT && !holds_any(page, index, &STRUCTURE);
                (is_short || holds.is_linked_over(30)) && !is_quote(page, measures, index)
            }
            Some(Role::Comments) => !is_discussion,
            _ => false,
        };
        if is_furniture || (by_role && !words::is_note(element)) || by_words() {
            choice.leave_out(index);
        }
    });
}

/// Leaves out of an article what surrounds its text.
pub(super) fn surroundings(page: &Page, measures: &Measures, choice: &mut Choice) {
    let root = choice.range.start;
    let all = measures.whole(root);
    each(page, choice, |index, element, choice| {
        if index <= root {
            return;
        }
        let holds = measures.whole(index);
        if is_inline(element.name()) {
            // What stands in a line is measured with the line.
            let is_time = element.name() == "time" && words::is_apart(page, index);
            let is_about = is_time || words::is_about(page, index);
            if is_about && is_short(page, index) {
                choice.leave_out(index);
            }
            return;
        }
        if holds.text == 0 || holds.prose * 3 > all.prose {
            return;
        }
        let goes = match element.name() {
            "figcaption" | "form" => true,
            "aside" if words::is_note(element) => false,
            "aside" => holds.prose < 200 || holds.is_linked_over(30),
            "figure" => !holds_any(page, index, &["table", "pre", "blockquote", "ul", "ol"]),
            // The headers of sections hold their headings.
            "header" => {
                holds_any(page, index, &["h1"])
                    || !holds_any(page, index, &["h2", "h3", "h4", "h5", "h6"])
            }
            "ul" | "ol" | "div" | "section" | "table" => {
                holds.is_linked_over(60) && holds.prose * 3 < holds.text
            }
            // One of a list of sentences may be all link.
            "li" => {
                let list = page.parent(index);
                holds.is_linked_over(60)
                    && holds.prose * 3 < holds.text
                    && measures.whole(list).is_linked_over(50)
            }
            "p" => holds.is_linked_over(80) && holds.prose == 0,
            _ => false,
        };
        if goes || (holds.prose < LONGEST_NOTE && words::is_about(page, index)) {
            choice.leave_out(index);
        }
    });
}

/// Leaves out what stands beside an article, and what readers wrote below it, of which there may be
/// more than of itself.
pub(super) fn others(page: &Page, measures: &Measures, choice: &mut Choice) {
    let all = measures.whole(0).prose;
    each(page, choice, |index, element, choice| {
        let prose = measures.whole(index).prose;
        let goes = if words::names_comments(element) {
            all.saturating_sub(prose) >= LEAST_PROSE
        } else {
            words::role(page, index) == Some(Role::Beside)
                && prose * 3 <= all
                && !is_quote(page, measures, index)
        };
        if goes {
            choice.leave_out(index);
        }
    });
}

/// Whether most of a page is what readers wrote: a forum, an issue with its comments.
fn is_discussion(page: &Page, measures: &Measures) -> bool {
    let (mut index, mut prose) = (0, 0);
    while index < page.nodes.len() {
        if page.element(index).is_some_and(words::names_comments) {
            prose += measures.whole(index).prose;
            index = page.within(index).end;
        } else {
            index += 1;
        }
    }
    prose * 2 > measures.whole(0).prose
}

/// Whether an element, which may stand in a line, holds no more than a note does.
fn is_short(page: &Page, index: usize) -> bool {
    let letters =
        page.within(index).flat_map(|at| match page.nodes.get(at).map(|node| &node.content) {
            Some(Content::Text(text)) => text.chars(),
            _ => "".chars(),
        });
    letters.filter(|c| c.is_alphanumeric()).take(LONGEST_NOTE).count() < LONGEST_NOTE
}

/// Whether all that an element holds is a quote: one that sites show from elsewhere.
fn is_quote(page: &Page, measures: &Measures, index: usize) -> bool {
    let quote = page.within(index).find(|at| page.name(*at) == "blockquote");
    quote.is_some_and(|at| measures.whole(at).text * 10 >= measures.whole(index).text * 9)
}

fn holds_any(page: &Page, index: usize, names: &[&str]) -> bool {
    page.within(index).any(|at| names.contains(&page.name(at)))
}

/// Whether a button does something, rather than say what it opens and closes: all of a heading, a
/// question, a part that is named as such.
fn is_tool(page: &Page, measures: &Measures, index: usize, element: &Element) -> bool {
    /// A tool says less than this, in bytes.
    const LONGEST: usize = 40;
    let text = page.text(index);
    let name = letters(&text);
    let is_all = |at: usize| {
        (is_heading(page, at) || matches!(page.name(at), "summary" | "dt"))
            && measures.whole(at).text <= 3 * LONGEST
            && letters(&page.text(at)) == name
    };
    name.len() < LONGEST
        && !words::opens(element)
        && !text.trim_end().ends_with(['?', '？'])
        && !page.above(index).any(is_all)
}

/// Whether a link is a mark that leads to the heading that it stands in.
fn is_anchor(page: &Page, index: usize, element: &Element) -> bool {
    element.attribute("href").is_some_and(|target| target.starts_with('#'))
        && matches!(page.text(index).trim(), "§" | "¶" | "#" | "🔗" | "\u{f0c1}")
}

pub(super) fn is_heading(page: &Page, index: usize) -> bool {
    matches!(page.name(index), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Goes through the elements that are not left out yet.
pub(super) fn each(
    page: &Page,
    choice: &mut Choice,
    mut judge: impl FnMut(usize, &Element, &mut Choice),
) {
    let mut index = choice.range.start;
    while index < choice.range.end {
        if choice.leaves_out(index) {
            index = page.within(index).end;
            continue;
        }
        if let Some(element) = page.element(index) {
            judge(index, element, choice);
        }
        index += 1;
    }
}
