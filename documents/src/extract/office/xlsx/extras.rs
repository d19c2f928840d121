//! What belongs to a sheet and stands in other parts: comments, and texts that lie on it.

use crate::extract::office::package::{Package, Relations};
use crate::extract::office::sheet::Sheet;
use crate::extract::office::xml::{Node, Tree};
use crate::extract::office::{chart, diagram};

/// Adds comments and texts.
pub(super) fn add(package: &mut Package<'_>, relations: &Relations, sheet: &mut Sheet) {
    let mut related: Vec<_> = relations.values().collect();
    related.sort_by(|a, b| a.target.cmp(&b.target));
    // Where people answer each other, the older list holds a copy for programs that know no better.
    let has_threads = related.iter().any(|relation| relation.kind == "threadedComment");
    for relation in related {
        match relation.kind.as_str() {
            "threadedComment" => {
                comments(&package.part(&relation.target), "threadedComment", sheet);
            }
            "comments" if !has_threads => {
                comments(&package.part(&relation.target), "comment", sheet);
            }
            "drawing" => {
                boxes(&package.part(&relation.target), sheet);
                drawn(package, &relation.target, sheet);
            }
            _ => {}
        }
    }
}

fn comments(text: &str, name: &str, sheet: &mut Sheet) {
    let tree = Tree::parse(text);
    let nodes = tree.root().into_iter().flat_map(Node::descendants).filter(|node| node.is(name));
    for node in nodes {
        let cell = node.attribute("ref").unwrap_or_default().into_owned();
        let texts = node.descendants().filter(|node| matches!(node.name(), "t" | "text"));
        let leaves = texts.filter(|node| node.children().next().is_none());
        let text = leaves.map(Node::text).collect::<String>().trim().to_owned();
        if !text.is_empty() {
            sheet.comments.push((cell, text));
        }
    }
}

/// Adds the titles of charts, whose data stand in the sheet's own cells, and what diagrams say.
fn drawn(package: &mut Package<'_>, drawing: &str, sheet: &mut Sheet) {
    for relation in package.relations(drawing).into_values() {
        match relation.kind.as_str() {
            "chart" => sheet.boxes.push(chart::read(&package.part(&relation.target)).0),
            "diagramData" => sheet.boxes.extend(diagram::read(&package.part(&relation.target))),
            _ => {}
        }
    }
    sheet.boxes.retain(|text| !text.is_empty());
}

fn boxes(text: &str, sheet: &mut Sheet) {
    let tree = Tree::parse(text);
    let nodes = tree.root().into_iter().flat_map(Node::descendants);
    for body in nodes.filter(|node| node.is("txBody")) {
        let text = diagram::words(body);
        if !text.is_empty() {
            sheet.boxes.push(text);
        }
    }
}
