//! Texts for models whose tokenizer is not here: where their tokens stand, by estimate, and how a
//! long text is cut into windows and its vectors put together.

use std::ops::Range;

use corpus::Embedding;
use unicode_segmentation::UnicodeSegmentation;

use crate::failure::Failure;

/// Some texts, cut into windows.
#[derive(Debug)]
pub(crate) struct Batch<'t> {
    /// The windows of each text.
    texts: Vec<Vec<Window<'t>>>,
}

impl<'t> Batch<'t> {
    /// Cuts some texts.
    pub(crate) fn new(texts: &'t [String], limits: Limits) -> Self {
        Self { texts: texts.iter().map(|text| windows(text, limits)).collect() }
    }

    /// All windows, text after text. Providers refuse blank texts: a dot stands in for them.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &'t str> {
        let pieces = self.texts.iter().flatten().map(|window| window.text);
        pieces.map(|text| if text.trim().is_empty() { "." } else { text })
    }

    /// The embeddings of the texts, out of the vectors of [`Self::pieces`].
    pub(crate) fn embeddings(
        &self,
        vectors: Vec<Vec<f32>>,
        dimensions: u32,
    ) -> Result<Vec<Embedding>, Failure> {
        let expected = self.texts.iter().map(Vec::len).sum::<usize>();
        if vectors.len() != expected {
            let actual = vectors.len();
            return Err(Failure::Unavailable(format!(
                "{expected} texts came back as {actual} vectors"
            )));
        }
        if let Some(other) = vectors.iter().find(|vector| vector.len() != dimensions as usize) {
            return Err(Failure::Denied(format!(
                "the model makes vectors of {} dimensions where {dimensions} are configured: set the \
                 route's 'dimensions' right",
                other.len()
            )));
        }
        let mut vectors = vectors.into_iter();
        self.texts.iter().map(|windows| embedding(windows, vectors.by_ref())).collect()
    }
}

/// The embedding of one text, out of the next vectors.
fn embedding(
    windows: &[Window<'_>],
    vectors: impl Iterator<Item = Vec<f32>>,
) -> Result<Embedding, Failure> {
    let tokens = windows.iter().map(|window| window.tokens);
    let parts: Vec<_> = vectors.zip(tokens.clone()).take(windows.len()).collect();
    let vector = averaged(&parts).ok_or_else(|| {
        Failure::Unavailable("the model made a vector that has no direction".to_owned())
    })?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Embedding { vector, windows: count(windows.len()), tokens: count(tokens.sum()) })
}

/// Where the tokens of a text stand, in bytes. The estimate counts rather more tokens than
/// subword tokenizers make, so that a window of them fits the model's.
pub(crate) fn estimated_tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    for (start, piece) in text.split_word_bound_indices() {
        if piece.trim().is_empty() {
            continue;
        }
        let long = piece.len() > 24;
        let mut open: Option<(usize, f32)> = None;
        for (offset, character) in piece.char_indices() {
            let weight = weight(character) * if long { 2.0 } else { 1.0 };
            open = match open {
                Some((from, sum)) if sum + weight <= 1.0 => Some((from, sum + weight)),
                Some((from, _)) => {
                    tokens.push(start + from..start + offset);
                    Some((offset, weight))
                }
                None => Some((offset, weight)),
            };
        }
        tokens.extend(open.map(|(from, _)| start + from..start + piece.len()));
    }
    tokens
}

/// The share of a token that a character makes up.
fn weight(character: char) -> f32 {
    match character {
        '\u{0}'..='\u{24f}' => 0.25,
        '\u{250}'..='\u{1fff}' => 0.5,
        _ => 1.0,
    }
}

/// What a model sees at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Tokens.
    pub(crate) tokens: usize,
    /// Characters.
    pub(crate) characters: usize,
}

/// A piece of a text that the model sees at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window<'t> {
    /// The piece.
    pub(crate) text: &'t str,
    /// Its tokens.
    pub(crate) tokens: usize,
}

