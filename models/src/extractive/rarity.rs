//! How much each term of a question says: the fewer sentences have it, the more.

use super::question::{Question, Term};
use super::reading::Reading;
use super::words::Form;

/// Sentences without any term of the question that are thought to be there besides, so that a few
/// sentences do not make every term common.
const UNSEEN: f32 = 20.0;

/// The rarities of a question's terms among the sentences that were retrieved.
#[derive(Debug)]
pub(super) struct Rarity {
    rarities: Vec<f32>,
    /// The same; 0 for terms that are no names.
    names: Vec<f32>,
    sum: f32,
}

impl Rarity {
    /// Counts the terms in the sentences.
    pub(super) fn new<'a>(
        question: &Question,
        sentences: impl Iterator<Item = &'a Reading>,
    ) -> Self {
        let mut all = UNSEEN;
        let mut having = vec![0.0_f32; question.terms.len()];
        for sentence in sentences {
            all += 1.0;
            for (having, found) in having.iter_mut().zip(sentence.found(question.terms.len())) {
                *having += if found > 0.0 { 1.0 } else { 0.0 };
            }
        }
        let rarity = |(term, having): (&Term, &f32)| {
            (1.0 + (all - having + 0.5) / (having + 0.5)).ln() * term.substance
        };
        let rarities: Vec<f32> = question.terms.iter().zip(&having).map(rarity).collect();
        let names = question.terms.iter().zip(&rarities);
        let names = names.map(|(term, rarity)| if is_name(term) { *rarity } else { 0.0 }).collect();
        let sum = rarities.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        Self { rarities, names, sum }
    }

    /// The share of the terms, by rarity, of what is found of each.
    pub(super) fn share(&self, found: &[f32]) -> f32 {
        self.rarities.iter().zip(found).map(|(rarity, found)| rarity * found).sum::<f32>()
            / self.sum
    }

    /// The rarity of the rarest name that is not found.
    pub(super) fn rarest_missing_name(&self, found: &[f32]) -> f32 {
        let missing = self.names.iter().zip(found).map(|(rarity, found)| rarity * (1.0 - found));
        missing.fold(0.0, f32::max)
    }
}

/// Whether a term is a name, or a number, which pins an answer down as much.
fn is_name(term: &Term) -> bool {
    match term.word.form {
        Form::Number => true,
        Form::Capitalised => term.within,
        Form::Plain | Form::Pair | Form::Syllables => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sentences: &[&str], found: &[f32], share: f32, missing_name: f32) {
        let question = Question::new("Is the old bridge in Hakurei?");
        let read: Vec<Reading> =
            sentences.iter().map(|sentence| Reading::new(sentence, &question)).collect();
        let rarity = Rarity::new(&question, read.iter());
        assert!((rarity.share(found) - share).abs() < 0.01, "{}", rarity.share(found));
        let missing = rarity.rarest_missing_name(found);
        assert!((missing - missing_name).abs() < 0.01, "{missing}");
    }

    #[test]
    fn rare_terms_weigh_more() {
        check(&[], &[1.0, 1.0, 0.0], 0.67, 3.74);
        check(&["An old bridge.", "The bridge."], &[1.0, 1.0, 1.0], 1.0, 0.0);
        check(&["An old bridge.", "The bridge."], &[0.0, 1.0, 0.0], 0.25, 3.83);
        check(&["An old bridge.", "The bridge."], &[0.0, 0.0, 1.0], 0.43, 0.0);
    }
}
