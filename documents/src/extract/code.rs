//! Source code: files of it, and where the statements of any code begin, by its grammar.
//!
//! A grammar's parser does not fail: what is no statement of the language is an error in its tree,
//! and the lines of it are marked as far as they are understood.

mod grammar;

use std::ops::{ControlFlow, Range};

use tree_sitter::{Node, ParseOptions, Parser, Tree, TreeCursor};

use super::decode::decode;
use super::origins::origins;
use crate::extracted::{Block, BlockKind, Extracted, Kind, Landmark, Mark};
use crate::words::is_fence;
use grammar::Grammar;

/// Longer code is not parsed: its tree takes some thirty times its memory.
const LONGEST: usize = 512 << 10;

/// Nor is what people do not write: longer lines, and deeper nesting. Parsers of some grammars need
/// more stack and time for it than there is.
const LONGEST_LINE: usize = 4096;
const DEEPEST: usize = 256;

/// A parser is asked now and then whether it may go on: in what people write every 150 bytes, and
/// every 24 at least (of 5,000 files of a dozen languages). So many bytes have a check, and short
/// code some more.
const BYTES_PER_CHECK: usize = 16;
const FEWEST_CHECKS: usize = 200;

/// How much deeper a line is than the statement that it goes on, or than the one above that speaks
/// of it: a comment, an attribute.
const GOES_ON: u8 = 4;

/// The name of the language that source files with this ending, in lower case, are in.
pub(super) fn language(ending: &str) -> Option<&'static str> {
    Grammar::named(ending)
}

/// A file of source code, as it is.
pub(super) fn extract(bytes: &[u8], charset: Option<&str>, language: Option<&str>) -> Extracted {
    let decoded = decode(bytes, charset);
    let range = 0..decoded.text.trim_end().len();
    let kind = BlockKind::Code { language: language.map(str::to_owned) };
    Extracted {
        origins: origins(bytes, &decoded),
        warnings: decoded.warnings,
        blocks: if range.is_empty() { Vec::new() } else { vec![Block { range, kind }] },
        ..Extracted::new(decoded.text, Kind::Code)
    }
}

/// Marks the statements of all code whose grammar is known.
pub(super) fn mark_statements(extracted: &mut Extracted) {
    let mut found = Vec::new();
    for block in &extracted.blocks {
        let BlockKind::Code { language: Some(language) } = &block.kind else { continue };
        let code = inside(&extracted.text, &block.range);
        let text = extracted.text.get(code.clone()).unwrap_or_default();
        let Some(grammar) = Grammar::of(language, text) else { continue };
        if let Some(tree) = parse(grammar, text) {
            found.extend(statements(text, &tree).into_iter().map(|(at, depth)| Mark {
                offset: code.start + at,
                landmark: Landmark::Statement { depth },
            }));
        }
    }
    if !found.is_empty() {
        extracted.marks.append(&mut found);
        extracted.marks.sort_by_key(|mark| mark.offset);
    }
}

/// A block without its fences.
fn inside(text: &str, block: &Range<usize>) -> Range<usize> {
    let code = text.get(block.clone()).unwrap_or_default();
    let first = code.find('\n').map_or(code.len(), |end| end + 1);
    let last = code.rfind('\n').map_or(0, |end| end + 1);
    let start = if is_fence(code) { first } else { 0 };
    let is_closed = code.get(last..).is_some_and(|line| is_fence(line.trim_start()));
    let end = if is_closed { last } else { code.len() };
    block.start + start..block.start + end.max(start)
}

/// The tree of some code; none where it is not written by people, or takes its parser too long.
fn parse(grammar: &Grammar, code: &str) -> Option<Tree> {
    if code.len() > LONGEST || !is_written_by_people(code) {
        return None;
    }
    let mut parser = Parser::new();
    parser.set_language(&grammar.language.into()).ok()?;
    let mut left = (code.len() / BYTES_PER_CHECK).max(FEWEST_CHECKS);
    let mut check = |_: &_| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut check);
    let mut rest = |at: usize, _| code.as_bytes().get(at..).unwrap_or_default();
    parser.parse_with_options(&mut rest, None, Some(options))
}

