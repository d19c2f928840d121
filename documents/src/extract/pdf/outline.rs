//! The outline of a document (its bookmarks): titles, how deep they are, and where they lead.

use std::collections::{HashMap, HashSet};

use lopdf::{Dictionary, Object, ObjectId};

use super::frame::Frame;
use super::objects::{Pdf, as_dictionary, as_number};
use super::pages::Page;
use crate::extracted::title_of;

/// More entries are left out.
const MOST_ENTRIES: usize = 10_000;

/// Entries deeper than this are as deep as this.
const DEEPEST: u8 = 6;

/// Nodes of a tree of names that are looked at.
const MOST_NODES: usize = 20_000;

/// An entry of the outline.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// 1 for the outermost.
    pub(super) level: u8,
    pub(super) title: String,
    /// The height on the page as shown, where one is told.
    pub(super) height: Option<f64>,
}

/// The entries by page, in their order.
pub(super) type Outline = HashMap<u32, Vec<Entry>>;

/// The document's outline.
pub(super) fn of<'a>(pdf: &Pdf<'a>, pages: &[Page<'a>]) -> Outline {
    let mut outline = Outline::new();
    let Some(catalog) = pdf.dictionary(pdf.trailer(), b"Root") else { return outline };
    let first = pdf.dictionary(catalog, b"Outlines").and_then(|root| root.get(b"First").ok());
    let Some(first) = first else { return outline };
    let places = Places::of(pdf, catalog, pages);
    let mut seen: HashSet<ObjectId> = HashSet::new();
    let mut waiting = vec![(first, 1_u8)];
    let mut count = 0;
    while let Some((object, level)) = waiting.pop() {
        let is_new = object.as_reference().is_ok_and(|id| seen.insert(id));
        if !is_new || count >= MOST_ENTRIES {
            continue;
        }
        count += 1;
        let Some(entry) = as_dictionary(pdf.resolve(object)) else { continue };
        // The last to be put aside comes first.
        waiting.extend(entry.get(b"Next").ok().map(|next| (next, level)));
        let deeper = level.saturating_add(1).min(DEEPEST);
        waiting.extend(entry.get(b"First").ok().map(|first| (first, deeper)));
        let title =
            pdf.get(entry, b"Title").and_then(|title| lopdf::decode_text_string(title).ok());
        if let Some(title) = title.as_deref().and_then(title_of)
            && let Some((number, height)) = places.of_entry(entry)
            && says_something(&title)
        {
            outline.entry(number).or_default().push(Entry { level, title, height });
        }
    }
    outline
}

/// Whether a title is more than a page's number.
fn says_something(title: &str) -> bool {
    let words = title.to_lowercase();
    let rest = words.strip_prefix("page").unwrap_or(&words);
    rest.chars().any(char::is_alphabetic)
}

/// Where destinations are.
struct Places<'p, 'a> {
    pdf: &'p Pdf<'a>,
    numbers: HashMap<*const Dictionary, (u32, Frame)>,
    named: HashMap<Vec<u8>, &'a Object>,
}

impl<'p, 'a> Places<'p, 'a> {
    fn of(pdf: &'p Pdf<'a>, catalog: &'a Dictionary, pages: &[Page<'a>]) -> Self {
        let numbers = (1..)
            .zip(pages)
            .map(|(number, page)| (std::ptr::from_ref(page.dictionary), (number, page.frame)));
        let mut named = HashMap::new();
        if let Some(old) = pdf.dictionary(catalog, b"Dests") {
            named.extend(old.iter().map(|(name, place)| (name.clone(), place)));
        }
        if let Some(tree) = pdf.dictionary(catalog, b"Names").and_then(|n| n.get(b"Dests").ok()) {
            named.extend(names(pdf, tree).into_iter().map(|(name, place)| (name.to_vec(), place)));
        }
        Self { pdf, numbers: numbers.collect(), named }
    }

    /// The page that an entry leads to, and the height on it.
    fn of_entry(&self, entry: &'a Dictionary) -> Option<(u32, Option<f64>)> {
        let pdf = self.pdf;
        let place = pdf.get(entry, b"Dest").or_else(|| {
            let action = pdf.dictionary(entry, b"A")?;
            (pdf.name(action, b"S") == Some(b"GoTo")).then(|| pdf.get(action, b"D"))?
        })?;
        let place = match place {
            Object::Name(name) | Object::String(name, _) => pdf.resolve(self.named.get(name)?),
            place => place,
        };
        let place = match place {
            Object::Dictionary(dictionary) => pdf.get(dictionary, b"D")?,
            place => place,
        };
        let [page, rest @ ..] = place.as_array().ok()?.as_slice() else { return None };
        let page: *const Dictionary = as_dictionary(pdf.resolve(page))?;
        let (number, frame) = self.numbers.get(&page)?;
        let coordinate = |at: usize| rest.get(at).and_then(|number| as_number(pdf.resolve(number)));
        let top = match rest.first().and_then(|kind| kind.as_name().ok()) {
            Some(b"XYZ") => coordinate(2).map(|top| (coordinate(1).unwrap_or_default(), top)),
            Some(b"FitH" | b"FitBH") => coordinate(1).map(|top| (0.0, top)),
            _ => None,
        };
        Some((*number, top.map(|(left, top)| frame.matrix.apply(left, top).1)))
    }
}

/// What a tree of names holds.
pub(super) fn names<'a>(pdf: &Pdf<'a>, root: &'a Object) -> Vec<(&'a [u8], &'a Object)> {
    let mut found = Vec::new();
    let mut seen: HashSet<ObjectId> = HashSet::new();
    let mut waiting = vec![root];
    let mut nodes = 0;
    while let Some(node) = waiting.pop() {
        nodes += 1;
        if nodes > MOST_NODES || node.as_reference().is_ok_and(|id| !seen.insert(id)) {
            continue;
        }
        let Some(node) = as_dictionary(pdf.resolve(node)) else { continue };
        for pair in pdf.array(node, b"Names").unwrap_or_default().chunks_exact(2) {
            if let [name, value] = pair
                && let Ok(name) = pdf.resolve(name).as_str()
                && found.len() < MOST_NODES
            {
                found.push((name, value));
            }
        }
        waiting.extend(pdf.array(node, b"Kids").unwrap_or_default().iter().rev());
    }
    found
}