/// Cuts a text into as few windows as hold all of it; one, be it empty, at least.
pub(crate) fn windows(text: &str, limits: Limits) -> Vec<Window<'_>> {
    let tokens = estimated_tokens(text);
    let mut windows = Vec::new();
    let mut rest = &tokens[..];
    while let Some(first) = rest.first() {
        let fits = |token: &&Range<usize>| {
            text[first.start..token.end].chars().nth(limits.characters).is_none()
        };
        let most = rest.len().min(limits.tokens.max(1));
        // A token alone is always taken, so that the loop ends.
        let taken = if rest[..most].last().as_ref().is_some_and(fits) {
            most
        } else {
            rest[..most].partition_point(|token| fits(&token)).max(1)
        };
        let end = rest[taken - 1].end;
        windows.push(Window { text: &text[first.start..end], tokens: taken });
        rest = &rest[taken..];
    }
    match windows.len() {
        0 | 1 => vec![Window { text, tokens: tokens.len() }],
        _ => windows,
    }
}

/// The vectors of windows as one: averaged by the number of tokens, of unit length. None where
/// there is nothing to average, or the sum has no direction.
pub(crate) fn averaged(parts: &[(Vec<f32>, usize)]) -> Option<Vec<f32>> {
    let (first, _) = parts.first()?;
    let mut sum = vec![0.0_f64; first.len()];
    for (vector, tokens) in parts {
        let length = vector.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        #[expect(clippy::cast_precision_loss, reason = "counts of tokens are small")]
        let weight = (*tokens).max(1) as f64 / length;
        sum.iter_mut().zip(vector).for_each(|(total, x)| *total += f64::from(*x) * weight);
    }
    let length = sum.iter().map(|x| x.powi(2)).sum::<f64>().sqrt();
    #[expect(clippy::cast_possible_truncation, reason = "components of a unit vector")]
    let unit = sum.into_iter().map(|x| (x / length) as f32).collect();
    (length.is_finite() && length > 0.0).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_on_character_bounds_and_in_order() {
        for text in ["", " \n", "Hello, wörld!", "東京タワーの高さ", "a😀b", &"x".repeat(100)]
        {
            let tokens = estimated_tokens(text);
            let mut end = 0;
            for token in &tokens {
                assert!(token.start >= end && token.end > token.start, "{text}: {tokens:?}");
                assert!(text.get(token.clone()).is_some(), "{text}: {tokens:?}");
                end = token.end;
            }
        }
        assert_eq!(estimated_tokens("example text").len(), 3);
        assert_eq!(estimated_tokens("東京").len(), 2);
    }

    #[test]
    fn windows_hold_every_token_within_both_limits() {
        let text = "one two three four five six seven eight nine ten".repeat(5);
        let all = estimated_tokens(&text).len();
        for limits in [(3, 1000), (1000, 20), (7, 13), (1, 1), (1000, 1000)] {
            let limits = Limits { tokens: limits.0, characters: limits.1 };
            let windows = windows(&text, limits);
            assert_eq!(windows.iter().map(|window| window.tokens).sum::<usize>(), all);
            for window in &windows {
                assert!(window.tokens <= limits.tokens);
                assert!(window.text.chars().count() <= limits.characters || window.tokens == 1);
            }
        }
        assert_eq!(windows("", Limits { tokens: 1, characters: 1 }).len(), 1);
    }

    #[test]
    fn averages_weigh_by_tokens_and_have_unit_length() {
        let average = averaged(&[(vec![2.0, 0.0], 3), (vec![0.0, 0.5], 4)]).unwrap_or_default();
        assert!((average[0] - 0.6).abs() < 1e-6 && (average[1] - 0.8).abs() < 1e-6);
        assert_eq!(averaged(&[]), None);
        assert_eq!(averaged(&[(vec![0.0, 0.0], 1)]), None);
    }
}
