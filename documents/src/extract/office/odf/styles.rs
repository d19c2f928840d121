//! Styles: what a paragraph is for, what is hidden, how lists are numbered.

use std::collections::HashMap;

use crate::extract::numeral::Numeral;
use crate::extract::office::xml::Node;

/// Styles that have each other as parents are followed so far.
const LONGEST_CHAIN: usize = 20;

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_name: HashMap<String, Style>,
    lists: HashMap<String, Vec<Level>>,
    pub(super) language: Option<String>,
}

#[derive(Debug, Default)]
struct Style {
    parent: Option<String>,
    /// The list that its paragraphs belong to.
    list: Option<String>,
    is_hidden: Option<bool>,
}

/// A level of a list.
#[derive(Debug, Clone)]
pub(super) struct Level {
    pub(super) numeral: Numeral,
    pub(super) prefix: String,
    pub(super) suffix: String,
    pub(super) start: u32,
    /// The numbers of so many levels are shown, this one's last.
    pub(super) shown: usize,
}

impl Styles {
    /// Adds the styles of a part; those that come later stand before those that are there.
    pub(super) fn read(&mut self, root: Option<Node<'_>>) {
        let groups = root.into_iter().flat_map(Node::children);
        let groups = groups.filter(|node| matches!(node.name(), "styles" | "automatic-styles"));
        for node in groups.flat_map(Node::children) {
            match node.name() {
                "style" => {
                    let name = node.attribute("name").unwrap_or_default().into_owned();
                    self.by_name.insert(name, Style::read(node));
                }
                "list-style" => {
                    let name = node.attribute("name").unwrap_or_default().into_owned();
                    self.lists.insert(name, node.children().filter_map(Level::read).collect());
                }
                "default-style" if node.attribute("family").as_deref() == Some("paragraph") => {
                    self.language = language(node);
                }
                _ => {}
            }
        }
    }

    fn chain<'a>(&'a self, name: &str) -> impl Iterator<Item = (&'a str, &'a Style)> + use<'a> {
        let mut next = self.by_name.get_key_value(name);
        let chain = std::iter::from_fn(move || {
            let (name, style) = next?;
            next = style.parent.as_ref().and_then(|parent| self.by_name.get_key_value(parent));
            Some((name.as_str(), style))
        });
        chain.take(LONGEST_CHAIN)
    }

    /// Whether a style is that of this name, or based on it. Built-in styles have English names in
    /// every language.
    pub(super) fn is(&self, name: &str, expected: &str) -> bool {
        name == expected
            || self
                .chain(name)
                .any(|(name, style)| name == expected || style.parent.as_deref() == Some(expected))
    }

    /// Whether what has this style is not shown.
    pub(super) fn hides(&self, name: &str) -> bool {
        self.chain(name).find_map(|(_, style)| style.is_hidden).unwrap_or(false)
    }

    /// The list that paragraphs of a style belong to.
    pub(super) fn list_of(&self, name: &str) -> Option<&str> {
        self.chain(name)
            .find_map(|(_, style)| style.list.as_deref())
            .filter(|list| !list.is_empty())
    }

    /// A level of a list, from 0.
    pub(super) fn level(&self, list: &str, depth: usize) -> Option<&Level> {
        let levels = self.lists.get(list)?;
        levels.get(depth).or_else(|| levels.last())
    }
}

impl Style {
    fn read(node: Node<'_>) -> Self {
        let owned = |name| node.attribute(name).map(std::borrow::Cow::into_owned);
        let hidden = node.children().find_map(|properties| match properties.name() {
            "text-properties" => Some(properties.attribute("display")? == "none"),
            "table-properties" => Some(properties.attribute("display")? == "false"),
            "drawing-page-properties" => Some(properties.attribute("visibility")? == "hidden"),
            _ => None,
        });
        Self {
            parent: owned("parent-style-name"),
            list: owned("list-style-name"),
            is_hidden: hidden,
        }
    }
}

impl Level {
    fn read(node: Node<'_>) -> Option<Self> {
        let numeral = match node.name() {
            "list-level-style-bullet" | "list-level-style-image" => Numeral::Bullet,
            "list-level-style-number" => match node.attribute("num-format").as_deref() {
                Some("a") => Numeral::LowerLetter,
                Some("A") => Numeral::UpperLetter,
                Some("i") => Numeral::LowerRoman,
                Some("I") => Numeral::UpperRoman,
                Some("1") => Numeral::Decimal,
                Some("") | None => Numeral::None,
                Some(other) if other.starts_with('一') => Numeral::Han,
                Some(other) if other.starts_with('①') => Numeral::Circled,
                Some(_) => Numeral::Decimal,
            },
            _ => return None,
        };
        let text = |name| node.attribute(name).unwrap_or_default().into_owned();
        let number = |name| node.attribute(name).and_then(|value| value.parse().ok());
        Some(Self {
            numeral,
            prefix: text("num-prefix"),
            suffix: text("num-suffix"),
            start: number("start-value").unwrap_or(1),
            shown: number("display-levels").map_or(1, |levels| levels.clamp(1, 10) as usize),
        })
    }
}

fn language(style: Node<'_>) -> Option<String> {
    let properties = style.child("text-properties")?;
    let language = properties.attribute("language").filter(|language| *language != "none")?;
    let country = properties.attribute("country").filter(|country| *country != "none");
    Some(country.map_or_else(|| language.to_string(), |country| format!("{language}-{country}")))
}
