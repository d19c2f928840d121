//! Where in a passage the words of an answer stand.

use corpus::Span;
use unicode_segmentation::UnicodeSegmentation;

use super::is_closing;

/// The least share of a part's words that a sentence must have to count as what it rests on.
const LEAST_OVERLAP: f64 = 0.5;

/// Where in a passage the words of a part stand: the very words, or else the sentence that shares
/// most of them. Code points of the passage.
pub(crate) fn quote(part: &str, passage: &str) -> Option<Span> {
    let bare = part.trim().trim_end_matches(is_closing);
    if let Some(start) = find_words(bare, passage) {
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

/// Where some words stand in a passage, not within longer ones: `5` is not in `1950`.
fn find_words(words: &str, passage: &str) -> Option<usize> {
    if words.is_empty() {
        return None;
    }
    let bounds: Vec<usize> = passage.split_word_bound_indices().map(|(at, _)| at).collect();
    let is_bound = |at: usize| at == passage.len() || bounds.binary_search(&at).is_ok();
    let mut found = passage.match_indices(words).map(|(start, _)| start);
    found.find(|start| is_bound(*start) && is_bound(start + words.len()))
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
    use super::*;

    fn check(part: &str, passage: &str, expect: Option<&str>) {
        let found = quote(part, passage).map(|span| -> String {
            let characters = passage.chars().enumerate();
            let within = |at: usize| (span.start..span.end).contains(&(at as u64));
            characters.filter(|(at, _)| within(*at)).map(|(_, character)| character).collect()
        });
        assert_eq!(found.as_deref(), expect, "{part:?}");
    }

    #[test]
    fn quotes_are_found_by_their_words() {
        let passage = "Über uns. Ropes are changed every five years. Radios are charged.";
        let sentence = "Ropes are changed every five years.";
        check(sentence, passage, Some("Ropes are changed every five years"));
        check("You change ropes every five years", passage, Some(sentence));
        check("Nothing of the kind", passage, None);
    }

    #[test]
    fn words_are_not_found_within_others() {
        let passage = "Built in 1950. Yesterday it was 5.5 m high, today 5 m. 東京は大きい。";
        check("5", passage, Some("5"));
        assert_eq!(quote("5", passage).map(|span| span.start), Some(50));
        check("Yes", passage, None);
        check("195", passage, None);
        check("1950.", passage, Some("1950"));
        check("大きい。", passage, Some("大きい"));
    }
}
