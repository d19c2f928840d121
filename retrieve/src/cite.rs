//! From a text with markers to a text with citations.
//!
//! Generators mark what a statement rests on by `[1]` after it. Here the markers leave the text,
//! and each part of it between them gets the passages that it rests on.

mod marker;
mod quote;

use corpus::Span;

use self::marker::{Markers, Run, is_line_break};

pub(crate) use self::quote::quote;

/// A part of an answer and the passages (from 0) that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Code points of the text without markers.
    pub(crate) span: Span,
    pub(crate) passages: Vec<usize>,
}

/// Takes the markers out of `marked`; `[n]` is one where passage `n` (from 1) is among the
/// `passages`, and the bracket is not quoted from one. The parts are in order, do not overlap, and
/// leave out only white space.
pub(crate) fn cite(marked: &str, passages: &[&str]) -> (String, Vec<Part>) {
    let markers = Markers::of(passages);
    let mut text = String::with_capacity(marked.len());
    let mut parts = Vec::new();
    let mut begun = 0;
    let mut rest = marked;
    while let Some(Run { before, cited, after }) = markers.next(rest) {
        text.push_str(before);
        let gap = text.split_off(text.trim_end().len());
        // The full stop after a marker belongs to what was marked.
        let stop = after.len() - after.trim_start_matches(is_closing).len();
        text.push_str(&after[..stop]);
        push_part(&mut parts, &text, begun, cited);
        begun = text.len();
        rest = &after[stop..];
        // Of the white space around a marker the longer break remains: a paragraph stays one.
        let ahead = &rest[..rest.len() - rest.trim_start().len()];
        if !text.is_empty() && line_breaks(&gap) > line_breaks(ahead) {
            text.push_str(&gap);
            rest = rest.trim_start();
        }
    }
    text.push_str(if text.is_empty() { rest.trim_start() } else { rest });
    text.truncate(text.trim_end().len());
    push_part(&mut parts, &text, begun.min(text.len()), Vec::new());
    (text, parts)
}

fn line_breaks(text: &str) -> usize {
    text.chars().filter(|character| is_line_break(*character)).count()
}

fn is_closing(character: char) -> bool {
    matches!(
        character,
        '.' | '!' | '?' | ',' | ';' | ':' | ')' | '"' | '”' | '»' | '。' | '！' | '？' | '」'
    )
}

/// Adds the text from byte `begun` on as a part, unless it is blank: then what it cites goes to
/// the part before.
fn push_part(parts: &mut Vec<Part>, text: &str, begun: usize, passages: Vec<usize>) {
    let part = &text[begun..];
    let blank = part.len() - part.trim_start().len();
    if part.trim().is_empty() {
        if let Some(last) = parts.last_mut() {
            last.passages.extend(passages);
            last.passages.sort_unstable();
            last.passages.dedup();
        }
        return;
    }
    let start = text[..begun + blank].chars().count() as u64;
    let end = start + part.trim().chars().count() as u64;
    parts.push(Part { span: Span { start, end }, passages });
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_possible_truncation, reason = "the texts are short")]

    use proptest::prelude::*;

    use super::*;

    fn check(marked: &str, expect_text: &str, expect: &[(&str, &[usize])]) {
        check_with(&["first", "second", "third"], marked, expect_text, expect);
    }

    fn check_with(passages: &[&str], marked: &str, expect_text: &str, expect: &[(&str, &[usize])]) {
        let (text, parts) = cite(marked, passages);
        assert_eq!(text, expect_text);
        let cut = |span: Span| -> String {
            let length = (span.end - span.start) as usize;
            text.chars().skip(span.start as usize).take(length).collect()
        };
        let parts: Vec<(String, Vec<usize>)> =
            parts.into_iter().map(|part| (cut(part.span), part.passages)).collect();
        let expect: Vec<(String, Vec<usize>)> =
            expect.iter().map(|(part, passages)| ((*part).to_owned(), passages.to_vec())).collect();
        assert_eq!(parts, expect);
    }

    #[test]
    fn markers_become_parts() {
        check(
            "Ropes last five years [1].",
            "Ropes last five years.",
            &[("Ropes last five years.", &[0])],
        );
        check(
            "One.[1] Two. [2][3] Three.",
            "One. Two. Three.",
            &[("One.", &[0]), ("Two.", &[1, 2]), ("Three.", &[])],
        );
        check("Both [1, 2]", "Both", &[("Both", &[0, 1])]);
        check("東京です。[1]次。[2]", "東京です。次。", &[("東京です。", &[0]), ("次。", &[1])]);
        check("[1] leading", "leading", &[("leading", &[])]);
        check(
            "see [9] and [x] and []",
            "see [9] and [x] and []",
            &[("see [9] and [x] and []", &[])],
        );
        check("", "", &[]);
    }

    #[test]
    fn line_breaks_around_markers_stay() {
        check("One. [1]\n\n[2] Two.", "One.\n\nTwo.", &[("One.", &[0, 1]), ("Two.", &[])]);
        check("One.\n[1]\nTwo. [2]", "One.\nTwo.", &[("One.", &[0]), ("Two.", &[1])]);
        check("- One [1]\n- Two [2]", "- One\n- Two", &[("- One", &[0]), ("- Two", &[1])]);
        check("One. [1] \t[2] Two.", "One. Two.", &[("One.", &[0, 1]), ("Two.", &[])]);
    }

    #[test]
    fn brackets_of_the_sources_stay() {
        let passages = [
            "The hut was built in 1950.[3] It has\nten beds.[2][3]",
            "Read array[1] first, then array[2].",
            "Ropes last five years.[3]",
        ];
        let check = |marked: &str, expect_text: &str, expect: &[(&str, &[usize])]| {
            check_with(&passages, marked, expect_text, expect);
        };
        // Quoted word by word, each sentence with its own marker behind.
        check(
            "The hut was built in 1950.[3] [1] It has ten beds.[2][3] [1]",
            "The hut was built in 1950.[3] It has ten beds.[2][3]",
            &[("The hut was built in 1950.[3]", &[0]), ("It has ten beds.[2][3]", &[0])],
        );
        check(
            "Read array[1] first, then array[2]. [2]",
            "Read array[1] first, then array[2].",
            &[("Read array[1] first, then array[2].", &[1])],
        );
        // A quotation that begins with what ended the sentence before.
        check(
            "[3] It has ten beds. [1]",
            "[3] It has ten beds.",
            &[("[3] It has ten beds.", &[0])],
        );
        // It may be either, and means the same.
        check(
            "Ropes last five years.[3]",
            "Ropes last five years.",
            &[("Ropes last five years.", &[2])],
        );
        // Markers beside words that are only like the sources'.
        check(
            "It was built in 1950. [3] Read the array [1].",
            "It was built in 1950. Read the array.",
            &[("It was built in 1950.", &[2]), ("Read the array.", &[0])],
        );
    }

    proptest! {
        #[test]
        fn parts_are_in_order_and_cover_the_text(marked in "([a-zé。 .\\n]{0,6}(\\[[0-9]\\])?){0,8}") {
            let (text, parts) = cite(&marked, &["", "a[1]", "b", "c. [4]"]);
            let characters: Vec<char> = text.chars().collect();
            let mut covered = 0;
            for part in &parts {
                prop_assert!(part.span.start as usize >= covered);
                prop_assert!(part.span.end as usize <= characters.len());
                prop_assert!(characters[covered..part.span.start as usize].iter().all(|c| c.is_whitespace()));
                covered = part.span.end as usize;
            }
            prop_assert!(characters[covered..].iter().all(|c| c.is_whitespace()));
        }
    }
}
