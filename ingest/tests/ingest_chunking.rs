//! Documents that are cut in two sizes, or where their meaning turns.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use corpus::{
    Chunk, ChunkingStrategy, DocumentStatus, IndexedChunk, Metadata, MetadataValue, Parent,
    SidecarContents,
};
use fixtures::embedder::Trouble;
use support::World;

const HIERARCHICAL: ChunkingStrategy =
    ChunkingStrategy::Hierarchical { parent_tokens: 24, child_tokens: 8, overlap_tokens: 2 };

/// Sentences of five words each.
fn sentences(count: usize) -> String {
    let sentence = |number| format!("Sentence number {number} is here.");
    (0..count).map(sentence).collect::<Vec<_>>().join(" ")
}

fn topic(value: &str) -> SidecarContents {
    let value = MetadataValue::String(value.to_owned());
    let metadata = Metadata::from([("topic".to_owned(), value)]);
    SidecarContents { metadata, ..SidecarContents::default() }
}

/// The chunks of the index in their order, and the parents that they belong to.
fn families(world: &World) -> (Vec<IndexedChunk>, Vec<Chunk>) {
    let mut chunks = world.chunks();
    chunks.sort_by_key(|chunk| chunk.chunk.ordinal);
    let parents = chunks.iter().filter_map(|chunk| match &chunk.chunk.parent {
        Some(Parent::Carried(parent)) => Some(parent.as_ref().clone()),
        _ => None,
    });
    let parents = parents.collect();
    (chunks, parents)
}

#[tokio::test]
async fn children_are_indexed_and_carry_their_parents() {
    let mut world = World::chunked(HIERARCHICAL).await;
    let text = sentences(12);
    world.source.put("a.txt", &text);
    world.source.describe("a.txt", topic("law"));
    world.sync().await;
    let (chunks, parents) = families(&world);
    assert!(parents.len() > 1 && chunks.len() > parents.len(), "{chunks:?}");
    assert_eq!(world.document("a.txt").await.unwrap().chunk_count, chunks.len() as u64);
    let characters: Vec<char> = text.chars().collect();
    for parent in &parents {
        let span = parent.place.span;
        let range = usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap();
        assert_eq!(parent.text, characters[range].iter().collect::<String>());
    }
    for IndexedChunk { chunk, .. } in &chunks {
        let first = match chunk.parent.as_ref().unwrap() {
            Parent::Carried(parent) => parent.ordinal,
            Parent::With(ordinal) => *ordinal,
        };
        let parent = parents.iter().find(|parent| parent.ordinal == first).unwrap();
        assert!(parent.text.contains(&chunk.text), "{chunk:?}");
        assert!(parent.place.span.start <= chunk.place.span.start);
    }

    // Carried over with other attributes, parents and all, by another worker.
    world.kill_worker().await;
    world.start_worker();
    let calls = world.embedder.calls();
    world.source.describe("a.txt", topic("tax"));
    world.sync().await;
    assert_eq!(world.embedder.calls(), calls);
    let (carried, parents_carried) = families(&world);
    assert_eq!(parents_carried, parents);
    assert_eq!(carried.len(), chunks.len());

    // A shorter text leaves nothing of the longer one behind.
    world.source.put("a.txt", "Words.");
    world.sync().await;
    world.until(|| world.texts() == ["Words."]).await;
    assert_eq!(world.chunks()[0].chunk.parent, None, "a parent that is its only child");
    world.source.remove("a.txt");
    world.sync_accepting_deletions().await;
    world.until(|| world.chunks().is_empty()).await;
}

#[tokio::test]
async fn texts_are_cut_where_the_meaning_turns() {
    let strategy =
        ChunkingStrategy::Semantic { max_tokens: 100, buffer_size: 0, breakpoint_percentile: 80 };
    let world = World::chunked(strategy).await;
    let ropes = "Ropes are long. Ropes are strong. Ropes are long and strong.";
    let tea = "Tea tastes bitter. Tea tastes sweet. Tea tastes bitter sweet.";
    world.source.put("a.txt", &format!("{ropes} {tea}"));
    world.embedder.trouble(Trouble::Fail, 1);
    world.sync().await;
    assert_eq!(world.texts(), [ropes, tea]);
    assert_eq!(world.embedder.texts(), 6 + 2, "sentences, then chunks");

    world.embedder.trouble(Trouble::Refuse, 1);
    world.source.put("b.txt", ropes);
    world.sync().await;
    let refused = world.document("b.txt").await.unwrap();
    assert_eq!(refused.status, DocumentStatus::Failed);
    assert_eq!(world.texts(), [ropes, tea]);
}
