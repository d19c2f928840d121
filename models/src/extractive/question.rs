//! A question as what must be found: its terms, and what kind of thing answers it.

use super::grammar::{self, Language, Wanted};
use super::opposites;
use super::words::{Form, Word, words};

/// The most terms that are looked for: a bound to the work that a question of many thousand words
/// makes. What people ask has fewer.
const MOST_TERMS: usize = 64;

/// How much the word says that names the kind of thing asked for.
const KIND_SUBSTANCE: f32 = 0.4;

/// A question, taken apart.
#[derive(Debug)]
pub(super) struct Question {
    /// The words that carry its topic, each once, in order; the first [`MOST_TERMS`] of them.
    pub(super) terms: Vec<Term>,
    /// What is asked for.
    pub(super) wanted: Wanted,
    /// Whether it asks for the opposite of what its terms say.
    pub(super) negated: bool,
    /// What it is written in.
    pub(super) language: Language,
    /// Words of the question, each with a word that means the opposite.
    pub(super) opposites: Vec<(String, &'static str)>,
}

/// A word of a question.
#[derive(Debug)]
pub(super) struct Term {
    /// The word.
    pub(super) word: Word,
    /// How much it says by its form and place, 0 to 1.
    pub(super) substance: f32,
    /// Whether its capital letter, if it has one, is not that of the beginning.
    pub(super) within: bool,
}

impl Question {
    /// Takes a question apart.
    pub(super) fn new(text: &str) -> Self {
        let words = words(text);
        let joined: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        // Phrases of languages with spaces are whole words; those of others are anywhere.
        let wanted = match grammar::wanted(&format!(" {} ", joined.join(" "))) {
            Wanted::Anything => grammar::wanted(text),
            wanted => wanted,
        };
        let language = Language::of(joined.iter().copied());
        Self {
            terms: terms(&words, language),
            wanted,
            negated: joined.iter().any(|word| grammar::is_negation(word)),
            language,
            opposites: opposites(joined.iter().take(MOST_TERMS)),
        }
    }
}

/// The terms among the words of a question.
fn terms(words: &[Word], language: Language) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    let mut kind_follows = false;
    for (index, word) in words.iter().enumerate() {
        let is_kind = std::mem::replace(&mut kind_follows, grammar::asks_which(&word.text));
        if is_empty(word, language) || terms.iter().any(|term| term.word.text == word.text) {
            continue;
        }
        let substance = match word.form {
            Form::Pair => grammar::substance(&word.text),
            _ if is_kind => KIND_SUBSTANCE,
            _ => 1.0,
        };
        terms.push(Term { word: word.clone(), substance, within: index > 0 });
        if terms.len() == MOST_TERMS {
            break;
        }
    }
    terms
}

/// Each word that has opposites, with each of them.
fn opposites<'a>(words: impl Iterator<Item = &'a &'a str>) -> Vec<(String, &'static str)> {
    words
        .flat_map(|word| opposites::of(word).iter().map(|opposite| ((*word).to_owned(), *opposite)))
        .collect()
}

/// Whether a word carries no topic.
fn is_empty(word: &Word, language: Language) -> bool {
    match word.form {
        Form::Syllables => true,
        Form::Pair => grammar::asks(&word.text),
        Form::Number | Form::Capitalised | Form::Plain => language.is_function_word(&word.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, terms: &[&str], wanted: Wanted, negated: bool) {
        let question = Question::new(question);
        let found: Vec<&str> = question.terms.iter().map(|term| term.word.text.as_str()).collect();
        assert_eq!(found, terms);
        assert_eq!((question.wanted, question.negated), (wanted, negated));
    }

    #[test]
    fn questions_are_taken_apart() {
        check("When did Ada Lovelace die?", &["ada", "lovelace", "die"], Wanted::Time, false);
        check("How many days do I have?", &["days"], Wanted::Amount, false);
        check("Who doesn't pay?", &["doesn't", "pay"], Wanted::Name, true);
        check("Wie viele Tage Urlaub gibt es?", &["tage", "urlaub"], Wanted::Amount, false);
        check("東京の人口は?", &["東京", "京の", "の人", "人口", "口は"], Wanted::Anything, false);
        check("誰が書いた", &["が書", "書い"], Wanted::Name, false);
    }
}
