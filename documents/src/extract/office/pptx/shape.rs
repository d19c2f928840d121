//! The shapes of a slide, in the order in which they are read: the title, then from above to below
//! and, where they stand beside each other, from left to right.

use corpus::SourcePlace;

use super::layout::{Bullets, Layout, bullets, over, position};
use super::text::{Bullet, Counter, LEVELS, paragraph};
use crate::extract::office::package::{Package, Relations};
use crate::extract::office::xml::Node;
use crate::extract::office::{chart, diagram};
use crate::words::on_one_line;
use crate::writer::{Row, Writer};

/// Shapes whose tops differ by less than this stand beside each other: a quarter of an inch.
const SAME_HEIGHT: i64 = 228_600;

/// A table is not wider than this.
const MOST_COLUMNS: usize = 1_000;

/// Writes a slide.
#[derive(Debug)]
pub(super) struct Slide<'s, 'a> {
    pub(super) part: &'s str,
    pub(super) relations: &'s Relations,
    pub(super) layout: &'s Layout,
    pub(super) package: &'s mut Package<'a>,
    pub(super) writer: &'s mut Writer,
}

/// A shape and where it stands.
#[derive(Debug, Clone, Copy)]
struct Placed<'n> {
    node: Node<'n>,
    /// Its place among all shapes of the slide, from 1.
    number: usize,
    left: i64,
    top: i64,
    is_title: bool,
}

impl Slide<'_, '_> {
    pub(super) fn write(mut self, root: Node<'_>) {
        let tree = root.child("cSld").and_then(|slide| slide.child("spTree"));
        if let Some(tree) = tree {
            let mut number = 0;
            self.shapes(tree, &mut number);
        }
    }

    /// The tree bounds how deep this goes.
    fn shapes(&mut self, group: Node<'_>, number: &mut usize) {
        for shape in self.in_order(group, number) {
            let place = self.place(shape.number);
            match shape.node.name() {
                "sp" if shape.is_title => {
                    let lines = paragraphs(shape.node).map(|node| paragraph(node, None));
                    let title = lines.collect::<Vec<_>>().join(" ");
                    self.writer.heading(1, &title, Some(place));
                }
                "sp" | "cxnSp" => self.text(shape.node, &place),
                "pic" => self.picture(shape.node, place),
                "graphicFrame" => self.frame(shape.node, shape.number),
                "grpSp" => self.shapes(shape.node, number),
                _ => {}
            }
        }
    }

