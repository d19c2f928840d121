//! What becomes of documents of which only the attributes changed, and of attributes that shape
//! chunks: those that are embedded, and the columns of tables.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use corpus::{
    Access, DocumentStatus, JobStatistics, Metadata, MetadataValue, Principal, PrincipalKind,
    RecordStructure, SidecarContents,
};
use support::{Behaviour, World};

fn text(value: &str) -> MetadataValue {
    MetadataValue::String(value.to_owned())
}

fn topic(value: &str) -> SidecarContents {
    let metadata = Metadata::from([("topic".to_owned(), text(value))]);
    SidecarContents { metadata, ..SidecarContents::default() }
}

fn embedded(value: &str) -> SidecarContents {
    SidecarContents { for_embedding: vec!["topic".to_owned()], ..topic(value) }
}

/// Attributes by which the only chunk is found.
fn topic_of_the_chunk(world: &World) -> Option<MetadataValue> {
    let mut chunks = world.chunks();
    assert_eq!(chunks.len(), 1, "{chunks:?}");
    chunks.remove(0).metadata.remove("topic")
}

#[tokio::test]
async fn a_changed_sidecar_is_taken_over_without_reading_or_embedding() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.source.describe("a.txt", topic("law"));
    world.sync().await;
    let before = world.document("a.txt").await.unwrap();
    let vector = world.chunks().remove(0).vector;
    let (calls, opens) = (world.embedder.calls(), world.source.opens());
    world.source.describe("a.txt", topic("tax"));
    let job = world.sync().await;
    assert_eq!(
        job.statistics,
        JobStatistics {
            documents_scanned: 1,
            metadata_documents_scanned: 1,
            metadata_documents_modified: 1,
            ..JobStatistics::default()
        }
    );
    assert_eq!((world.embedder.calls(), world.source.opens()), (calls, opens));
    let after = world.document("a.txt").await.unwrap();
    assert_eq!(after.metadata, topic("tax").metadata);
    assert!(after.live_revision > before.live_revision);
    assert_eq!((after.status, after.chunk_count), (DocumentStatus::Indexed, 1));
    assert_eq!(topic_of_the_chunk(&world), Some(text("tax")));
    assert_eq!(world.chunks().remove(0).vector, vector);

    let job = world.sync().await;
    assert_eq!(job.statistics.metadata_documents_modified, 0, "it is settled");
    assert_eq!(world.document("a.txt").await.unwrap().live_revision, after.live_revision);
}

#[tokio::test]
async fn a_sidecar_that_goes_takes_its_attributes_along() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.source.describe("a.txt", topic("law"));
    world.sync().await;
    let calls = world.embedder.calls();
    world.source.undescribe("a.txt");
    let job = world.sync().await;
    assert_eq!(job.statistics.metadata_documents_modified, 1);
    assert_eq!(job.statistics.modified_documents_indexed, 0);
    assert_eq!(topic_of_the_chunk(&world), None);
    assert!(world.document("a.txt").await.unwrap().metadata.is_empty());
    assert_eq!(world.embedder.calls(), calls);
}

#[tokio::test]
async fn attributes_of_a_touched_document_change_without_embedding() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.sync().await;
    let calls = world.embedder.calls();
    world.source.put("a.txt", "Words.");
    world.source.describe("a.txt", topic("law"));
    let job = world.sync().await;
    assert_eq!(job.statistics.modified_documents_indexed, 0);
    assert_eq!(topic_of_the_chunk(&world), Some(text("law")));
    assert_eq!(world.embedder.calls(), calls);
}

#[tokio::test]
async fn long_documents_are_carried_over_whole() {
    let world = World::start().await;
    let sentences: Vec<String> =
        (0..4_000).map(|number| format!("Sentence number {number}.")).collect();
    let long = sentences.join(" ");
    world.source.put("a.txt", &long);
    world.source.describe("a.txt", topic("law"));
    world.sync().await;
    let texts = world.texts();
    // More than are carried over at once.
    assert!(texts.len() > 32, "{}", texts.len());
    world.source.describe("a.txt", topic("tax"));
    world.sync().await;
    assert_eq!(world.texts(), texts);
    assert!(world.chunks().iter().all(|chunk| chunk.metadata["topic"] == text("tax")));
}

#[tokio::test]
async fn where_chunks_are_missing_the_document_is_ingested_anew() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.source.describe("a.txt", topic("law"));
    world.sync().await;
    let index = world.knowledge_base.id;
    let store: &dyn corpus::VectorStore = world.vectors.memory.as_ref();
    store.delete(index, corpus::Selector::All).await.unwrap();
    world.source.describe("a.txt", topic("tax"));
    let job = world.sync().await;
    assert_eq!(job.statistics.modified_documents_indexed, 1);
    assert_eq!(world.texts(), ["Words."]);
    assert_eq!(topic_of_the_chunk(&world), Some(text("tax")));
}

