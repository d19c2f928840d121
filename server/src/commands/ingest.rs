//! `outcrop ingest`: reads a folder into a knowledge base.

use anyhow::Context as _;

use super::{Outcome, job, knowledge_base};
use crate::attachment::attached;
use crate::bedrock;
use crate::cli::IngestArguments;
use crate::context::Context;
use crate::terminal::{Terminal, plain};

/// The most failures that are printed.
const FAILURES: usize = 20;

/// Runs the command.
pub(crate) async fn run(context: &Context, arguments: IngestArguments) -> anyhow::Result<Outcome> {
    let folder = arguments.folder.canonicalize().with_context(|| {
        format!("the folder {} is not there: give one that is", arguments.folder.display())
    })?;
    anyhow::ensure!(folder.is_dir(), "{} is no folder: give one", folder.display());
    anyhow::ensure!(
        folder.to_str().is_some(),
        "the path {} is not valid Unicode: rename what is not",
        folder.display()
    );
    let own = folder.file_name().unwrap_or_default().to_string_lossy();
    let name = arguments.name.unwrap_or_else(|| bedrock::name_of(&own));
    let model = bedrock::model_arn(&context.config.region, &arguments.embedding_model);

    let ended = attached(context, context.private_listen(), async |attachment| {
        let client = &attachment.client;
        let description = format!("Made by outcrop ingest of {own}");
        let knowledge_base = knowledge_base::ensure(client, &name, &description, &model).await?;
        let data_source = knowledge_base::ensure_folder(client, &knowledge_base, &folder).await?;
        context.terminal.say(format_args!(
            "{} ({knowledge_base}) ← {}",
            context.terminal.bold(&name),
            folder.display()
        ))?;
        job::run(context, attachment, (&knowledge_base, &data_source), &folder).await
    })
    .await
    .map_err(paused)?;

    if context.terminal.json() {
        context.terminal.print_json(&ended.to_json())?;
    } else {
        context.terminal.print(format_args!("  {}", ended.summary()))?;
        print_failures(&context.terminal, &ended.failures())?;
    }
    if ended.is_complete() {
        return Ok(Outcome::Done);
    }
    context
        .terminal
        .note(format_args!("the job is {}", ended.job["status"].as_str().unwrap_or("?")))?;
    Ok(Outcome::Bad)
}

fn paused(error: anyhow::Error) -> anyhow::Error {
    if error.is::<crate::attachment::Interrupted>() {
        error.context(
            "the job goes on in the server that holds the data directory, or with the next one",
        )
    } else {
        error
    }
}

fn print_failures(terminal: &Terminal, failures: &[(String, String)]) -> std::io::Result<()> {
    let shown = &failures[..failures.len().min(FAILURES)];
    let name = |document: &str| plain(document).chars().take(48).collect::<String>();
    let width =
        shown.iter().map(|(document, _)| console::measure_text_width(&name(document))).max();
    for (document, reason) in shown {
        let name = name(document);
        let gap = width.unwrap_or(0).saturating_sub(console::measure_text_width(&name));
        terminal.print(format_args!("  ✗ {name}{}  {}", " ".repeat(gap), plain(reason)))?;
    }
    if failures.len() > shown.len() {
        terminal.print(format_args!(
            "  … and {} more; --json has them",
            failures.len() - shown.len()
        ))?;
    }
    Ok(())
}