    fn in_order<'n>(&self, group: Node<'n>, number: &mut usize) -> Vec<Placed<'n>> {
        let mut shapes: Vec<Placed<'n>> = Vec::new();
        for child in group.children() {
            let node = match child.name() {
                "AlternateContent" => {
                    let choice = child.child("Choice").or(child.child("Fallback"));
                    choice.and_then(|choice| choice.children().next())
                }
                _ => Some(child),
            };
            let Some(node) = node else { continue };
            if !matches!(node.name(), "sp" | "cxnSp" | "pic" | "graphicFrame" | "grpSp") {
                continue;
            }
            *number += 1;
            let (kind, index) = placeholder(node).unwrap_or_default();
            if matches!(kind.as_str(), "dt" | "ftr" | "sldNum" | "hdr") || is_hidden(node) {
                continue;
            }
            let place = position(node).or_else(|| self.layout.place(&kind, &index));
            // What has no place stays where it is in the file: behind the one before.
            let before = shapes.last().map(|shape| (shape.left, shape.top));
            let (left, top) = place.or(before).unwrap_or_default();
            let is_title = matches!(kind.as_str(), "title" | "ctrTitle");
            shapes.push(Placed { node, number: *number, left, top, is_title });
        }
        shapes.sort_by_key(|shape| (!shape.is_title, shape.top));
        let mut start = 0;
        while let Some(first) = shapes.get(start).copied() {
            let beside = |shape: &&Placed<'_>| {
                shape.is_title == first.is_title
                    && shape.top.saturating_sub(first.top) < SAME_HEIGHT
            };
            let count = shapes.iter().skip(start).take_while(beside).count().max(1);
            if let Some(row) = shapes.get_mut(start..start + count) {
                row.sort_by_key(|shape| shape.left);
            }
            start += count;
        }
        shapes
    }

    fn text(&mut self, shape: Node<'_>, place: &SourcePlace) {
        let placeholder = placeholder(shape);
        let inherited = match &placeholder {
            Some((kind, index)) => self.layout.bullets(kind, index),
            None => Bullets::default(),
        };
        let own = shape.child("txBody").and_then(|body| body.child("lstStyle"));
        let styles = over(own.map(bullets).unwrap_or_default(), &inherited);
        let mut counter = Counter::default();
        for node in paragraphs(shape) {
            let text = paragraph(node, Some(self.relations));
            if text.trim().is_empty() {
                continue;
            }
            let properties = node.child("pPr");
            let level = properties.and_then(|node| node.attribute("lvl")?.parse::<usize>().ok());
            let level = level.unwrap_or(0).min(LEVELS - 1);
            let bullet = properties.and_then(Bullet::of);
            let bullet = bullet.or_else(|| styles.get(level).cloned().flatten());
            match counter.marker(&bullet.unwrap_or(Bullet::None), level) {
                Some(marker) => self.writer.item(level, &marker, &text, Some(place.clone())),
                None => self.writer.paragraph(&text, Some(place.clone())),
            }
        }
    }

    fn picture(&mut self, shape: Node<'_>, place: SourcePlace) {
        let named = shape.find("cNvPr").and_then(|node| node.attribute("descr"));
        let description = on_one_line(&named.unwrap_or_default());
        if !description.is_empty() {
            self.writer.paragraph(&format!("![{description}]()"), Some(place));
        }
    }

    /// A table, a chart or a diagram.
    fn frame(&mut self, shape: Node<'_>, number: usize) {
        let place = self.place(number);
        let Some(data) = shape.find("graphicData") else { return };
        for node in data.children() {
            let id = |name| {
                let id = node.prefixed(name).unwrap_or_default();
                self.relations.get(id.as_ref()).map(|relation| relation.target.clone())
            };
            match node.name() {
                "tbl" => {
                    let mut rows = rows(node);
                    for (index, row) in rows.iter_mut().enumerate() {
                        row.source = Some(self.named(format!("shape {number}, row {}", index + 1)));
                    }
                    let headers = usize::from(rows.len() > 1);
                    self.writer.table(&rows, headers);
                }
                "chart" => {
                    let text = id("id").map(|part| self.package.part(&part)).unwrap_or_default();
                    let (title, mut rows) = chart::read(&text);
                    self.writer.paragraph(&title, Some(place.clone()));
                    for row in &mut rows {
                        row.source = Some(place.clone());
                    }
                    self.writer.table(&rows, 1);
                }
                "relIds" => {
                    let text = id("dm").map(|part| self.package.part(&part)).unwrap_or_default();
                    for words in &diagram::read(&text) {
                        self.writer.item(0, "-", words, Some(place.clone()));
                    }
                }
                // A picture stands in for what is embedded.
                _ => {}
            }
        }
    }

    fn place(&self, number: usize) -> SourcePlace {
        self.named(format!("shape {number}"))
    }

    fn named(&self, name: String) -> SourcePlace {
        SourcePlace::element(Some(self.part.to_owned()), name)
    }
}

/// The kind and the index of a placeholder.
fn placeholder(shape: Node<'_>) -> Option<(String, String)> {
    let properties = shape.children().next()?;
    let place = properties.child("nvPr")?.child("ph")?;
    let attribute = |name| place.attribute(name).unwrap_or_default().into_owned();
    Some((attribute("type"), attribute("idx")))
}

fn is_hidden(shape: Node<'_>) -> bool {
    let properties = shape.children().next().and_then(|node| node.child("cNvPr"));
    let hidden = properties.and_then(|node| node.attribute("hidden"));
    hidden.is_some_and(|hidden| hidden == "1" || hidden == "true")
}

fn paragraphs(shape: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let body = shape.child("txBody");
    body.into_iter().flat_map(Node::children).filter(|node| node.is("p"))
}

fn rows(table: Node<'_>) -> Vec<Row> {
    let rows = table.children().filter(|node| node.is("tr"));
    rows.map(|row| {
        let cells = row.children().filter(|node| node.is("tc")).take(MOST_COLUMNS);
        // Cells that are merged away stand there, and are empty.
        let cells = cells.map(|cell| {
            let is_merged = ["hMerge", "vMerge"].iter().any(|name| {
                cell.attribute(name).is_some_and(|merged| merged == "1" || merged == "true")
            });
            if is_merged { String::new() } else { super::text::plain(cell) }
        });
        Row { cells: cells.collect(), source: None }
    })
    .collect()
}
