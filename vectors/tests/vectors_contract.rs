//! Both stores keep the port's contract, the remote one on the fake and on a real server.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::io::Write as _;

use fixtures::qdrant_server::QdrantServer;
use fixtures::vector_store_contract::check;
use secrecy::SecretString;
use vectors::{EdgeConfig, EdgeStore, QdrantConfig, QdrantStore};

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    let directory = tempfile::tempdir().unwrap();
    let store = EdgeStore::open(directory.path(), EdgeConfig::default()).await.unwrap();
    check(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn remote() {
    let server = QdrantServer::start().await.unwrap();
    check(&QdrantStore::new(&QdrantConfig::at(server.url())).unwrap()).await;
    assert_eq!(server.collections(), Vec::<String>::new(), "the suite cleans up");
}

#[tokio::test(flavor = "multi_thread")]
async fn remote_on_a_real_server() {
    let Ok(url) = std::env::var("QDRANT_URL") else {
        // Past the test harness, which would keep it to itself.
        writeln!(std::io::stderr(), "skipped: QDRANT_URL is not set").unwrap();
        return;
    };
    let config = QdrantConfig {
        api_key: std::env::var("QDRANT_API_KEY").ok().map(SecretString::from),
        collection_prefix: "outcrop-test-".to_owned(),
        ..QdrantConfig::at(url)
    };
    check(&QdrantStore::new(&config).unwrap()).await;
}
