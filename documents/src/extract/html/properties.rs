//! What a page says of itself: title, author, date, language, and its address.

mod data;
mod date;

use super::choice::is_in_furniture;
use super::links::Base;
use super::page::{Element, Page};
use crate::extracted::{Properties, title_of};
use crate::words::letters;
pub(super) use data::Data;

/// Reads the properties of a page. `headline` is the heading that its title is shown in.
pub(super) fn read(page: &Page, data: &Data, base: &Base, headline: Option<usize>) -> Properties {
    Properties {
        title: headline.and_then(|index| title_of(&page.text(index))).or_else(|| title(page, data)),
        author: author(page, data),
        date: date(page, data),
        language: language(page, data),
        canonical_url: canonical(page, base),
        attachments: Vec::new(),
    }
}

/// The heading that says what the page's title says.
pub(super) fn headline(page: &Page) -> Option<usize> {
    const MOST: usize = 20;
    let title = meta(page, &["og:title", "twitter:title"]).or_else(|| head_title(page))?;
    let title = letters(&title);
    // The name of the site may be a heading of its menu.
    let headings = (0..page.nodes.len()).filter(|index| page.name(*index) == "h1").take(MOST);
    let headings = headings.filter(|index| !is_in_furniture(page, *index));
    headings.into_iter().find(|index| {
        let text = letters(&page.text(*index));
        // A site's name is part of the titles of all its pages, but a small one.
        let says = |whole: &str, part: &str| whole.contains(part) && part.len() * 3 > whole.len();
        !text.is_empty() && (says(&title, &text) || says(&text, &title))
    })
}

fn title(page: &Page, data: &Data) -> Option<String> {
    let stated = meta(page, &["og:title"]).or_else(|| data.headline.clone());
    let title = stated.or_else(|| head_title(page)).or_else(|| meta(page, &["dc.title"]))?;
    Some(without_site(page, &title))
}

fn head_title(page: &Page) -> Option<String> {
    title_of(&page.text(page.first("title")?))
}

/// A title without the name of the site behind it.
fn without_site(page: &Page, title: &str) -> String {
    let site = meta(page, &["og:site_name", "application-name"]);
    let site = site.map(|site| letters(&site)).unwrap_or_default();
    let parts = [" | ", " - ", " – ", " — ", " · ", " :: ", " » "]
        .iter()
        .filter_map(|mark| title.rsplit_once(mark))
        .find(|(before, behind)| !before.trim().is_empty() && letters(behind) == site);
    parts.map_or(title, |(before, _)| before).trim().to_owned()
}

fn author(page: &Page, data: &Data) -> Option<String> {
    const LONGEST: usize = 100;
    let names = ["author", "article:author", "dc.creator", "parsely-author", "sailthru.author"];
    let is_name = |name: &String| !name.contains("://") && name.len() <= LONGEST;
    let named = || {
        let index = page.find(|element| {
            let is = |key: &str, name: &str| element.attribute(key) == Some(name);
            is("itemprop", "author") || is("rel", "author")
        })?;
        let text = title_of(&page.text(index))?;
        let text = text.strip_prefix("By ").or_else(|| text.strip_prefix("by ")).unwrap_or(&text);
        title_of(text)
    };
    let stated = meta(page, &names).filter(is_name);
    stated.or_else(|| data.author.clone()).or_else(|| named().filter(is_name))
}

fn date(page: &Page, data: &Data) -> Option<String> {
    let names = [
        "article:published_time",
        "datepublished",
        "date",
        "dc.date",
        "dc.date.issued",
        "dcterms.date",
        "dcterms.created",
        "pubdate",
        "publishdate",
        "publish-date",
        "publication_date",
        "parsely-pub-date",
        "sailthru.date",
        "og:published_time",
        "citation_publication_date",
    ];
    let stated = names.iter().find_map(|name| date::normal(&meta(page, &[name])?));
    let shown = || {
        let of = |index: usize| {
            let element = page.element(index)?;
            let value = element.attribute("datetime").or_else(|| element.attribute("content"))?;
            date::normal(value)
        };
        let published = page.find(|element| {
            element.attribute("itemprop").is_some_and(|name| name == "datePublished")
        });
        published.and_then(of).or_else(|| page.first("time").and_then(of))
    };
    stated.or_else(|| date::normal(data.date.as_deref()?)).or_else(shown)
}

fn language(page: &Page, data: &Data) -> Option<String> {
    let html = page.first("html").and_then(|index| page.element(index));
    let tag = |text: &str| {
        let text = text.split([',', '.']).next()?.trim().replace('_', "-");
        let mut parts = text.split('-');
        let is_first = |part: &str| {
            (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        let is_tag = parts.next().is_some_and(is_first)
            && parts.all(|part| {
                (1..=8).contains(&part.len())
                    && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        is_tag.then_some(text)
    };
    ["lang", "xml:lang"]
        .iter()
        .find_map(|name| tag(html?.attribute(name)?))
        .or_else(|| tag(&meta(page, &["content-language", "language", "dc.language"])?))
        .or_else(|| tag(data.language.as_deref()?))
        .or_else(|| tag(&meta(page, &["og:locale"])?))
}

fn canonical(page: &Page, base: &Base) -> Option<String> {
    let link = page.find(|element| {
        element.name() == "link"
            && element.attribute("rel").is_some_and(|rel| {
                rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("canonical"))
            })
    });
    let link = link.and_then(|index| page.element(index)?.attribute("href"));
    link.and_then(|link| base.absolute(link)).or_else(|| base.absolute(&meta(page, &["og:url"])?))
}

/// What the page says of itself under one of some names, in the order of the names.
fn meta(page: &Page, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let is_it = |element: &Element| {
            element.name() == "meta"
                && ["property", "name", "itemprop", "http-equiv"]
                    .iter()
                    .filter_map(|key| element.attribute(key))
                    .any(|found| found.trim().eq_ignore_ascii_case(name))
        };
        title_of(page.element(page.find(is_it)?)?.attribute("content")?)
    })
}
