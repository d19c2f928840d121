//! Listings that are compared many documents at once come to the same as those that are not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;

use corpus::{DocumentStatus, JobStatistics, SidecarContents};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{Behaviour, World};

/// Enough for some segments.
const DOCUMENTS: usize = 500;

/// Something that happens to a document between two jobs.
#[derive(Debug, Clone, Copy)]
enum Change {
    Put,
    Remove,
    Describe,
    Undescribe,
    Deny,
    Push,
    PushDelete,
    /// The listing breaks off.
    Break,
}

fn name(number: usize) -> String {
    format!("{number:03}.txt")
}

async fn world(in_order: bool) -> World {
    let world = World::start().await;
    if in_order {
        world.source.list_in_order();
    }
    (0..DOCUMENTS).for_each(|number| world.source.put(&name(number), &format!("Text {number}.")));
    world
}

async fn apply(world: &World, step: usize, number: usize, change: Change) {
    let name = name(number);
    match change {
        Change::Put => world.source.put(&name, &format!("Text {number} of step {step}.")),
        Change::Remove => world.source.remove(&name),
        Change::Describe => world.source.describe(&name, SidecarContents::default()),
        Change::Undescribe => world.source.undescribe(&name),
        Change::Deny => world.source.behave(&name, Behaviour::Deny),
        Change::Push => world.push(&name, &format!("Pushed {number} in step {step}.")).await,
        Change::PushDelete => world.push_delete(&name).await,
        Change::Break => world.source.break_listing("the line is cut"),
    }
}

/// What a job came to.
#[derive(Debug, PartialEq)]
struct Outcome {
    statistics: JobStatistics,
    documents: BTreeMap<String, (DocumentStatus, Option<String>)>,
    texts: Vec<String>,
}

async fn outcome(world: &World) -> Outcome {
    world.until_settled().await;
    let job = world.sync().await;
    let documents = world.documents().await;
    let told = |document: corpus::Document| {
        (document.key.as_str().to_owned(), (document.status, document.status_reason))
    };
    Outcome {
        statistics: job.statistics,
        documents: documents.into_iter().map(told).collect(),
        texts: world.texts(),
    }
}

fn changes() -> impl Strategy<Value = Vec<(usize, Change)>> {
    let change = prop_oneof![
        4 => Just(Change::Put),
        4 => Just(Change::Remove),
        1 => Just(Change::Describe),
        1 => Just(Change::Undescribe),
        1 => Just(Change::Deny),
        1 => Just(Change::Push),
        1 => Just(Change::PushDelete),
        1 => Just(Change::Break),
    ];
    vec((0..DOCUMENTS + 20, change), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn comparing_segments_changes_nothing(steps in vec(changes(), 1..6)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (one, many) = (world(false).await, world(true).await);
            for (step, changes) in (0..).zip(&steps) {
                let (expect, found) = tokio::join!(outcome(&one), outcome(&many));
                assert_eq!(found, expect, "before step {step}");
                for (number, change) in changes {
                    apply(&one, step, *number, *change).await;
                    apply(&many, step, *number, *change).await;
                }
            }
            let (expect, found) = tokio::join!(outcome(&one), outcome(&many));
            assert_eq!(found, expect, "in the end");
        });
    }
}

#[tokio::test]
async fn what_is_as_it_was_is_counted_and_not_read() {
    let world = world(true).await;
    world.sync().await;
    let opens = world.source.opens();
    let again = world.sync().await.statistics;
    let expect = JobStatistics { documents_scanned: DOCUMENTS as u64, ..JobStatistics::default() };
    assert_eq!(again, expect);
    assert_eq!(world.source.opens(), opens);
}
