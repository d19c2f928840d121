//! From a text with markers to a text with citations.
//!
//! Generators mark what a statement rests on by `[1]` after it. Here the markers leave the text,
//! and each part of it between them gets the passages that it rests on.

use corpus::Span;
use unicode_segmentation::UnicodeSegmentation;

/// A part of an answer and the passages (from 0) that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Code points of the text without markers.
    pub(crate) span: Span,
    pub(crate) passages: Vec<usize>,
}

/// Takes the markers out of `marked`; `[n]` is one where passage `n` (from 1) is among the
/// `passages`. The parts are in order, do not overlap, and leave out only white space.
pub(crate) fn cite(marked: &str, passages: usize) -> (String, Vec<Part>) {
    let mut text = String::with_capacity(marked.len());
    let mut parts = Vec::new();
    let mut begun = 0;
    let mut rest = marked;
    while let Some((before, cited, after)) = next_markers(rest, passages) {
        text.push_str(before);
        text.truncate(text.trim_end().len());
        // The full stop after a marker belongs to what was marked.
        let stop = after.len() - after.trim_start_matches(is_closing).len();
        text.push_str(&after[..stop]);
        push_part(&mut parts, &text, begun, cited);
        begun = text.len();
        rest = &after[stop..];
    }
    text.push_str(if text.is_empty() { rest.trim_start() } else { rest });
    text.truncate(text.trim_end().len());
    push_part(&mut parts, &text, begun.min(text.len()), Vec::new());
    (text, parts)
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

/// The text before the next run of markers, what they cite, and the text after.
fn next_markers(text: &str, passages: usize) -> Option<(&str, Vec<usize>, &str)> {
    let mut from = 0;
    while let Some(found) = text[from..].find('[') {
        let open = from + found;
        if let Some((mut cited, mut after)) = marker(&text[open..], passages) {
            // Markers that stand together cite together.
            while let Some((more, further)) = marker(after.trim_start(), passages) {
                cited.extend(more);
                after = further;
            }
            cited.sort_unstable();
            cited.dedup();
            return Some((&text[..open], cited, after));
        }
        from = open + 1;
    }
    None
}

/// Reads `[1]` or `[1, 2]` at the beginning of `text`.
fn marker(text: &str, passages: usize) -> Option<(Vec<usize>, &str)> {
    let (inside, after) = text.strip_prefix('[')?.split_once(']')?;
    let cited = inside
        .split([',', ';'])
        .map(|number| {
            let number: usize = number.trim().parse().ok()?;
            (1..=passages).contains(&number).then(|| number - 1)
        })
        .collect::<Option<Vec<usize>>>()?;
    Some((cited, after))
}

/// The least share of a part's words that a sentence must have to count as what it rests on.
const LEAST_OVERLAP: f64 = 0.5;

/// Where in a passage the words of a part stand: the very words, or else the sentence that shares
/// most of them. Code points of the passage.
pub(crate) fn quote(part: &str, passage: &str) -> Option<Span> {
    let bare = part.trim().trim_end_matches(is_closing);
    if let Some(start) = passage.find(bare).filter(|_| !bare.is_empty()) {
        let start = passage[..start].chars().count() as u64;
        return Some(Span { start, end: start + bare.chars().count() as u64 });
    }
    let words = words(part);
    let mut best: Option<(f64, Span)> = None;
    let mut position = 0;
    for sentence in passage.split_sentence_bounds() {
        let length = sentence.chars().count() as u64;
        let overlap = share(&words, sentence);
        let leading = sentence.chars().take_while(|character| character.is_whitespace()).count();
        let span = Span {
            start: position + leading as u64,
            end: position + sentence.trim_end().chars().count() as u64,
        };
        if overlap >= LEAST_OVERLAP && best.is_none_or(|(most, _)| overlap > most) {
            best = Some((overlap, span));
        }
        position += length;
    }
    best.map(|(_, span)| span)
}

fn words(text: &str) -> Vec<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}

/// The share of the words that a sentence has.
fn share(words: &[String], sentence: &str) -> f64 {
    if words.is_empty() {
        return 0.0;
    }
    let there = self::words(sentence);
    let shared = words.iter().filter(|word| there.contains(word)).count();
    #[expect(clippy::cast_precision_loss, reason = "a sentence has few words")]
    let share = shared as f64 / words.len() as f64;
    share
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_possible_truncation, reason = "the texts are short")]

    use proptest::prelude::*;

    use super::*;

    fn check(marked: &str, expect_text: &str, expect: &[(&str, &[usize])]) {
        let (text, parts) = cite(marked, 3);
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
    fn quotes_are_found_by_their_words() {
        let passage = "Über uns. Ropes are changed every five years. Radios are charged.";
        assert_eq!(
            quote("Ropes are changed every five years.", passage),
            Some(Span { start: 10, end: 44 })
        );
        assert_eq!(
            quote("You change ropes every five years", passage),
            Some(Span { start: 10, end: 45 })
        );
        assert_eq!(quote("Nothing of the kind", passage), None);
    }

    proptest! {
        #[test]
        fn parts_are_in_order_and_cover_the_text(marked in "([a-zé。 .]{0,6}(\\[[0-9]\\])?){0,8}") {
            let (text, parts) = cite(&marked, 4);
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
