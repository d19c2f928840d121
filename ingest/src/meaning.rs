//! How the meaning of a text turns from sentence to sentence, as its embedding model sees it.

use std::future::Future;

use corpus::Embedding;
use documents::{Extracted, Sentences};
use futures::StreamExt;

use crate::write::SLICES;

/// How far the meanings of sentences that follow each other are apart: one less the cosine.
/// `embed` is given at most `batch` texts at a time.
pub async fn distances<E, F>(
    extracted: &Extracted,
    sentences: &Sentences,
    batch: usize,
    embed: impl Fn(Vec<String>) -> F,
) -> Result<Vec<f32>, E>
where
    F: Future<Output = Result<Vec<Embedding>, E>>,
{
    let count = sentences.count();
    let batches = (0..count).step_by(batch.max(1)).map(|first| -> Vec<String> {
        let groups = first..count.min(first + batch.max(1));
        groups.map(|index| sentences.group(extracted, index).to_owned()).collect()
    });
    let mut embedded = futures::stream::iter(batches).map(embed).buffered(SLICES);
    let mut distances = Vec::with_capacity(count);
    let mut before: Option<Vec<f32>> = None;
    while let Some(embeddings) = embedded.next().await {
        for Embedding { vector, .. } in embeddings? {
            let cosine = |before: Vec<f32>| -> f32 {
                before.iter().zip(&vector).map(|(one, other)| one * other).sum()
            };
            distances.extend(before.take().map(|before| 1.0 - cosine(before)));
            before = Some(vector);
        }
    }
    Ok(distances)
}
