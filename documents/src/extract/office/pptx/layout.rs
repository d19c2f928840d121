//! What slides take over from their layout, and the layout from its master: where placeholders
//! stand, and which of their levels have bullets.

use super::text::{Bullet, LEVELS};
use crate::extract::office::package::Package;
use crate::extract::office::xml::{Node, Tree};

/// Placeholders beyond these are not looked at.
const MOST_PLACEHOLDERS: usize = 1_000;

/// How the paragraphs of a shape begin, by level; none where that is left to what is below.
pub(super) type Bullets = [Option<Bullet>; LEVELS];

/// A layout together with its master.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The layout's first, then the master's.
    placeholders: Vec<Placeholder>,
    /// Of bodies, by the master.
    body: Bullets,
}

#[derive(Debug)]
struct Placeholder {
    kind: String,
    index: String,
    place: Option<(i64, i64)>,
    bullets: Bullets,
}

impl Layout {
    pub(super) fn read(package: &mut Package<'_>, part: &str) -> Self {
        let mut layout = Self::default();
        layout.add(&Tree::parse(&package.part(part)));
        let relations = package.relations(part);
        let master = relations.into_values().find(|relation| relation.kind == "slideMaster");
        if let Some(master) = master {
            let text = package.part(&master.target);
            let tree = Tree::parse(&text);
            layout.add(&tree);
            let styles = tree.root().and_then(|root| root.child("txStyles"));
            if let Some(style) = styles.and_then(|styles| styles.child("bodyStyle")) {
                layout.body = bullets(style);
            }
        }
        layout
    }

    fn add(&mut self, tree: &Tree<'_>) {
        let shapes = tree.root().into_iter().flat_map(Node::descendants);
        for shape in shapes.filter(|node| node.is("sp")) {
            let Some(place) = shape.find("ph") else { continue };
            if self.placeholders.len() >= MOST_PLACEHOLDERS {
                break;
            }
            self.placeholders.push(Placeholder {
                kind: place.attribute("type").unwrap_or_default().into_owned(),
                index: place.attribute("idx").unwrap_or_default().into_owned(),
                place: position(shape),
                bullets: shape.find("lstStyle").map(bullets).unwrap_or_default(),
            });
        }
    }

    /// Those that a placeholder of a slide stands in for, the nearest first.
    fn matching<'a>(
        &'a self,
        kind: &'a str,
        index: &'a str,
    ) -> impl Iterator<Item = &'a Placeholder> {
        self.placeholders.iter().filter(move |placeholder| {
            let same_kind = placeholder.kind == kind
                || matches!(
                    (placeholder.kind.as_str(), kind),
                    ("title", "ctrTitle") | ("body", "obj" | "")
                );
            if index.is_empty() {
                same_kind
            } else {
                placeholder.index == index || same_kind && placeholder.index.is_empty()
            }
        })
    }

    /// Where a placeholder stands.
    pub(super) fn place(&self, kind: &str, index: &str) -> Option<(i64, i64)> {
        self.matching(kind, index).find_map(|placeholder| placeholder.place)
    }

    /// How a placeholder's paragraphs begin.
    pub(super) fn bullets(&self, kind: &str, index: &str) -> Bullets {
        let mut all = Bullets::default();
        for placeholder in self.matching(kind, index) {
            all = over(all, &placeholder.bullets);
        }
        if matches!(kind, "" | "body" | "obj") { over(all, &self.body) } else { all }
    }
}

/// The first with the second where it says nothing.
pub(super) fn over(mut first: Bullets, second: &Bullets) -> Bullets {
    for (first, second) in first.iter_mut().zip(second) {
        *first = first.take().or_else(|| second.clone());
    }
    first
}

/// What a style of lists says of each level.
pub(super) fn bullets(style: Node<'_>) -> Bullets {
    let mut bullets = Bullets::default();
    for level in style.children() {
        let number = level.name().strip_prefix("lvl").and_then(|name| name.strip_suffix("pPr"));
        let place = number.and_then(|number| number.parse::<usize>().ok()?.checked_sub(1));
        if let Some(bullet) = place.and_then(|place| bullets.get_mut(place)) {
            *bullet = Bullet::of(level);
        }
    }
    bullets
}

/// The upper left corner of a shape, where it has one of its own.
pub(super) fn position(shape: Node<'_>) -> Option<(i64, i64)> {
    let transform = match shape.name() {
        "graphicFrame" => shape.child("xfrm"),
        "grpSp" => shape.child("grpSpPr").and_then(|properties| properties.child("xfrm")),
        _ => shape.child("spPr").and_then(|properties| properties.child("xfrm")),
    };
    let offset = transform?.child("off")?;
    Some((offset.attribute("x")?.parse().ok()?, offset.attribute("y")?.parse().ok()?))
}
