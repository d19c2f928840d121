//! `outcrop status`: what there is.

use serde_json::Value;

use super::Outcome;
use crate::attachment::attached;
use crate::client::{is_final, text};
use crate::context::Context;
use crate::progress::statistic;
use crate::terminal::{Table, Terminal};

/// Runs the command.
pub(crate) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let status = attached(context, context.private_listen(), async |attachment| {
        let mut status = attachment.client.status().await?;
        if attachment.running().is_none() {
            status["endpoint"] = attachment.client.endpoint().into();
        }
        Ok(status)
    })
    .await?;
    if context.terminal.json() {
        context.terminal.print_json(&status)?;
    } else {
        print(context, &status)?;
    }
    Ok(Outcome::Done)
}

fn print(context: &Context, status: &Value) -> anyhow::Result<()> {
    let terminal = &context.terminal;
    let server = match status["endpoint"].as_str() {
        Some(endpoint) => format!("served at {endpoint}"),
        None => "not served".to_owned(),
    };
    let folder = context.config.data_dir.display();
    terminal.print(terminal.dim(format_args!("{folder} · {server}")))?;
    let none = Vec::new();
    let knowledge_bases = status["knowledgeBases"].as_array().unwrap_or(&none);
    if knowledge_bases.is_empty() {
        terminal.print("No knowledge base yet: make one by `outcrop ingest FOLDER`.")?;
    }
    for knowledge_base in knowledge_bases {
        print_knowledge_base(terminal, knowledge_base)?;
    }
    Ok(())
}

fn print_knowledge_base(terminal: &Terminal, one: &Value) -> anyhow::Result<()> {
    terminal.print(format_args!(
        "\n{} {} · {} chunks · {}{}",
        terminal.bold(text(one, "name")),
        text(one, "knowledgeBaseId"),
        one["chunks"],
        text(one, "indexModel"),
        unusual(text(one, "status"), "ACTIVE"),
    ))?;
    let mut table = Table::new(["data source", "id", "documents", "chunks", "last job"]);
    for data_source in one["dataSources"].as_array().into_iter().flatten() {
        let state = unusual(text(data_source, "status"), "AVAILABLE");
        table.row([
            format!("{}{state}", text(data_source, "name")),
            text(data_source, "dataSourceId").to_owned(),
            documents(&data_source["documents"]),
            data_source["chunks"].to_string(),
            jobs(data_source),
        ]);
    }
    Ok(table.print(terminal)?)
}

fn unusual(status: &str, usual: &str) -> String {
    if status == usual { String::new() } else { format!(" · {status}") }
}

/// How many documents are in which state, the usual one first.
fn documents(counts: &Value) -> String {
    let mut counts: Vec<(String, u64)> = counts
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(status, count)| {
            Some((status.replace('_', " ").to_lowercase(), count.as_u64()?))
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    counts.sort_by_key(|(status, _)| status != "indexed");
    if counts.is_empty() {
        return "none".to_owned();
    }
    counts.iter().map(|(status, count)| format!("{count} {status}")).collect::<Vec<_>>().join(", ")
}

/// The last job, and when the next one begins by itself.
fn jobs(data_source: &Value) -> String {
    let last = job(&data_source["lastIngestionJob"]);
    match text(data_source, "nextIngestionJobAt") {
        "" => last,
        next => format!("{last}, next {}", moment(next)),
    }
}

fn moment(rfc3339: &str) -> String {
    format!("{} UTC", rfc3339.get(..16).unwrap_or(rfc3339).replace('T', " "))
}

fn job(job: &Value) -> String {
    if job.is_null() {
        return "none".to_owned();
    }
    let status = text(job, "status").replace('_', " ").to_lowercase();
    let scanned = statistic(job, "numberOfDocumentsScanned");
    let failed = statistic(job, "numberOfDocumentsFailed");
    let said = if is_final(job) {
        format!("{status} {}", moment(text(job, "updatedAt")))
    } else {
        format!("{status}, {scanned} documents so far")
    };
    if failed > 0 { format!("{said}, {failed} failed") } else { said }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_and_jobs_are_said_in_words() {
        assert_eq!(
            documents(&json!({"FAILED": 1, "INDEXED": 5, "IN_PROGRESS": 0})),
            "5 indexed, 1 failed"
        );
        assert_eq!(documents(&json!({})), "none");
        let statistics = json!({"numberOfDocumentsScanned": 7, "numberOfDocumentsFailed": 2});
        let one = json!({"status": "COMPLETE", "updatedAt": "2026-01-02T03:04:05.678Z", "statistics": statistics});
        assert_eq!(job(&one), "complete 2026-01-02 03:04 UTC, 2 failed");
        let scheduled =
            json!({"lastIngestionJob": one, "nextIngestionJobAt": "2026-01-03T03:00:00Z"});
        let said = "complete 2026-01-02 03:04 UTC, 2 failed, next 2026-01-03 03:00 UTC";
        assert_eq!(jobs(&scheduled), said);
        let one = json!({"status": "IN_PROGRESS", "statistics": statistics});
        assert_eq!(job(&one), "in progress, 7 documents so far, 2 failed");
    }
}
