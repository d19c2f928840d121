//! Text to chunks. Sizes are in the embedding model's own tokens; chunks end where the text does so
//! by itself, as far as their size allows: before a heading, else between paragraphs, lines,
//! sentences, words, in this order.
//!
//! Invariants: a chunk's text is the text at its span; chunks follow each other in order and cover
//! all of the text but white space; none has more tokens than its budget, save a single character
//! that has more by itself. Time is linear in the text.

mod bounds;
mod context;
mod hierarchy;
mod lines;
mod measure;
mod overlap;
mod pack;
mod place;
mod semantic;
mod sizer;
mod split;
mod unit;

use std::ops::Range;

use corpus::{Chunk, ChunkingStrategy};

use crate::extracted::Extracted;
use context::Contexts;
use hierarchy::Levels;
use split::{Cut, Cutter};

pub use measure::Measure;
pub use semantic::Sentences;

/// The size of chunks where nothing else is asked for.
const DEFAULT_TOKENS: u32 = 300;

/// A share of that is what a chunk has at best, in percent. What was measured: smaller ones are
/// found less often, larger ones say more that was not asked for (see `docs/adr/0018-chunking.md`).
const AIM: usize = 54;

/// Cuts a text into chunks. There are none where there is only white space.
///
/// [`ChunkingStrategy::Semantic`] needs embeddings: see [`Sentences`]. Without, only
/// its `max_tokens` counts.
pub fn chunk(
    extracted: &Extracted,
    strategy: ChunkingStrategy,
    measure: &Measure<'_>,
) -> Vec<Chunk> {
    let contexts = Contexts::of(extracted, measure);
    let all = 0..extracted.text.len();
    let cuts = match strategy {
        ChunkingStrategy::Default => {
            let budget = DEFAULT_TOKENS.min(measure.window).max(1) as usize;
            let aim = (budget * AIM / 100).max(1);
            Cutter::new(extracted, measure, budget, aim).beside(&contexts).cut(all)
        }
        ChunkingStrategy::FixedSize { max_tokens, overlap_percentage } => {
            let budget = max_tokens.max(1) as usize;
            let share = budget * overlap_percentage.min(99) as usize / 100;
            overlap::cut(extracted, measure, budget, share, all)
        }
        ChunkingStrategy::Hierarchical { parent_tokens, child_tokens, overlap_tokens } => {
            let levels = Levels {
                parent: parent_tokens.max(1) as usize,
                child: child_tokens.clamp(1, parent_tokens.max(1)) as usize,
                overlap: overlap_tokens as usize,
            };
            return hierarchy::children(extracted, levels, &contexts, measure);
        }
        ChunkingStrategy::Semantic { max_tokens, .. } => {
            let budget = max_tokens.max(1) as usize;
            Cutter::new(extracted, measure, budget, budget).cut(all)
        }
        ChunkingStrategy::None => {
            trimmed(&extracted.text, all).map(Cut::alone).into_iter().collect()
        }
    };
    place::place(extracted, &cuts, &contexts, measure)
}

/// A range of a text without the white space around it; none where it is nothing else.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let piece = text.get(range.clone()).unwrap_or_default();
    let start = range.start + piece.len() - piece.trim_start().len();
    let end = range.start + piece.trim_end().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests;
