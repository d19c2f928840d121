//! Styles: what a paragraph is, by the style that it has and those that this is based on.

use std::collections::HashMap;

use crate::extract::office::xml::{Node, Tree};

/// Styles based on each other are followed so far.
const LONGEST_CHAIN: usize = 20;

/// Fonts in which all letters are of one width.
const MONOSPACED: [&str; 10] = [
    "courier",
    "consolas",
    "mono",
    "menlo",
    "monaco",
    "fixedsys",
    "lucida console",
    "cascadia",
    "source code",
    "terminal",
];

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
    /// The style of paragraphs that name none.
    default: Option<String>,
    /// The language of the text, unless a run says otherwise.
    pub(super) language: Option<String>,
}

#[derive(Debug, Default)]
struct Style {
    /// In lower case; built-in styles have English names in every language.
    name: String,
    based_on: Option<String>,
    properties: Properties,
}

/// What a style, or a paragraph itself, says of how it looks.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Properties {
    /// 0 for the outermost heading; 9 for body text.
    pub(super) outline: Option<u8>,
    /// The list that it belongs to, and how deep in it.
    pub(super) list: Option<String>,
    pub(super) depth: Option<usize>,
    pub(super) is_hidden: Option<bool>,
    pub(super) is_monospaced: Option<bool>,
}

/// What a paragraph is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    /// 0 for the outermost.
    Heading(u8),
    Code,
    Body,
}

impl Styles {
    pub(super) fn read(text: &str) -> Self {
        Self::of(Tree::parse(text).root())
    }

    /// The styles within an element.
    pub(super) fn of(root: Option<Node<'_>>) -> Self {
        let mut styles = Self::default();
        for node in root.into_iter().flat_map(Node::children) {
            if node.is("docDefaults") {
                let language = node.find("lang").and_then(|lang| lang.attribute("val"));
                styles.language = language.map(std::borrow::Cow::into_owned);
                continue;
            }
            let Some(id) = node.attribute("styleId").filter(|_| node.is("style")) else { continue };
            let is_default =
                matches!(node.attribute("default").as_deref(), Some("1" | "true" | "on"));
            if is_default && node.attribute("type").as_deref() == Some("paragraph") {
                styles.default = Some(id.clone().into_owned());
            }
            let style = Style {
                name: node.value("name").unwrap_or_default().to_lowercase(),
                based_on: node.value("basedOn").map(std::borrow::Cow::into_owned),
                properties: Properties::read(node.child("pPr"), node.child("rPr")),
            };
            styles.by_id.insert(id.into_owned(), style);
        }
        styles
    }

    /// The styles from this one down to the one at the bottom.
    fn chain<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Style> {
        let mut next = self.by_id.get(id);
        let chain = std::iter::from_fn(move || {
            let style = next?;
            next = style.based_on.as_ref().and_then(|id| self.by_id.get(id));
            Some(style)
        });
        chain.take(LONGEST_CHAIN)
    }

    /// What these properties are together with those of the style.
    pub(super) fn resolve(&self, own: &Properties, id: Option<&str>) -> Properties {
        let mut all = own.clone();
        let id = id.or(self.default.as_deref()).unwrap_or_default();
        for style in self.chain(id) {
            let properties = &style.properties;
            all.outline = all.outline.or(properties.outline);
            if all.list.is_none() {
                all.depth = all.depth.or(properties.depth);
                all.list.clone_from(&properties.list);
            }
            all.is_hidden = all.is_hidden.or(properties.is_hidden);
            all.is_monospaced = all.is_monospaced.or(properties.is_monospaced);
        }
        all
    }

    /// Whether text in this character style is hidden.
    pub(super) fn hides(&self, id: &str) -> bool {
        self.chain(id).find_map(|style| style.properties.is_hidden).unwrap_or(false)
    }

    /// Whether text in this character style is monospaced.
    pub(super) fn is_monospaced(&self, id: &str) -> bool {
        self.chain(id).find_map(|style| style.properties.is_monospaced).unwrap_or(false)
    }

    pub(super) fn is_title(&self, id: &str) -> bool {
        self.by_id.get(id).is_some_and(|style| style.name == "title")
    }

    /// What a paragraph with these properties, all together, is for.
    pub(super) fn role(&self, properties: &Properties, id: Option<&str>) -> Role {
        let id = id.unwrap_or_default();
        if self.is_title(id) {
            return Role::Title;
        }
        let by_name = self.chain(id).find_map(|style| role_by_name(&style.name));
        match (properties.outline, by_name) {
            (Some(level @ 0..=8), _) => Role::Heading(level),
            // An outline level of its own makes it body text whatever its style is called.
            (Some(_), Some(Role::Heading(_))) => Role::Body,
            (_, role) => role.unwrap_or(Role::Body),
        }
    }

    /// Whether the style is that of list numbers `level` deep, by its id.
    pub(super) fn list_of(&self, id: &str) -> Option<(&str, usize)> {
        let properties = &self.by_id.get(id)?.properties;
        Some((properties.list.as_deref()?, properties.depth.unwrap_or_default()))
    }
}

/// Styles that are called what they are, in documents that no Word has written.
fn role_by_name(name: &str) -> Option<Role> {
    if let Some(level) = name.strip_prefix("heading ").and_then(|level| level.parse::<u8>().ok()) {
        return (1..=9).contains(&level).then(|| Role::Heading(level - 1));
    }
    let code =
        ["code", "source code", "html preformatted", "preformatted text", "verbatim", "macro"];
    let is_code =
        code.contains(&name) || name.starts_with("code ") || name.ends_with(" code block");
    is_code.then_some(Role::Code)
}

impl Properties {
    /// What `w:pPr` and `w:rPr` say.
    pub(super) fn read(paragraph: Option<Node<'_>>, run: Option<Node<'_>>) -> Self {
        let number = |name| paragraph.and_then(|node| node.value(name)?.parse().ok());
        let list = paragraph.and_then(|node| node.child("numPr"));
        Self {
            outline: number("outlineLvl"),
            list: list.and_then(|list| list.value("numId")).map(std::borrow::Cow::into_owned),
            depth: list.and_then(|list| list.value("ilvl")?.parse().ok()),
            is_hidden: run.and_then(|node| switch(node, "vanish")),
            is_monospaced: run.and_then(is_monospaced),
        }
    }
}

/// A property that is on or off: on where it only stands there.
pub(super) fn switch(node: Node<'_>, name: &str) -> Option<bool> {
    let value = node.child(name)?.attribute("val");
    Some(!matches!(value.as_deref(), Some("0" | "false" | "off" | "none")))
}

/// Whether a run's font is monospaced, where it names one.
pub(super) fn is_monospaced(properties: Node<'_>) -> Option<bool> {
    let font = properties.child("rFonts")?.attribute("ascii")?.to_lowercase();
    Some(MONOSPACED.iter().any(|name| font.contains(name)))
}
