//! A passage as the sentences that can be quoted from it.

mod bounds;

use std::ops::Range;

/// A sentence of a passage; a row of a table, an item of a list and a heading count as such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Where it stands, in bytes, without blanks and marks of lists and headings around it.
    pub(super) range: Range<usize>,
    /// The sentence that it goes on from: the one before, of a row the first row of its table, of
    /// an item what introduces its list.
    pub(super) context: Option<usize>,
    /// Whether it says something by itself, as headings, the names of columns and questions do
    /// not.
    pub(super) quotable: bool,
}

/// What a line is in Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Row,
    Item,
    Heading,
    Prose,
}

/// The sentences of a text, in order.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let flat = bounds::flattened(text);
    let mut found: Vec<Sentence> = Vec::new();
    // Lines of one kind are a block: a table, a list.
    let mut block = Line::Prose;
    let mut block_begins = 0;
    let mut at = 0;
    for line in flat.split_inclusive('\n') {
        let (kind, mark) = Line::of(line);
        let inside = at + mark..at + line.len();
        at += line.len();
        let goes_on = kind == block || (block == Line::Item && line.trim().is_empty());
        if !goes_on {
            (block, block_begins) = (kind, found.len());
        }
        let ranges = match kind {
            Line::Row => bounds::row(text, inside),
            Line::Item | Line::Heading | Line::Prose => bounds::prose(text, &flat, inside),
        };
        // A row without words tells that the first of the table names the columns.
        if kind == Line::Row
            && ranges.is_empty()
            && let Some(names) = found.get_mut(block_begins)
        {
            names.quotable = false;
        }
        for (index, range) in ranges.into_iter().enumerate() {
            let context = match kind {
                Line::Row if found.len() > block_begins => Some(block_begins),
                Line::Item if index == 0 => block_begins.checked_sub(1),
                _ => found.len().checked_sub(1),
            };
            let asks = text[range.clone()].ends_with(['?', '？', '؟']);
            found.push(Sentence { range, context, quotable: kind != Line::Heading && !asks });
        }
    }
    found
}

impl Line {
    /// What a line is, and how many bytes mark it as that.
    fn of(line: &str) -> (Self, usize) {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        if content.starts_with('|') {
            return (Self::Row, 0);
        }
        let digits = content.len() - content.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (kind, mark) = match content.as_bytes() {
            [b'#', ..] => (Self::Heading, content.len() - content.trim_start_matches('#').len()),
            [b'-' | b'*' | b'+', b' ', ..] => (Self::Item, 1),
            _ if content.starts_with("• ") => (Self::Item, '•'.len_utf8()),
            _ if digits > 0 && content[digits..].starts_with([')', '.']) => {
                (Self::Item, digits + 1)
            }
            _ => return (Self::Prose, 0),
        };
        match content[mark..].chars().next() {
            Some(next) if !next.is_whitespace() => (Self::Prose, 0),
            _ => (kind, indent + mark),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, Option<usize>, bool)]) {
        let found = sentences(text);
        let found: Vec<_> = found
            .iter()
            .map(|sentence| (&text[sentence.range.clone()], sentence.context, sentence.quotable))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn prose_is_cut_at_its_sentences() {
        check("", &[]);
        check(
            "Dr. A. Roe left. Why? He was\n  tired.\n",
            &[
                ("Dr. A. Roe left.", None, true),
                ("Why?", Some(0), false),
                ("He was\n  tired.", Some(1), true),
            ],
        );
        check("東京です。次。", &[("東京です。", None, true), ("次。", Some(0), true)]);
    }

    #[test]
    fn tables_and_lists_are_not_broken() {
        check(
            "# Pay\n| Grade | Pay. In euros |\n| --- | --- |\n| A | 1. Or 2 |\n",
            &[
                ("Pay", None, false),
                ("| Grade | Pay. In euros |", Some(0), false),
                ("| A | 1. Or 2 |", Some(1), true),
            ],
        );
        check(
            "Bring:\n- ropes. Dry ones.\n- 2. radios\n1. Go.\n",
            &[
                ("Bring:", None, true),
                ("ropes.", Some(0), true),
                ("Dry ones.", Some(1), true),
                ("2. radios", Some(0), true),
                ("Go.", Some(0), true),
            ],
        );
        check("3.5 m fit.\n#5 fits.", &[("3.5 m fit.", None, true), ("#5 fits.", Some(0), true)]);
    }
}
