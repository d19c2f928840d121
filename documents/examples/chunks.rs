//! The default chunks of files, for scoring: `chunks TOKENIZER WINDOW FILE…`, where TOKENIZER is a
//! model's `tokenizer.json`. Prints a line of JSON for each chunk: the file's stem, the span in
//! characters, what is shown, and what it is found by besides.

#![expect(clippy::print_stdout, reason = "this is what the program is for")]

use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use corpus::ChunkingStrategy;
use documents::{Hint, Measure, chunk, extract};
use serde_json::json;
use tokenizers::Tokenizer;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().context("usage: chunks TOKENIZER WINDOW FILE…");
    let (tokenizer, window) = (next()?, next()?.parse()?);
    let mut tokenizer = Tokenizer::from_file(tokenizer).map_err(|error| anyhow!(error))?;
    tokenizer.with_padding(None);
    tokenizer.with_truncation(None).map_err(|error| anyhow!(error))?;
    let measure = Measure::new(window, |text| tokens(&tokenizer, text));
    for file in arguments {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {file}"))?;
        let extracted = extract(&bytes, Hint { name: &file, media_type: None })
            .with_context(|| file.clone())?;
        let document = Path::new(&file).file_stem().unwrap_or_default().to_string_lossy();
        for chunk in chunk(&extracted, ChunkingStrategy::Default, &measure) {
            let span = chunk.place.span;
            let line = json!({
                "doc": document,
                "start": span.start,
                "end": span.end,
                "text": chunk.shown(),
                "context": chunk.context,
            });
            println!("{line}");
        }
    }
    Ok(())
}

fn tokens(tokenizer: &Tokenizer, text: &str) -> Vec<Range<usize>> {
    let Ok(encoding) = tokenizer.encode(text, false) else { return Vec::new() };
    encoding.get_offsets().iter().map(|(start, end)| *start..*end).collect()
}
