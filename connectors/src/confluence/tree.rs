//! The pages of a space as a tree: each below its parent, so that what is above a page is known
//! before it.

use std::collections::{HashMap, HashSet};

use super::fault::Fault;
use super::wiki::Wiki;
use super::wire::Entry;

/// The most nodes between a page and its root; what is deeper is no tree.
const DEPTH: usize = 200;

/// What is known of something with pages below it.
#[derive(Debug, Clone)]
struct Node {
    title: String,
    parent: Option<Parent>,
}

#[derive(Debug, Clone)]
struct Parent {
    id: String,
    kind: String,
}

/// The nodes of a space by their ids.
#[derive(Debug, Default)]
pub(super) struct Tree(HashMap<String, Node>);

/// A node above a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Above {
    pub(super) id: String,
    pub(super) title: String,
}

impl Tree {
    /// The tree of these pages.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut nodes: HashMap<String, Node> = HashMap::new();
        for entry in entries {
            // Data Center tells the whole way down to a page.
            let mut parent = None;
            for ancestor in &entry.ancestors {
                let node = Node { title: ancestor.title.clone(), parent: parent.take() };
                nodes.entry(ancestor.id.clone()).or_insert(node);
                parent = Some(Parent { id: ancestor.id.clone(), kind: "page".to_owned() });
            }
            nodes.insert(
                entry.id.clone(),
                Node { title: entry.title.clone(), parent: parent.or_else(|| Parent::of(entry)) },
            );
        }
        Self(nodes)
    }

    /// What is above a page, nearest first. Folders and the like are asked for.
    pub(super) async fn above(&mut self, wiki: &Wiki, id: &str) -> Result<Vec<Above>, Fault> {
        let mut above = Vec::new();
        let mut met = HashSet::from([id.to_owned()]);
        let mut parent = self.0.get(id).and_then(|node| node.parent.clone());
        while let Some(Parent { id, kind }) = parent {
            if above.len() >= DEPTH || !met.insert(id.clone()) {
                return Err(Fault::Malformed { reason: "pages are above themselves".to_owned() });
            }
            if !self.0.contains_key(&id) {
                let node = match wiki.container(&id, &kind).await? {
                    Some(entry) => Node { title: entry.title.clone(), parent: Parent::of(&entry) },
                    None => Node { title: String::new(), parent: None },
                };
                self.0.insert(id.clone(), node);
            }
            let node = self.0.get(&id);
            above
                .push(Above { title: node.map(|node| node.title.clone()).unwrap_or_default(), id });
            parent = node.and_then(|node| node.parent.clone());
        }
        Ok(above)
    }
}

impl Parent {
    fn of(entry: &Entry) -> Option<Self> {
        let kind = entry.parent_type.clone().unwrap_or_else(|| "page".to_owned());
        Some(Self { id: entry.parent_id.clone()?, kind })
    }
}

/// Pages in an order in which each comes after its parent, as far as that is among them.
pub(super) fn downwards(entries: Vec<Entry>) -> Vec<Entry> {
    let parent = |entry: &Entry| {
        let nearest = entry.ancestors.last().map(|ancestor| ancestor.id.clone());
        nearest.or_else(|| entry.parent_id.clone())
    };
    let ids: HashSet<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    let mut below: HashMap<Option<String>, Vec<Entry>> = HashMap::new();
    for entry in entries.into_iter().rev() {
        let parent = parent(&entry).filter(|parent| ids.contains(parent));
        below.entry(parent).or_default().push(entry);
    }
    let mut ordered = Vec::with_capacity(ids.len());
    let mut open = below.remove(&None).unwrap_or_default();
    while let Some(entry) = open.pop() {
        open.extend(below.remove(&Some(entry.id.clone())).unwrap_or_default());
        ordered.push(entry);
    }
    // What is above itself hangs nowhere.
    ordered.extend(below.into_values().flatten());
    ordered
}
