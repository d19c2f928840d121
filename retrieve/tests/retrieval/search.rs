//! Nothing stale is found, and nothing live is missing.

use corpus::Embedder as _;
use retrieve::{RetrieveError, SearchType};

use super::support::{World, knowledge_base, query};

const BOTH: [SearchType; 2] = [SearchType::Semantic, SearchType::Hybrid];

const QUESTION: &str = "ropes changed five years";

/// More chunks than a search looks at first, or some rounds later, all of which fit the question
/// better than any other.
fn many() -> Vec<String> {
    (0..1_000).map(|number| format!("{QUESTION} {number}")).collect()
}

#[tokio::test]
async fn a_data_source_that_is_being_removed_hides_no_other() {
    let world = World::new().await;
    let leaving = world.data_source("leaving").await;
    let revision = world.write(leaving, "many", &many()).await;
    world.record(leaving, "many", revision).await;
    world.index("guide", &["All ropes are changed.", "Ropes are red."]).await;
    for search_type in BOTH {
        assert_eq!(world.found(QUESTION, search_type).await.len(), 5);
    }
    world.catalog.delete_data_source(world.kb, leaving).await.unwrap();
    for search_type in BOTH {
        let found = world.found(QUESTION, search_type).await;
        assert_eq!(found, ["All ropes are changed.", "Ropes are red."], "{search_type:?}");
    }
    world.catalog.delete_data_source(world.kb, world.ds).await.unwrap();
    assert!(world.found(QUESTION, SearchType::Semantic).await.is_empty());
}

#[tokio::test]
async fn chunks_that_are_not_live_hide_no_live_ones() {
    let world = World::new().await;
    let replaced = world.write(world.ds, "handbook", &many()).await;
    world.record(world.ds, "handbook", replaced).await;
    world.index("handbook", &["All ropes are changed."]).await;
    // Begun and never finished.
    world.write(world.ds, "other", &many()).await;
    world.index("guide", &["Ropes are red."]).await;
    for search_type in BOTH {
        let found = world.found(QUESTION, search_type).await;
        assert_eq!(found, ["All ropes are changed.", "Ropes are red."], "{search_type:?}");
    }
    world.sweep().await;
    assert_eq!(world.found(QUESTION, SearchType::Semantic).await.len(), 2);
}

#[tokio::test]
async fn a_document_that_is_being_replaced_is_never_missing() {
    let world = World::new().await;
    world.index("guide", &["Ropes are changed every five years."]).await;
    for search_type in BOTH {
        // Replaced, and swept, when the search has seen the index and not yet asked the catalog.
        world.store.hold_next_search();
        let before = world.store.held();
        let replacing = async {
            while world.store.held() == before {
                tokio::task::yield_now().await;
            }
            world.index("guide", &["Ropes are changed every year."]).await;
            world.sweep().await;
            world.store.release();
        };
        let (found, ()) = tokio::join!(world.found(QUESTION, search_type), replacing);
        assert_eq!(found, ["Ropes are changed every year."], "{search_type:?}");
    }
}

#[tokio::test]
async fn what_was_not_ingested_yet_finds_nothing() {
    let world = World::new().await;
    assert!(world.found(QUESTION, SearchType::Hybrid).await.is_empty());
    let fingerprint = world.embedder.model().fingerprint();
    let empty = knowledge_base(&world.catalog, "empty", fingerprint).await;
    let found = world.retriever.retrieve(empty, query(QUESTION)).await.unwrap();
    assert!(found.is_empty(), "without an index");
    assert_eq!(world.retriever.indexed_chunks(empty).await.unwrap(), 0);
}

#[tokio::test]
async fn another_embedding_model_is_refused_by_name() {
    let world = World::new().await;
    let other = knowledge_base(&world.catalog, "other", "older-model/64/0000".to_owned()).await;
    let error = world.retriever.retrieve(other, query(QUESTION)).await.unwrap_err();
    assert!(matches!(error, RetrieveError::WrongModel { .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("older-model") && message.contains("fake-embedder"), "{message}");
    assert_eq!(world.embedder.calls(), 0);
}

#[tokio::test]
async fn a_knowledge_base_that_is_being_removed_answers_no_more() {
    let world = World::new().await;
    world.index("guide", &["Ropes are red."]).await;
    world.catalog.delete_knowledge_base(world.kb).await.unwrap();
    let error = world.search(QUESTION, SearchType::Semantic).await.unwrap_err();
    assert!(matches!(error, RetrieveError::Deleting { .. }), "{error}");
}

#[tokio::test]
async fn parents_are_returned_once_where_their_best_child_stands() {
    let world = World::new().await;
    let ropes = "Ropes are red. Ropes are changed every five years. Radios are charged.";
    let tea = "Tea is hot. Ropes are not tea.";
    world.index_families("guide", &[ropes, tea]).await;
    for search_type in BOTH {
        let found = world.search("When are ropes changed every five years?", search_type).await;
        let found = found.unwrap();
        let texts: Vec<&str> = found.iter().map(|found| found.chunk.text.as_str()).collect();
        assert_eq!(texts, [ropes, tea]);
        assert!(found[0].score > found[1].score);
        assert_ne!(found[0].chunk_id, found[1].chunk_id);
        assert!(found.iter().all(|found| found.chunk.parent.is_none()));
    }
}
