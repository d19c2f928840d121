//! Which sentences are quoted.

use corpus::Passage;

use super::evidence::{Candidate, candidates};
use super::question::Question;
use super::weigh::{answers, score};

/// The most sentences that are quoted.
const MOST_QUOTES: usize = 3;

/// How far a further sentence may be behind the best: it is less likely the one that answers by
/// no more than the exponential of this, about seven times. What contradicts the best sentence is
/// as near to the question as it is, and so is quoted too.
const MARGIN: f32 = 2.0;

/// A sentence to be quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quote<'a> {
    /// The sentence, word for word.
    pub(super) text: &'a str,
    /// The passages that have it, from 0.
    pub(super) passages: Vec<usize>,
}

/// The sentences of the passages that answer a question, best first; none where none answers.
pub(super) fn choose<'a>(question: &str, passages: &'a [Passage]) -> Vec<Quote<'a>> {
    let question = Question::new(question);
    let mut scored: Vec<(f32, Candidate)> = candidates(&question, passages)
        .into_iter()
        .map(|candidate| (score(&candidate), candidate))
        .collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let Some((most, best)) = scored.first() else { return Vec::new() };
    if !answers(best, &question) {
        return Vec::new();
    }
    let mut quotes: Vec<Quote<'a>> = Vec::new();
    for (_, candidate) in scored.iter().take_while(|(score, _)| *score >= most - MARGIN) {
        let passage = &passages[candidate.passage];
        let text = &passage.text[candidate.range.clone()];
        let full = quotes.len() == MOST_QUOTES;
        match quotes.iter_mut().find(|quote| quote.text == text) {
            Some(known) if known.passages.contains(&candidate.passage) => {}
            Some(known) => known.passages.push(candidate.passage),
            None if full => {}
            None => quotes.push(Quote { text, passages: vec![candidate.passage] }),
        }
    }
    quotes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, passages: &[&str], expect: &[(&str, &[usize])]) {
        let passages: Vec<Passage> = passages
            .iter()
            .map(|text| Passage { text: (*text).to_owned(), headings: Vec::new() })
            .collect();
        let quotes = choose(question, &passages);
        let found: Vec<(&str, &[usize])> =
            quotes.iter().map(|quote| (quote.text, quote.passages.as_slice())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn what_answers_is_quoted() {
        let glacier = "A glacier is a body of dense ice. It moves slowly under its own weight.";
        let volcano = "A volcano erupts when magma reaches the surface. Lava flows.";
        check(
            "What erupts?",
            &[glacier, volcano],
            &[("A volcano erupts when magma reaches the surface.", &[1])],
        );
        check("Who painted the ceiling?", &[glacier, volcano], &[]);
        check("", &[glacier], &[]);
        check("What erupts?", &[], &[]);
        check("What erupts?", &["", "?!"], &[]);
    }

    #[test]
    fn contradictions_are_both_quoted_and_repetitions_once() {
        let five = "Ropes last five years.";
        let ten = "Ropes last ten years.";
        check(
            "How long do ropes last?",
            &[five, "Boots are wet.", ten, five],
            &[(five, &[0, 3]), (ten, &[2])],
        );
    }

    #[test]
    fn rows_are_quoted_whole() {
        let table =
            "| Occasion | Days |\n| --- | --- |\n| Own marriage | 3 |\n| Moving house | 1 |";
        check("How many days for moving house?", &[table], &[("| Moving house | 1 |", &[0])]);
    }
}
