//! A server that stalls, fails or refuses.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::{Duration, Instant};

use corpus::{IndexSpec, SearchInput, SearchQuery, Selector, VectorStore, VectorStoreError};
use fixtures::qdrant_server::QdrantServer;
use fixtures::vector_store_contract::{Sample, fresh_index, index_of};
use secrecy::SecretString;
use tonic::Code;
use vectors::{QdrantConfig, QdrantStore};

async fn pair(timeout_seconds: u64) -> (QdrantServer, QdrantStore) {
    let server = QdrantServer::start().await.unwrap();
    let config = QdrantConfig { timeout_seconds, ..QdrantConfig::at(server.url()) };
    let store = QdrantStore::new(&config).unwrap();
    (server, store)
}

#[tokio::test]
async fn a_stalled_server_is_given_up_in_time() {
    let (server, store) = pair(1).await;
    let index = index_of(&store, &[Sample::new(1, "text")]).await;
    server.stall();
    let query = SearchQuery {
        input: SearchInput::Lexical("text".to_owned()),
        data_sources: None,
        filter: None,
        limit: 1,
    };
    let started = Instant::now();
    let outcomes = [
        store.search(index, query.clone()).await.map(drop),
        store.count(index, Selector::All).await.map(drop),
        store.ping().await,
        store.upsert(index, vec![Sample::new(2, "text").chunk()]).await,
    ];
    for outcome in outcomes {
        assert!(outcome.as_ref().is_err_and(VectorStoreError::is_transient), "{outcome:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    server.resume();
    assert_eq!(store.search(index, query).await.unwrap()[0].chunk.text, "text");
}

#[tokio::test]
async fn failures_that_may_pass_are_transient_and_others_are_not() {
    let (server, store) = pair(5).await;
    let index = index_of(&store, &[]).await;
    for (code, transient) in [
        (Code::Unavailable, true),
        (Code::ResourceExhausted, true),
        (Code::Internal, true),
        (Code::DeadlineExceeded, true),
        (Code::InvalidArgument, false),
        (Code::Unimplemented, false),
    ] {
        // The client tries again once by itself.
        server.fail_next(2, code);
        let error = store.count(index, Selector::All).await.unwrap_err();
        assert_eq!(error.is_transient(), transient, "{code:?}: {error}");
        server.fail_next(0, code);
    }
    assert_eq!(store.count(index, Selector::All).await.unwrap(), 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let (server, _) = pair(5).await;
    let url = server.url();
    drop(server);
    let store = QdrantStore::new(&QdrantConfig::at(url)).unwrap();
    assert!(store.ping().await.unwrap_err().is_transient());
    let error = QdrantStore::new(&QdrantConfig::at("not a url")).unwrap_err();
    assert!(error.to_string().contains("check the url"), "{error}");
}

#[tokio::test]
async fn the_key_is_sent_and_never_shown() {
    let (server, without) = pair(5).await;
    server.require_key("sesame");
    let error = without.ping().await.unwrap_err();
    assert!(error.to_string().contains("check the api_key"), "{error}");
    let config = QdrantConfig {
        api_key: Some(SecretString::from("sesame")),
        ..QdrantConfig::at(server.url())
    };
    let with = QdrantStore::new(&config).unwrap();
    with.ping().await.unwrap();
    assert!(!format!("{with:?} {config:?}").contains("sesame"));
}

#[tokio::test]
async fn an_index_whose_maker_died_half_way_is_finished() {
    let (server, store) = pair(5).await;
    let spec = IndexSpec { index: fresh_index(), dimensions: 4 };
    store.create_index(spec).await.unwrap();
    let calls = server.calls();
    store.create_index(spec).await.unwrap();
    assert!(server.calls() - calls >= 5, "the payload's indexes are made sure of");
    assert_eq!(server.collections(), [format!("outcrop-{}", spec.index)]);
}

#[tokio::test]
async fn many_chunks_go_in_batches() {
    let (server, store) = pair(5).await;
    let samples: Vec<Sample> = (0..300).map(|number| Sample::new(number, "text")).collect();
    let calls = server.calls();
    let index = index_of(&store, &samples).await;
    assert!(server.calls() - calls > 300 / 64);
    assert_eq!(store.count(index, Selector::All).await.unwrap(), 300);
}
