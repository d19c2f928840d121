//! Where an element stands, as a CSS selector: a path from the nearest id that is its own, or from
//! the root. It holds for the page as browsers parse it.

use std::collections::HashMap;
use std::fmt::Write as _;

use corpus::SourcePlace;

use super::page::Page;

/// Ids longer than this are not used.
const LONGEST_ID: usize = 80;

/// Of elements deeper below an id or the root, the one at this depth is named.
const MOST_STEPS: usize = 40;

/// Finds selectors of a page's elements.
#[derive(Debug)]
pub(super) struct Selectors<'a> {
    page: &'a Page,
    ids: HashMap<&'a str, Option<usize>>,
}

impl<'a> Selectors<'a> {
    pub(super) fn new(page: &'a Page) -> Self {
        Self { page, ids: page.ids() }
    }

    /// The place of what stands from one element to another.
    pub(super) fn place(&self, first: usize, last: usize) -> SourcePlace {
        let first_path = self.path(first);
        let last = if first == last { first_path.clone() } else { self.path(last) };
        SourcePlace::Elements { part: None, first: first_path, last }
    }

    /// The selector of an element.
    fn path(&self, index: usize) -> String {
        let mut steps = Vec::new();
        let mut path = String::new();
        for at in std::iter::once(index).chain(self.page.above(index)) {
            let Some(element) = self.page.element(at) else { continue };
            if let Some(id) = element.attribute("id").filter(|id| self.is_own(id, at)) {
                path = format!("#{}", escape(id));
                break;
            }
            match element.name() {
                "" => {}
                name @ ("html" | "body") => steps.push(name.to_owned()),
                name => steps.push(format!("{}:nth-of-type({})", escape(name), element.ordinal)),
            }
        }
        for step in steps.iter().rev().take(MOST_STEPS) {
            if !path.is_empty() {
                path.push_str(" > ");
            }
            path.push_str(step);
        }
        path
    }

    fn is_own(&self, id: &str, index: usize) -> bool {
        id.len() <= LONGEST_ID
            && !id.contains(char::is_whitespace)
            && self.ids.get(id) == Some(&Some(index))
    }
}

/// A name as CSS wants it written.
fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    let mut after_dash = true;
    for (number, c) in name.chars().enumerate() {
        // A digit is part of a name, but does not begin one.
        let begins = number == 0 || (number == 1 && after_dash);
        after_dash &= c == '-';
        // Writing to a string does not fail.
        let _infallible = match c {
            '0'..='9' if begins => write!(escaped, "\\{:x} ", u32::from(c)),
            '-' if name.len() == 1 => write!(escaped, "\\-"),
            c if c.is_control() => write!(escaped, "\\{:x} ", u32::from(c)),
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii() => {
                write!(escaped, "{c}")
            }
            c => write!(escaped, "\\{c}"),
        };
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped() {
        let check = |name, expect| assert_eq!(escape(name), expect);
        check("usage", "usage");
        check("1-a", "\\31 -a");
        check("-1", "-\\31 ");
        check("a.b:c", "a\\.b\\:c");
        check("-", "\\-");
        check("größe_2", "größe_2");
    }

    #[test]
    fn paths_begin_at_ids_or_the_root() {
        let page = Page::parse(
            "<!DOCTYPE html><div><p>a<p>b</div><div id=x><b><p>c</b></div><i id=y></i><i id=y></i>",
        );
        let selectors = Selectors::new(&page);
        let paths: Vec<String> = (0..page.nodes.len())
            .filter(|index| matches!(page.name(*index), "p" | "i"))
            .map(|index| selectors.path(index))
            .collect();
        assert_eq!(
            paths,
            [
                "html > body > div:nth-of-type(1) > p:nth-of-type(1)",
                "html > body > div:nth-of-type(1) > p:nth-of-type(2)",
                "#x > p:nth-of-type(1)",
                "html > body > i:nth-of-type(1)",
                "html > body > i:nth-of-type(2)",
            ]
        );
    }
}
