//! `outcrop check`: is the configuration valid, and does everything that it names answer?

use std::time::Instant;

use anyhow::anyhow;
use serde_json::{Value, json};

use super::Outcome;
use crate::client::{Client, text};
use crate::config::ConfigError;
use crate::context::Context;
use crate::data_dir::{self, DataDirError};
use crate::model_files;
use crate::parsing;
use crate::service::{self, Sources, Stores};
use crate::terminal::Terminal;

/// What became of one check.
#[derive(Debug)]
struct Finding {
    /// What was checked.
    part: String,
    /// What was found: in order, or what is wrong and what to do about it.
    result: Result<String, String>,
}

/// Parts, and what was found of each.
type Found = Vec<(String, anyhow::Result<String>)>;

/// Reports a configuration that cannot be read at all.
pub(crate) fn misconfigured(terminal: &Terminal, error: ConfigError) -> anyhow::Result<Outcome> {
    let result = Err(format!("{:#}", anyhow::Error::from(error)));
    report(terminal, &[Finding { part: "configuration".to_owned(), result }])
}

/// Runs the command.
pub(crate) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let mut findings = Vec::new();
    let mut find = |part: &str, result: anyhow::Result<String>| {
        let result = result.map_err(|error| format!("{error:#}"));
        findings.push(Finding { part: part.to_owned(), result });
    };
    let file = match &context.file {
        Some(path) => path.display().to_string(),
        None => "defaults; no file".to_owned(),
    };
    find("configuration", Ok(file));
    let folder = context.config.data_dir.display().to_string();
    match data_dir::hold(&context.config.data_dir) {
        Ok(held) => {
            find("data directory", Ok(folder));
            for (part, result) in stores(context).await {
                find(&part, result);
            }
            let listener = service::bind(context.config.listen).await;
            find("address", listener.map(|_| format!("{} is free", context.config.listen)));
            drop(held);
        }
        Err(DataDirError::InUse { .. }) => {
            find("data directory", Ok(format!("{folder}, held by a server")));
            match server(context).await {
                Ok((server, sources)) => {
                    find("server", Ok(server));
                    for (part, result) in sources {
                        find(&part, result);
                    }
                }
                Err(error) => find("server", Err(error)),
            }
        }
        Err(error) => find("data directory", Err(error.into())),
    }
    for (part, result) in parsing::check(&context.config.ingest).await {
        find(&part, result);
    }
    for (part, result) in model_files::check(context).await {
        find(&part, result);
    }
    report(&context.terminal, &findings)
}

/// The catalog and the index, opened by this process.
async fn stores(context: &Context) -> Found {
    let mut findings = Vec::new();
    let stores = match Stores::open(context).await {
        Ok(stores) => stores,
        Err(error) => return vec![("stores".to_owned(), Err(error))],
    };
    let pinged = stores.catalog.ping().await;
    findings
        .push(("catalog".to_owned(), pinged.map(|()| "answers".to_owned()).map_err(Into::into)));
    let pinged = stores.vectors.store().ping().await;
    findings.push((
        "chunk index".to_owned(),
        pinged.map(|()| "answers".to_owned()).map_err(Into::into),
    ));
    match sources(context, &stores).await {
        Ok(checks) => findings.extend(checks),
        Err(error) => findings.push(("data sources".to_owned(), Err(error))),
    }
    let end = Instant::now() + context.config.shutdown_time();
    stores.close(move || Instant::now() < end).await;
    findings
}

/// Every data source, as its connector sees it.
async fn sources(context: &Context, stores: &Stores) -> anyhow::Result<Found> {
    let Sources { connectors, .. } = Sources::open(&context.config, &stores.catalog)?;
    let checks = api::check_sources(&stores.catalog, connectors.as_ref()).await?;
    let finding = |check: api::SourceCheck| {
        source(&check.knowledge_base, &check.data_source, check.failure.as_deref())
    };
    Ok(checks.into_iter().map(finding).collect())
}

fn source(
    knowledge_base: &str,
    data_source: &str,
    failure: Option<&str>,
) -> (String, anyhow::Result<String>) {
    let result = match failure {
        Some(failure) => Err(anyhow!(failure.to_owned())),
        None => Ok("can be read".to_owned()),
    };
    (format!("{knowledge_base}/{data_source}"), result)
}

/// The server that holds the data directory; it knows its catalog, its index and its sources.
async fn server(context: &Context) -> anyhow::Result<(String, Found)> {
    let Some(notice) = data_dir::notice(&context.config.data_dir) else {
        anyhow::bail!(
            "the process that holds it does not say where it listens: wait until it has started, \
             or stop it"
        );
    };
    let client = Client::new(notice.address)?;
    client.ready().await?;
    let sources = client.check().await?;
    let sources = sources.iter().map(|one| {
        source(text(one, "knowledgeBase"), text(one, "dataSource"), one["failure"].as_str())
    });
    let said = format!("{} is ready, version {}", client.endpoint(), notice.version);
    Ok((said, sources.collect()))
}

fn report(terminal: &Terminal, findings: &[Finding]) -> anyhow::Result<Outcome> {
    let bad = findings.iter().any(|finding| finding.result.is_err());
    if terminal.json() {
        let findings = findings.iter().map(|Finding { part, result }| {
            let (Ok(detail) | Err(detail)) = result;
            json!({"part": part, "ok": result.is_ok(), "detail": detail})
        });
        let findings: Vec<Value> = findings.collect();
        terminal.print_json(&json!({"ok": !bad, "checks": findings}))?;
    } else {
        let width = findings.iter().map(|finding| finding.part.len()).max().unwrap_or(0);
        for Finding { part, result } in findings {
            match result {
                Ok(detail) => {
                    terminal.print(format_args!("✓ {part:width$}  {}", terminal.dim(detail)))?;
                }
                Err(why) => terminal.print(format_args!("✗ {part:width$}  {why}"))?,
            }
        }
    }
    Ok(if bad { Outcome::Bad } else { Outcome::Done })
}
