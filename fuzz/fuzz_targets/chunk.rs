//! Any text, cut in every way: chunks are the text at their spans, cover all of it but white space,
//! are within their budget, and lie within their parents.

#![no_main]

use corpus::{Chunk, ChunkingStrategy, Parent};
use documents::{Extracted, Measure, Sentences, chunk};
use fuzz::read;
use libfuzzer_sys::fuzz_target;
use std::ops::Range;

/// Tokens are words of up to six letters, and single characters of longer ones.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    for word in text.split(char::is_whitespace).filter(|word| !word.is_empty()) {
        let at = word.as_ptr().addr() - text.as_ptr().addr();
        if word.chars().count() <= 6 {
            tokens.push(at..at + word.len());
        } else {
            tokens.extend(word.char_indices().map(|(i, c)| at + i..at + i + c.len_utf8()));
        }
    }
    tokens
}

/// Checks that chunks cover the text in order.
fn check(extracted: &Extracted, chunks: &[Chunk], budget: usize) {
    let characters: Vec<char> = extracted.text.chars().collect();
    let mut covered = 0;
    for chunk in chunks {
        let (start, end) = (chunk.place.span.start as usize, chunk.place.span.end as usize);
        assert!(chunk.text.chars().eq(characters[start..end].iter().copied()));
        if start > covered {
            assert!(characters[covered..start].iter().all(|c| c.is_whitespace()));
        }
        assert!(end > covered);
        covered = end;
        assert!(tokens(&chunk.shown()).len() <= budget || end - start == 1);
        assert!(chunk.place.sources.len() <= 16);
        if let Some(Parent::Carried(parent)) = &chunk.parent {
            let (from, to) = (parent.place.span.start as usize, parent.place.span.end as usize);
            assert!(parent.text.chars().eq(characters[from..to].iter().copied()));
            assert!(from <= start && end <= to);
        }
    }
    assert!(characters[covered..].iter().all(|c| c.is_whitespace()));
}

fuzz_target!(|input: (u8, u8, &str)| {
    let (most, share, text) = input;
    for name in ["a.md", "a.txt", "a.html", "a.rs"] {
        let Some(extracted) = read(text.as_bytes(), name, None) else { continue };
        let budget = u32::from(most).max(1);
        let measure = Measure::new(budget, tokens);
        let fixed = ChunkingStrategy::FixedSize {
            max_tokens: budget,
            overlap_percentage: u32::from(share % 99) + 1,
        };
        let hierarchical = ChunkingStrategy::Hierarchical {
            parent_tokens: budget.saturating_mul(4),
            child_tokens: budget,
            overlap_tokens: u32::from(share) % budget,
        };
        for strategy in [ChunkingStrategy::Default, fixed, hierarchical] {
            check(&extracted, &chunk(&extracted, strategy, &measure), budget as usize);
        }
        let sentences = Sentences::of(&extracted, u32::from(share % 2));
        let distances: Vec<f32> = (0..sentences.count())
            .map(|index| {
                f32::from(sentences.group(&extracted, index).bytes().fold(share, u8::wrapping_add))
            })
            .collect();
        let chunks =
            sentences.cut(&extracted, &distances, 50 + u32::from(share % 50), budget, &measure);
        check(&extracted, &chunks, budget as usize);
    }
});
