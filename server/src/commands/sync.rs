//! `outcrop sync`: synchronises a data source, in view of the user.

use super::cost::{Consent, agree};
use super::{Outcome, accounts, data_source, job};
use crate::attachment::attached;
use crate::cli::SyncArguments;
use crate::client::{Removals, Start};
use crate::context::Context;

/// Runs the command.
pub(crate) async fn run(context: &Context, arguments: SyncArguments) -> anyhow::Result<Outcome> {
    let removals = if arguments.accept_deletions { Removals::Accepted } else { Removals::Guarded };
    let consent = if arguments.yes { Consent::Given } else { Consent::Asked };
    let (ended, accounts) = attached(context, context.private_listen(), async |attachment| {
        let client = &attachment.client;
        let wanted = (arguments.data_source.as_str(), arguments.knowledge_base.as_deref());
        let found = data_source::find(client, wanted).await?;
        context.terminal.say(format_args!(
            "{} ({}) → {}",
            context.terminal.bold(&found.name),
            found.id,
            found.knowledge_base_name,
        ))?;
        let ids = (found.knowledge_base.as_str(), found.id.as_str());
        agree(client, &context.terminal, ids, consent).await?;
        let order = job::Order {
            knowledge_base: &found.knowledge_base,
            data_source: &found.id,
            folder: found.folder.as_deref(),
            removals,
        };
        let ended = job::run(context, attachment, order).await?;
        let accounts = accounts::accounts(&attachment.client, ids).await?;
        Ok((ended, accounts))
    })
    .await
    .map_err(job::paused)?;
    if ended.start == Start::Joined && removals == Removals::Accepted {
        context.terminal.note(
            "this was a job that ran already, without --accept-deletions: give the command again \
             if it left documents in place",
        )?;
    }
    ended.report(&context.terminal, &accounts)
}
