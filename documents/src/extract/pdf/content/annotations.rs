//! What is laid over a page: fields of forms and text that was written onto it, which are read as
//! they look; links; and remarks, which are not seen on the page.

use lopdf::{Dictionary, Object, Stream};

use super::state::State;
use super::{Run, decode};
use crate::extract::pdf::frame::{Area, ordered};
use crate::extract::pdf::matrix::Matrix;
use crate::extract::pdf::objects::{Pdf, as_dictionary, as_index};
use crate::extract::pdf::pages::Page;
use crate::words::letters;

/// More annotations of a page are left out.
const MOST: usize = 5_000;

/// More links of a page are left out: each goes through the page's glyphs.
const MOST_LINKS: usize = 500;

/// Flags of annotations that are not seen: hidden, and not to be viewed.
const UNSEEN: u32 = 0b10_0010;

/// Fields within fields deeper than this have no names from above.
const DEEPEST_FIELD: usize = 16;

/// What a reader wrote about a place on the page, or filled into it.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Remark {
    /// The field's name, or who wrote it.
    pub(in super::super) label: String,
    pub(in super::super) text: String,
    /// Where on the page as shown.
    pub(in super::super) area: Area,
}

impl<'a> Run<'_, '_, 'a> {
    pub(super) fn annotations(&mut self, page: Page<'a>) {
        let pdf = self.reader.pdf;
        let mut links = 0;
        for object in pdf.array(page.dictionary, b"Annots").unwrap_or_default().iter().take(MOST) {
            let Ok(annotation) = pdf.resolve(object).as_dict() else { continue };
            let flags = pdf.get(annotation, b"F").and_then(as_index);
            if flags.is_some_and(|flags| flags & UNSEEN != 0) {
                continue;
            }
            let area = pdf.numbers(annotation, b"Rect").map(ordered).unwrap_or_default();
            let area = page.frame.shown(area);
            match pdf.name(annotation, b"Subtype") {
                Some(b"Widget") => {
                    // What a field holds is not always drawn; then it has to be said.
                    if self.draw_appearance(page, annotation).is_empty() {
                        self.sheet.remarks.extend(unseen(pdf, annotation, area));
                    }
                }
                Some(b"Link") if links < MOST_LINKS => {
                    if let Some(target) = target(pdf, annotation) {
                        self.sheet.glyphs.link(area, &target);
                        links += 1;
                    }
                }
                Some(b"Popup" | b"Link") | None => {}
                // These mark a place, by a sign or a colour.
                Some(
                    b"Text" | b"FileAttachment" | b"Caret" | b"Highlight" | b"Underline"
                    | b"Squiggly" | b"StrikeOut",
                ) => self.sheet.remarks.extend(note(pdf, annotation, area)),
                Some(_) => {
                    let drawn = letters(&self.draw_appearance(page, annotation));
                    let note = note(pdf, annotation, area);
                    let is_new = |note: &Remark| !drawn.contains(&letters(&note.text));
                    self.sheet.remarks.extend(note.filter(is_new));
                }
            }
        }
    }

    /// Draws an annotation as it looks; the text that this shows.
    fn draw_appearance(&mut self, page: Page<'a>, annotation: &'a Dictionary) -> String {
        let before = self.sheet.glyphs.len();
        if let Some((form, placement)) = self.appearance(annotation) {
            self.form(form, None, placement, &State::placed(page.frame.matrix));
        }
        self.sheet.glyphs.iter().skip(before).map(|(_, text)| text).collect()
    }

    /// The picture of an annotation, and the matrix that puts it into its place.
    fn appearance(&self, annotation: &'a Dictionary) -> Option<(&'a Stream, Matrix)> {
        let pdf = self.reader.pdf;
        let appearances = pdf.dictionary(annotation, b"AP")?;
        let form = match pdf.get(appearances, b"N")? {
            Object::Dictionary(states) => {
                pdf.get(states, pdf.name(annotation, b"AS")?)?.as_stream().ok()?
            }
            normal => normal.as_stream().ok()?,
        };
        let [left, bottom, ..]: [f64; 4] = pdf.numbers(annotation, b"Rect")?;
        let [x, y, ..]: [f64; 4] = pdf.numbers(&form.dict, b"BBox").unwrap_or_default();
        let matrix = pdf.numbers(&form.dict, b"Matrix").map_or(Matrix::IDENTITY, Matrix);
        let (x, y) = matrix.apply(x, y);
        Some((form, Matrix::translation(left - x, bottom - y)))
    }
}

/// A text of a dictionary, where there is something in it.
fn text<'a>(pdf: &Pdf<'a>, dictionary: &'a Dictionary, key: &[u8]) -> Option<String> {
    let text = decode(pdf.get(dictionary, key)?.as_str().ok()?);
    (!text.trim().is_empty()).then_some(text)
}

/// What was filled into a field.
fn unseen<'a>(pdf: &Pdf<'a>, widget: &'a Dictionary, area: Area) -> Option<Remark> {
    // A field may be spread over the nodes above its widget.
    let parents = std::iter::successors(Some(widget), |node| pdf.dictionary(node, b"Parent"));
    let nodes: Vec<&Dictionary> = parents.take(DEEPEST_FIELD).collect();
    let is_secret = nodes.iter().any(|node| {
        const PASSWORD: u32 = 1 << 13;
        pdf.get(node, b"Ff").and_then(as_index).is_some_and(|flags| flags & PASSWORD != 0)
    });
    let value = nodes.iter().find_map(|node| pdf.get(node, b"V"))?;
    let kind = nodes.iter().find_map(|node| pdf.name(node, b"FT"));
    let value = match value {
        _ if is_secret || !matches!(kind, Some(b"Tx" | b"Ch")) => return None,
        Object::Array(chosen) => {
            let chosen = chosen.iter().filter_map(|item| pdf.resolve(item).as_str().ok());
            chosen.map(decode).collect::<Vec<String>>().join(", ")
        }
        value => decode(value.as_str().ok()?),
    };
    let label = nodes
        .iter()
        .find_map(|node| text(pdf, node, b"TU").or_else(|| text(pdf, node, b"T")))
        .unwrap_or_else(|| "field".to_owned());
    (!value.trim().is_empty()).then_some(Remark { label, text: value, area })
}

/// What a reader noted.
fn note<'a>(pdf: &Pdf<'a>, annotation: &'a Dictionary, area: Area) -> Option<Remark> {
    let written = text(pdf, annotation, b"Contents")?;
    let author = text(pdf, annotation, b"T");
    let label = author.map_or_else(|| "note".to_owned(), |author| format!("note by {author}"));
    Some(Remark { label, text: written, area })
}

/// Where a link leads to outside of the document.
fn target<'a>(pdf: &Pdf<'a>, annotation: &'a Dictionary) -> Option<String> {
    const LONGEST: usize = 2_000;
    let action = as_dictionary(pdf.get(annotation, b"A")?)?;
    let target = String::from_utf8_lossy(pdf.get(action, b"URI")?.as_str().ok()?).into_owned();
    // Parentheses would end the link in Markdown.
    let target = target.trim().replace('(', "%28").replace(')', "%29");
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>');
    let names = ["http://", "https://", "mailto:", "ftp://", "tel:"];
    let is_link = target.len() <= LONGEST && target.chars().all(is_plain);
    (is_link && names.iter().any(|name| target.starts_with(name))).then_some(target)
}
