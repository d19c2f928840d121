//! `outcrop ingest`: reads a folder into a knowledge base.

use anyhow::Context as _;

use super::{Outcome, accounts, job, knowledge_base};
use crate::attachment::attached;
use crate::bedrock;
use crate::cli::IngestArguments;
use crate::context::Context;

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

    let (ended, accounts) = attached(context, context.private_listen(), async |attachment| {
        let client = &attachment.client;
        let description = format!("Made by outcrop ingest of {own}");
        let knowledge_base = knowledge_base::ensure(client, &name, &description, &model).await?;
        let data_source = knowledge_base::ensure_folder(client, &knowledge_base, &folder).await?;
        context.terminal.say(format_args!(
            "{} ({knowledge_base}) ← {}",
            context.terminal.bold(&name),
            folder.display()
        ))?;
        let ids = (knowledge_base.as_str(), data_source.as_str());
        let ended = job::run(context, attachment, ids, &folder).await?;
        let accounts = accounts::accounts(&attachment.client, ids).await?;
        Ok((ended, accounts))
    })
    .await
    .map_err(paused)?;

    if context.terminal.json() {
        let mut result = ended.to_json();
        result["documents"] = accounts.iter().map(accounts::Account::to_json).collect();
        context.terminal.print_json(&result)?;
    } else {
        context.terminal.print(format_args!("  {}", ended.summary()))?;
        accounts::print(&context.terminal, &accounts)?;
        for reason in ended.own_reasons(&accounts) {
            context.terminal.print(format_args!("  ! {reason}"))?;
        }
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