#[tokio::test]
async fn attributes_wait_for_a_content_that_changed_too() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.source.describe("a.txt", topic("law"));
    world.sync().await;
    world.source.behave("a.txt", Behaviour::Deny);
    world.source.describe("a.txt", topic("tax"));
    let job = world.sync().await;
    assert_eq!(job.statistics.documents_failed, 1, "its content changed too");
    assert_eq!(topic_of_the_chunk(&world), Some(text("law")));
}

#[tokio::test]
async fn only_who_may_read_costs_a_row() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.sync().await;
    let (calls, opens, chunks) = (world.embedder.calls(), world.source.opens(), world.chunks());
    let ann = Principal { kind: PrincipalKind::User, id: "ann".to_owned() };
    let access = Access { all_of: vec![vec![ann]], denied: Vec::new() };
    world.source.restrict(access.clone());
    let job = world.sync().await;
    assert_eq!(job.statistics, JobStatistics { documents_scanned: 1, ..JobStatistics::default() });
    assert_eq!(world.document("a.txt").await.unwrap().access, Some(access));
    assert_eq!((world.embedder.calls(), world.source.opens()), (calls, opens));
    assert_eq!(world.chunks(), chunks);
}

#[tokio::test]
async fn attributes_that_are_embedded_shape_the_vector_and_not_the_text() {
    let world = World::start().await;
    world.source.put("a.txt", "Words.");
    world.source.describe("a.txt", topic("law"));
    world.source.put("b.txt", "topic: law\n\nWords.");
    world.sync().await;
    let plain = world.chunks().iter().find(|chunk| chunk.chunk.text == "Words.").unwrap().clone();
    world.source.describe("a.txt", embedded("law"));
    let calls = world.embedder.calls();
    world.sync().await;
    assert!(world.embedder.calls() > calls);
    let vector_of = |text: &str| {
        let chunks = world.chunks();
        chunks.into_iter().find(|chunk| chunk.chunk.text == text).unwrap().vector
    };
    assert_ne!(vector_of("Words."), plain.vector);
    assert_eq!(vector_of("Words."), vector_of("topic: law\n\nWords."));

    // Once more with another value, and with another attribute that is not embedded.
    let calls = world.embedder.calls();
    world.source.describe("a.txt", embedded("tax"));
    world.sync().await;
    assert_eq!(world.embedder.calls(), calls + 1);
    let mut more = embedded("tax");
    more.metadata.insert("year".to_owned(), MetadataValue::Number(2024.0));
    world.source.describe("a.txt", more);
    world.sync().await;
    assert_eq!(world.embedder.calls(), calls + 1);
}

fn table(content: &str) -> SidecarContents {
    let records = RecordStructure {
        content_field: content.to_owned(),
        fields_to_include: Vec::new(),
        fields_to_exclude: vec!["secret".to_owned()],
    };
    SidecarContents { records: Some(records), ..topic("stock") }
}

#[tokio::test]
async fn each_row_of_a_table_has_its_own_attributes() {
    let world = World::start().await;
    world.source.put("a.csv", "note,price,secret\nRopes,12,x\nRadios,7,y\n");
    world.source.describe("a.csv", table("note"));
    let job = world.sync().await;
    assert_eq!(job.statistics.new_documents_indexed, 1);
    assert_eq!(world.texts(), ["Radios", "Ropes"]);
    let check = |topic: &str| {
        for chunk in world.chunks() {
            let price = if chunk.chunk.text == "Ropes" { "12" } else { "7" };
            assert_eq!(chunk.attributes, Metadata::from([("price".to_owned(), text(price))]));
            assert_eq!(chunk.metadata["price"], text(price));
            assert_eq!(chunk.metadata["topic"], text(topic));
            assert!(!chunk.metadata.contains_key("secret"));
        }
    };
    check("stock");

    let calls = world.embedder.calls();
    let mut moved = table("note");
    moved.metadata = topic("sold").metadata;
    world.source.describe("a.csv", moved);
    world.sync().await;
    assert_eq!(world.embedder.calls(), calls, "the rows are carried over");
    check("sold");
}

#[tokio::test]
async fn a_table_without_its_column_fails_and_names_it() {
    let world = World::start().await;
    world.source.put("a.csv", "note,price\nRopes,12\n");
    world.source.describe("a.csv", table("text"));
    let job = world.sync().await;
    assert_eq!(job.statistics.documents_failed, 1);
    let reason = world.document("a.csv").await.unwrap().status_reason.unwrap();
    assert!(reason.contains("no column \"text\"") && reason.contains("note, price"), "{reason}");
    // Once the sidecar is right, it is read anew.
    world.source.describe("a.csv", table("note"));
    world.sync().await;
    assert_eq!(world.texts(), ["Ropes"]);
}

#[tokio::test]
async fn a_table_is_cut_anew_where_another_column_is_its_text() {
    let world = World::start().await;
    world.source.put("a.csv", "note,price\nRopes,12\nRadios,7\n");
    world.source.describe("a.csv", table("price"));
    world.sync().await;
    assert_eq!(world.texts(), ["12", "7"]);
    world.source.describe("a.csv", table("note"));
    world.sync().await;
    assert_eq!(world.texts(), ["Radios", "Ropes"]);
}
