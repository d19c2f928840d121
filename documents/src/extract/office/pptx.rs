//! Presentations (`.pptx`): each slide is a page, its title a heading, its shapes read as they stand
//! on it, its notes after them.

mod layout;
mod shape;
mod text;

use std::collections::HashMap;
use std::rc::Rc;

use super::package::{Package, Relations};
use super::xml::{Node, Tree};
use crate::extracted::{ExtractError, Extracted, Kind, Warning};
use crate::writer::Writer;
use layout::Layout;
use shape::Slide;

/// Slides beyond these are left out.
const MOST_SLIDES: usize = 5_000;

/// Reads a presentation.
pub(in crate::extract) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let mut package = Package::open(bytes, Kind::Pptx)?;
    let mut writer = Writer::new(Kind::Pptx);
    let main = package.main_part("ppt/presentation.xml");
    let text = package.main(&main)?;
    let relations = package.relations(&main);
    let tree = Tree::parse(&text);
    let slides = slides(&tree, &relations, &package);
    if slides.len() > MOST_SLIDES {
        writer.warn(Warning::loss(format!("slides beyond the first {MOST_SLIDES} are left out")));
    }
    let mut layouts = HashMap::new();
    let mut hidden = Vec::new();
    for (index, part) in slides.iter().take(MOST_SLIDES).enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        writer.page(number);
        if write_slide(&mut package, part, &mut layouts, &mut writer) {
            hidden.push(number.to_string());
        }
    }
    if !hidden.is_empty() {
        let (noun, verb) = if hidden.len() == 1 { ("slide", "is") } else { ("slides", "are") };
        let numbers = hidden.join(", ");
        writer.warn(Warning::note(format!("{noun} {numbers} {verb} hidden in the show")));
    }
    package.describe(&mut writer);
    Ok(writer.finish())
}

/// The parts of the slides in their order; by their names where the order is lost.
fn slides(tree: &Tree<'_>, relations: &Relations, package: &Package<'_>) -> Vec<String> {
    let list = tree.root().and_then(|root| root.child("sldIdLst"));
    let ids = list.iter().flat_map(|list| list.children()).filter_map(|id| id.prefixed("id"));
    let slides: Vec<String> = ids
        .filter_map(|id| relations.get(id.as_ref()).map(|relation| relation.target.clone()))
        .collect();
    if !slides.is_empty() {
        return slides;
    }
    let number = |name: &str| {
        let name = name.strip_prefix("ppt/slides/slide")?.strip_suffix(".xml")?;
        name.parse::<u32>().ok()
    };
    let names = package.archive.names();
    let mut slides: Vec<(u32, String)> =
        names.filter_map(|name| Some((number(name)?, name.to_owned()))).collect();
    slides.sort();
    slides.into_iter().map(|(_, name)| name).collect()
}

/// Writes a slide; whether it is hidden.
fn write_slide(
    package: &mut Package<'_>,
    part: &str,
    layouts: &mut HashMap<String, Rc<Layout>>,
    writer: &mut Writer,
) -> bool {
    let text = package.part(part);
    let relations = package.relations(part);
    let tree = Tree::parse(&text);
    let Some(root) = tree.root() else { return false };
    let of_kind = |kind: &str| {
        relations.values().find(|relation| relation.kind == kind).map(|found| found.target.clone())
    };
    let layout = match of_kind("slideLayout") {
        Some(name) => {
            let layout = layouts.remove(&name);
            let layout = layout.unwrap_or_else(|| Rc::new(Layout::read(package, &name)));
            layouts.insert(name, Rc::clone(&layout));
            layout
        }
        None => Rc::default(),
    };
    Slide { part, relations: &relations, layout: &layout, package, writer }.write(root);
    if let Some(notes) = of_kind("notesSlide") {
        write_notes(&package.part(&notes), writer);
    }
    for kind in ["comments", "comment"] {
        if let Some(comments) = of_kind(kind) {
            write_comments(&package.part(&comments), writer);
        }
    }
    root.attribute("show").is_some_and(|show| show == "0" || show == "false")
}

/// Writes what the speaker has noted: the body of the page of notes.
fn write_notes(text: &str, writer: &mut Writer) {
    let tree = Tree::parse(text);
    let shapes = tree.root().into_iter().flat_map(Node::descendants).filter(|node| node.is("sp"));
    for shape in shapes {
        let place = shape.find("ph").map(|place| place.attribute("type").unwrap_or_default());
        if place.as_deref() != Some("body") {
            continue;
        }
        let notes = text::plain(shape);
        if !notes.is_empty() {
            writer.paragraph(&format!("Speaker notes: {notes}"), None);
        }
    }
}

fn write_comments(text: &str, writer: &mut Writer) {
    let tree = Tree::parse(text);
    let comments = tree.root().into_iter().flat_map(Node::descendants);
    for comment in comments.filter(|node| matches!(node.name(), "cm" | "reply")) {
        let text = match (comment.child("text"), comment.child("txBody")) {
            (Some(text), _) => text.text(),
            (None, Some(body)) => text::plain(body),
            (None, None) => continue,
        };
        if !text.trim().is_empty() {
            writer.paragraph(&format!("Comment: {}", text.trim()), None);
        }
    }
}
