//! What a text is like, for finding documents that say the same; the catalog compares.
//!
//! White space is of no account, nor is the form of characters (NFKC). Lines are what extraction
//! makes of them: paragraphs, headings, items, rows.

use catalog::Likeness;
use corpus::ContentHash;
use simhash::simhash_stream;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Texts of fewer words are duplicates only where they are the same: there is too little to tell.
const FEWEST_WORDS: u64 = 50;

/// Texts of more lines are duplicates only where they are the same: what is kept of them stays small.
const MOST_LINES: usize = 2_000;

/// What a text is like.
pub fn likeness(text: &str) -> Likeness {
    let normal: String = text.nfkc().collect();
    let lines: Vec<String> = normal
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect();
    let whole = lines.join(" ");
    let text = ContentHash::of(whole.as_bytes());
    let lower = whole.to_lowercase();
    let words = lower.unicode_words().count() as u64;
    if words < FEWEST_WORDS || lines.len() > MOST_LINES {
        return Likeness { text, words, simhash: None, lines: Vec::new() };
    }
    let mut lines: Vec<u64> = lines.iter().map(|line| hash(line)).collect();
    lines.sort_unstable();
    lines.dedup();
    Likeness { text, words, simhash: Some(simhash_stream(lower.unicode_words())), lines }
}

fn hash(line: &str) -> u64 {
    let ContentHash(hash) = ContentHash::of(line.as_bytes());
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many words in lines of five, each word its own.
    fn text(words: usize) -> String {
        let words: Vec<String> = (0..words).map(|number| format!("word{number}")).collect();
        words.chunks(5).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn white_space_and_forms_of_characters_are_of_no_account() {
        let same = |one: &str, other: &str| likeness(one) == likeness(other);
        assert!(same("a  b\n\nc", " a b\nc\n"));
        assert!(same("e\u{301}", "\u{e9}"));
        assert!(!same("a b", "a B"));
    }

    #[test]
    fn what_is_said_elsewhere_is_within_it() {
        let check = |own: &str, other: &str, expect: bool| {
            assert_eq!(likeness(own).is_within(&likeness(other)), expect, "{own} | {other}");
        };
        let long = text(400);
        check(&long, &format!("{long}\nPrint this page"), true);
        check(&format!("{long}\nPrint this page"), &long, false);
        // In another order.
        let turned: Vec<&str> = long.lines().rev().collect();
        check(&long, &turned.join("\n"), true);
        check(&long, &long.replace("word7 ", "word8 "), false);
        check(&format!("{long}\nPriced at 12"), &format!("{long}\nPriced at 13"), false);
        // Much more is another page.
        check(&long, &text(600), false);
        check(&text(30), &format!("{}\nmore", text(30)), false);
        check(&text(30), &text(30), true);
    }
}