fn is_written_by_people(code: &str) -> bool {
    let mut depth: usize = 0;
    code.lines().all(|line| line.len() <= LONGEST_LINE)
        && code.bytes().all(|byte| {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth <= DEEPEST
        })
}

/// A line of code.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    /// Its first byte that is no blank; none where it is empty.
    start: Option<usize>,
    /// Constructs that begin in a line above it and end in it or below, less those of the row above.
    opened: i32,
    /// Whether it goes on with something that is begun, or follows what speaks of it.
    goes_on: bool,
}

/// The lines of some code, from the second on, and how many constructs stand open before each.
fn statements(code: &str, tree: &Tree) -> Vec<(usize, u8)> {
    let mut at = 0;
    let mut rows: Vec<Row> = Vec::new();
    for line in code.split_inclusive('\n') {
        let start = line.find(|c: char| !c.is_whitespace()).map(|blanks| at + blanks);
        rows.push(Row { start, ..Row::default() });
        at += line.len();
    }
    let mut cursor = tree.walk();
    // Those around the node that the cursor is at.
    let mut around: Vec<Construct> = Vec::new();
    loop {
        let construct = Construct::of(&cursor, around.last());
        if let Some(parent) = around.last() {
            visit(&mut rows, &cursor.node(), &construct, parent);
        }
        if cursor.goto_first_child() {
            around.push(construct);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return depths(&rows);
            }
            around.pop();
        }
    }
}

/// What is needed of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Construct {
    start: usize,
    /// Its first row and its last.
    rows: (usize, usize),
    /// Whether it, or one around it in the same rows, counts as open between them. A body does not:
    /// the construct is open whose body it is.
    is_open: bool,
}

impl Construct {
    fn of(cursor: &TreeCursor<'_>, parent: Option<&Self>) -> Self {
        let node = cursor.node();
        let end = node.end_position();
        // What ends with a line break does not reach into the next line.
        let last = end.row.saturating_sub(usize::from(end.column == 0));
        let rows = (node.start_position().row, last);
        let is_open = match parent {
            Some(parent) if parent.rows == rows && parent.is_open => true,
            Some(_) if node.is_error() || cursor.field_name() == Some("body") => false,
            Some(_) => rows.0 < rows.1,
            None => false,
        };
        Self { start: node.start_byte(), rows, is_open }
    }
}

/// Notes what a node says of the rows that it stands in.
fn visit(rows: &mut [Row], node: &Node<'_>, construct: &Construct, parent: &Construct) {
    let (first, last) = construct.rows;
    if construct.is_open && !(parent.is_open && parent.rows == construct.rows) {
        if let Some(row) = rows.get_mut(first + 1) {
            row.opened += 1;
        }
        if let Some(row) = rows.get_mut(last + 1) {
            row.opened -= 1;
        }
    }
    let begins_row = rows.get(first).is_some_and(|row| row.start == Some(construct.start));
    if !begins_row {
        return;
    }
    let is_token = node.child_count() == 0 && node.start_byte() < node.end_byte();
    if is_token
        && !node.is_named()
        && parent.start < construct.start
        && let Some(row) = rows.get_mut(first)
    {
        row.goes_on = true;
    }
    let speaks_of_next =
        node.is_extra() || node.kind().contains("comment") || node.kind() == "attribute_item";
    if speaks_of_next && let Some(row) = rows.get_mut(last + 1) {
        row.goes_on = true;
    }
}

fn depths(rows: &[Row]) -> Vec<(usize, u8)> {
    let mut open = 0_i32;
    let mut depths = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        open += row.opened;
        if let Some(start) = row.start.filter(|_| index > 0) {
            let depth = u8::try_from(open).unwrap_or(if open < 0 { 0 } else { u8::MAX });
            let further = if row.goes_on { GOES_ON } else { 0 };
            depths.push((start, depth.saturating_add(further)));
        }
    }
    depths
}

#[cfg(test)]
mod tests;
