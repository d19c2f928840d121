//! Open Document files: texts, spreadsheets and presentations.

mod blocks;
mod cells;
mod inline;
mod lists;
mod slides;
mod styles;

use super::package::Package;
use super::xml::{Node, Tree};
use crate::extracted::{ExtractError, Extracted, Kind, Warning};
use crate::writer::Writer;
use blocks::Blocks;
use styles::Styles;

/// Reads a document of one of the three kinds.
pub(in crate::extract) fn extract(bytes: &[u8], kind: Kind) -> Result<Extracted, ExtractError> {
    let mut package = Package::open(bytes, kind)?;
    if package.part("META-INF/manifest.xml").contains("encryption-data") {
        return Err(ExtractError::Locked { kind });
    }
    let mut writer = Writer::new(kind);
    let text = package.main("content.xml")?;
    let content = Tree::parse(&text);
    let text = package.part("styles.xml");
    let common = Tree::parse(&text);
    let body = content.root().and_then(|root| root.child("body"));
    let Some(body) = body.and_then(|body| body.children().next()) else {
        return Err(ExtractError::damaged(kind, "it has no body"));
    };
    let mut styles = Styles::default();
    styles.read(common.root());
    styles.read(content.root());
    writer.properties().language.clone_from(&styles.language);
    match kind {
        Kind::Ods => cells::write(body, &styles, &mut writer),
        Kind::Odp => slides::write(body, &styles, &mut package, &mut writer),
        _ => {
            let mut blocks = Blocks::new("content.xml", &styles, &mut writer);
            blocks.write(body);
            blocks.write_notes();
        }
    }
    if writer.is_empty() && kind == Kind::Odt {
        // A letterhead, or a form that has all its words there.
        let pages = common.root().and_then(|root| root.child("master-styles"));
        let parts = pages.into_iter().flat_map(Node::descendants);
        let mut blocks = Blocks::new("styles.xml", &styles, &mut writer);
        for part in parts.filter(|node| matches!(node.name(), "header" | "footer")) {
            blocks.write(part);
        }
    }
    describe(&mut package, &mut writer);
    if content.is_cut() && !package.archive.is_cut() {
        writer.warn(Warning::loss("the file is damaged or too large; what stands before is here"));
    }
    Ok(writer.finish())
}

/// Notes what the document says of itself, and the files within it.
fn describe(package: &mut Package<'_>, writer: &mut Writer) {
    let text = package.part("meta.xml");
    let tree = Tree::parse(&text);
    let meta = tree.root().and_then(|root| root.child("meta"));
    let value = |name: &str| {
        let text = meta?.child(name)?.text().trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let properties = writer.properties();
    properties.title = value("title");
    properties.author = value("initial-creator").or_else(|| value("creator"));
    properties.date = value("date").or_else(|| value("creation-date"));
    properties.language = value("language").or_else(|| properties.language.take());
    let names = package.archive.names().filter(|name| {
        // Objects of its own are folders; what other programs have put there is a file.
        name.starts_with("Object ") && !name.contains('/')
    });
    properties.attachments.extend(names.map(str::to_owned));
    package.tell_losses(writer);
}
