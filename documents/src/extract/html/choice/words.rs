//! What parts of pages are called: the words of their class names and ids.

mod labels;
mod lists;

use super::super::page::{Element, Page};
use crate::words::letters;
pub(super) use labels::{announces, invites, is_documentation_generator, is_label, names_network};
use lists::{
    ABOUT, ABOUT_PROPERTIES, ANCHORS, ARTICLES, BESIDE, BODIES, COMMENTS, FOLDS, FURNITURE, NOTES,
    SECTIONS,
};

/// What the words of an element's names say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Ways to other pages or places, tools, notices: no part of the text anywhere.
    Furniture,
    /// What else there is to read and to do.
    Beside,
    /// What readers wrote.
    Comments,
    /// What belongs to an article, but not to its text: bylines, dates, captions, tags.
    About,
}

/// What the names of an element say, if they say anything.
pub(super) fn role(page: &Page, index: usize) -> Option<Role> {
    let element = page.element(index)?;
    let is_box = match element.name() {
        "div" | "section" | "aside" | "ul" | "ol" | "table" | "form" | "header" | "center" => true,
        "p" | "li" | "h4" | "h5" | "h6" => false,
        "a" | "span" => return has_word(class(element), ANCHORS).then_some(Role::Furniture),
        _ => return None,
    };
    let id = if is_part(page, index, element) { "" } else { id(element) };
    let has = |list| has_word(class(element), list) || has_word(id, list);
    if is_box && is_note(element) {
        None
    } else if is_box && has(FURNITURE) {
        Some(Role::Furniture)
    } else if is_box && has(BESIDE) {
        Some(Role::Beside)
    } else if is_box && has(COMMENTS) {
        Some(Role::Comments)
    } else {
        has(ABOUT).then_some(Role::About)
    }
}

/// Whether an element is what belongs to an article, but not to its text, in a place where that
/// would be no word of a sentence.
pub(super) fn is_about(page: &Page, index: usize) -> bool {
    let Some(element) = page.element(index) else { return false };
    let property = element.attribute("itemprop").unwrap_or_default();
    let is_property = property.split_ascii_whitespace().any(|word| is_in(word, ABOUT_PROPERTIES));
    let is_word = matches!(element.name(), "span" | "small" | "label" | "cite" | "dl" | "address");
    let relation = element.attribute("rel").unwrap_or_default();
    let is_tag = relation.split_ascii_whitespace().any(|word| is_in(word, &["tag", "author"]));
    role(page, index) == Some(Role::About)
        || (is_property || is_tag || (is_word && has_word(class(element), ABOUT)))
            && is_apart(page, index)
}

/// Whether an element stands in no sentence.
pub(super) fn is_apart(page: &Page, index: usize) -> bool {
    page.above(index).all(|at| !is_of_text(page.name(at)))
}

/// Whether an element is named as what readers wrote.
pub(super) fn names_comments(element: &Element) -> bool {
    matches!(element.name(), "div" | "section" | "aside" | "ul" | "ol")
        && (has_word(class(element), COMMENTS) || has_word(id(element), COMMENTS))
}

/// Whether an element is named as the text of an article: `post-content`, `articleBody`.
pub(super) fn names_article(element: &Element) -> bool {
    let is_named = |name: &str| {
        let mut words = words(name);
        let mut before = words.next().unwrap_or_default();
        words.any(|word| {
            let is_it = is_in(before, ARTICLES) && is_in(word, BODIES);
            before = word;
            is_it
        }) || is_in(name, &["articlebody", "e-content"])
    };
    !matches!(element.name(), "html" | "body" | "p" | "a" | "li" | "ul")
        && class(element).split_ascii_whitespace().chain([id(element)]).any(is_named)
}

/// Whether an element, or a part of an address, has a name that articles have.
pub(super) fn mentions_article(name: &str) -> bool {
    words(name)
        .any(|word| is_in(word.trim_end_matches(['s', 'S']), ARTICLES) || is_in(word, ARTICLES))
}

/// Whether an element is named as what is set off within a text, and belongs to it.
pub(super) fn is_note(element: &Element) -> bool {
    element.attribute("role") == Some("note") || has_word(class(element), NOTES)
}

/// Whether an element is named as what opens and closes a part of a text, or as that part.
pub(super) fn opens(element: &Element) -> bool {
    matches!(element.attribute("role"), Some("tab" | "tabpanel")) || has_word(class(element), FOLDS)
}

/// Whether an element is a part of a text: its id is made of its heading, which may be any word.
fn is_part(page: &Page, index: usize, element: &Element) -> bool {
    /// The heading of a part is not far from where it begins.
    const NEAR: usize = 8;
    let is_heading = |at: &usize| matches!(page.name(*at), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let heading = page.within(index).take(NEAR).find(is_heading);
    let id = letters(id(element));
    element.name() == "section"
        || has_word(class(element), SECTIONS)
        || !id.is_empty() && heading.is_some_and(|at| letters(&page.text(at)).contains(&id))
}

/// Whether an element of a name holds sentences, and is held by no more than a part of a page.
fn is_of_text(name: &str) -> bool {
    matches!(
        name,
        "p" | "li" | "td" | "th" | "dd" | "dt" | "blockquote" | "pre" | "h1" | "h2" | "h3" | "h4"
    )
}

fn class(element: &Element) -> &str {
    element.attribute("class").unwrap_or_default()
}

fn id(element: &Element) -> &str {
    element.attribute("id").unwrap_or_default()
}

fn has_word(name: &str, list: &[&str]) -> bool {
    words(name).any(|word| is_in(word, list))
}

fn is_in(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The words of a name: parted by what is no letter, and where a capital follows a small letter.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).flat_map(|part| {
        let mut rest = part;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let mut before_is_lower = false;
            let end = rest
                .char_indices()
                .find(|(_, c)| {
                    let begins = before_is_lower && c.is_uppercase();
                    before_is_lower = c.is_lowercase();
                    begins
                })
                .map_or(rest.len(), |(at, _)| at);
            let (word, behind) = rest.split_at(end);
            rest = behind;
            Some(word)
        })
    })
}
