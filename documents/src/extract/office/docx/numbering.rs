//! Lists: what stands before an item, counted as Word counts.

use std::collections::{HashMap, HashSet};

use super::styles::Styles;
use crate::extract::numeral::Numeral;
use crate::extract::office::xml::{Node, Tree};

/// Levels of a list.
const LEVELS: usize = 9;

/// The lists of a document, and how far they have been counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    lists: HashMap<String, List>,
    /// Levels of abstract lists, by their id.
    levels: HashMap<String, Vec<Level>>,
    /// Counters by abstract list: lists that share one go on counting.
    counters: HashMap<String, [Option<u32>; LEVELS]>,
    /// Lists whose own starts have been taken.
    started: HashSet<(String, usize)>,
}

#[derive(Debug, Default)]
struct List {
    /// The abstract list.
    base: String,
    /// Levels that this list writes in its own way.
    levels: HashMap<usize, Level>,
    /// Levels that this list starts anew.
    starts: HashMap<usize, u32>,
}

#[derive(Debug, Clone)]
struct Level {
    numeral: Numeral,
    start: u32,
    /// `%1.%2)`: the numbers of the levels, from 1, with what is between.
    text: String,
    /// The level, from 1, whose items start this one anew; 0 for none; by default any above.
    restart: Option<usize>,
    /// Numbers of all levels are written in digits.
    is_legal: bool,
    /// The style whose paragraphs stand at this level.
    style: Option<String>,
}

/// What stands before an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marker {
    Bullet,
    /// A number with what is around it.
    Number(String),
    /// Nothing, though the paragraph belongs to a list.
    None,
}

impl Numbering {
    pub(super) fn read(text: &str, styles: &Styles) -> Self {
        let tree = Tree::parse(text);
        let mut numbering = Self::default();
        // Abstract lists that are those of a style: resolved when all are known.
        let mut by_style = Vec::new();
        for node in tree.root().iter().flat_map(|root| root.children()) {
            if node.is("abstractNum") {
                let id = node.attribute("abstractNumId").unwrap_or_default().into_owned();
                if let Some(style) = node.value("numStyleLink") {
                    by_style.push((id.clone(), style.into_owned()));
                }
                numbering.levels.insert(id, levels(node));
            } else if node.is("num") {
                let id = node.attribute("numId").unwrap_or_default().into_owned();
                numbering.lists.insert(id, List::read(node));
            }
        }
        for (id, style) in by_style {
            let list = styles.list_of(&style).and_then(|(list, _)| numbering.lists.get(list));
            let levels = list.and_then(|list| numbering.levels.get(&list.base)).cloned();
            numbering.levels.extend(levels.map(|levels| (id, levels)));
        }
        numbering
    }

    /// The level of a list at which paragraphs of a style stand.
    pub(super) fn depth_of_style(&self, list: &str, style: &str) -> Option<usize> {
        let levels = self.levels.get(&self.lists.get(list)?.base)?;
        levels.iter().position(|level| level.style.as_deref() == Some(style))
    }

    /// Counts an item of a list, `depth` deep.
    pub(super) fn count(&mut self, id: &str, depth: usize) -> Option<Marker> {
        let list = self.lists.get(id)?;
        let depth = depth.min(LEVELS - 1);
        let base = self.levels.get(&list.base)?;
        let level = |index: usize| list.levels.get(&index).or_else(|| base.get(index));
        let counters = self.counters.entry(list.base.clone()).or_default();
        let own = level(depth)?;
        if let Some(start) = list.starts.get(&depth)
            && self.started.insert((id.to_owned(), depth))
        {
            counters[depth] = start.checked_sub(1);
            // A start of 0 has no number before it: the counter is left to begin below.
            if *start == 0 {
                counters[depth] = None;
            }
        }
        let start = list.starts.get(&depth).copied().unwrap_or(own.start);
        counters[depth] = Some(counters[depth].map_or(start, |count| count.saturating_add(1)));
        for (deeper, counter) in counters.iter_mut().enumerate().skip(depth + 1) {
            let restart = level(deeper).and_then(|level| level.restart);
            if restart.is_none_or(|restart| restart > 0 && depth < restart) {
                *counter = None;
            }
        }
        let number = |index: usize| {
            let start = level(index).map_or(1, |level| level.start);
            let number = counters.get(index).copied().flatten().unwrap_or(start);
            let numeral = level(index).map_or(Numeral::Decimal, |level| level.numeral);
            if own.is_legal && index < depth { Numeral::Decimal } else { numeral }.write(number)
        };
        Some(match own.numeral {
            Numeral::Bullet => Marker::Bullet,
            _ => match fill(&own.text, number) {
                text if text.trim().is_empty() => Marker::None,
                text => Marker::Number(text.trim().to_owned()),
            },
        })
    }
}

