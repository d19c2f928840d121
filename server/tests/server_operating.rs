//! Operating sources by the commands: secrets, synchronisation, watching, checking.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/outcrop.rs"]
mod outcrop;

use std::fs;
use std::io::Write;
use std::process::Stdio;

use fixtures::mishap::Mishap;
use fixtures::openai_server::OpenAiServer;
use outcrop::{Home, Left, until};
use serde_json::{Value, json};

/// Runs a command that reads this from standard input.
fn run_with(home: &Home, arguments: &[&str], input: &str) -> Left {
    let mut child = home.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Left {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

async fn put(endpoint: &str, path: &str, body: &Value) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.put(format!("{endpoint}{path}")).json(body).send().await.unwrap();
    let (status, body) = (response.status(), response.text().await.unwrap());
    assert!(status.is_success(), "{status}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// The only data source of the only knowledge base, as the status has it.
fn only_source(home: &Home) -> Value {
    let status = home.run(&["status", "--json"]).json();
    status["knowledgeBases"][0]["dataSources"][0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_kept_with_a_server_and_without() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    let set = |name: &str, input: &str| run_with(&home, &["secret", "set", name], input);
    let left = set("wiki", "username=ann\npassword=hunter2\n");
    assert_eq!(left.code, Some(0), "{left:?}");
    assert!(left.stdout.contains("arn:aws:secretsmanager:us-east-1:000000000000:secret:wiki"));
    let kept = fs::read(home.data_dir().join("catalog.sqlite")).unwrap();
    assert!(!kept.windows(7).any(|bytes| bytes == b"hunter2"), "it is kept in the clear");

    let (server, _) = home.serve().await;
    let left = set("crm", r#"{"consumerKey": "k", "consumerSecret": "hunter2"}"#);
    assert_eq!(left.code, Some(0), "{left:?}");
    let names = |home: &Home| {
        let listed = home.run(&["secret", "list", "--json"]).json();
        let names = listed["secrets"].as_array().unwrap().iter().map(|one| one["name"].clone());
        Value::Array(names.collect())
    };
    assert_eq!(names(&home), json!(["crm", "wiki"]));
    let removed = home.run(&["secret", "remove", "wiki"]);
    assert_eq!(removed.code, Some(0), "{removed:?}");
    server.signal("-TERM");
    let served = server.wait();
    assert!(!served.stderr.contains("hunter2"), "{served:?}");
    assert_eq!(names(&home), json!(["crm"]));
    let shown = home.run(&["secret", "list"]);
    assert!(shown.stdout.contains("crm") && !shown.stdout.contains("hunter2"), "{shown:?}");

    for (left, part) in [
        (set("crm", ""), "no field"),
        (set("crm", "hunter2"), "line 1 of standard input is not NAME=VALUE"),
        (set("a b", "token=hunter2"), "letters, digits"),
        (home.run(&["secret", "remove", "wiki"]), "there is no secret 'wiki'"),
    ] {
        assert_eq!(left.code, Some(1), "{left:?}");
        assert!(left.stderr.contains(part) && !left.stderr.contains("hunter2"), "{left:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_accounts_for_every_document() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    let documents = [("a.md", "Granite is hard."), ("b.md", "Talc is soft."), ("empty.txt", "")];
    let folder = home.documents("notes", &documents);
    home.run(&["ingest", folder.to_str().unwrap(), "--json"]).json();
    fs::write(folder.join("b.md"), "Talc is very soft.").unwrap();
    fs::write(folder.join("broken.pdf"), "%PDF-1.7 and no more").unwrap();
    fs::write(folder.join(".draft"), "Not yet.").unwrap();

    let left = home.run(&["sync", "notes"]);
    assert_eq!(left.code, Some(0), "{left:?}");
    let balance = "5 scanned = 1 indexed + 1 unchanged + 2 failed + 1 skipped";
    assert!(left.stdout.contains(balance), "{left:?}");
    let failed = left.stdout.lines().find(|line| line.contains("broken.pdf")).unwrap();
    assert!(failed.contains("✗ failed"), "{failed}");
    assert_eq!(left.stdout.matches("the file is empty").count(), 1, "said twice: {left:?}");

    let id = only_source(&home)["dataSourceId"].as_str().unwrap().to_owned();
    let synced =
        home.run(&["sync", &id, "--knowledge-base", "notes", "--accept-deletions", "--json"]);
    let synced = synced.json();
    assert_eq!(synced["unchanged"], 2, "{synced}");
    assert_eq!(synced["statistics"]["numberOfDocumentsScanned"], 5, "{synced}");
    let reasons = synced["documents"].as_array().unwrap();
    assert!(reasons.iter().all(|one| !one["reason"].as_str().unwrap().is_empty()), "{synced}");

    let unknown = home.run(&["sync", "nots"]);
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    assert!(unknown.stderr.contains("there is no data source 'nots'"), "{unknown:?}");
    assert!(unknown.stderr.contains(&format!("notes ({id}) of notes")), "{unknown:?}");
    home.run(&["ingest", folder.to_str().unwrap(), "--name", "other", "--json"]).json();
    let several = home.run(&["sync", "notes"]);
    assert_eq!(several.code, Some(1), "{several:?}");
    assert!(several.stderr.contains("--knowledge-base"), "{several:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_joins_the_job_that_runs_and_leaves_it_running() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    let folder = home.documents("notes", &[("a.txt", "Water is wet.")]);
    (0..100).for_each(|_| models.mishap(Mishap::Stall));
    let (_server, _) = home.serve().await;
    let ingesting = home.start(&["ingest", folder.to_str().unwrap()]);
    until("the job embeds", async || (!models.received().is_empty()).then_some(())).await;
    ingesting.signal("-INT");
    assert_eq!(ingesting.wait().code, Some(130));

    let syncing = home.start(&["sync", "notes"]);
    until("it follows the job", async || {
        // It has found the job once it asks for nothing else.
        let status = home.run(&["status", "--json"]).json();
        let job = &status["knowledgeBases"][0]["dataSources"][0]["lastIngestionJob"];
        (job["status"] == "IN_PROGRESS").then_some(())
    })
    .await;
    syncing.signal("-INT");
    let left = syncing.wait();
    assert_eq!(left.code, Some(130), "{left:?}");
    assert!(left.stderr.contains("the job goes on"), "{left:?}");
    assert_eq!(only_source(&home)["lastIngestionJob"]["status"], "IN_PROGRESS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_is_watched_is_read_when_it_changes() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    let folder = home.documents("notes", &[("a.txt", "Water is wet.")]);
    let (mut server, endpoint) = home.serve().await;
    // Nobody reads it, and every look at the status is a line.
    server.close_log();
    let knowledge_base = json!({
        "name": "watched",
        "roleArn": "arn:aws:iam::000000000000:role/outcrop",
        "knowledgeBaseConfiguration": {"type": "VECTOR", "vectorKnowledgeBaseConfiguration":
            {"embeddingModelArn": "amazon.titan-embed-text-v2:0"}},
    });
    let created = put(&endpoint, "/knowledgebases/", &knowledge_base).await;
    let id = created["knowledgeBase"]["knowledgeBaseId"].as_str().unwrap();
    let data_source = json!({"name": "notes", "dataSourceConfiguration":
        {"type": "FOLDER", "folderConfiguration": {"path": folder, "watch": true}}});
    put(&endpoint, &format!("/knowledgebases/{id}/datasources/"), &data_source).await;
    let indexed = async |count: u64| {
        until("the folder is indexed", async || {
            let source = only_source(&home);
            (source["documents"]["INDEXED"] == count).then_some(source)
        })
        .await
    };
    let source = indexed(1).await;
    assert_eq!(source["lastIngestionJob"]["description"], "Started by a change");
    fs::write(folder.join("b.txt"), "Stone is hard.").unwrap();
    indexed(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_names_each_source_that_cannot_be_read() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    for name in ["kept", "lost"] {
        let folder = home.documents(name, &[("a.txt", "Water is wet.")]);
        home.run(&["ingest", folder.to_str().unwrap(), "--json"]).json();
    }
    let lost = home.documents("lost", &[]);
    fs::remove_dir_all(&lost).unwrap();
    let check = |part: &str| {
        let left = home.run(&["check", "--listen", "127.0.0.1:0"]);
        assert_eq!(left.code, Some(1), "{left:?}");
        let line = |name: &str| left.stdout.lines().find(|line| line.contains(name)).unwrap();
        assert!(line("kept/kept").starts_with('✓'), "{left:?}");
        let failure = line("lost/lost");
        assert!(failure.starts_with('✗') && failure.contains("create or mount it"), "{failure}");
        assert!(left.stdout.contains(part), "{left:?}");
    };
    check("is free");
    let (_server, endpoint) = home.serve().await;
    check(&endpoint);
}
