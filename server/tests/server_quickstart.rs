//! The first command of the README, with the real embedding model.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/outcrop.rs"]
mod outcrop;

use std::process::Command;

use outcrop::{get, home_with_model, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_handbook_is_read_once_and_answers() {
    let home = home_with_model();
    let first = home.run(&["quickstart", "--exit"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    for part in
        ["51 new", "130 euros", "[1]", "people/travel-expenses-2025.md", "score", "outcrop ask"]
    {
        assert!(first.stdout.contains(part), "'{part}' is not in\n{}", first.stdout);
    }
    assert!(!first.stdout.contains("http://"), "nothing answers any more:\n{}", first.stdout);

    let second = home.run(&["quickstart", "--exit", "--json"]).json();
    let job = &second["ingestionJob"];
    assert_eq!(job["unchanged"], 51, "{job}");
    assert_eq!(job["outcrop"]["chunksIndexed"], 0, "{job}");
    let status = home.run(&["status", "--json"]).json();
    let chunks = status["knowledgeBases"][0]["chunks"].as_u64().unwrap();
    assert!((150..=500).contains(&chunks), "{chunks} chunks");

    // What the handbook says in its other languages and formats is found too.
    for (question, document) in [
        ("When is a rope taken out of service at once?", "rescue/rope-and-hardware.md"),
        ("Who opens the drug safe?", "rescue/medical-kit-and-drugs.pdf"),
        ("What does R1 drive with?", "facilities/vehicles.html"),
        ("How long is the generator preheated?", "facilities/generator-sattel.txt"),
        ("Was steht im Gasthof Zur Gams bereit?", "rescue/bereitschaft-fennach.de.md"),
        ("白嶺山岳気象観測所への派遣の期間は？", "partners/hakurei-exchange.ja.md"),
    ] {
        let answer = home.run(&["ask", question, "--json"]).json();
        let citations = answer["citations"].as_array().unwrap();
        assert!(
            citations.iter().any(|citation| citation["document"] == document),
            "{question}: {answer:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_snippets_work_as_printed() {
    let home = home_with_model();
    let process = home.start(&["quickstart", "--listen", "127.0.0.1:0"]);
    let endpoint = home.endpoint().await;
    until("the handbook is indexed", async || {
        let status: serde_json::Value =
            serde_json::from_str(&get(&endpoint, "/outcrop/status").await?).ok()?;
        let job = &status["knowledgeBases"][0]["dataSources"][0]["lastIngestionJob"];
        (job["status"] == "COMPLETE").then_some(())
    })
    .await;
    // A second one while the first serves: asks that one, and leaves it alone.
    let second = home.run(&["quickstart"]);
    assert_eq!(second.code, Some(0), "{second:?}");
    assert!(second.stdout.contains("51 unchanged"), "{second:?}");
    assert!(second.stdout.contains("goes on"), "{second:?}");

    let command =
        second.stdout.split("# Shell").nth(1).unwrap().split("The server").next().unwrap();
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["retrievalResults"].as_array().unwrap().len(), 5, "{command}: {found}");

    process.signal("-INT");
    let left = process.wait();
    assert_eq!(left.code, Some(0), "{left:?}");
    assert!(left.stdout.contains("Serving"), "{left:?}");
}
