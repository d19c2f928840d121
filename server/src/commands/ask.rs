//! `outcrop ask`: a question, and its answer with sources.

use std::io::{IsTerminal, stdin};

use anyhow::bail;
use serde_json::Value;

use super::{Outcome, knowledge_base};
use crate::answer::Answer;
use crate::attachment::attached;
use crate::bedrock;
use crate::cli::AskArguments;
use crate::client::text;
use crate::context::Context;

/// Runs the command.
pub(crate) async fn run(context: &Context, arguments: AskArguments) -> anyhow::Result<Outcome> {
    let model = bedrock::model_arn(&context.config.region, &arguments.model);
    let answer = attached(context, context.private_listen(), async |attachment| {
        let client = &attachment.client;
        let all = client.knowledge_bases().await?;
        let chosen = choose(context, &all, arguments.knowledge_base.as_deref()).await?;
        let roots = knowledge_base::roots(client, &chosen).await?;
        let request = bedrock::question(&chosen, &model, &arguments.question);
        let response = client.retrieve_and_generate(&request).await?;
        Ok(Answer::read(&response, &roots))
    })
    .await?;
    if context.terminal.json() {
        context.terminal.print_json(&answer.to_json())?;
    } else {
        answer.print(&context.terminal)?;
    }
    Ok(Outcome::Done)
}

/// The id of the knowledge base that was named, or of the only one, or of the one that the user
/// picks.
async fn choose(context: &Context, all: &[Value], named: Option<&str>) -> anyhow::Result<String> {
    let list = || {
        let lines = all.iter().enumerate().map(|(index, one)| {
            format!("  {}. {} ({})", index + 1, text(one, "name"), text(one, "knowledgeBaseId"))
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let id = |one: &Value| text(one, "knowledgeBaseId").to_owned();
    match (named, all) {
        (_, []) => bail!("there is no knowledge base yet: make one by `outcrop ingest FOLDER`"),
        (Some(named), all) => {
            let found = all
                .iter()
                .find(|one| text(one, "knowledgeBaseId") == named)
                .or_else(|| all.iter().find(|one| text(one, "name") == named));
            match found {
                Some(one) => Ok(id(one)),
                None => bail!("there is no knowledge base '{named}'; there are:\n{}", list()),
            }
        }
        (None, [one]) => Ok(id(one)),
        (None, all) if context.terminal.watched && stdin().is_terminal() => {
            context.terminal.note(format_args!("Which knowledge base?\n{}", list()))?;
            let line = tokio::task::spawn_blocking(|| {
                let mut line = String::new();
                stdin().read_line(&mut line).map(|_| line)
            })
            .await??;
            let picked = line.trim();
            let one = all.iter().enumerate().find(|(index, one)| {
                picked == (index + 1).to_string()
                    || picked == text(one, "name")
                    || picked == text(one, "knowledgeBaseId")
            });
            one.map(|(_, one)| id(one)).ok_or_else(|| anyhow::anyhow!("'{picked}' is none of them"))
        }
        (None, _) => {
            bail!("there are several knowledge bases; name one by --knowledge-base:\n{}", list())
        }
    }
}
