//! What a page says of itself in JSON-LD, by the vocabulary of schema.org.

use serde_json::Value;

use crate::extracted::title_of;

/// The most values that are looked at.
const MOST_VALUES: usize = 10_000;

/// What matters of a page's data.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Data {
    /// Whether it is about an article.
    pub(in super::super) is_article: bool,
    pub(super) headline: Option<String>,
    pub(super) author: Option<String>,
    pub(super) date: Option<String>,
    pub(super) language: Option<String>,
}

impl Data {
    /// Reads data; what cannot be read is passed over.
    pub(in super::super) fn read(sources: &[&str]) -> Self {
        let mut data = Self::default();
        let mut looked_at = 0;
        for source in sources {
            let Ok(root) = serde_json::from_str::<Value>(source.trim()) else { continue };
            // What is to be looked at, the next last.
            let mut waiting = vec![&root];
            while let Some(value) = waiting.pop() {
                looked_at += 1;
                if looked_at > MOST_VALUES {
                    return data;
                }
                match value {
                    Value::Array(values) => waiting.extend(values.iter().rev()),
                    Value::Object(object) => {
                        if is_article(object.get("@type")) {
                            data.take(value);
                        }
                        waiting.extend(
                            ["@graph", "mainEntity"].iter().filter_map(|key| object.get(*key)),
                        );
                    }
                    _ => {}
                }
            }
        }
        data
    }

    fn take(&mut self, article: &Value) {
        self.is_article = true;
        let text = |key: &str| article.get(key).and_then(Value::as_str).and_then(title_of);
        self.headline = self.headline.take().or_else(|| text("headline"));
        self.date = self.date.take().or_else(|| text("datePublished"));
        self.language = self.language.take().or_else(|| text("inLanguage"));
        self.author = self.author.take().or_else(|| names(article.get("author")?));
    }
}

/// Whether a type is one of articles.
fn is_article(kind: Option<&Value>) -> bool {
    let is_it = |kind: &Value| {
        kind.as_str().is_some_and(|kind| kind.ends_with("Article") || kind == "BlogPosting")
    };
    match kind {
        Some(Value::Array(kinds)) => kinds.iter().any(is_it),
        Some(kind) => is_it(kind),
        None => false,
    }
}

/// The names of people: texts, or objects with a name.
fn names(people: &Value) -> Option<String> {
    const MOST: usize = 10;
    let name = |person: &Value| {
        person.as_str().or_else(|| person.get("name")?.as_str()).and_then(title_of)
    };
    match people {
        Value::Array(people) => {
            let names: Vec<String> = people.iter().take(MOST).filter_map(name).collect();
            title_of(&names.join(", "))
        }
        person => name(person),
    }
}
