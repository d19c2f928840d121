//! What is shown within the text and stands in parts of its own: charts, diagrams, and whole
//! documents that Word takes in when it opens the file (`altChunk`).

use std::collections::HashMap;

use crate::extract::Hint;
use crate::extract::html;
use crate::extract::kind::{self, Verdict};
use crate::extract::nested::Nesting;
use crate::extract::office::package::{Package, Relations, last};
use crate::extract::office::{chart, diagram};
use crate::extracted::{Extracted, Kind, Warning};
use crate::writer::{Row, Writer};

/// Charts and diagrams are read until they have so many bytes together.
const MOST_BYTES: usize = 64 << 20;

/// Something that is shown within the text.
#[derive(Debug)]
pub(super) enum Inset {
    /// A title, and a table of the data.
    Chart(String, Vec<Row>),
    /// The words of each point.
    Diagram(Vec<String>),
    Document(Box<Extracted>),
}

/// What the text may show, by the names of its parts.
#[derive(Debug, Default)]
pub(super) struct Insets(HashMap<String, Inset>);

impl Insets {
    /// Reads what a part refers to.
    pub(super) fn read(
        package: &mut Package<'_>,
        relations: &Relations,
        nesting: &mut Nesting,
        writer: &mut Writer,
    ) -> Self {
        let mut insets = HashMap::new();
        let mut left = MOST_BYTES;
        for relation in relations.values().filter(|relation| !relation.is_external) {
            let part = &relation.target;
            let kind = relation.kind.as_str();
            if insets.contains_key(part) || !matches!(kind, "chart" | "diagramData" | "aFChunk") {
                continue;
            }
            let inset = if kind == "aFChunk" {
                document(package, part, nesting, writer)
            } else {
                let text = package.part(part);
                if text.len() > left {
                    writer.warn(Warning::loss(format!("{} is left out: too large", last(part))));
                    continue;
                }
                left -= text.len();
                Some(if kind == "chart" {
                    let (title, rows) = chart::read(&text);
                    Inset::Chart(title, rows)
                } else {
                    Inset::Diagram(diagram::read(&text))
                })
            };
            insets.extend(inset.map(|inset| (part.clone(), inset)));
        }
        Self(insets)
    }

    /// What stands in a part. It is shown once.
    pub(super) fn take(&mut self, part: &str) -> Option<Inset> {
        self.0.remove(part)
    }
}

/// Reads a document that belongs in the text.
fn document(
    package: &mut Package<'_>,
    part: &str,
    nesting: &mut Nesting,
    writer: &mut Writer,
) -> Option<Inset> {
    let bytes = package.bytes(part);
    let name = last(part);
    let hint = Hint { name, media_type: None };
    let read = match kind::of(&bytes, hint) {
        // All of a page that somebody put here is what they meant to say.
        Verdict::Is(Kind::Html) => {
            nesting.within(bytes.len(), |_| Ok(html::extract_whole(&bytes, None)))
        }
        _ => nesting.extract(&bytes, hint),
    };
    let reason = match read {
        Some(Ok(extracted)) => return Some(Inset::Document(Box::new(extracted))),
        Some(Err(error)) => error.to_string(),
        None => "too many files stand within this one, or too deep".to_owned(),
    };
    writer.warn(Warning::loss(format!("{name} was not read: {reason}")));
    writer.properties().attachments.push(name.to_owned());
    None
}

impl Inset {
    /// All of it as one text, for where there is no room for a table.
    pub(super) fn flat(&self) -> String {
        match self {
            Self::Chart(title, rows) => {
                let rows = rows.iter().map(|row| row.cells.join(" "));
                std::iter::once(title.clone()).chain(rows).collect::<Vec<_>>().join("\n")
            }
            Self::Diagram(points) => points.join("\n"),
            Self::Document(extracted) => extracted.text.clone(),
        }
    }
}
