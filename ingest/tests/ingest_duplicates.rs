//! Duplicates among the pages of a site: after each sync, what is live is what a fresh sync of the
//! same site would make live.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use catalog::Page;
use corpus::{Document, DocumentStatus, IngestionJobStatus, JobStatistics};
use ingest::likeness;
use proptest::collection::vec;
use proptest::prelude::*;
use support::World;

/// An article of some hundred words, with lines of its own.
fn article(topic: &str, extra: &[&str]) -> String {
    let line = |number: usize| {
        format!(
            "The {topic} chapter {number} tells how the crew of the station kept its ropes, radios \
             and engines ready through a long winter, and what was learned from it afterwards."
        )
    };
    let mut lines: Vec<String> = ["first", "second", "third", "fourth", "fifth", "sixth"]
        .into_iter()
        .enumerate()
        .map(|(number, word)| format!("{word}: {}", line(number)))
        .collect();
    lines.extend(extra.iter().map(ToString::to_string));
    lines.join("\n\n")
}

fn texts() -> Vec<String> {
    vec![
        article("storm", &[]),
        article("storm", &["Print this page"]),
        article("storm", &["Print this page", "Read more"]),
        article("storm", &["Priced at 12"]),
        article("storm", &["Priced at 13"]),
        article("harbour", &[]),
        "A short page.".to_owned(),
        "Another short page.".to_owned(),
    ]
}

/// Which pages stand for themselves, by the definition.
fn standing(site: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut order: Vec<_> = site.iter().map(|(key, text)| (key, likeness(text))).collect();
    order.sort_by_key(|(key, likeness)| (u64::MAX - likeness.words, key.len(), key.as_str()));
    let mut standing: Vec<(&String, catalog::Likeness)> = Vec::new();
    for (key, likeness) in order {
        if !standing.iter().any(|(_, other)| likeness.is_within(other)) {
            standing.push((key, likeness));
        }
    }
    standing.into_iter().map(|(key, _)| key.clone()).collect()
}

async fn documents(world: &World) -> Vec<Document> {
    let (knowledge_base, data_source) = (world.knowledge_base.id, world.data_source.id);
    world.catalog.documents(knowledge_base, data_source, Page::default()).await.unwrap().items
}

/// Every page is live or a duplicate of one that is, and the index holds just what is live.
async fn check(world: &World, site: &BTreeMap<String, String>, statistics: JobStatistics) {
    let documents = documents(world).await;
    let expect = standing(site);
    let mut left_out = 0;
    for document in &documents {
        let key = document.key.as_str();
        if expect.contains(key) {
            assert_eq!(document.status, DocumentStatus::Indexed, "{document:?}");
        } else {
            assert_eq!(document.status, DocumentStatus::Ignored, "{document:?}");
            let reason = document.status_reason.as_deref().unwrap();
            let original = reason.strip_prefix("duplicate of ").unwrap();
            assert!(expect.contains(original), "{key}: {reason}");
            left_out += 1;
        }
    }
    assert_eq!(documents.len(), site.len(), "pages are not accounted for");
    assert_eq!(statistics.documents_skipped, left_out, "{statistics:?}");
    assert_eq!(statistics.documents_scanned, site.len() as u64, "{statistics:?}");
    let mut live: Vec<_> = world.chunks().iter().map(|chunk| chunk.document).collect();
    live.sort_unstable();
    live.dedup();
    assert_eq!(live.len(), expect.len(), "the index holds what is not live");
}

fn put(world: &World, site: &mut BTreeMap<String, String>, key: &str, text: &str) {
    world.source.put(key, text);
    site.insert(key.to_owned(), text.to_owned());
}

#[tokio::test]
async fn pages_that_say_the_same_are_one() {
    let world = World::of_pages(false).await;
    let mut site = BTreeMap::new();
    for key in ["/docs/storm", "/storm", "/storm?session=1"] {
        put(&world, &mut site, key, &article("storm", &[]));
    }
    put(&world, &mut site, "/storm/print", &article("storm", &["Print this page"]));
    put(&world, &mut site, "/12", &article("storm", &["Priced at 12"]));
    put(&world, &mut site, "/13", &article("storm", &["Priced at 13"]));
    let job = world.sync().await;
    check(&world, &site, job.statistics).await;
    // The longest says all of it; pages with words of their own stay.
    assert_eq!(standing(&site), ["/12", "/13", "/storm/print"].map(str::to_owned).into());
}

