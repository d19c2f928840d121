//! Text documents of Word.
//!
//! What is read is what a reader sees with all changes accepted: insertions stay, deletions and
//! hidden text go. Notes and comments stand at the end, where their marks in the text lead.

mod body;
mod inline;
mod insets;
mod notes;
mod numbering;
mod styles;
mod table;

use super::flat::describe;
use super::package::{Package, Relations};
use super::xml::{Node, Tree};
use crate::extract::nested::Nesting;
use crate::extracted::{ExtractError, Extracted, Kind};
use crate::writer::Writer;
use body::Body;
use insets::Insets;
use notes::Notes;
use numbering::Numbering;
use styles::Styles;

/// What the text of a document's parts is read with.
#[derive(Debug, Default)]
struct Context {
    styles: Styles,
    numbering: Numbering,
    notes: Notes,
    insets: Insets,
    /// Whether a paragraph in the style Title stands above the headings.
    has_title: bool,
}

/// Reads a document.
pub(in crate::extract) fn extract(
    bytes: &[u8],
    nesting: &mut Nesting,
) -> Result<Extracted, ExtractError> {
    let mut package = Package::open(bytes, Kind::Docx)?;
    let mut writer = Writer::new(Kind::Docx);
    let main = package.main_part("word/document.xml");
    let text = package.main(&main)?;
    let relations = package.relations(&main);
    let mut context = context(&mut package, &relations, &mut writer);
    context.insets = Insets::read(&mut package, &relations, nesting, &mut writer);
    let tree = Tree::parse(&text);
    let Some(root) = tree.root() else {
        return Err(ExtractError::damaged(Kind::Docx, "its main part holds no XML"));
    };
    context.has_title = has_title(root, &context.styles);
    Body::new(&main, &relations, &mut context, &mut writer).write(root);
    write_notes(&mut package, &relations, &mut context, &mut writer);
    package.describe(&mut writer);
    if tree.is_cut() && !package.archive.is_cut() {
        writer.warn(crate::Warning::loss("the file is damaged; what stands before is here"));
    }
    if writer.is_empty() {
        // A letterhead, or a form that has all its words there.
        write_parts(&mut package, &relations, &["header", "footer"], &mut context, &mut writer);
    }
    Ok(writer.finish())
}

/// Reads a document in the XML of Word 2003: one part, with all that it needs.
pub(super) fn flat(tree: &Tree<'_>) -> Extracted {
    let mut writer = Writer::new(Kind::Docx);
    let root = tree.root();
    let styles = Styles::of(root.and_then(|root| root.child("styles")));
    if let Some(body) = root.and_then(|root| root.child("body")) {
        let has_title = has_title(body, &styles);
        let mut context = Context { styles, has_title, ..Context::default() };
        Body::new("document", &Relations::new(), &mut context, &mut writer).write(body);
    }
    describe(root, &mut writer);
    if tree.is_cut() {
        writer.warn(crate::Warning::loss("the file is damaged; what stands before is here"));
    }
    writer.finish()
}

fn has_title(root: Node<'_>, styles: &Styles) -> bool {
    let is_title = |node: Node<'_>| {
        node.is("pStyle") && node.attribute("val").is_some_and(|id| styles.is_title(&id))
    };
    root.descendants().any(is_title)
}

fn context(package: &mut Package<'_>, relations: &Relations, writer: &mut Writer) -> Context {
    let part = |kind: &str| {
        let relation = relations.values().find(|relation| relation.kind == kind);
        relation.map(|relation| relation.target.clone()).unwrap_or_default()
    };
    let styles = Styles::read(&package.part(&part("styles")));
    writer.properties().language.clone_from(&styles.language);
    let numbering = Numbering::read(&package.part(&part("numbering")), &styles);
    Context { styles, numbering, ..Context::default() }
}

/// Writes the notes that the text refers to, then the comments.
fn write_notes(
    package: &mut Package<'_>,
    relations: &Relations,
    context: &mut Context,
    writer: &mut Writer,
) {
    for kind in notes::KINDS {
        let part = relations.values().find(|relation| relation.kind == kind.part());
        let Some(part) = part.map(|relation| relation.target.clone()) else { continue };
        let text = package.part(&part);
        let relations = package.relations(&part);
        let tree = Tree::parse(&text);
        let Some(root) = tree.root() else { continue };
        notes::write(root, kind, &part, &relations, context, writer);
    }
}

/// Writes whole parts of these kinds, by their names.
fn write_parts(
    package: &mut Package<'_>,
    relations: &Relations,
    kinds: &[&str],
    context: &mut Context,
    writer: &mut Writer,
) {
    let mut parts: Vec<String> = relations
        .values()
        .filter(|relation| kinds.contains(&relation.kind.as_str()))
        .map(|relation| relation.target.clone())
        .collect();
    parts.sort();
    for part in parts {
        let text = package.part(&part);
        let relations = package.relations(&part);
        let tree = Tree::parse(&text);
        if let Some(root) = tree.root() {
            Body::new(&part, &relations, context, writer).write(root);
        }
    }
}
