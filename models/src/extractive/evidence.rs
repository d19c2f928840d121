//! How well each sentence of the passages answers a question, as a handful of measures.

use std::ops::Range;

use corpus::Passage;

use super::question::Question;
use super::rarity::Rarity;
use super::reading::Reading;
use super::sentences::{Sentence, sentences};

/// A sentence that could be quoted.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// The passage it is from, from 0.
    pub(super) passage: usize,
    /// Where it stands there, in bytes.
    pub(super) range: Range<usize>,
    /// What speaks for it.
    pub(super) measures: Measures,
}

/// What speaks for a sentence. A share is of the question's terms by their rarity, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Measures {
    /// The share that the sentence has.
    pub(super) own: f32,
    /// What the headings and the sentence that it goes on from add to it.
    pub(super) near: f32,
    /// What the rest of the passage adds to both.
    pub(super) passage: f32,
    /// 1 in the first passage, a half in the second, and so on.
    pub(super) rank: f32,
    /// 1 where what is asked for may be there, -1 where it is not, 0 where the question does not
    /// say.
    pub(super) kind: f32,
    /// 1 where the question asks for what is not so, and the sentence does not say that.
    pub(super) negation: f32,
    /// 1 where the sentence has the opposite of a word of the question.
    pub(super) opposite: f32,
    /// The rarity of the rarest name or number of the question that is missing nearby.
    pub(super) missing_name: f32,
}

/// The sentences of the passages that could be quoted, in order.
pub(super) fn candidates(question: &Question, passages: &[Passage]) -> Vec<Candidate> {
    let read: Vec<ReadPassage> =
        passages.iter().map(|passage| ReadPassage::new(passage, question)).collect();
    let sentences = read.iter().flat_map(|passage| &passage.sentences);
    let rarity = Rarity::new(question, sentences.map(|(_, reading)| reading));
    let numbered = read.iter().enumerate();
    numbered.flat_map(|(number, passage)| passage.candidates(number, question, &rarity)).collect()
}

/// A passage, read for a question. How far each term is somewhere is a list of shares, 0 to 1.
struct ReadPassage {
    sentences: Vec<(Sentence, Reading)>,
    /// How far each term is in the headings.
    headings: Vec<f32>,
    /// How far each term is anywhere in the passage.
    anywhere: Vec<f32>,
}

impl ReadPassage {
    fn new(passage: &Passage, question: &Question) -> Self {
        let terms = question.terms.len();
        let headings = Reading::new(&passage.headings.join("\n"), question).found(terms);
        let sentences: Vec<(Sentence, Reading)> = sentences(&passage.text)
            .into_iter()
            .map(|sentence| {
                let reading = Reading::new(&passage.text[sentence.range.clone()], question);
                (sentence, reading)
            })
            .collect();
        let anywhere = sentences
            .iter()
            .fold(headings.clone(), |found, (_, reading)| most(&found, &reading.found(terms)));
        Self { sentences, headings, anywhere }
    }

    fn candidates<'a>(
        &'a self,
        number: usize,
        question: &'a Question,
        rarity: &'a Rarity,
    ) -> impl Iterator<Item = Candidate> + 'a {
        let quotable = self
            .sentences
            .iter()
            .filter(|(sentence, reading)| sentence.quotable && !reading.is_echo);
        quotable.map(move |(sentence, reading)| Candidate {
            passage: number,
            range: sentence.range.clone(),
            measures: Measures {
                rank: rank(number),
                ..self.measures(sentence, reading, question, rarity)
            },
        })
    }

    /// The measures of a sentence but its passage's rank.
    fn measures(
        &self,
        sentence: &Sentence,
        reading: &Reading,
        question: &Question,
        rarity: &Rarity,
    ) -> Measures {
        let found = reading.found(question.terms.len());
        let mut near = most(&found, &self.headings);
        if let Some((_, context)) = sentence.context.and_then(|index| self.sentences.get(index)) {
            near = most(&near, &context.found(question.terms.len()));
        }
        let own = rarity.share(&found);
        let nearby = rarity.share(&near);
        Measures {
            own,
            near: nearby - own,
            passage: rarity.share(&self.anywhere) - nearby,
            rank: 0.0,
            kind: match reading.fresh.has(question.wanted) {
                Some(true) => 1.0,
                Some(false) => -1.0,
                None => 0.0,
            },
            negation: one_if(question.negated && !reading.negated),
            opposite: one_if(reading.opposed),
            missing_name: rarity.rarest_missing_name(&near),
        }
    }
}

/// The higher of each two.
fn most(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a.max(*b)).collect()
}

fn rank(number: usize) -> f32 {
    1.0 / (1.0 + u16::try_from(number).map_or(f32::INFINITY, f32::from))
}

fn one_if(condition: bool) -> f32 {
    if condition { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(passages: &[(&str, &str)], expect: &[(usize, &str, [bool; 3])]) {
        let question = Question::new("How long do ropes last?");
        let passages: Vec<Passage> = passages
            .iter()
            .map(|(heading, text)| Passage {
                text: (*text).to_owned(),
                headings: vec![(*heading).to_owned()],
            })
            .collect();
        let found = candidates(&question, &passages);
        let found: Vec<_> = found
            .iter()
            .map(|candidate| {
                let Measures { own, near, passage, .. } = candidate.measures;
                let text = &passages[candidate.passage].text[candidate.range.clone()];
                (candidate.passage, text, [own, near, passage].map(|share| share > 0.4))
            })
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn terms_count_in_the_sentence_near_it_and_in_its_passage() {
        check(
            &[
                ("Gear", "Ropes last five years. Boots too. So it is."),
                ("Ropes", "# A\nOne lasts."),
            ],
            &[
                (0, "Ropes last five years.", [true, false, false]),
                (0, "Boots too.", [false, true, false]),
                (0, "So it is.", [false, false, true]),
                (1, "One lasts.", [false, true, false]),
            ],
        );
        check(&[("Ropes", "")], &[]);
        check(&[("Ropes", "Ropes.")], &[]);
    }
}
