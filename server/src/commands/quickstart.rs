//! `outcrop quickstart`: from nothing to an answer with its sources, in one command.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{Outcome, job, knowledge_base};
use crate::answer::Answer;
use crate::attachment::{Attachment, Interrupted, attached};
use crate::bedrock;
use crate::cli::QuickstartArguments;
use crate::client::{Client, Removals};
use crate::config::Listen;
use crate::context::Context;
use crate::handbook;
use crate::service;
use crate::terminal::quoted;

/// The name of the knowledge base, and of the folder in the data directory.
const NAME: &str = "handbook";

/// What is asked where nobody says what. The handbook has two answers to it, of which one is out
/// of date.
const QUESTION: &str = "Up to what price are hotel rooms reimbursed?";

/// Runs the command.
pub(crate) async fn run(
    context: &Context,
    arguments: QuickstartArguments,
) -> anyhow::Result<Outcome> {
    let question = arguments.question.as_deref().unwrap_or(QUESTION);
    let listen = listen(context, arguments.exit).await?;
    let result = attached(context, listen, async |attachment| {
        let knowledge_base = answer(context, attachment, question).await?;
        let gone = arguments.exit && attachment.running().is_some();
        if !context.terminal.json() {
            if gone {
                print_what_next(context, question)?;
            } else {
                print_snippets(context, &attachment.client, &knowledge_base, question)?;
            }
        }
        if arguments.exit {
            return Ok(());
        }
        keep_serving(context, attachment).await
    })
    .await;
    match result {
        // How a server is stopped.
        Err(error) if error.is::<Interrupted>() && !arguments.exit => Ok(Outcome::Done),
        result => result.map(|()| Outcome::Done),
    }
}

/// Where to serve: nobody who only wants to see it should stumble over a port that is taken.
async fn listen(context: &Context, exit: bool) -> anyhow::Result<Listen> {
    let configured = context.config.listen;
    if context.listen_chosen {
        return Ok(configured);
    }
    if exit {
        return Ok(Listen::ANY);
    }
    match service::bind(configured).await {
        Ok(_) => Ok(configured),
        Err(_) => Ok(Listen::ANY),
    }
}

/// Ingests the handbook and asks the question; the id of the knowledge base.
async fn answer(
    context: &Context,
    attachment: &mut Attachment,
    question: &str,
) -> anyhow::Result<String> {
    let terminal = &context.terminal;
    let folder = context.config.within(NAME);
    handbook::unpack(&folder)
        .with_context(|| format!("the handbook cannot be unpacked to {}", folder.display()))?;
    let region = &context.config.region;
    let embedding_model = bedrock::model_arn(region, bedrock::EMBEDDING_MODEL);
    let description = "The sample handbook that Outcrop carries";
    let id =
        knowledge_base::ensure(&attachment.client, NAME, description, &embedding_model).await?;
    let data_source = knowledge_base::ensure_folder(&attachment.client, &id, &folder).await?;
    terminal.say(format_args!(
        "{} {}",
        terminal.bold("Reading"),
        terminal.dim(folder.display())
    ))?;
    let order = job::Order {
        knowledge_base: &id,
        data_source: &data_source,
        folder: Some(&folder),
        removals: Removals::Guarded,
    };
    let ended = job::run(context, attachment, order).await?;
    anyhow::ensure!(ended.is_complete(), "the handbook could not be ingested: {}", ended.job);
    terminal.say(format_args!("  {}\n", ended.summary()))?;

    let model = bedrock::model_arn(region, bedrock::GENERATION_MODEL);
    let client = &attachment.client;
    let request = bedrock::question(&id, &model, question);
    let response = client.retrieve_and_generate(&request).await?;
    let answer = Answer::read(&response, &knowledge_base::roots(client, &id).await?);
    if terminal.json() {
        let mut result = answer.to_json();
        result["question"] = question.into();
        result["endpoint"] = client.endpoint().into();
        result["knowledgeBaseId"] = id.as_str().into();
        result["ingestionJob"] = ended.to_json();
        terminal.print_json(&result)?;
        return Ok(id);
    }
    terminal.print(format_args!("{} {question}", terminal.bold("Asking")))?;
    answer.print(terminal)?;
    Ok(id)
}

