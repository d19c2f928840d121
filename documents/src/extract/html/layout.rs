//! Which tables are there for the layout of the page only: those that hold other tables, headings
//! or preformatted text, and those that have but one column.

use std::collections::{HashMap, HashSet};

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::{Html, Node};

/// Finds the tables of a page that hold no data.
pub(super) fn layout_tables(page: &Html) -> HashSet<NodeId> {
    let mut layout = HashSet::new();
    let mut open: Vec<NodeId> = Vec::new();
    let mut columns: HashMap<NodeId, usize> = HashMap::new();
    let mut in_row = 0_usize;
    for edge in page.tree.root().traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        let Node::Element(element) = node.value() else { continue };
        match (element.name(), opens) {
            ("table", true) => {
                layout.extend(open.last());
                open.push(node.id());
            }
            ("table", false) => {
                open.pop();
            }
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre", true) => layout.extend(open.last()),
            ("tr", true) => in_row = 0,
            ("td" | "th", true) => {
                in_row += 1;
                if let Some(table) = open.last() {
                    let most = columns.entry(*table).or_default();
                    *most = in_row.max(*most);
                }
            }
            _ => {}
        }
    }
    layout.extend(columns.iter().filter(|(_, most)| **most < 2).map(|(table, _)| *table));
    layout
}
