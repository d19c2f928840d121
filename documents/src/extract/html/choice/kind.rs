//! Whether a page is an article, a text of sentences that something else surrounds, or anything
//! else: documentation, a reference, a list, a wiki, a page written by hand.

use super::super::page::Page;
use super::super::properties::Data;
use super::measures::Measures;
use super::words;

/// What a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Article,
    Other,
}

/// Prose below this makes no article.
pub(super) const LEAST_PROSE: usize = 250;

/// Tells what a page is: by what it says of itself, as long as it is mostly prose.
pub(super) fn of(page: &Page, data: &Data, measures: &Measures) -> Kind {
    let whole = measures.whole(0);
    let is_technical = whole.code * 10 > whole.plain();
    if whole.prose < LEAST_PROSE || is_technical {
        return Kind::Other;
    }
    let mut says_article = data.is_article;
    for index in 0..page.nodes.len() {
        let Some(element) = page.element(index) else { continue };
        match element.name() {
            "meta" => {
                let name = element.attribute("property").or_else(|| element.attribute("name"));
                let name = name.unwrap_or_default().to_ascii_lowercase();
                let content = element.attribute("content").unwrap_or_default();
                let content = content.trim().to_ascii_lowercase();
                match name.as_str() {
                    "generator" if words::is_documentation_generator(&content) => {
                        return Kind::Other;
                    }
                    "og:type" => says_article |= matches!(content.as_str(), "article" | "blog"),
                    "article:published_time" | "article:author" | "article:section" => {
                        says_article = true;
                    }
                    _ => {}
                }
            }
            _ => {
                says_article |= element
                    .attribute("itemprop")
                    .is_some_and(|property| property.eq_ignore_ascii_case("articleBody"))
                    || element.attribute("itemtype").is_some_and(|kind| {
                        ["Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle"]
                            .iter()
                            .any(|name| kind.ends_with(&format!("schema.org/{name}")))
                    })
                    || words::names_article(element);
            }
        }
    }
    if says_article { Kind::Article } else { Kind::Other }
}
