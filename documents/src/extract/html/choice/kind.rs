//! Whether a page is an article, a text of sentences that something else surrounds, or anything
//! else: documentation, a reference, a list, a wiki, a page written by hand.

use super::super::links::Base;
use super::super::page::{Element, Page};
use super::super::properties::Data;
use super::measures::{Measure, Measures};
use super::root;
use super::words;

/// What a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Article,
    Other,
}

/// Prose below this makes no article.
pub(super) const LEAST_PROSE: usize = 250;

/// A page that does not say that it is an article is one only if this percentage of its text is
/// prose.
const MOSTLY_PROSE: usize = 60;

/// An article holds no more pieces of code and terms than these.
const MOST_TERMS: usize = 6;

/// Tells what a page is: by what it says of itself, as long as it is mostly prose.
pub(super) fn of(page: &Page, data: &Data, base: &Base, measures: &Measures) -> Kind {
    let whole = measures.whole(0);
    let is_list = whole.prose * 10 < whole.text;
    if whole.prose < LEAST_PROSE || is_list || is_technical(page, whole) || is_generated(page) {
        return Kind::Other;
    }
    let says = data.is_article || (0..page.nodes.len()).any(|index| says_article(page, index));
    let is_prose = whole.prose * 100 >= whole.plain() * MOSTLY_PROSE;
    if says || (is_prose && is_named(page, measures) && has_address(page, base)) {
        Kind::Article
    } else {
        Kind::Other
    }
}

/// Whether a page holds what articles hardly ever do: code, and terms with what they mean.
fn is_technical(page: &Page, whole: Measure) -> bool {
    let is_term = |index: &usize| {
        matches!(page.name(*index), "code" | "pre" | "kbd" | "samp" | "tt" | "var" | "dt")
    };
    let terms = (0..page.nodes.len()).filter(is_term).take(MOST_TERMS + 1).count();
    terms > MOST_TERMS || whole.code * 10 > whole.plain()
}

/// Whether a documentation tool made a page.
fn is_generated(page: &Page) -> bool {
    page.find(|element| {
        meta(element).is_some_and(|(name, content)| {
            name == "generator" && words::is_documentation_generator(&content)
        })
    })
    .is_some()
}

/// Whether an element says that its page is an article.
fn says_article(page: &Page, index: usize) -> bool {
    let Some(element) = page.element(index) else { return false };
    if let Some((name, content)) = meta(element) {
        return match name.as_str() {
            "og:type" => matches!(content.as_str(), "article" | "blog"),
            "article:published_time" | "article:author" | "article:section" => true,
            _ => false,
        };
    }
    let is_body = element
        .attribute("itemprop")
        .is_some_and(|property| property.eq_ignore_ascii_case("articleBody"));
    let is_type = element.attribute("itemtype").is_some_and(|kind| {
        ["Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle"]
            .iter()
            .any(|name| kind.ends_with(&format!("schema.org/{name}")))
    });
    is_body || is_type || words::names_article(element)
}

/// Whether what holds the prose of a page, or what that stands in, has a name that articles have.
fn is_named(page: &Page, measures: &Measures) -> bool {
    let root = root::of_article(page, measures, None);
    std::iter::once(root).chain(page.above(root)).filter_map(|at| page.element(at)).any(|element| {
        ["class", "id"]
            .iter()
            .filter_map(|name| element.attribute(name))
            .any(words::mentions_article)
    })
}

/// Whether a page's address is one that articles have: it names them, or a date.
fn has_address(page: &Page, base: &Base) -> bool {
    let stated = page.find(|element| {
        (element.name() == "link" && element.attribute("rel") == Some("canonical"))
            || meta(element).is_some_and(|(name, _)| name == "og:url")
    });
    let stated = stated.and_then(|index| {
        let element = page.element(index)?;
        element.attribute("href").or_else(|| element.attribute("content"))
    });
    let is_year = |part: &str| {
        part.len() == 4 && part.parse().is_ok_and(|year: u16| (1990..2100).contains(&year))
    };
    [stated, base.address()].into_iter().flatten().any(|address| {
        // The host comes first, the page's own name last.
        let path = address.split_once("://").map_or(address, |(_, path)| path);
        let mut parts: Vec<&str> = path.trim_end_matches('/').split('/').skip(1).collect();
        parts.pop();
        parts.iter().any(|part| is_year(part) || words::mentions_article(part))
    })
}

/// What an element says of the page: a name, in small letters, and a value.
fn meta(element: &Element) -> Option<(String, String)> {
    if element.name() != "meta" {
        return None;
    }
    let name = element.attribute("property").or_else(|| element.attribute("name"))?;
    let content = element.attribute("content")?.trim();
    Some((name.to_ascii_lowercase(), content.to_ascii_lowercase()))
}
