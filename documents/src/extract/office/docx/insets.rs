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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::super::extract;
    use super::*;
    use crate::archive::tests::zip;

    fn check(body: &str, expect: &str) {
        let relations = [("chart", "c.xml"), ("diagramData", "d.xml"), ("aFChunk", "e.htm")];
        let relations: Vec<String> = relations
            .iter()
            .map(|(kind, name)| {
                format!("<Relationship Id='{kind}' Type='x/{kind}' Target='{name}'/>")
            })
            .collect();
        let relations = format!("<Relationships>{}</Relationships>", relations.concat());
        let document = format!("<w:document><w:body>{body}</w:body></w:document>");
        let bytes = zip(&[
            ("word/document.xml", document.as_bytes()),
            ("word/_rels/document.xml.rels", relations.as_bytes()),
            (
                "word/c.xml",
                b"<c:chartSpace><c:chart><c:title><a:t>Sales</a:t></c:title><c:ser><c:tx><c:v>N</c:v>\
                  </c:tx><c:cat><c:pt idx='0'><c:v>May</c:v></c:pt></c:cat><c:val><c:pt idx='0'>\
                  <c:v>5</c:v></c:pt></c:val></c:ser></c:chart></c:chartSpace>",
            ),
            ("word/d.xml", b"<d:pts><d:pt><a:p><a:t>Plan</a:t></a:p></d:pt></d:pts>"),
            ("word/e.htm", b"<html><body><p>A <b>page</b></p></body></html>"),
        ]);
        assert_eq!(extract(&bytes, &mut Nesting::default()).unwrap().text, expect);
    }

    #[test]
    fn what_stands_in_parts_of_its_own_is_shown_where_it_belongs() {
        let drawn = |node: &str| {
            format!(
                "<w:p><w:r><w:drawing><a:graphicData>{node}</a:graphicData></w:drawing></w:r></w:p>"
            )
        };
        let (chart, diagram) =
            (drawn("<c:chart r:id='chart'/>"), drawn("<d:relIds r:dm='diagramData'/>"));
        let words = "<w:p><w:r><w:t>words</w:t></w:r></w:p>";
        check(
            &[words, &chart, &diagram, "<w:altChunk r:id='aFChunk'/>", words].concat(),
            "words\n\nSales\n\n| Category | N |\n| --- | --- |\n| May | 5 |\n\n- Plan\n\nA page\n\nwords",
        );
        let cell = |content: &str| format!("<w:tc>{content}</w:tc>");
        let row = [cell(&chart), cell(words)].concat();
        check(&format!("<w:tbl><w:tr>{row}</w:tr></w:tbl>"), "| Sales Category N May 5 | words |");
    }

    #[test]
    fn equations_side_by_side_are_kept_apart() {
        let equation = |text: &str| format!("<m:oMath><m:r><m:t>{text}</m:t></m:r></m:oMath>");
        check(&format!("<w:p>{}{}</w:p>", equation("a=b"), equation("c=d")), "a=b c=d");
    }
}
