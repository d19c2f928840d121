//! `outcrop ingest`: reads a folder into a knowledge base.

use anyhow::Context as _;

use super::{Outcome, accounts, job, knowledge_base};
use crate::attachment::attached;
use crate::bedrock;
use crate::cli::IngestArguments;
use crate::client::Removals;
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
        let order = job::Order {
            knowledge_base: &knowledge_base,
            data_source: &data_source,
            folder: Some(&folder),
            removals: Removals::Guarded,
        };
        let ended = job::run(context, attachment, order).await?;
        let accounts = accounts::accounts(&attachment.client, ids).await?;
        Ok((ended, accounts))
    })
    .await
    .map_err(job::paused)?;

    ended.report(&context.terminal, &accounts)
}
