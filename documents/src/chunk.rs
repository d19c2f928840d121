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
            Cutter { extracted, measure, budget, aim, contexts: Some(&contexts) }.cut(all)
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
            Cutter { extracted, measure, budget, aim: budget, contexts: None }.cut(all)
        }
        ChunkingStrategy::None => {
            whole(&extracted.text).map(|range| Cut { range, lead: 0..0 }).into_iter().collect()
        }
    };
    place::place(extracted, &cuts, &contexts, measure)
}

/// The text without the white space around it, where there is any.
fn whole(text: &str) -> Option<Range<usize>> {
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    (!trimmed.is_empty()).then(|| start..start + trimmed.len())
}

#[cfg(test)]
mod tests;
