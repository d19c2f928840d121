//! Takes away what is no part of the text.

use super::super::page::{Element, Page};
use super::Choice;
use super::kind::LEAST_PROSE;
use super::measures::Measures;
use super::words::{self, Role};

/// Leaves out what is there on every page of a site, whatever the page: navigation, footers,
/// notices, tools.
pub(super) fn furniture(page: &Page, measures: &Measures, choice: &mut Choice) {
    let all = measures.whole(0);
    each(page, choice, |index, element, choice| {
        let holds = measures.whole(index);
        // What holds a third of a page's prose is no furniture, whatever it is called.
        if holds.prose * 3 > all.prose && holds.prose > 0 || holds.plain() * 2 > all.plain() {
            return;
        }
        let is_furniture = match element.name() {
            "nav" | "dialog" => true,
            "button" => holds.text < 40 && !is_all_of_heading(page, measures, index),
            "a" => is_anchor(page, index, element),
            "footer" => page.above(index).all(|above| page.name(above) != "blockquote"),
            "aside" => holds.is_linked_over(30),
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
        let by_words = words::role(element);
        if is_furniture
            || by_role
            || by_words == Some(Role::Furniture)
            || by_words == Some(Role::Beside)
        {
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
        if holds.text == 0 || holds.prose * 3 > all.prose {
            return;
        }
        let goes = match element.name() {
            "figcaption" | "form" => true,
            "aside" => holds.prose < 200 || holds.is_linked_over(30),
            "figure" => !holds_any(page, index, &["table", "pre", "blockquote", "ul", "ol"]),
            // The headers of sections hold their headings.
            "header" => {
                holds_any(page, index, &["h1"])
                    || !holds_any(page, index, &["h2", "h3", "h4", "h5", "h6"])
            }
            "time" => page.above(index).all(|at| !matches!(page.name(at), "p" | "li" | "td")),
            "ul" | "ol" | "div" | "section" | "table" | "li" => {
                holds.is_linked_over(60) && holds.prose * 3 < holds.text
            }
            "p" => holds.is_linked_over(80) && holds.prose == 0,
            _ => false,
        };
        let is_about = words::role(element) == Some(Role::About) && holds.prose < 200;
        if goes || is_about {
            choice.leave_out(index);
        }
    });
}

/// Leaves out what readers wrote below an article, of which there may be more than of itself.
pub(super) fn comments(page: &Page, measures: &Measures, choice: &mut Choice) {
    let all = measures.whole(0).prose;
    each(page, choice, |index, element, choice| {
        if words::names_comments(element)
            && all.saturating_sub(measures.whole(index).prose) >= LEAST_PROSE
        {
            choice.leave_out(index);
        }
    });
}

fn holds_any(page: &Page, index: usize, names: &[&str]) -> bool {
    page.within(index).any(|at| names.contains(&page.name(at)))
}

/// Leaves out of an article what precedes its first sentences and follows its last.
pub(super) fn ends(page: &Page, choice: &mut Choice) {
    let measures = Measures::of(page, choice);
    if let Some(headline) = choice.headline {
        choice.leave_out(headline);
    }
    let mut blocks = Vec::new();
    each(page, choice, |index, _, _| {
        if measures.own(index).text > 0 && index >= 1 {
            blocks.push(index);
        }
    });
    let is_prose = |index: &usize| measures.own(*index).prose > 0;
    let Some(first) = blocks.iter().position(is_prose) else { return };
    let last = blocks.iter().rposition(is_prose).unwrap_or(first);
    let total = measures.whole(choice.range.start).prose;
    // What stands right above the first sentences may head them.
    let begin = blocks.get(first).copied().unwrap_or_default();
    for (number, index) in blocks.iter().enumerate().take(first) {
        let is_before = page.within(*index).end <= begin;
        if is_before
            && !(is_heading(page, *index) && number + 1 == first && page.name(*index) != "h1")
        {
            choice.leave_out(*index);
        }
    }
    let mut passed = 0;
    let mut end = None;
    for index in blocks.iter().take(last + 1).skip(first) {
        let own = measures.own(*index);
        passed += own.prose;
        let is_label = own.text < 60 && (is_heading(page, *index) || own.prose == 0);
        if is_label {
            let text = page.text(*index);
            if passed * 4 > total && words::ends_article(&text) {
                end = Some(*index);
                break;
            }
            if words::is_label(&text) && measures.whole(*index).text == own.text {
                choice.leave_out(*index);
            }
        }
    }
    for (number, index) in blocks.iter().enumerate() {
        let own = measures.own(*index);
        let is_behind = end.is_some_and(|end| *index >= end);
        let is_rest = number > last && (own.marks == 0 || own.is_linked_over(30));
        if is_behind || is_rest {
            choice.leave_out(*index);
        }
    }
}

/// Whether a button is what opens and closes something: the heading over it, and all of that.
fn is_all_of_heading(page: &Page, measures: &Measures, index: usize) -> bool {
    let text = measures.whole(index).text;
    page.above(index).any(|at| {
        (is_heading(page, at) || matches!(page.name(at), "summary" | "dt"))
            && measures.whole(at).text == text
    })
}

/// Whether a link is a mark that leads to the heading that it stands in.
fn is_anchor(page: &Page, index: usize, element: &Element) -> bool {
    element.attribute("href").is_some_and(|target| target.starts_with('#'))
        && matches!(page.text(index).trim(), "§" | "¶" | "#" | "🔗" | "\u{f0c1}")
}

fn is_heading(page: &Page, index: usize) -> bool {
    matches!(page.name(index), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Goes through the elements that are not left out yet.
fn each(page: &Page, choice: &mut Choice, mut judge: impl FnMut(usize, &Element, &mut Choice)) {
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
