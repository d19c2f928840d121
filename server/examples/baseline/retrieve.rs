//! A client of `Retrieve` over HTTP, light enough to leave the processors to the server.

use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use serde_json::json;

use crate::load::{Latency, Load};

/// The longest time for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The server's address, as `http://127.0.0.1:8080`
    #[arg(long)]
    address: String,
    /// A knowledge base of it
    #[arg(long)]
    knowledge_base: String,
    #[command(flatten)]
    load: Load,
}

/// Asks the server.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<Latency> {
    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let Arguments { address, knowledge_base, load } = arguments;
    let url = format!("{address}/knowledgebases/{knowledge_base}/retrieve");
    load.run(move |question| ask(http.clone(), url.clone(), question)).await
}

async fn ask(http: reqwest::Client, url: String, question: String) -> anyhow::Result<()> {
    let request = json!({"retrievalQuery": {"text": question}});
    let answer = http.post(url).json(&request).send().await?;
    let (status, body) = (answer.status(), answer.bytes().await?);
    ensure!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&body));
    Ok(())
}
