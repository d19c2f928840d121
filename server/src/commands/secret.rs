//! `outcrop secret`: what data sources log in with. Values come from standard input or from a
//! prompt that does not echo, never from the command line, which others can see.

mod fields;

use std::io::{IsTerminal, Read, stdin};

use anyhow::Context as _;
use console::Term;
use secrecy::SecretString;
use serde_json::json;

use self::fields::Fields;
use super::Outcome;
use crate::attachment::{Interrupted, attached};
use crate::cli::{SecretAction, SecretArguments};
use crate::client::text;
use crate::context::Context;

/// Runs the command.
pub(crate) async fn run(context: &Context, arguments: SecretArguments) -> anyhow::Result<Outcome> {
    match arguments.action {
        SecretAction::Set { name } => set(context, &name).await,
        SecretAction::List => list(context).await,
        SecretAction::Remove { name } => remove(context, &name).await,
    }
    .map(|()| Outcome::Done)
}

async fn set(context: &Context, name: &str) -> anyhow::Result<()> {
    let asking = context.clone();
    let fields = tokio::task::spawn_blocking(move || read(&asking)).await??;
    let told = attached(context, context.private_listen(), async |attachment| {
        Ok(attachment.client.set_secret(name, &fields).await?)
    })
    .await?;
    if context.terminal.json() {
        return Ok(context.terminal.print_json(&told)?);
    }
    context.terminal.print(format_args!(
        "Stored {}. Data sources name it as\n  {}",
        context.terminal.bold(name),
        text(&told, "arn"),
    ))?;
    Ok(())
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let secrets = attached(context, context.private_listen(), async |attachment| {
        Ok(attachment.client.secrets().await?)
    })
    .await?;
    if context.terminal.json() {
        return Ok(context.terminal.print_json(&json!({"secrets": secrets}))?);
    }
    if secrets.is_empty() {
        context.terminal.print("No secret yet: store one by `outcrop secret set NAME`.")?;
    }
    for secret in &secrets {
        let arn = context.terminal.dim(text(secret, "arn"));
        context.terminal.print(format_args!("{}  {arn}", text(secret, "name")))?;
    }
    Ok(())
}

async fn remove(context: &Context, name: &str) -> anyhow::Result<()> {
    let told = attached(context, context.private_listen(), async |attachment| {
        Ok(attachment.client.remove_secret(name).await?)
    })
    .await?;
    if context.terminal.json() {
        return Ok(context.terminal.print_json(&told)?);
    }
    context.terminal.print(format_args!("Removed {}.", context.terminal.bold(name)))?;
    Ok(())
}

/// The fields, from whoever is at the other end of standard input.
fn read(context: &Context) -> anyhow::Result<Fields> {
    if stdin().is_terminal() {
        return prompt(context);
    }
    let mut input = String::new();
    stdin().read_to_string(&mut input).context("standard input cannot be read")?;
    Ok(fields::parse(&input)?)
}

/// Asks for names, and for values without showing them. An interruption counts once the line that
/// is being read has ended, since until then the terminal does not echo.
fn prompt(context: &Context) -> anyhow::Result<Fields> {
    let terminal = Term::stderr();
    let mut fields = Fields::new();
    terminal.write_line("Fields of the secret; an empty name ends.")?;
    loop {
        terminal.write_str("Name: ")?;
        let name = terminal.read_line()?.trim().to_owned();
        if context.stop.soft.is_cancelled() {
            return Err(Interrupted.into());
        }
        if name.is_empty() {
            break;
        }
        terminal.write_str(&format!("Value of {name} (not shown): "))?;
        let value = SecretString::from(terminal.read_secure_line()?);
        if context.stop.soft.is_cancelled() {
            return Err(Interrupted.into());
        }
        fields.insert(name, value);
    }
    anyhow::ensure!(!fields.is_empty(), "a secret needs a field: nothing was stored");
    Ok(fields)
}
