//! From pieces of a text to chunks that know where they stand.

use std::ops::Range;

use corpus::{Chunk, Place, Span};

use super::context::Contexts;
use super::measure::Measure;
use super::split::Cut;
use crate::extracted::{Extracted, Trail};

/// Makes chunks of pieces whose beginnings ascend.
pub(super) fn place(
    extracted: &Extracted,
    cuts: &[Cut],
    contexts: &Contexts,
    measure: &Measure<'_>,
) -> Vec<Chunk> {
    let text = |range: Range<usize>| extracted.text.get(range).unwrap_or_default();
    let characters = |range: Range<usize>| text(range).chars().count() as u64;
    let mut marks = extracted.marks.iter().peekable();
    let mut trail = Trail::default();
    let (mut byte, mut character) = (0, 0);
    let mut chunks = Vec::with_capacity(cuts.len());
    for (ordinal, Cut { range, lead }) in (0..).zip(cuts) {
        while let Some(mark) = marks.next_if(|mark| mark.offset <= range.start) {
            trail.pass(mark);
        }
        character += characters(byte..range.start);
        byte = range.start;
        let end = character + characters(range.clone());
        let place = Place {
            span: Span { start: character, end },
            sources: extracted.sources(range),
            ..trail.place()
        };
        let mut chunk = Chunk::new(ordinal, text(range.clone()), place);
        text(lead.clone()).clone_into(&mut chunk.lead);
        let context = contexts.at(range.start);
        if context.tokens > 0 && context.tokens <= room(&chunk, measure) {
            chunk.context.clone_from(&context.text);
        }
        chunks.push(chunk);
    }
    chunks
}

/// Tokens that may be embedded with a chunk without a further window of the model.
fn room(chunk: &Chunk, measure: &Measure<'_>) -> usize {
    let window = measure.window.max(1) as usize;
    let tokens = measure.size(&chunk.shown());
    tokens.max(1).div_ceil(window) * window - tokens
}
