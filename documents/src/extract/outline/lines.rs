//! Writes an outline as one block of lines, `path.to.value: text`: a record among many.

use super::{Form, Outline};

/// Of a path, so many names are written.
const LONGEST_PATH: usize = 6;

impl Outline {
    /// The lines of all values.
    pub(in super::super) fn lines(&self) -> String {
        let mut lines = String::new();
        // The nodes that are open: their names and where they end.
        let mut path: Vec<(&str, u32)> = Vec::new();
        let mut number = 0;
        while let Some(node) = self.node(number) {
            while path.last().is_some_and(|(_, end)| *end <= number) {
                path.pop();
            }
            let name = self.name(node);
            let on_one_line = if node.form == Form::Value {
                Some(self.text(node).to_owned())
            } else if node.form == Form::List {
                self.on_one_line(number)
            } else {
                None
            };
            if let Some(text) = on_one_line {
                if !lines.is_empty() {
                    lines.push('\n');
                }
                let skipped = path.len().saturating_sub(LONGEST_PATH);
                let names = path.iter().skip(skipped).map(|(name, _)| *name).chain([name]);
                let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
                if names.is_empty() {
                    lines.push_str(&text);
                } else {
                    lines.extend([&names.join("."), ": ", &text]);
                }
                number = node.next.max(number + 1);
            } else {
                path.push((name, node.next));
                number += 1;
            }
        }
        lines
    }
}
