//! The words of a text, in whatever script, as the answerer compares them.
//!
//! Scripts that are written without spaces have no words that could be told apart without a
//! dictionary; pairs of neighbouring characters stand in for them, as in BM25 for such scripts.

use unicode_segmentation::UnicodeSegmentation;

/// A word, or a pair of characters of a script without spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case, without what only grammar attaches.
    pub(super) text: String,
    /// How it is written.
    pub(super) form: Form,
}

/// What the writing of a word says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Has a digit.
    Number,
    /// Begins with a capital letter.
    Capitalised,
    /// A word without capital letters.
    Plain,
    /// A pair of characters, one of which at least carries meaning by itself.
    Pair,
    /// A pair of Japanese syllables, mostly grammar.
    Syllables,
}

impl Word {
    /// Whether the word is a pair of characters.
    pub(super) fn is_pair(&self) -> bool {
        matches!(self.form, Form::Pair | Form::Syllables)
    }
}

/// The words of a text in their order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut run = Vec::new();
    for piece in text.split_word_bounds() {
        if piece.chars().all(is_unspaced) {
            run.extend(piece.chars());
            continue;
        }
        pairs(&mut run, &mut words);
        if piece.chars().any(char::is_alphanumeric) {
            words.push(word(piece));
        }
    }
    pairs(&mut run, &mut words);
    words
}

fn word(piece: &str) -> Word {
    let form = if piece.chars().any(char::is_numeric) {
        Form::Number
    } else if piece.chars().next().is_some_and(char::is_uppercase) {
        Form::Capitalised
    } else {
        Form::Plain
    };
    let mut lower = piece.to_lowercase().replace('’', "'");
    if form == Form::Number {
        lower.retain(|c| c != ',');
    }
    let text = lower.strip_suffix("'s").unwrap_or(&lower);
    Word { text: bare(text).to_owned(), form }
}

/// An Arabic word without the conjunctions, prepositions and articles that are written as its
/// beginning and the endings of number and gender; any other word as it is.
fn bare(word: &str) -> &str {
    const BEFORE: [&str; 9] = ["وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل"];
    const AFTER: [&str; 8] = ["ات", "ون", "ين", "ها", "ية", "ة", "ه", "ي"];
    if !word.chars().next().is_some_and(|first| ('\u{620}'..='\u{64a}').contains(&first)) {
        return word;
    }
    let long = |rest: &&str| rest.chars().count() >= 3;
    let word = BEFORE.iter().find_map(|part| word.strip_prefix(part).filter(long)).unwrap_or(word);
    AFTER.iter().find_map(|part| word.strip_suffix(part).filter(long)).unwrap_or(word)
}

/// Empties a run of characters into its pairs; a single character stands for itself.
fn pairs(run: &mut Vec<char>, words: &mut Vec<Word>) {
    let wide = if run.len() == 1 { 1 } else { 2 };
    words.extend(run.windows(wide).map(|pair| Word {
        text: pair.iter().collect(),
        form: if pair.iter().all(|c| is_syllable(*c)) { Form::Syllables } else { Form::Pair },
    }));
    run.clear();
}

/// Whether a character is one of Japanese's, of which mostly grammar is made.
pub(super) fn is_syllable(c: char) -> bool {
    ('\u{3040}'..='\u{309f}').contains(&c)
}

/// Whether a character belongs to a script without spaces between words: Thai, Lao, Burmese,
/// Khmer, Japanese syllables, Han.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}')
}

/// How far two words are the same, 0 to 1: fully, or by a common beginning to which each adds no
/// more than an ending.
pub(super) fn likeness(a: &Word, b: &Word) -> f32 {
    if a.text == b.text {
        return 1.0;
    }
    if a.is_pair() || b.is_pair() || a.form == Form::Number || b.form == Form::Number {
        return 0.0;
    }
    let stem = a.text.chars().zip(b.text.chars()).take_while(|(x, y)| x == y).count();
    if stem < 3 {
        return 0.0;
    }
    let (a, b) = (a.text.chars().count(), b.text.chars().count());
    let ending = a.max(b) - stem;
    match (stem, ending) {
        (3.., 1) if stem == a.min(b) => 0.9,
        (4.., 0..=3) => 0.85,
        (5.., 4) | (6.., 5) => 0.6,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_words(text: &str, expect: &[(&str, Form)]) {
        let words: Vec<_> = words(text).into_iter().map(|word| (word.text, word.form)).collect();
        let expect: Vec<_> =
            expect.iter().map(|(text, form)| ((*text).to_owned(), *form)).collect();
        assert_eq!(words, expect);
    }

    #[test]
    fn every_script_has_words() {
        use Form::{Capitalised, Number, Pair, Plain, Syllables};
        check_words(
            "Ada’s café, 1843!",
            &[("ada", Capitalised), ("café", Plain), ("1843", Number)],
        );
        check_words("東京です", &[("東京", Pair), ("京で", Pair), ("です", Syllables)]);
        check_words("第11王", &[("第", Pair), ("11", Number), ("王", Pair)]);
        check_words("والمدينة", &[("مدين", Plain)]);
        check_words("10,000", &[("10000", Number)]);
        check_words(" -- ", &[]);
    }

    fn check_likeness(a: &str, b: &str, expect: f32) {
        let (a, b) = (&words(a)[0], &words(b)[0]);
        assert!((likeness(a, b) - expect).abs() < f32::EPSILON, "{a:?} {b:?}");
        assert!((likeness(b, a) - expect).abs() < f32::EPSILON, "{b:?} {a:?}");
    }

    #[test]
    fn inflected_words_are_alike_and_others_are_not() {
        check_likeness("rope", "Ropes", 0.9);
        check_likeness("invented", "invention", 0.85);
        check_likeness("establish", "establishment", 0.6);
        check_likeness("cat", "cathedral", 0.0);
        check_likeness("1843", "1844", 0.0);
        check_likeness("東京", "東都", 0.0);
    }
}
