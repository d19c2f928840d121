//! The package of an office document: parts, their relationships, and what it says of itself.

use std::collections::BTreeMap;

use crate::archive::Archive;
use crate::extract::office::xml::Tree;
use crate::extracted::{ExtractError, Kind, Properties, Warning};
use crate::writer::Writer;

/// The most bytes of a part that are read at once.
const MOST_OF_PART: u64 = 128 << 20;

/// The parts of an office document.
#[derive(Debug)]
pub(super) struct Package<'a> {
    pub(super) archive: Archive<'a>,
    kind: Kind,
}

/// What a part refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    /// What it is, the last word of its URL: `hyperlink`, `footnotes`.
    pub(super) kind: String,
    /// The name of a part, or a URL where `is_external`.
    pub(super) target: String,
    pub(super) is_external: bool,
}

/// What a part refers to, by the id that it uses: in an order, so that of several of a kind it is
/// always the same that is taken.
pub(super) type Relations = BTreeMap<String, Relation>;

impl<'a> Package<'a> {
    /// Opens a package.
    pub(super) fn open(bytes: &'a [u8], kind: Kind) -> Result<Self, ExtractError> {
        let archive = Archive::open(bytes).map_err(|error| error.of(kind))?;
        Ok(Self { archive, kind })
    }

    /// A part that there has to be.
    pub(super) fn main(&mut self, name: &str) -> Result<String, ExtractError> {
        let read = self.archive.read(name, MOST_OF_PART);
        read.map(decode).map_err(|error| error.of(self.kind))
    }

    /// A part that there may be; empty where there is none.
    pub(super) fn part(&mut self, name: &str) -> String {
        self.archive.read(name, MOST_OF_PART).map(decode).unwrap_or_default()
    }

    /// The bytes of a part that is no XML; none where there is no such part.
    pub(super) fn bytes(&mut self, name: &str) -> Vec<u8> {
        self.archive.read(name, MOST_OF_PART).unwrap_or_default()
    }

    /// What a part refers to.
    pub(super) fn relations(&mut self, part: &str) -> Relations {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let text = self.part(&format!("{folder}/_rels/{file}.rels"));
        let tree = Tree::parse(&text);
        let mut relations = Relations::new();
        for node in tree.root().iter().flat_map(|root| root.children()) {
            let (Some(id), Some(target)) = (node.attribute("Id"), node.attribute("Target")) else {
                continue;
            };
            let kind = node.attribute("Type").unwrap_or_default();
            let is_external = node.attribute("TargetMode").as_deref() == Some("External");
            let target = if is_external { target.into_owned() } else { resolve(folder, &target) };
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            relations.insert(id.into_owned(), Relation { kind, target, is_external });
        }
        relations
    }

    /// The main part: by the package's own relationships, or where it is by custom.
    pub(super) fn main_part(&mut self, custom: &str) -> String {
        let relations = self.relations("");
        let main = relations.into_values().find(|relation| relation.kind == "officeDocument");
        match main {
            Some(relation) if self.archive.contains(&relation.target) => relation.target,
            _ => custom.to_owned(),
        }
    }

    /// Notes what the document says of itself, the files within it, and whether it is damaged.
    pub(super) fn describe(&mut self, writer: &mut Writer) {
        let core = self.part("docProps/core.xml");
        let tree = Tree::parse(&core);
        let properties = writer.properties();
        if let Some(root) = tree.root() {
            let text = |name| {
                let text = root.child(name)?.text().trim().to_owned();
                (!text.is_empty()).then_some(text)
            };
            properties.title = text("title");
            properties.author = text("creator");
            properties.date = text("modified").or_else(|| text("created"));
            properties.language = properties.language.take().or_else(|| text("language"));
        }
        self.attach(properties);
        self.tell_losses(writer);
    }

    fn attach(&self, properties: &mut Properties) {
        let is_file = |name: &&str| name.contains("/embeddings/") && !name.ends_with('/');
        let names = self.archive.names().filter(is_file);
        properties.attachments.extend(names.map(|name| last(name).to_owned()));
    }

    /// Notes that the archive was cut short.
    pub(super) fn tell_losses(&self, writer: &mut Writer) {
        if self.archive.is_cut() {
            writer.warn(Warning::loss(
                "the file is damaged, or parts of it are too large; what could be read is here",
            ));
        }
    }
}

/// The last name of a path.
pub(super) fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A target as the name of a part; `folder` is that of the part which refers to it.
fn resolve(folder: &str, target: &str) -> String {
    let (mut path, target) = match target.strip_prefix('/') {
        Some(target) => (Vec::new(), target),
        None => (folder.split('/').filter(|name| !name.is_empty()).collect(), target),
    };
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

/// A part's characters. XML is UTF-8 unless a byte order mark says that it is UTF-16.
fn decode(bytes: Vec<u8>) -> String {
    match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, length)) if encoding != encoding_rs::UTF_8 => {
            let rest = bytes.get(length..).unwrap_or_default();
            encoding.decode_without_bom_handling(rest).0.into_owned()
        }
        _ => String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_names_of_parts() {
        let check = |folder, target, expect| assert_eq!(resolve(folder, target), expect);
        check("word", "media/a.png", "word/media/a.png");
        check("ppt/slides", "../charts/chart1.xml", "ppt/charts/chart1.xml");
        check("ppt/slides", "/ppt/x.xml", "ppt/x.xml");
        check("", "word/document.xml", "word/document.xml");
        check("a", "../../../b", "b");
    }
}
