//! Office documents in a single file of XML: the formats of Office 2003, which many programs write
//! and call `.xls` or `.doc`, and packages whose parts stand in one file.

mod package;
mod sheets;

use super::docx;
use super::xml::{Node, Tree};
use crate::extract::nested::Nesting;
use crate::extracted::{ExtractError, Extracted, Kind};
use crate::writer::Writer;

/// So much of a file is looked at to tell what it is.
const HEAD: usize = 4096;

/// A format, by the namespace of its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Flat {
    Sheets,
    Text,
    Package,
}

/// The format that a file of XML is in; none where it is no office document.
pub(in crate::extract) fn format(text: &str) -> Option<Flat> {
    let head = text.get(..text.floor_char_boundary(HEAD))?;
    let namespaces = [
        ("urn:schemas-microsoft-com:office:spreadsheet", "Workbook", Flat::Sheets),
        ("http://schemas.microsoft.com/office/word/2003/wordml", "wordDocument", Flat::Text),
        ("http://schemas.microsoft.com/office/2006/xmlPackage", "package", Flat::Package),
    ];
    let found = namespaces.into_iter().find(|(namespace, root, _)| {
        let is_root = |tag: &str| {
            let name = tag.split([' ', '\n', '\r', '\t', '>']).next().unwrap_or_default();
            name.rsplit(':').next() == Some(root)
        };
        head.contains(namespace) && head.split('<').any(is_root)
    });
    found.map(|(_, _, format)| format)
}

/// Reads a document in such a format.
pub(in crate::extract) fn extract(
    text: &str,
    format: Flat,
    nesting: &mut Nesting,
) -> Result<Extracted, ExtractError> {
    match format {
        Flat::Sheets => Ok(sheets::read(&Tree::parse(text))),
        Flat::Text => Ok(docx::flat(&Tree::parse(text))),
        Flat::Package => {
            let (kind, bytes) = package::packed(text).ok_or_else(|| {
                ExtractError::damaged(Kind::Xml, "its package holds no document that is read")
            })?;
            match kind {
                Kind::Pptx => super::pptx::extract(&bytes),
                Kind::Xlsx => super::xlsx::extract(&bytes),
                _ => docx::extract(&bytes, nesting),
            }
        }
    }
}

/// Notes what the document says of itself.
pub(super) fn describe(root: Option<Node<'_>>, writer: &mut Writer) {
    let said = root.and_then(|root| root.child("DocumentProperties"));
    let value = |name: &str| {
        let text = said?.child(name)?.text().trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let properties = writer.properties();
    properties.title = value("Title");
    properties.author = value("Author");
    properties.date = value("LastSaved").or_else(|| value("Created"));
}

#[cfg(test)]
mod tests;
