//! Backends that fail: for a passing reason, for good, or for too long.

use std::time::Duration;

use corpus::{EmbedError, GenerateError, VectorStoreError};
use fixtures::embedder::Trouble;
use retrieve::{RetrieveError, SearchType};

use super::support::World;

async fn world() -> World {
    let world = World::new().await;
    world.index("guide", &["Ropes are red."]).await;
    world
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let world = world().await;
    let before = world.embedder.calls();
    world.embedder.trouble(Trouble::Fail, 1);
    world.embedder.trouble(Trouble::Throttle { retry_after: Some(Duration::ZERO) }, 1);
    world.generator.fail(GenerateError::Unavailable { reason: "restarting".to_owned() });
    world.ask("What are ropes?", None).await.unwrap();
    assert_eq!(world.embedder.calls() - before, 3);
    assert_eq!(world.generator.requests().len(), 2);
    world.store.fail_next(1);
    assert_eq!(world.found("ropes", SearchType::Semantic).await.len(), 1);
}

#[tokio::test]
async fn what_does_not_pass_is_said_at_once() {
    let world = world().await;
    let troubles = [
        Trouble::Refuse,
        Trouble::Deny,
        Trouble::Throttle { retry_after: Some(Duration::from_mins(1)) },
    ];
    for trouble in troubles {
        let before = world.embedder.calls();
        world.embedder.trouble(trouble, 1);
        let error = world.search("ropes", SearchType::Semantic).await.unwrap_err();
        assert_eq!(world.embedder.calls() - before, 1, "{error}");
        match (trouble, error) {
            (Trouble::Refuse, RetrieveError::Embed(EmbedError::Refused { .. }))
            | (Trouble::Deny, RetrieveError::Embed(EmbedError::Denied { .. }))
            | (Trouble::Throttle { .. }, RetrieveError::Embed(EmbedError::Throttled { .. })) => {}
            (trouble, error) => panic!("{trouble:?}: {error}"),
        }
    }
}

#[tokio::test]
async fn what_takes_too_long_to_pass_is_given_up() {
    let world = world().await;
    world.store.fail_next(usize::MAX);
    let search = world.search("ropes", SearchType::Semantic);
    let error = tokio::time::timeout(Duration::from_secs(30), search).await.unwrap().unwrap_err();
    let given_up = matches!(error, RetrieveError::Store(VectorStoreError::Unavailable { .. }));
    assert!(given_up, "{error}");
}
