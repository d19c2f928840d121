//! The commands, run as users run them. The models are a fake's that speaks OpenAI's protocol.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/outcrop.rs"]
mod outcrop;

use std::net::TcpListener;

use fixtures::bedrock_server::BedrockServer;
use fixtures::mishap::Mishap;
use fixtures::openai_server::OpenAiServer;
use outcrop::{Home, exists, get, until};

fn refused(home: &Home, arguments: &[&str], parts: &[&str]) {
    let left = home.run(arguments);
    assert_eq!(left.code, Some(1), "{arguments:?}: {left:?}");
    for part in parts {
        assert!(left.stderr.contains(part), "{arguments:?}: '{part}' is not in {left:?}");
    }
}

#[test]
fn what_cannot_be_is_refused_with_a_remedy() {
    let home = Home::new();
    refused(&home, &["serve", "--listen", "0.0.0.0:0"], &["every signature", "ssh -L"]);
    refused(&home, &["serve", "--listen", "8080"], &["--listen", "ADDRESS:PORT"]);
    refused(&home, &["ask", "Why?", "--config", "/nowhere.toml"], &["/nowhere.toml", "--config"]);
    refused(&home, &["ingest", "/nowhere"], &["/nowhere is not there"]);

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(&home, &["serve", "--listen", &address], &[&address, "in use", "127.0.0.1:0"]);

    let home = home.set("OUTCROP_INGEST_JOBS", "2");
    refused(&home, &["status"], &["OUTCROP_INGEST__JOBS"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_find_the_server_and_each_other() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    let folder =
        home.documents("notes", &[("stone.md", "# Stone\n\nGranite is hard."), ("empty.txt", "")]);
    let (server, endpoint) = home.serve().await;
    assert_eq!(get(&endpoint, "/livez").await.as_deref(), Some("ok\n"));
    refused(&home, &["serve"], &[&server.id().to_string(), &endpoint]);

    let ingested = home.run(&["ingest", folder.to_str().unwrap(), "--json"]).json();
    assert_eq!(ingested["status"], "COMPLETE", "{ingested}");
    assert_eq!(ingested["statistics"]["numberOfNewDocumentsIndexed"], 1, "{ingested}");
    let told = home.run(&["ingest", folder.to_str().unwrap()]);
    assert!(told.stdout.contains("1 unchanged"), "{told:?}");
    assert!(told.stdout.contains("empty.txt"), "{told:?}");

    models.answer("Granite is hard. [1]");
    let answer = home.run(&["ask", "Is granite hard?", "--json"]).json();
    assert!(answer["answer"].as_str().unwrap().contains("[1]"), "{answer}");
    assert_eq!(answer["citations"][0]["document"], "stone.md", "{answer}");

    let status = home.run(&["status", "--json"]).json();
    assert_eq!(status["endpoint"], endpoint.as_str());
    assert_eq!(status["knowledgeBases"][0]["name"], "notes", "{status}");

    server.signal("-TERM");
    let left = server.wait();
    assert_eq!(left.code, Some(0), "{left:?}");
    assert!(!exists(&home.data_dir(), "server.json"));

    let status = home.run(&["status", "--json"]).json();
    assert_eq!(status["endpoint"], serde_json::Value::Null);
    assert_eq!(status["knowledgeBases"][0]["chunks"], 1, "{status}");
    let shown = home.run(&["status"]);
    assert!(shown.stdout.contains("1 indexed"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_outlives_the_reader_of_its_log() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    let mut server = home.start(&["serve", "--listen", "127.0.0.1:0"]);
    server.close_log();
    home.endpoint().await;
    let folder = home.documents("notes", &[("a.txt", "Water is wet.")]);
    let ingested = home.run(&["ingest", folder.to_str().unwrap(), "--json"]).json();
    assert_eq!(ingested["status"], "COMPLETE", "{ingested}");
    server.signal("-TERM");
    assert_eq!(server.wait().code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_needs_one_knowledge_base() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    refused(&home, &["ask", "Why?"], &["outcrop ingest FOLDER"]);
    for name in ["one", "two"] {
        let folder = home.documents(name, &[("a.txt", "Water is wet.")]);
        home.run(&["ingest", folder.to_str().unwrap(), "--json"]).json();
    }
    refused(&home, &["ask", "Why?"], &["--knowledge-base", "one", "two"]);
    refused(&home, &["ask", "Why?", "--knowledge-base", "three"], &["'three'", "one"]);
    let answer = home.run(&["ask", "Why?", "--knowledge-base", "two", "--json"]).json();
    assert!(answer["citations"][0]["uri"].as_str().unwrap().ends_with("/two/a.txt"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_is_cut_off_resumes_at_the_next_start() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    let names: Vec<String> = (0..40).map(|number| format!("{number}.txt")).collect();
    let documents: Vec<(&str, &str)> =
        names.iter().map(|name| (name.as_str(), "One of many.")).collect();
    let folder = home.documents("many", &documents);
    let folder = folder.to_str().unwrap();
    (0..100).for_each(|_| models.mishap(Mishap::Stall));

    let (server, _) = home.serve().await;
    let client = home.start(&["ingest", folder, "--json"]);
    until("the job embeds", async || (!models.received().is_empty()).then_some(())).await;
    server.signal("-TERM");
    let left = server.wait();
    assert_eq!(left.code, Some(0), "{left:?}");

    // The command that waits for the job takes the server's place.
    models.mend();
    let left = client.wait();
    let job = left.json();
    assert_eq!(job["status"], "COMPLETE", "{job}");
    assert_eq!(job["statistics"]["numberOfNewDocumentsIndexed"], 40, "{job}");
    assert_eq!(job["statistics"]["numberOfDocumentsScanned"], 40, "{job}");
    let status = home.run(&["status", "--json"]).json();
    assert_eq!(status["knowledgeBases"][0]["chunks"], 40, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_is_interrupted_says_so() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    let folder = home.documents("notes", &[("a.txt", "Water is wet.")]);
    (0..100).for_each(|_| models.mishap(Mishap::Stall));
    let command = home.start(&["ingest", folder.to_str().unwrap()]);
    until("the job embeds", async || (!models.received().is_empty()).then_some(())).await;
    command.signal("-INT");
    let left = command.wait();
    assert_eq!(left.code, Some(130), "{left:?}");
    assert!(left.stderr.contains("interrupted"), "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_names_what_does_not_answer() {
    let models = OpenAiServer::start(None).await;
    let home = Home::with_models_at(&models.url());
    let found = home.run(&["check", "--json", "--listen", "127.0.0.1:0"]).json();
    assert_eq!(found["ok"], true, "{found}");

    let (server, endpoint) = home.serve().await;
    let left = home.run(&["check"]);
    assert_eq!(left.code, Some(0), "{left:?}");
    assert!(left.stdout.contains(&endpoint), "{left:?}");
    drop(server);

    drop(models);
    let left = home.run(&["check", "--listen", "127.0.0.1:0"]);
    assert_eq!(left.code, Some(1), "{left:?}");
    assert!(left.stdout.contains("✗ embedding"), "{left:?}");

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.configure("[ingest]\njob = 1");
    let left = home.run(&["check", "--listen", &address]);
    assert_eq!(left.code, Some(1), "{left:?}");
    assert!(left.stdout.contains("did you mean 'ingest.jobs'?"), "{left:?}");

    home.configure("");
    let left = home.run(&["check", "--listen", &address, "--json"]);
    assert_eq!(left.code, Some(1), "{left:?}");
    assert!(left.stdout.contains("in use by another program"), "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_reaches_bedrock_as_the_configuration_and_aws_say() {
    let bedrock = BedrockServer::start().await;
    let configuration = format!(
        r#"
        [[models.embedding]]
        match = "*"
        provider = "bedrock"
        model = "amazon.titan-embed-text-v2:0"

        [[models.generation]]
        match = "*"
        provider = "bedrock"
        model = "amazon.nova-lite-v1:0"

        [models.bedrock]
        endpoint_url = "{}"
        "#,
        bedrock.url()
    );
    let home = Home::new();
    let profile = "aws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret";
    let profile = format!("[profile work]\nregion = eu-central-1\n{profile}");
    let files = home.documents("aws", &[("config", &profile), ("credentials", "")]);
    let home = home
        .set("AWS_CONFIG_FILE", files.join("config").to_str().unwrap())
        .set("AWS_SHARED_CREDENTIALS_FILE", files.join("credentials").to_str().unwrap())
        .set("AWS_EC2_METADATA_DISABLED", "true");
    home.configure(&configuration);
    let check = |home: &Home| home.run(&["check", "--json", "--listen", "127.0.0.1:0"]);

    let left = check(&home);
    assert_eq!(left.stdout.matches("no AWS credentials were found").count(), 2, "{left:?}");
    let home = home.set("AWS_ACCESS_KEY_ID", "AKIDVARIABLE").set("AWS_SECRET_ACCESS_KEY", "secret");
    let left = check(&home);
    assert_eq!(left.stdout.matches("no AWS region is set").count(), 2, "{left:?}");
    assert!(bedrock.received().is_empty());

    let signed_by = |key: &str| bedrock.received().iter().filter(|one| one.key_id == key).count();
    let home = home.set("AWS_REGION", "eu-central-1");
    assert_eq!(check(&home).json()["ok"], true);
    assert_eq!((signed_by("AKIDVARIABLE"), signed_by("AKIDPROFILE")), (2, 0));

    // What the configuration names goes before the environment.
    home.configure(&format!("{configuration}\nprofile = \"work\""));
    assert_eq!(check(&home).json()["ok"], true);
    assert_eq!((signed_by("AKIDVARIABLE"), signed_by("AKIDPROFILE")), (2, 2));
}
