//! For `tests/benchmark`: the S3 server of the tests with a bucket of one-line objects, and a bare
//! listing of a bucket by AWS's own client. Prints JSON.
//!
//! ```text
//! bucket serve COUNT    serves until its input ends; answers each line with the requests so far
//! bucket list URL       lists the whole bucket once
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Credentials, Region};
use fixtures::s3_server::{BUCKET, KEY_ID, S3Server, SECRET};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", count] => serve(count.parse()?).await,
        ["list", url] => list(url).await,
        _ => Err("usage: bucket serve COUNT | bucket list URL".into()),
    }
}

async fn serve(count: u32) -> Result<(), Box<dyn Error>> {
    let server = S3Server::start().await;
    for number in 0..count {
        let line = format!("Object {number} of the bucket says this and nothing else.\n");
        server.put(&format!("shelf{:02}/{number:06}.md", number % 50), line);
    }
    print(&json!({"url": server.url(), "bucket": BUCKET, "key_id": KEY_ID, "secret": SECRET}))?;
    let waiting = tokio::task::spawn_blocking(move || {
        for line in io::stdin().lock().lines() {
            line?;
            let mut counts = BTreeMap::new();
            for request in server.received() {
                *counts.entry(request.operation).or_insert(0) += 1;
            }
            print(&json!(counts))?;
        }
        io::Result::Ok(())
    });
    Ok(waiting.await??)
}

async fn list(url: &str) -> Result<(), Box<dyn Error>> {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .force_path_style(true)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(KEY_ID, SECRET, None, None, "benchmark"))
        .build();
    let client = Client::from_conf(config);
    let began = Instant::now();
    let (mut objects, mut token) = (0, None);
    loop {
        let page = client.list_objects_v2().bucket(BUCKET).set_continuation_token(token);
        let page = page.send().await?;
        objects += page.contents().len();
        token = page.next_continuation_token;
        if token.is_none() {
            break;
        }
    }
    print(&json!({"objects": objects, "seconds": began.elapsed().as_secs_f64()}))?;
    Ok(())
}

fn print(value: &Value) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{value}")?;
    out.flush()
}
