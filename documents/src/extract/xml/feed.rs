//! Feeds (RSS, Atom): each article under its title, with its author, date and address.

use corpus::SourcePlace;

use super::super::decode::Exact;
use super::super::html;
use super::events::{Malformed, Part, Parts};
use crate::extracted::title_of;
use crate::writer::Writer;

/// What is known of the feed, or of an article in it.
#[derive(Debug, Default)]
struct Article {
    title: String,
    author: String,
    date: String,
    link: String,
    /// The longest of summary and content.
    body: String,
    start: usize,
}

/// A field of an article that is being read.
struct Field {
    name: String,
    /// Where its content begins.
    start: usize,
    text: String,
}

/// Writes a feed.
pub(super) fn write(exact: &Exact<'_>, writer: &mut Writer) -> Result<(), Malformed> {
    let mut feed = Some(Article::default());
    let mut article: Option<Article> = None;
    let mut fields: Vec<Field> = Vec::new();
    let mut parts = Parts::of(&exact.text);
    while let Some(part) = parts.next()? {
        match part {
            Part::Open { tag, start, end } => {
                let name = tag.name().to_lowercase();
                if fields.is_empty() && matches!(name.as_str(), "item" | "entry") {
                    // What the feed says of itself stands before its articles.
                    feed.take().into_iter().for_each(|feed| put(feed, 1, None, writer));
                    article = Some(Article { start, ..Article::default() });
                } else if !fields.is_empty() || is_field(&name) {
                    let target = article.as_mut().or(feed.as_mut());
                    if let Some(target) = target.filter(|_| name == "link" && fields.is_empty()) {
                        refer(target, &tag.attributes());
                    }
                    fields.push(Field { name, start: end, text: String::new() });
                }
            }
            Part::Text(text) => {
                fields.last_mut().into_iter().for_each(|field| field.text.push_str(&text));
            }
            Part::Close { start, end } => match fields.pop() {
                Some(field) => {
                    if let Some(outer) = fields.last_mut() {
                        // An author's name is an element of its own.
                        let is_name = field.name == "name";
                        outer.text.push_str(if is_name { &field.text } else { "" });
                    } else if let Some(target) = article.as_mut().or(feed.as_mut()) {
                        let markup = exact.text.get(field.start..start).unwrap_or_default();
                        fill(target, &field, markup);
                    }
                }
                None => {
                    if let Some(article) = article.take() {
                        let place = exact.place(&(article.start..end));
                        put(article, 2, place, writer);
                    }
                }
            },
        }
    }
    feed.take().into_iter().for_each(|feed| put(feed, 1, None, writer));
    Ok(())
}

fn is_field(name: &str) -> bool {
    matches!(
        name,
        "title"
            | "author"
            | "creator"
            | "pubdate"
            | "date"
            | "updated"
            | "published"
            | "link"
            | "description"
            | "summary"
            | "subtitle"
            | "content"
            | "encoded"
            | "image"
            | "textinput"
    )
}

/// Takes over the address that a link of Atom has as an attribute.
fn refer(article: &mut Article, attributes: &[(String, String)]) {
    let value = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    if value("rel").is_none_or(|kind| kind == "alternate")
        && let Some(link) = value("href")
    {
        article.link.clone_from(link);
    }
}

/// Takes over a field. `markup` is its content as it is written.
fn fill(article: &mut Article, field: &Field, markup: &str) {
    let target = match field.name.as_str() {
        "title" => &mut article.title,
        "author" | "creator" => &mut article.author,
        "pubdate" | "date" | "published" | "updated" if article.date.is_empty() => {
            &mut article.date
        }
        "link" => &mut article.link,
        "description" | "summary" | "subtitle" | "content" | "encoded" => &mut article.body,
        _ => return,
    };
    let text = if field.text.trim().is_empty() { markup } else { &field.text };
    // Of summary and content the longer is the better.
    if text.trim().len() > target.len() {
        text.trim().clone_into(target);
    }
}

fn put(article: Article, level: u8, place: Option<SourcePlace>, writer: &mut Writer) {
    let title = if article.title.contains('<') {
        html::extract_whole(article.title.as_bytes(), Some("utf-8")).text
    } else {
        article.title
    };
    if level == 1 {
        writer.properties().title = title_of(&title);
    }
    writer.heading(level, &title, place.clone());
    let about = [article.author, article.date, article.link];
    let about: Vec<String> = about.into_iter().filter(|about| !about.is_empty()).collect();
    writer.paragraph(&about.join(" · "), place.clone());
    if article.body.contains(['<', '&']) {
        writer.append(html::extract_whole(article.body.as_bytes(), Some("utf-8")), level);
    } else {
        writer.paragraph(&article.body, place);
    }
}