/// Serves until it is told to stop; where another process serves, it does without us.
async fn keep_serving(context: &Context, attachment: &mut Attachment) -> anyhow::Result<()> {
    let endpoint = attachment.client.endpoint();
    match attachment.running() {
        Some(running) => {
            context.terminal.say(context.terminal.dim("\nServing; Ctrl-C stops."))?;
            running.start_triggers();
            running.until_stopped().await;
        }
        None => {
            context
                .terminal
                .say(context.terminal.dim(format_args!("\nThe server at {endpoint} goes on.")))?;
        }
    }
    Ok(())
}

/// How to go on where nothing is served any longer.
fn print_what_next(context: &Context, question: &str) -> std::io::Result<()> {
    let terminal = &context.terminal;
    let program = format!("outcrop{}", context.repeated_flags);
    let next = [
        ("Ask again", format!("ask {}", quoted(question))),
        ("Read your own documents", "ingest FOLDER".to_owned()),
        ("Keep serving, with code to paste", "quickstart".to_owned()),
    ];
    terminal.print("")?;
    for (what, arguments) in next {
        terminal.print(terminal.dim(format_args!("# {what}")))?;
        terminal.print(format_args!("{program} {arguments}"))?;
    }
    Ok(())
}

/// What to paste to ask the same from outside.
fn print_snippets(
    context: &Context,
    client: &Client,
    knowledge_base: &str,
    question: &str,
) -> std::io::Result<()> {
    let terminal = &context.terminal;
    let model = bedrock::model_arn(&context.config.region, bedrock::GENERATION_MODEL);
    let endpoint = client.endpoint();
    terminal.print(format_args!(
        "\n{} {endpoint}   {} {knowledge_base}",
        terminal.bold("Endpoint"),
        terminal.bold("Knowledge base"),
    ))?;
    terminal.print(format_args!("\n{}", terminal.dim("# Python, after pip install boto3")))?;
    terminal.print(python(&endpoint, knowledge_base, &model, question))?;
    terminal.print(format_args!("\n{}", terminal.dim("# Shell")))?;
    terminal.print(shell(&endpoint, knowledge_base, question))
}

fn python(endpoint: &str, knowledge_base: &str, model: &str, question: &str) -> String {
    format!(
        r#"import boto3
runtime = boto3.client("bedrock-agent-runtime", endpoint_url="{endpoint}",
    region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any")
answer = runtime.retrieve_and_generate(input={{"text": {question}}},
    retrieveAndGenerateConfiguration={{"type": "KNOWLEDGE_BASE", "knowledgeBaseConfiguration": {{
        "knowledgeBaseId": "{knowledge_base}", "modelArn": "{model}"}}}})
print(answer["output"]["text"])"#,
        question = Value::from(question),
    )
}

fn shell(endpoint: &str, knowledge_base: &str, question: &str) -> String {
    let body = json!({"retrievalQuery": {"text": question}}).to_string().replace('\'', r"'\''");
    format!(
        "curl -s {endpoint}/knowledgebases/{knowledge_base}/retrieve -H 'content-type: application/json' \\\n  -d '{body}'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_quote_what_is_asked() {
        let asked = r#"What's "this"?"#;
        let code = python("http://x", "K", "m", asked);
        assert!(code.contains(r#"{"text": "What's \"this\"?"}"#), "{code}");
        let command = shell("http://x", "K", asked);
        assert!(
            command.contains(r#"'{"retrievalQuery":{"text":"What'\''s \"this\"?"}}'"#),
            "{command}"
        );
    }
}
