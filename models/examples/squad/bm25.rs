//! A plain BM25, for any language.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

/// How soon a term's repetitions stop to count.
const SATURATION: f32 = 0.9;

/// How much a text's length counts.
const LENGTH: f32 = 0.4;

/// Texts, to be searched.
#[derive(Debug)]
pub(crate) struct Bm25 {
    /// For each term, the texts that have it, and its weight there.
    weights: HashMap<String, Vec<(usize, f32)>>,
    texts: usize,
}

impl Bm25 {
    /// Indexes texts.
    pub(crate) fn new(texts: &[String]) -> Self {
        let terms: Vec<Vec<String>> = texts.iter().map(|text| terms(text)).collect();
        let mean = float(terms.iter().map(Vec::len).sum()) / float(texts.len()).max(1.0);
        let mut weights: HashMap<String, Vec<(usize, f32)>> = HashMap::new();
        for (number, terms) in terms.into_iter().enumerate() {
            let length = 1.0 - LENGTH + LENGTH * float(terms.len()) / mean;
            let mut counts: HashMap<String, f32> = HashMap::new();
            for term in terms {
                *counts.entry(term).or_default() += 1.0;
            }
            for (term, count) in counts {
                let weight = count * (SATURATION + 1.0) / (count + SATURATION * length);
                weights.entry(term).or_default().push((number, weight));
            }
        }
        Self { weights, texts: texts.len() }
    }

    /// The best texts for a question, best first.
    pub(crate) fn best(&self, question: &str, most: usize) -> Vec<usize> {
        let mut scores = vec![0.0_f32; self.texts];
        for term in terms(question) {
            let Some(having) = self.weights.get(&term) else { continue };
            let count = float(having.len());
            let rarity = (1.0 + (float(self.texts) - count + 0.5) / (count + 0.5)).ln();
            for (number, weight) in having {
                scores[*number] += rarity * weight;
            }
        }
        let mut order: Vec<usize> = (0..self.texts).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        order.truncate(most);
        order
    }
}

/// Words in lower case; pairs of characters where words are written without spaces.
fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    let mut run: Vec<char> = Vec::new();
    for piece in text.split_word_bounds() {
        if piece.chars().all(|c| c >= '\u{3040}' && c.is_alphabetic()) {
            run.extend(piece.chars());
            continue;
        }
        push_pairs(&mut run, &mut terms);
        if piece.chars().any(char::is_alphanumeric) {
            terms.push(piece.to_lowercase());
        }
    }
    push_pairs(&mut run, &mut terms);
    terms
}

/// Empties a run of characters into its pairs.
fn push_pairs(run: &mut Vec<char>, terms: &mut Vec<String>) {
    terms.extend(run.windows(run.len().clamp(1, 2)).map(|pair| pair.iter().collect::<String>()));
    run.clear();
}

fn float(number: usize) -> f32 {
    u16::try_from(number).map_or(f32::from(u16::MAX), f32::from)
}
