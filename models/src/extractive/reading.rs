//! A sentence, read with a question in mind: which of its terms are there, and what is there that
//! the question does not say already.

use super::grammar::{self, Wanted};
use super::opposites;
use super::question::{Question, Term};
use super::words::{Form, Word, likeness, words};

/// What reading a sentence for a question leaves.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The words that are terms of the question, in order.
    hits: Vec<Hit>,
    /// Whether its only word is a term, so that it says nothing, as a heading on a line of text.
    pub(super) is_echo: bool,
    /// What is there besides.
    pub(super) fresh: Fresh,
    /// Whether it says that something is not so.
    pub(super) negated: bool,
    /// Whether it has the opposite of a word of the question in its place.
    pub(super) opposed: bool,
}

/// A word that is a term of the question.
#[derive(Debug, Clone, Copy)]
struct Hit {
    /// Which term.
    term: usize,
    /// How far it is that term, 0 to 1.
    likeness: f32,
}

/// The words of a sentence that neither the question has nor every sentence.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    /// A number, in digits or as a word.
    number: bool,
    /// A word for a time, as a month.
    time: bool,
    /// A word with a capital letter, or of a script that has none.
    name: bool,
}

impl Reading {
    /// Reads a text for a question.
    pub(super) fn new(text: &str, question: &Question) -> Self {
        let words = words(text);
        let mut reading = Self { opposed: is_opposed(&words, question), ..Self::default() };
        for word in &words {
            reading.take(word, &question.terms);
        }
        reading.is_echo = words.len() == 1 && !reading.hits.is_empty();
        reading
    }

    fn take(&mut self, word: &Word, terms: &[Term]) {
        let before = self.hits.len();
        self.hits.extend(terms.iter().enumerate().filter_map(|(term, asked)| {
            let likeness = likeness(&asked.word, word);
            (likeness > 0.0).then_some(Hit { term, likeness })
        }));
        self.negated |= grammar::is_negation(&word.text);
        if self.hits.len() == before && !grammar::is_function_word(&word.text) {
            self.fresh.take(word);
        }
    }

    /// How far each of so many terms is there, 0 to 1.
    pub(super) fn found(&self, terms: usize) -> Vec<f32> {
        let mut found = vec![0.0_f32; terms];
        for hit in &self.hits {
            if let Some(most) = found.get_mut(hit.term) {
                *most = most.max(hit.likeness);
            }
        }
        found
    }
}

impl Fresh {
    fn take(&mut self, word: &Word) {
        self.number |= word.form == Form::Number || grammar::is_number_word(&word.text);
        self.time |= word.form == Form::Number || grammar::is_time_word(&word.text);
        self.name |= word.form == Form::Capitalised || word.is_pair();
    }

    /// Whether what is asked for may be among it; `None` where the question does not say.
    pub(super) fn has(&self, wanted: Wanted) -> Option<bool> {
        match wanted {
            Wanted::Amount => Some(self.number),
            Wanted::Time => Some(self.time),
            Wanted::Name => Some(self.name),
            Wanted::Anything => None,
        }
    }
}

/// Whether among the words are opposites of words of the question.
fn is_opposed(words: &[Word], question: &Question) -> bool {
    let has = |text: &str| words.iter().any(|word| word.text == text);
    let mut listed = question.opposites.iter();
    listed.any(|(asked, opposite)| has(opposite) && !has(asked))
        || words.iter().any(|word| question.terms.iter().any(|term| differ(&term.word, word)))
}

/// Whether two words differ by a prefix that makes one the opposite of the other.
fn differ(a: &Word, b: &Word) -> bool {
    let is_bare = |long: &Word, bare: &Word| {
        opposites::without_prefix(&long.text).is_some_and(|rest| {
            likeness(&Word { text: rest.to_owned(), form: Form::Plain }, bare) > 0.8
        })
    };
    is_bare(a, b) || is_bare(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        question: &str,
        text: &str,
        hits: &[(usize, f32)],
        has: Option<bool>,
        turns: [bool; 2],
    ) {
        let question = Question::new(question);
        let reading = Reading::new(text, &question);
        let found = reading.found(question.terms.len()).into_iter().enumerate();
        let found: Vec<_> = found.filter(|(_, likeness)| *likeness > 0.0).collect();
        assert_eq!(found, hits);
        assert_eq!(reading.fresh.has(question.wanted), has);
        assert_eq!([reading.negated, reading.opposed], turns);
    }

    #[test]
    fn terms_and_what_is_fresh_are_found() {
        let plain = [false, false];
        check("When did Ada die?", "Ada died in 1852.", &[(0, 1.0), (1, 0.9)], Some(true), plain);
        check("When did Ada die?", "She was Ada.", &[(0, 1.0)], Some(false), plain);
        check("How many boats?", "Three boats.", &[(0, 1.0)], Some(true), plain);
        check("Why so?", "Because.", &[], None, plain);
    }

    #[test]
    fn negations_and_opposites_are_found() {
        check("Is it open?", "It is never closed.", &[], None, [true, false]);
        check("Who was first?", "Ada was last.", &[], Some(true), [false, true]);
        check("Who was first?", "Ada was first, Bo last.", &[(0, 1.0)], Some(true), [false, false]);
        check("Who is equal?", "Bo is unequal.", &[], Some(true), [false, true]);
    }
}
