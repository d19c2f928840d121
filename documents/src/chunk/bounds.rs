//! Where words and sentences end, by Unicode's rules, and by dictionaries in scripts that do not
//! part words by blanks.

use std::ops::Range;
use std::sync::LazyLock;

use icu_segmenter::options::{SentenceBreakInvariantOptions, WordBreakInvariantOptions};
use icu_segmenter::{
    SentenceSegmenter, SentenceSegmenterBorrowed, WordSegmenter, WordSegmenterBorrowed,
};

static SENTENCES: LazyLock<SentenceSegmenterBorrowed<'static>> =
    LazyLock::new(|| SentenceSegmenter::new(SentenceBreakInvariantOptions::default()));

static WORDS: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()));

/// Words before a full stop that ends no sentence, in lower case. All of them are hardly ever the
/// last word of one.
const ABBREVIATIONS: [&str; 44] = [
    "abs", "approx", "art", "bzw", "ca", "cf", "ch", "dr", "e.g", "eq", "evtl", "fig", "ggf",
    "gen", "gov", "hon", "hr", "i.e", "inkl", "lit", "lt", "mr", "mrs", "ms", "mt", "no", "nos",
    "nr", "op", "pp", "prof", "rep", "rev", "sen", "sgt", "st", "vgl", "viz", "vol", "vs", "z.b",
    "d.h", "u.a", "m.w",
];

/// The sentences of a text, one after the other, white space behind them included. A place between
/// two of them is a place where each of them begins or ends with something.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for end in SENTENCES.segment_str(text).skip(1) {
        let sentence = text.get(start..end).unwrap_or_default();
        if end < text.len() && (ends_abbreviated(sentence) || sentence.trim().is_empty()) {
            continue;
        }
        sentences.push(start..end);
        start = end;
    }
    sentences
}

/// Whether a sentence would end with an abbreviation or an initial: it goes on.
fn ends_abbreviated(sentence: &str) -> bool {
    let Some(before) = sentence.trim_end().strip_suffix('.') else { return false };
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“'));
    let word = word.map(str::to_lowercase).next().unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    // "That was plan B." ends, "John B. Smith" does not.
    let follows_name = || {
        let above = before.split_whitespace().rev().nth(1);
        above.is_none_or(|above| above.starts_with(char::is_uppercase))
    };
    ABBREVIATIONS.contains(&word.as_str()) || is_initial && follows_name()
}

/// The parts of a long sentence: up to a comma or a like mark; in scripts of South East Asia, whose
/// sentences end in nothing but a blank, up to a blank.
pub(super) fn clauses(sentence: &str) -> Vec<Range<usize>> {
    let mut clauses = Vec::new();
    let mut start = 0;
    let mut before: [Option<char>; 2] = [None, None];
    for (at, c) in sentence.char_indices() {
        let [mark, last] = before;
        let ends = match last {
            Some(last) if is_wide_mark(last) => !is_wide_mark(c) && !c.is_whitespace(),
            Some(last) if last.is_whitespace() && !c.is_whitespace() => mark.is_some_and(|mark| {
                matches!(mark, ',' | ';' | ':' | '—' | '–' | '،' | '؛' | '|') || has_no_stops(mark)
            }),
            _ => false,
        };
        if ends {
            clauses.push(start..at);
            start = at;
        }
        before = if c.is_whitespace() && last.is_some_and(char::is_whitespace) {
            before
        } else {
            [last, Some(c)]
        };
    }
    if start < sentence.len() {
        clauses.push(start..sentence.len());
    }
    clauses
}

fn is_wide_mark(c: char) -> bool {
    matches!(c, '、' | '，' | '；' | '：' | '､')
}

/// Thai, Lao, Myanmar and Khmer.
fn has_no_stops(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Where words and what stands between them begin, the end of the text not included.
pub(super) fn words(text: &str) -> impl Iterator<Item = usize> {
    WORDS.segment_str(text).filter(|at| *at < text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'t>(text: &'t str, parts: &[Range<usize>]) -> Vec<&'t str> {
        parts.iter().map(|part| text.get(part.clone()).unwrap_or_default()).collect()
    }

    #[test]
    fn sentences_end_where_readers_say() {
        let check = |text: &str, expect: &[&str]| assert_eq!(parts(text, &sentences(text)), expect);
        check("One. Two! Three?", &["One. ", "Two! ", "Three?"]);
        check("See Dr. Smith, e.g. today. He", &["See Dr. Smith, e.g. today. ", "He"]);
        check("Nach Nr. 5 und z.B. Anna. Dann", &["Nach Nr. 5 und z.B. Anna. ", "Dann"]);
        check(
            "J. Smith came. That was plan B. Then",
            &["J. Smith came. ", "That was plan B. ", "Then"],
        );
        check("私は学生です。東京に住む。", &["私は学生です。", "東京に住む。"]);
        check("هل جاء؟ نعم. ذهب", &["هل جاء؟ ", "نعم. ", "ذهب"]);
        check("", &[]);
    }

    #[test]
    fn long_sentences_have_parts() {
        let check = |text: &str, expect: &[&str]| assert_eq!(parts(text, &clauses(text)), expect);
        check("one, two; 3,4 and", &["one, ", "two; ", "3,4 and"]);
        check("東京、大阪，京都", &["東京、", "大阪，", "京都"]);
        check("สวัสดี  ครับ ผม", &["สวัสดี  ", "ครับ ", "ผม"]);
        check("", &[]);
    }

    #[test]
    fn words_are_found_without_blanks() {
        let check = |text: &str, expect: &[&str]| {
            let mut ends: Vec<usize> = words(text).skip(1).collect();
            ends.push(text.len());
            let mut start = 0;
            let mut found = Vec::new();
            for end in ends {
                found.push(start..end);
                start = end;
            }
            assert_eq!(parts(text, &found), expect);
        };
        check("我们在北京大学学习", &["我们", "在", "北京", "大学", "学习"]);
        check("ภาษาไทยเป็นภาษา", &["ภาษา", "ไทย", "เป็น", "ภาษา"]);
    }
}
