//! Any text, cut in every way: chunks are the text at their spans, cover all of it but white space,
//! and are within their budget.

#![no_main]

use corpus::ChunkingStrategy;
use documents::{Hint, Measure, chunk, extract};
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

fuzz_target!(|input: (u8, u8, &str)| {
    let (most, share, text) = input;
    let Ok(extracted) = extract(text.as_bytes(), Hint { name: "a.md", media_type: None }) else {
        return;
    };
    let budget = u32::from(most).max(1);
    let measure = Measure::new(budget, tokens);
    let fixed = ChunkingStrategy::FixedSize {
        max_tokens: budget,
        overlap_percentage: u32::from(share % 99) + 1,
    };
    let characters: Vec<char> = extracted.text.chars().collect();
    for strategy in [ChunkingStrategy::Default, fixed] {
        let mut covered = 0;
        for chunk in chunk(&extracted, strategy, &measure) {
            let (start, end) = (chunk.place.span.start as usize, chunk.place.span.end as usize);
            assert!(chunk.text.chars().eq(characters[start..end].iter().copied()));
            if start > covered {
                assert!(characters[covered..start].iter().all(|c| c.is_whitespace()));
            }
            assert!(end > covered);
            covered = end;
            assert!(tokens(&chunk.text).len() <= budget as usize || end - start == 1);
        }
        assert!(characters[covered..].iter().all(|c| c.is_whitespace()));
    }
});