#[tokio::test]
async fn an_unchanged_site_with_duplicates_costs_nothing() {
    let world = World::of_pages(false).await;
    let mut site = BTreeMap::new();
    for key in ["/a", "/b", "/c"] {
        put(&world, &mut site, key, &article("storm", &[]));
    }
    world.sync().await;
    let (calls, opens) = (world.embedder.calls(), world.source.opens());
    let job = world.sync().await;
    assert_eq!((world.embedder.calls(), world.source.opens()), (calls, opens));
    let expect =
        JobStatistics { documents_scanned: 3, documents_skipped: 2, ..JobStatistics::default() };
    assert_eq!(job.statistics, expect);
}

#[tokio::test]
async fn a_duplicate_comes_back_by_the_job_that_removes_its_original() {
    let world = World::of_pages(false).await;
    let mut site = BTreeMap::new();
    for key in ["/a", "/b/a", "/b/b"] {
        put(&world, &mut site, key, &article("storm", &[]));
    }
    world.sync().await;
    world.source.remove("/a");
    site.remove("/a");
    let job = world.sync().await;
    check(&world, &site, job.statistics).await;
    let expect = JobStatistics {
        documents_scanned: 2,
        documents_skipped: 1,
        documents_deleted: 1,
        new_documents_indexed: 1,
        chunks_indexed: job.statistics.chunks_indexed,
        ..JobStatistics::default()
    };
    assert_eq!(job.statistics, expect);
}

#[tokio::test]
async fn the_owner_of_a_site_may_keep_duplicates() {
    let world = World::of_pages(true).await;
    world.source.put("/a", &article("storm", &[]));
    world.source.put("/b", &article("storm", &[]));
    assert_eq!(world.sync().await.statistics.new_documents_indexed, 2);
}

#[tokio::test]
async fn documents_of_other_sources_are_not_compared() {
    let world = World::start().await;
    world.source.put("a.txt", &article("storm", &[]));
    world.source.put("b.txt", &article("storm", &[]));
    assert_eq!(world.sync().await.statistics.new_documents_indexed, 2);
}

#[derive(Debug, Clone)]
enum Step {
    Put(usize, usize),
    Remove(usize),
    Sync,
    /// A sync that is cut off as soon as something is being written, and goes on with a new worker.
    Killed,
}

const KEYS: [&str; 6] = ["/docs/a", "/docs/b", "/b", "/a", "/docs/long", "/"];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..KEYS.len(), 0..texts().len()).prop_map(|(key, text)| Step::Put(key, text)),
        2 => (0..KEYS.len()).prop_map(Step::Remove),
        2 => Just(Step::Sync),
        1 => Just(Step::Killed),
    ]
}

async fn run(steps: &[Step]) {
    let mut world = World::of_pages(false).await;
    let mut site = BTreeMap::new();
    let texts = texts();
    for step in steps.iter().chain([&Step::Sync]) {
        match step {
            Step::Put(key, text) => put(&world, &mut site, KEYS[*key], &texts[*text]),
            Step::Remove(key) => {
                world.source.remove(KEYS[*key]);
                site.remove(KEYS[*key]);
            }
            Step::Sync => {
                let job = world.sync().await;
                assert_eq!(job.status, IngestionJobStatus::Complete);
                check(&world, &site, job.statistics).await;
            }
            Step::Killed => {
                world.vectors.hold_upserts();
                let job = world.begin_sync().await;
                world.until_held_or_over(job.id).await;
                world.kill_worker().await;
                world.vectors.release();
                world.start_worker();
                let job = world.ended(job.id).await;
                assert_eq!(job.status, IngestionJobStatus::Complete);
                check(&world, &site, job.statistics).await;
            }
        }
    }
    world.stop_worker().await;
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_live_follows_from_the_site(steps in vec(step(), 1..16)) {
        tokio::runtime::Runtime::new().unwrap().block_on(run(&steps));
    }
}
