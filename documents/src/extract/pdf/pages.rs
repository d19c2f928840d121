//! The pages of a document, in order, with what they inherit.

use std::collections::HashSet;

use lopdf::{Dictionary, Object};

use super::frame::{Area, Frame, ordered};
use super::objects::{Pdf, as_dictionary, as_number};

/// The most pages that are read.
pub(super) const MOST_PAGES: usize = 10_000;

/// A page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    /// Its dictionary.
    pub(super) dictionary: &'a Dictionary,
    /// Its resources, or those of the nearest node above that has some.
    pub(super) resources: Option<&'a Dictionary>,
    /// How it is shown.
    pub(super) frame: Frame,
}

/// What a node hands down to the pages below it.
#[derive(Debug, Clone, Copy, Default)]
struct Inherited<'a> {
    resources: Option<&'a Dictionary>,
    media: Option<Area>,
    crop: Option<Area>,
    rotation: Option<f64>,
}

impl<'a> Inherited<'a> {
    /// What there is below a node.
    fn below(self, pdf: &Pdf<'a>, node: &'a Dictionary) -> Self {
        Self {
            resources: pdf.dictionary(node, b"Resources").or(self.resources),
            media: pdf.numbers(node, b"MediaBox").or(self.media),
            crop: pdf.numbers(node, b"CropBox").or(self.crop),
            rotation: pdf.get(node, b"Rotate").and_then(as_number).or(self.rotation),
        }
    }

    fn page(self, dictionary: &'a Dictionary) -> Page<'a> {
        let frame = Frame::of(self.media, self.crop, self.rotation.unwrap_or_default());
        Page { dictionary, resources: self.resources, frame }
    }
}

impl<'a> Page<'a> {
    /// The parts of articles on this page, in their order.
    pub(super) fn beads(&self, pdf: &Pdf<'a>) -> Vec<Area> {
        const MOST: usize = 200;
        let beads = pdf.array(self.dictionary, b"B").unwrap_or_default().iter().take(MOST);
        beads
            .filter_map(|bead| pdf.numbers(as_dictionary(pdf.resolve(bead))?, b"R"))
            .map(|area| self.frame.shown(ordered(area)))
            .collect()
    }
}

/// The pages that were found.
#[derive(Debug, Default)]
pub(super) struct Pages<'a> {
    /// In the order of the document.
    pub(super) pages: Vec<Page<'a>>,
    /// What is wrong with the tree.
    pub(super) fault: Option<&'static str>,
}

/// Walks the page tree. Each node is visited once, so that loops end.
pub(super) fn of<'a>(pdf: &Pdf<'a>) -> Pages<'a> {
    let mut found = Pages::default();
    let root =
        pdf.dictionary(pdf.trailer(), b"Root").and_then(|catalog| catalog.get(b"Pages").ok());
    let mut seen = HashSet::new();
    let mut waiting: Vec<(&Object, Inherited<'_>)> = Vec::new();
    waiting.extend(root.map(|root| (root, Inherited::default())));
    while let Some((object, inherited)) = waiting.pop() {
        if found.pages.len() >= MOST_PAGES {
            found.fault = Some("there are more than 10,000 pages; the rest is left out");
            break;
        }
        if let Ok(id) = object.as_reference()
            && !seen.insert(id)
        {
            found.fault = Some("the page tree refers to itself");
            continue;
        }
        let Some(node) = as_dictionary(pdf.resolve(object)) else {
            found.fault = Some("the page tree names pages that are not there");
            continue;
        };
        let inherited = inherited.below(pdf, node);
        match (pdf.name(node, b"Type"), pdf.array(node, b"Kids")) {
            (Some(b"Page"), _) => found.pages.push(inherited.page(node)),
            (_, Some(kids)) => waiting.extend(kids.iter().rev().map(|kid| (kid, inherited))),
            (Some(b"Pages"), None) => found.fault = Some("the page tree is cut off"),
            (_, None) => found.pages.push(inherited.page(node)),
        }
    }
    if found.pages.is_empty() {
        found.pages = strays(pdf);
        found.fault = found.fault.or(Some("there is no page tree; pages may be out of order"));
    }
    found
}

/// Everything that says it is a page, for want of a tree.
fn strays<'a>(pdf: &Pdf<'a>) -> Vec<Page<'a>> {
    pdf.objects()
        .filter_map(|(_, object)| as_dictionary(object))
        .filter(|dictionary| pdf.name(dictionary, b"Type") == Some(b"Page"))
        .take(MOST_PAGES)
        .map(|dictionary| Inherited::default().below(pdf, dictionary).page(dictionary))
        .collect()
}
