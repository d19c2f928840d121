//! `outcrop parse`: the text of a file, as ingestion reads it.

use std::path::Path;

use anyhow::Context as _;
use documents::{Extracted, Severity};
use ingest::Extractor;

use super::Outcome;
use crate::cli::ParseArguments;
use crate::context::Context;
use crate::parsing;

/// Runs the command.
pub(crate) async fn run(context: &Context, arguments: &ParseArguments) -> anyhow::Result<Outcome> {
    let extracted = extract(context, arguments).await?;
    let terminal = &context.terminal;
    if terminal.json() {
        terminal.print_json(&serde_json::to_value(&extracted)?)?;
    } else {
        tell_warnings(context, &extracted)?;
        terminal.print(&extracted.text)?;
    }
    Ok(Outcome::Done)
}

/// Reads a file as ingestion does.
pub(super) async fn extract(
    context: &Context,
    arguments: &ParseArguments,
) -> anyhow::Result<Extracted> {
    let file = &arguments.file;
    let bytes = read(file, context.config.ingest.max_document_mb.get()).await?;
    let extractor = Extractor::new(parsing::isolation(&[])?, context.config.ingest.bounds());
    let (name, media_type) = (file.to_string_lossy(), arguments.media_type.as_deref());
    let read = extractor.extract(&bytes, &name, media_type).await;
    read.with_context(|| file.display().to_string())
}

/// Tells what is missing from a text, on standard error.
pub(super) fn tell_warnings(context: &Context, extracted: &Extracted) -> anyhow::Result<()> {
    for warning in &extracted.warnings {
        let sort = match warning.severity {
            Severity::Note => "note",
            Severity::Loss => "text is missing",
        };
        context.terminal.note(format_args!("{sort}: {}", warning.message))?;
    }
    Ok(())
}

async fn read(file: &Path, max_mb: u64) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("cannot read {}", file.display());
    let size = tokio::fs::metadata(file).await.with_context(cannot)?.len();
    anyhow::ensure!(
        size <= max_mb.saturating_mul(1_000_000),
        "{} has {size} bytes, and ingestion reads files up to {max_mb} MB: raise \
         ingest.max_document_mb",
        file.display()
    );
    tokio::fs::read(file).await.with_context(cannot)
}
