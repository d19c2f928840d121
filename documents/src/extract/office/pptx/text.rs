//! The paragraphs of a shape.

use crate::extract::numeral::Numeral;
use crate::extract::office::link::link;
use crate::extract::office::math;
use crate::extract::office::package::Relations;
use crate::extract::office::xml::Node;

/// Levels of a list.
pub(super) const LEVELS: usize = 9;

/// How a paragraph begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bullet {
    None,
    Sign,
    /// A number: its scheme (`alphaLcParenR`) and the first.
    Number {
        scheme: String,
        start: u32,
    },
}

/// Counts the numbers of a shape's paragraphs.
#[derive(Debug, Default)]
pub(super) struct Counter {
    counts: [Option<(String, u32)>; LEVELS],
}

impl Bullet {
    /// What the properties of a paragraph, or of a level, say.
    pub(super) fn of(properties: Node<'_>) -> Option<Self> {
        properties.children().find_map(|child| match child.name() {
            "buNone" => Some(Self::None),
            "buChar" | "buBlip" => Some(Self::Sign),
            "buAutoNum" => Some(Self::Number {
                scheme: child.attribute("type").unwrap_or_default().into_owned(),
                start: child.attribute("startAt").and_then(|n| n.parse().ok()).unwrap_or(1),
            }),
            _ => None,
        })
    }
}

impl Counter {
    /// What stands before the next paragraph of a level; none where nothing does.
    pub(super) fn marker(&mut self, bullet: &Bullet, level: usize) -> Option<String> {
        let level = level.min(LEVELS - 1);
        if let Some(deeper) = self.counts.get_mut(level + 1..) {
            deeper.fill(None);
        }
        let count = self.counts.get_mut(level)?;
        let Bullet::Number { scheme, start } = bullet else {
            *count = None;
            return (*bullet == Bullet::Sign).then(|| "-".to_owned());
        };
        let number = match count {
            Some((last, number)) if last == scheme => number.saturating_add(1),
            _ => *start,
        };
        *count = Some((scheme.clone(), number));
        Some(numbered(scheme, number))
    }
}

fn numbered(scheme: &str, number: u32) -> String {
    let numeral = match scheme {
        scheme if scheme.starts_with("alphaLc") => Numeral::LowerLetter,
        scheme if scheme.starts_with("alphaUc") => Numeral::UpperLetter,
        scheme if scheme.starts_with("romanLc") => Numeral::LowerRoman,
        scheme if scheme.starts_with("romanUc") => Numeral::UpperRoman,
        scheme if scheme.starts_with("circleNum") => Numeral::Circled,
        scheme if scheme.starts_with("ea1") => Numeral::Han,
        _ => Numeral::Decimal,
    };
    let number = numeral.write(number);
    match scheme {
        scheme if scheme.ends_with("ParenBoth") => format!("({number})"),
        scheme if scheme.ends_with("ParenR") => format!("{number})"),
        scheme if scheme.ends_with("Plain") => number,
        _ => format!("{number}."),
    }
}

/// The text of a paragraph.
pub(super) fn paragraph(node: Node<'_>, relations: Option<&Relations>) -> String {
    let mut text = String::new();
    write(node, relations, &mut text);
    text.replace('\u{b}', "\n").trim_end().to_owned()
}

/// The tree bounds how deep this goes.
fn write(node: Node<'_>, relations: Option<&Relations>, out: &mut String) {
    for child in node.children() {
        match child.name() {
            "r" => {
                let start = out.len();
                out.push_str(&child.child("t").map(Node::text).unwrap_or_default());
                let click =
                    child.child("rPr").and_then(|properties| properties.child("hlinkClick"));
                let id = click.and_then(|click| click.prefixed("id")).unwrap_or_default();
                if let Some(relation) = relations.and_then(|found| found.get(id.as_ref()))
                    && relation.is_external
                {
                    link(out, start, &relation.target);
                }
            }
            "br" => out.push('\n'),
            "fld" if child.attribute("type").as_deref() != Some("slidenum") => {
                out.push_str(&child.child("t").map(Node::text).unwrap_or_default());
            }
            "oMath" | "oMathPara" => out.push_str(&math::linear(child)),
            "AlternateContent" => {
                if let Some(choice) = child.child("Choice").or(child.child("Fallback")) {
                    write(choice, relations, out);
                }
            }
            "m" => write(child, relations, out),
            _ => {}
        }
    }
}

/// All paragraphs within an element, a line each.
pub(super) fn plain(node: Node<'_>) -> String {
    let paragraphs = node.descendants().filter(|node| node.is("p"));
    let lines: Vec<String> = paragraphs
        .map(|node| paragraph(node, None))
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_until_something_comes_between() {
        let number = |scheme: &str, start| Bullet::Number { scheme: scheme.to_owned(), start };
        let (arabic, letter) = (number("arabicPeriod", 3), number("alphaLcParenR", 1));
        let mut counter = Counter::default();
        let mut check = |bullet: &Bullet, level, expect: Option<&str>| {
            assert_eq!(counter.marker(bullet, level).as_deref(), expect);
        };
        check(&arabic, 0, Some("3."));
        check(&letter, 1, Some("a)"));
        check(&letter, 1, Some("b)"));
        check(&arabic, 0, Some("4."));
        check(&letter, 1, Some("a)"));
        check(&Bullet::Sign, 0, Some("-"));
        check(&arabic, 0, Some("3."));
        check(&Bullet::None, 0, None);
        check(&arabic, 40, Some("3."));
    }
}