impl List {
    fn read(node: Node<'_>) -> Self {
        let mut list = Self {
            base: node.value("abstractNumId").unwrap_or_default().into_owned(),
            ..Self::default()
        };
        for change in node.children().filter(|child| child.is("lvlOverride")) {
            let Some(depth) = change.attribute("ilvl").and_then(|depth| depth.parse().ok()) else {
                continue;
            };
            if let Some(start) = change.value("startOverride").and_then(|start| start.parse().ok())
            {
                list.starts.insert(depth, start);
            }
            if let Some(level) = change.child("lvl") {
                list.levels.insert(depth, Level::read(level));
            }
        }
        list
    }
}

impl Level {
    fn read(node: Node<'_>) -> Self {
        let number = |name| node.value(name).and_then(|value| value.parse().ok());
        Self {
            numeral: numeral(&node.value("numFmt").unwrap_or_default()),
            start: number("start").unwrap_or(0),
            text: node.value("lvlText").unwrap_or_default().into_owned(),
            restart: number("lvlRestart").and_then(|level| usize::try_from(level).ok()),
            is_legal: node.child("isLgl").is_some(),
            style: node.value("pStyle").map(std::borrow::Cow::into_owned),
        }
    }
}

/// The levels of an abstract list, each at its place.
fn levels(node: Node<'_>) -> Vec<Level> {
    let mut levels: Vec<(usize, Level)> = node
        .children()
        .filter(|child| child.is("lvl"))
        .take(LEVELS)
        .enumerate()
        .map(|(index, level)| {
            let place = level.attribute("ilvl").and_then(|place| place.parse().ok());
            (place.unwrap_or(index), Level::read(level))
        })
        .collect();
    levels.sort_by_key(|(place, _)| *place);
    levels.into_iter().map(|(_, level)| level).collect()
}

fn numeral(format: &str) -> Numeral {
    match format {
        "bullet" => Numeral::Bullet,
        "none" => Numeral::None,
        "lowerLetter" => Numeral::LowerLetter,
        "upperLetter" => Numeral::UpperLetter,
        "lowerRoman" => Numeral::LowerRoman,
        "upperRoman" => Numeral::UpperRoman,
        "decimalZero" => Numeral::Padded,
        "ordinal" => Numeral::Ordinal,
        "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "ideographDigital"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand" => Numeral::Han,
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => Numeral::Circled,
        _ => Numeral::Decimal,
    }
}

/// Puts numbers into a level's text.
fn fill(text: &str, number: impl Fn(usize) -> String) -> String {
    let mut filled = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let digit = characters.peek().and_then(|next| next.to_digit(10)).filter(|digit| *digit > 0);
        match digit {
            Some(digit) if c == '%' => {
                characters.next();
                filled.push_str(&number(digit as usize - 1));
            }
            _ => filled.push(c),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(depth: usize, format: &str, text: &str) -> String {
        format!(
            "<w:lvl w:ilvl='{depth}'><w:start w:val='1'/><w:numFmt w:val='{format}'/><w:lvlText w:val='{text}'/></w:lvl>"
        )
    }

    #[test]
    fn items_are_counted_as_word_does() {
        let levels = [
            level(0, "decimal", "%1."),
            level(1, "lowerLetter", "%1.%2)"),
            level(2, "bullet", "o"),
        ];
        let xml = format!(
            "<w:numbering><w:abstractNum w:abstractNumId='7'>{}</w:abstractNum>\
             <w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num>\
             <w:num w:numId='2'><w:abstractNumId w:val='7'/></w:num>\
             <w:num w:numId='3'><w:abstractNumId w:val='7'/><w:lvlOverride w:ilvl='0'>\
             <w:startOverride w:val='5'/></w:lvlOverride></w:num></w:numbering>",
            levels.concat()
        );
        let mut numbering = Numbering::read(&xml, &Styles::default());
        let mut check = |id, depth, expect| {
            assert_eq!(numbering.count(id, depth), Some(expect), "{id} {depth}");
        };
        let number = |text: &str| Marker::Number(text.to_owned());
        check("1", 0, number("1."));
        check("1", 1, number("1.a)"));
        check("1", 1, number("1.b)"));
        check("1", 2, Marker::Bullet);
        check("1", 0, number("2."));
        check("1", 1, number("2.a)"));
        // Another list on the same base goes on; one that says where it starts does that once.
        check("2", 0, number("3."));
        check("3", 0, number("5."));
        check("3", 0, number("6."));
        assert_eq!(numbering.count("9", 0), None);
    }
}
