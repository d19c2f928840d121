//! Text to chunks. Sizes are in the embedding model's own tokens; chunks end where the text does so
//! by itself, as far as their size allows: before a heading, else between paragraphs, lines,
//! sentences, words, in this order.
//!
//! Invariants: a chunk's text is the text at its span; chunks follow each other in order and cover
//! all of the text but white space; none has more tokens than its budget, save a single character
//! that has more by itself. Time is linear in the text.

mod measure;
mod overlap;
mod sizer;
mod skeleton;
mod split;

use std::ops::Range;

use corpus::{Chunk, ChunkingStrategy, Place, Span};

use crate::extracted::{Extracted, Trail};
use split::Cutter;

pub use measure::Measure;

/// The size of chunks where nothing else is asked for.
const DEFAULT_TOKENS: u32 = 300;

/// Cuts a text into chunks. There are none where there is only white space.
pub fn chunk(
    extracted: &Extracted,
    strategy: ChunkingStrategy,
    measure: &Measure<'_>,
) -> Vec<Chunk> {
    let spans = match strategy {
        ChunkingStrategy::Default => {
            let budget = DEFAULT_TOKENS.min(measure.window).max(1) as usize;
            Cutter::new(extracted, measure, budget).cut()
        }
        ChunkingStrategy::FixedSize { max_tokens, overlap_percentage } => {
            let budget = max_tokens.max(1) as usize;
            let share = budget * overlap_percentage.min(99) as usize / 100;
            overlap::cut(extracted, measure, budget, share)
        }
        ChunkingStrategy::Hierarchical { .. } | ChunkingStrategy::Semantic { .. } => Vec::new(),
        ChunkingStrategy::None => whole(&extracted.text).into_iter().collect(),
    };
    place(extracted, &spans)
}

/// The text without the white space around it, where there is any.
fn whole(text: &str) -> Option<Range<usize>> {
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    (!trimmed.is_empty()).then(|| start..start + trimmed.len())
}

/// Makes chunks of spans in bytes, whose beginnings ascend.
fn place(extracted: &Extracted, spans: &[Range<usize>]) -> Vec<Chunk> {
    let text = extracted.text.as_str();
    let characters =
        |range: Range<usize>| text.get(range).map_or(0, |piece| piece.chars().count() as u64);
    let mut marks = extracted.marks.iter().peekable();
    let mut trail = Trail::default();
    let (mut byte, mut character) = (0, 0);
    let mut chunks = Vec::with_capacity(spans.len());
    for (ordinal, span) in (0..).zip(spans) {
        while let Some(mark) = marks.next_if(|mark| mark.offset <= span.start) {
            trail.pass(mark);
        }
        character += characters(byte..span.start);
        byte = span.start;
        let end = character + characters(span.clone());
        let place = Place { span: Span { start: character, end }, ..trail.place() };
        chunks.push(Chunk::new(ordinal, text.get(span.clone()).unwrap_or_default(), place));
    }
    chunks
}

#[cfg(test)]
mod tests;
