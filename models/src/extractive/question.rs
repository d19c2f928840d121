//! A question as what must be found: its terms, and what kind of thing answers it.

use super::grammar::{self, Wanted};
use super::words::{Form, Word, words};

/// A question, taken apart.
#[derive(Debug)]
pub(super) struct Question {
    /// The words that carry its topic, each once, in order.
    pub(super) terms: Vec<Term>,
    /// What is asked for.
    pub(super) wanted: Wanted,
    /// Whether it asks for the opposite of what its terms say.
    pub(super) negated: bool,
}

/// A word of a question.
#[derive(Debug)]
pub(super) struct Term {
    /// The word.
    pub(super) word: Word,
    /// How much it says by its form, 0 to 1.
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
        let negated = joined.iter().any(|word| grammar::is_negation(word));
        let mut terms: Vec<Term> = Vec::new();
        for (index, word) in words.into_iter().enumerate() {
            if !is_empty(&word) && terms.iter().all(|term| term.word.text != word.text) {
                let pair = word.form == Form::Pair;
                let substance = if pair { grammar::substance(&word.text) } else { 1.0 };
                terms.push(Term { word, substance, within: index > 0 });
            }
        }
        Self { terms, wanted, negated }
    }
}

/// Whether a word carries no topic.
fn is_empty(word: &Word) -> bool {
    match word.form {
        Form::Syllables => true,
        Form::Pair => grammar::asks(&word.text),
        Form::Number | Form::Capitalised | Form::Plain => grammar::is_function_word(&word.text),
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
        check("誰が書いた", &["書い"], Wanted::Name, false);
    }
}
